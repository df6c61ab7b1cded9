package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Feeds a parser with pieces of an input. */
final class HeadFeed {
    static final HeadLimits LIMITS = new HeadLimits(2048, 8192, 40);

    private static final EnumSet<BadMessage> LIMIT_FAULTS = EnumSet.of(BadMessage.LINE_TOO_LONG, BadMessage.HEAD_TOO_LARGE);

    private HeadFeed() {}

    /** Reads {@code input} in pieces ({@code piece} says how long the next one is, given how much is left); how much was taken is put into {@code taken}. */
    static <H extends Head> Progress read(HeadParser<H> parser, H head, byte[] input, IntUnaryOperator piece, int[] taken) {
        int at = 0;
        Progress progress = Progress.MORE;
        while (at < input.length && progress == Progress.MORE) {
            int n = piece.applyAsInt(input.length - at);
            ByteBuf in = Unpooled.wrappedBuffer(input, at, n);
            try {
                progress = parser.read(in, head);
                if (progress == Progress.MORE) {
                    assertThat(in.isReadable()).isFalse();
                }
                at += in.readerIndex();
            } finally {
                in.release();
            }
        }
        taken[0] = at;
        assertThat(head.fault() == null).isEqualTo(progress != Progress.BAD);
        return progress;
    }

    static <H extends Head> Progress read(HeadParser<H> parser, H head, String input, int piece) {
        return read(parser, head, bytes(input), left -> Math.min(left, piece), new int[1]);
    }

    static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The head as it is forwarded, its final empty line included. */
    static String written(Head head) {
        HeadWriter out = new HeadWriter();
        head.writeTo(out);
        return out.endOfLine().toString();
    }

    /** The fields that are not cut, as {@code Name: value}. */
    static List<String> fields(Head head) {
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < head.fieldCount(); i++) {
            if (!head.isCut(i)) {
                fields.add(head.text(head.nameStart(i), head.nameEnd(i)) + ": " + head.text(head.valueStart(i), head.valueEnd(i)));
            }
        }
        return fields;
    }

    /** Any split gives the same fault; but a line that is both too long and malformed may be refused for either. */
    static void requireSameFault(@Nullable BadMessage a, @Nullable BadMessage b) {
        if (!LIMIT_FAULTS.contains(a) && !LIMIT_FAULTS.contains(b)) {
            assertThat(a).isEqualTo(b);
        }
    }

    /** What RFC 9112 forbids in any head that goes on, looked for in plain strings. */
    static void requireCleanHead(String head) {
        assertThat(head).endsWith("\r\n\r\n").doesNotContainPattern("\r[^\n]|[^\r]\n|[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]");
        String[] lines = head.substring(0, head.length() - 4).replaceFirst("^\r\n", "").split("\r\n", -1);
        int framings = 0;
        for (int i = 1; i < lines.length; i++) {
            assertThat(lines[i]).matches("(?s)[!#$%&'*+.^_`|~0-9A-Za-z-]+:.*");
            if (lines[i].matches("(?i)(content-length|transfer-encoding):.*")) {
                framings++;
                assertThat(lines[i]).matches("(?i)content-length:[ \t]*[0-9]+[ \t]*|transfer-encoding:[ \t]*chunked[ \t]*");
            }
        }
        assertThat(framings).isLessThanOrEqualTo(1);
    }
}
