package io.weir.telemetry.log;

import io.weir.http.Head;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A field of a head that is to stand in the log. */
final class LoggedHeader {
    private final byte[] name;
    private final Literal key;

    /** @param name in lower case; a token */
    LoggedHeader(String name) {
        this.name = name.getBytes(StandardCharsets.US_ASCII);
        this.key = Literal.of('"' + name + "\":\"");
    }

    static LoggedHeader[] of(List<String> names) {
        return names.stream().map(LoggedHeader::new).toArray(LoggedHeader[]::new);
    }

    /** The first field of that name as it was received, whether it went on or not; -1 if there is none. */
    int in(Head head) {
        return head.findReceived(name);
    }

    /** {@code ,"key":{…}} with those that are there, or nothing. */
    static void writeAll(Literal key, LoggedHeader[] headers, Head head, LineBuffer line) {
        boolean any = false;
        for (LoggedHeader header : headers) {
            int field = header.in(head);
            if (field >= 0) {
                if (any) {
                    line.byteOf(',');
                } else {
                    line.literal(key);
                }
                any = true;
                line.literal(header.key).json(head.bytes(), head.valueStart(field), head.valueEnd(field)).byteOf('"');
            }
        }
        if (any) {
            line.byteOf('}');
        }
    }
}
