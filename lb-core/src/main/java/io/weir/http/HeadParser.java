package io.weir.http;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads, strictly (RFC 9112): lines end in CR LF, no control characters, no folded lines, names directly before their colon. Holds
 * no state of a message, which lives in the {@link Head}; any split of the input gives the same result, in linear time.
 *
 * <p>Bytes are brought over from the channel's buffer in pieces, since plain arrays are what the JIT scans best and what may outlive the
 * buffer: the head is kept for further attempts while the buffer goes back to its pool.
 */
abstract sealed class HeadParser<H extends Head> permits RequestParser, ResponseParser {
    /** Most heads fit in a piece, and little of a body that follows is copied in vain. */
    private static final int PIECE = 512;

    private final HeadLimits limits;

    HeadParser(HeadLimits limits) {
        this.limits = limits;
    }

    /** Reads from {@code in} up to the end of the head; whatever follows stays in {@code in}. After BAD see {@link Head#fault}. */
    public final Progress read(ByteBuf in, H head) {
        while (true) {
            int n = Math.min(in.readableBytes(), PIECE);
            if (n == 0) {
                return Progress.MORE;
            }
            int length = head.length;
            if (head.bytes.length - length < n + 8) {
                head.bytes = java.util.Arrays.copyOf(head.bytes, Math.max(head.bytes.length * 2, length + n + 8));
            }
            in.readBytes(head.bytes, length, n);
            head.length = length + n;
            Progress progress = readLines(head);
            if (progress != Progress.MORE) {
                if (progress == Progress.END) {
                    in.readerIndex(in.readerIndex() - (head.length - head.fieldsEnd - 2));
                    head.length = head.fieldsEnd + 2;
                }
                return progress;
            }
        }
    }

    private Progress readLines(H head) {
        byte[] b = head.bytes;
        int length = head.length;
        while (true) {
            int end = Bytes.indexOfControl(b, head.scan, length);
            if (end < length && b[end] == '\t') {
                head.scan = end + 1;
                continue;
            }
            head.scan = end;
            if (end + 1 >= length) {
                if (!withinLimits(head, length)) {
                    return Progress.BAD;
                }
                return end == length || b[end] == '\r' ? Progress.MORE : bad(head, lineFault(head, BadMessage.BAD_LINE_END));
            }
            if (!withinLimits(head, b[end] == '\r' ? end + 2 : end + 1)) {
                return Progress.BAD;
            }
            if (b[end] != '\r' || b[end + 1] != '\n') {
                return bad(head, lineFault(head, BadMessage.BAD_LINE_END));
            }
            int start = head.lineStart;
            head.lineStart = head.scan = end + 2;
            BadMessage fault;
            if (head.fieldsStart == 0) {
                if (start == end && start == 0 && toleratesEmptyLine()) {
                    head.startLine = 2;
                    continue;
                }
                fault = startLine(head, start, end);
                head.fieldsStart = end + 2;
            } else if (start == end) {
                head.fieldsEnd = start;
                fault = finish(head);
                return fault == null ? Progress.END : bad(head, fault);
            } else {
                fault = fieldLine(head, start, end);
            }
            if (fault != null) {
                return bad(head, fault);
            }
        }
    }

    private boolean withinLimits(H head, int upTo) {
        if (head.fieldsStart == 0 && upTo - head.startLine > limits.startLine()) {
            return bad(head, startLineTooLong()) == Progress.MORE;
        }
        if (upTo > limits.head()) {
            return bad(head, BadMessage.HEAD_TOO_LARGE) == Progress.MORE;
        }
        return true;
    }

    private static Progress bad(Head head, BadMessage fault) {
        head.fault = fault;
        return Progress.BAD;
    }

    private @Nullable BadMessage fieldLine(H head, int start, int end) {
        byte[] b = head.bytes;
        byte[] token = FieldName.TOKEN;
        int i = start;
        int hash = 0;
        for (int c; (c = token[b[i] & 0xff]) != 0; i++) { // ends at the CR at the latest
            hash = FieldName.hashStep(hash, c);
        }
        if (b[i] != ':' || i == start) {
            return i == start && (b[i] == ' ' || b[i] == '\t') ? BadMessage.FOLDED_FIELD : BadMessage.BAD_FIELD_NAME;
        }
        if (head.fieldCount() >= limits.fields()) {
            return BadMessage.TOO_MANY_FIELDS;
        }
        int value = i + 1;
        int valueEnd = end;
        while (value < valueEnd && (b[value] == ' ' || b[value] == '\t')) {
            value++;
        }
        while (valueEnd > value && (b[valueEnd - 1] == ' ' || b[valueEnd - 1] == '\t')) {
            valueEnd--;
        }
        int id = FieldName.of(b, start, i, hash);
        head.addField(start, i, value, valueEnd, id);
        return switch (id) {
            case FieldName.CONTENT_LENGTH -> Framing.contentLength(head, value, valueEnd);
            case FieldName.TRANSFER_ENCODING -> Framing.transferEncoding(head, value, valueEnd);
            case FieldName.OTHER -> null;
            default -> known(head, id, value, valueEnd);
        };
    }

    /** Reads {@code METHOD TARGET VERSION} or {@code VERSION STATUS REASON} in {@code [start, end)}. */
    abstract @Nullable BadMessage startLine(H head, int start, int end);

    /** A field that means something to the kind of message. */
    abstract @Nullable BadMessage known(H head, int id, int value, int valueEnd);

    /** The rules that need the whole head. */
    abstract @Nullable BadMessage finish(H head);

    /** A fault at the end of a line, where another explanation may be better. */
    BadMessage lineFault(H head, BadMessage fault) {
        return head.fieldsStart == 0 ? startLineFault() : fault;
    }

    abstract BadMessage startLineFault();

    abstract BadMessage startLineTooLong();

    abstract boolean toleratesEmptyLine();
}
