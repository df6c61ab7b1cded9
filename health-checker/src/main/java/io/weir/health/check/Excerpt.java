package io.weir.health.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/** How the beginning of what came is shown to people. */
final class Excerpt {
    private static final int MOST = 24;
    private static final int MOST_OF_A_MESSAGE = 120;

    private Excerpt() {}

    /** In quotes up to the end of its first line if that is text, else in hexadecimal digits. */
    static String of(ByteBuf bytes) {
        int most = Math.min(MOST, bytes.readableBytes());
        int text = 0;
        while (text < most && isPrintable(bytes.getByte(bytes.readerIndex() + text))) {
            text++;
        }
        boolean line = text == most || bytes.getByte(bytes.readerIndex() + text) == '\r' || bytes.getByte(bytes.readerIndex() + text) == '\n';
        return text > 0 && line
                ? '"' + bytes.toString(bytes.readerIndex(), text, StandardCharsets.US_ASCII) + '"'
                : "0x" + ByteBufUtil.hexDump(bytes, bytes.readerIndex(), most);
    }

    /** What an exception says: some dump all that they have read. */
    static String of(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : of(message);
    }

    /** A text from the worker, or about it. */
    static String of(String text) {
        return text.length() <= MOST_OF_A_MESSAGE ? text : text.substring(0, MOST_OF_A_MESSAGE) + "…";
    }

    private static boolean isPrintable(byte b) {
        return b >= ' ' && b < 0x7f;
    }
}
