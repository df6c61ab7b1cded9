package io.weir.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What {@code Connection} says (RFC 9110, 7.6.1): whether the connection stays open, and which other fields are meant for us alone and are
 * cut. A message can't have its own framing or host taken away by naming them, nor what a proxy in front of us says of the client: a
 * client whose {@code Connection} that proxy passes on would unsay it.
 */
final class ConnectionOptions {
    private static final byte[] CLOSE = "close".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = "keep-alive".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_OPTIONS = 64;

    private ConnectionOptions() {}

    static @Nullable BadMessage read(Head head) {
        if (!head.hasConnectionField()) {
            return null;
        }
        int options = 0;
        int count = head.fieldCount();
        for (int field = 0; field < count; field++) {
            if (head.id(field) != FieldName.CONNECTION) {
                continue;
            }
            byte[] b = head.bytes;
            int to = head.valueEnd(field);
            int i = head.valueStart(field);
            while (i < to) {
                int start = i;
                while (i < to && b[i] != ',') {
                    i++;
                }
                int end = i++;
                while (start < end && (b[start] == ' ' || b[start] == '\t')) {
                    start++;
                }
                while (end > start && (b[end - 1] == ' ' || b[end - 1] == '\t')) {
                    end--;
                }
                if (end > start) {
                    if (++options > MAX_OPTIONS) {
                        return BadMessage.TOO_MANY_OPTIONS;
                    }
                    option(head, start, end);
                }
            }
        }
        return null;
    }

    private static void option(Head head, int start, int end) {
        byte[] b = head.bytes;
        if (Bytes.equalsIgnoreCase(b, start, end, KEEP_ALIVE)) {
            head.keepAliveOption = true;
        } else if (Bytes.equalsIgnoreCase(b, start, end, CLOSE)) {
            head.closeOption = true;
        } else {
            for (int i = 0; i < head.fieldCount(); i++) {
                int id = head.id(i);
                boolean framing = id == FieldName.HOST || id == FieldName.CONTENT_LENGTH || id == FieldName.TRANSFER_ENCODING;
                boolean kept = framing || (FieldName.guarded(id) && head instanceof RequestHead);
                if (!kept && FieldName.same(b, head.nameStart(i), head.nameEnd(i), b, start, end)) {
                    head.cut(i);
                    head.upgradeOption |= id == FieldName.UPGRADE;
                }
            }
        }
    }
}
