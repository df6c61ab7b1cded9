package io.weir.state;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;

/** Lines between one that says what they are, with its version, and one with a checksum. */
public final class SealedLines {
    private static final String CHECKSUM = "crc32c ";

    private SealedLines() {}

    /** The text of a file with these. */
    public static byte[] seal(String title, Iterable<String> lines) {
        StringBuilder text = new StringBuilder(title).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        return (text + checksum(text.toString())).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The lines of such a file.
     *
     * @throws IOException if it isn't whole, or not one of that title; the message says why
     */
    public static List<String> open(String title, byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        int last = text.lastIndexOf(CHECKSUM);
        if (last <= 0 || text.charAt(last - 1) != '\n' || !text.endsWith("\n")) {
            throw new IOException("it ends before its end");
        }
        String body = text.substring(0, last);
        if (!text.substring(last).equals(checksum(body))) {
            throw new IOException("its checksum is not that of its lines");
        }
        List<String> lines = List.of(body.split("\n", -1));
        if (!lines.getFirst().equals(title)) {
            throw new IOException("it is of another version: it begins with " + lines.getFirst());
        }
        return lines.subList(1, lines.size() - 1);
    }

    private static String checksum(String body) {
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return CHECKSUM + HexFormat.of().toHexDigits((int) crc.getValue()) + '\n';
    }
}
