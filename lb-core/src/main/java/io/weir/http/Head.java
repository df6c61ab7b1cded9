package io.weir.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The head of one message: its bytes as they came, and an index of where its parts stand. No field is an object and nothing is a string
 * until somebody asks. A head is filled by a parser, marked by {@link FieldRules}, written by {@link #writeTo}, and used again after
 * {@link #reset}. It belongs to one exchange and is touched by one event loop.
 *
 * <p>A field line runs from its name's first byte to the next line's first byte, so what is not {@linkplain #cut cut} is copied in runs.
 */
public abstract sealed class Head permits RequestHead, ResponseHead {
    /** Arrays up to this size are kept between messages. */
    private static final int KEPT_BYTES = 16 * 1024;

    private static final int STRIDE = 5;
    private static final int NAME = 0;
    private static final int NAME_END = 1;
    private static final int VALUE = 2;
    private static final int VALUE_END = 3;
    private static final int ID = 4;
    private static final int CUT = 1 << 8;
    private static final int INITIAL_FIELDS = 16;

    byte[] bytes = new byte[1024];
    /** Bytes received into {@link #bytes}; after the head is done, behind its final empty line. */
    int length;
    /** Where the search for the end of the current line goes on. */
    int scan;
    /** The first byte of the line that is being read. */
    int lineStart;

    /** The first byte of the start line; one empty line may stand before it. */
    int startLine;
    /** Behind the start line's CR LF, where the field lines begin; 0 until it was read. */
    int fieldsStart;
    /** Where the final empty line begins. */
    int fieldsEnd;

    int minorVersion;
    long contentLength = -1;
    boolean chunked;
    boolean closeOption;
    boolean keepAliveOption;
    /** Whether {@code Connection} names {@code Upgrade}, and that is there. */
    boolean upgradeOption;
    @Nullable BadMessage fault;

    private int[] fields = new int[INITIAL_FIELDS * STRIDE];
    private int fieldCount;
    private boolean anyCut;
    private boolean hasConnectionField;

    /** Makes the head empty, ready for the next message. */
    public void reset() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[1024];
        }
        if (fields.length > 4 * INITIAL_FIELDS * STRIDE) {
            fields = new int[INITIAL_FIELDS * STRIDE];
        }
        length = scan = lineStart = startLine = fieldsStart = fieldsEnd = fieldCount = minorVersion = 0;
        contentLength = -1;
        chunked = closeOption = keepAliveOption = upgradeOption = anyCut = hasConnectionField = false;
        fault = null;
    }

    /** Whether no byte of the message has been read yet. */
    public final boolean isEmpty() {
        return length == 0;
    }

    /** The fault that the parser stopped at, or null. */
    public final @Nullable BadMessage fault() {
        return fault;
    }

    /** The received bytes; positions that other methods return are positions in it. Valid until {@link #reset}. */
    public final byte[] bytes() {
        return bytes;
    }

    /** Bytes of the whole head as it was received. */
    public final int length() {
        return length;
    }

    public final int fieldCount() {
        return fieldCount;
    }

    /** The {@link FieldName} of field {@code i}. */
    public final int id(int i) {
        return fields[i * STRIDE + ID] & ~CUT;
    }

    public final int nameStart(int i) {
        return fields[i * STRIDE + NAME];
    }

    public final int nameEnd(int i) {
        return fields[i * STRIDE + NAME_END];
    }

    /** Where the value of field {@code i} begins, white space skipped. */
    public final int valueStart(int i) {
        return fields[i * STRIDE + VALUE];
    }

    public final int valueEnd(int i) {
        return fields[i * STRIDE + VALUE_END];
    }

    /** The first field with this {@link FieldName}, or -1. */
    public final int find(int id) {
        for (int i = 0; i < fieldCount; i++) {
            if (id(i) == id) {
                return i;
            }
        }
        return -1;
    }

    /** The first field from {@code i} on of that name (without case) that is not cut, or -1. */
    public final int find(byte[] name, int i) {
        for (int at = i; at < fieldCount; at++) {
            if (!isCut(at) && FieldName.same(bytes, nameStart(at), nameEnd(at), name, 0, name.length)) {
                return at;
            }
        }
        return -1;
    }

    /** The first field of that name (without case), cut or not, or -1. */
    public final int findReceived(byte[] name) {
        for (int i = 0; i < fieldCount; i++) {
            if (FieldName.same(bytes, nameStart(i), nameEnd(i), name, 0, name.length)) {
                return i;
            }
        }
        return -1;
    }

    /** The value of the first field of that name (without case), or null. For rare paths: it makes a string. */
    public final @Nullable String value(String name) {
        byte[] wanted = name.getBytes(StandardCharsets.ISO_8859_1);
        int found = findReceived(wanted);
        return found < 0 ? null : text(valueStart(found), valueEnd(found));
    }

    /** Bytes {@code [from, to)} as text. */
    public final String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** Marks field {@code i} as not to be forwarded. */
    public final void cut(int i) {
        fields[i * STRIDE + ID] |= CUT;
        anyCut = true;
    }

    public final boolean isCut(int i) {
        return (fields[i * STRIDE + ID] & CUT) != 0;
    }

    /** HTTP/1.0; everything above 1.0 is spoken to as 1.1. */
    public final boolean isHttp10() {
        return minorVersion == 0;
    }

    /** The declared length of the body in bytes, or -1. */
    public final long contentLength() {
        return contentLength;
    }

    /** Whether the body is framed in chunks. */
    public final boolean chunked() {
        return chunked;
    }

    /** Whether the sender keeps the connection open behind this message (RFC 9112, 9.3). */
    public final boolean keepsAlive() {
        return !closeOption && (minorVersion > 0 || keepAliveOption);
    }

    final boolean hasConnectionField() {
        return hasConnectionField;
    }

    final void addField(int name, int nameEnd, int value, int valueEnd, int id) {
        int at = fieldCount * STRIDE;
        if (at == fields.length) {
            fields = java.util.Arrays.copyOf(fields, fields.length * 2);
        }
        int[] f = fields;
        f[at + NAME] = name;
        f[at + NAME_END] = nameEnd;
        f[at + VALUE] = value;
        f[at + VALUE_END] = valueEnd;
        f[at + ID] = id;
        hasConnectionField |= id == FieldName.CONNECTION;
        fieldCount++;
    }

    /** Writes the start line as it goes on, and all fields that are not cut. The final empty line is left to the caller, who may add fields. */
    public final void writeTo(HeadWriter out) {
        int from = writeStartLine(out);
        if (anyCut) {
            for (int i = 0; i < fieldCount; i++) {
                if (isCut(i)) {
                    int start = nameStart(i);
                    if (start > from) {
                        out.copy(bytes, from, start);
                    }
                    from = i + 1 < fieldCount ? nameStart(i + 1) : fieldsEnd;
                }
            }
        }
        if (fieldsEnd > from) {
            out.copy(bytes, from, fieldsEnd);
        }
    }

    /** Writes the start line unless it can be copied together with the fields; returns where copying goes on. */
    abstract int writeStartLine(HeadWriter out);
}
