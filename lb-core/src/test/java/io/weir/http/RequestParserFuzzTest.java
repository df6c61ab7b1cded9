package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

class RequestParserFuzzTest {
    private static final HeadLimits LIMITS = new HeadLimits(256, 1024, 12);

    private final RequestParser parser = new RequestParser(LIMITS);

    /** The first byte decides how the others are cut into pieces. */
    @FuzzTest(maxDuration = "60s")
    void acceptsOnlyWhatCanBeReadInOneWay(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] input = Arrays.copyOfRange(data, 1, data.length);
        RequestHead head = new RequestHead();
        int[] taken = new int[1];
        Progress progress = HeadFeed.read(parser, head, input, left -> left, taken);

        RequestHead split = new RequestHead();
        int[] splitTaken = new int[1];
        Random random = new Random(data[0]);
        int most = 1 + (data[0] & 0x7f);
        Progress splitProgress = HeadFeed.read(parser, split, input, left -> Math.min(left, 1 + random.nextInt(most)), splitTaken);
        assertThat(splitProgress).isEqualTo(progress);
        HeadFeed.requireSameFault(split.fault(), head.fault());

        if (progress == Progress.END) {
            assertThat(splitTaken).isEqualTo(taken);
            assertThat(HeadFeed.written(split)).isEqualTo(HeadFeed.written(head));
            requireStrict(new String(input, 0, taken[0], StandardCharsets.ISO_8859_1), head);
            requireSameWhenWritten(head);
        }
    }

    private static void requireStrict(String raw, RequestHead head) {
        HeadFeed.requireCleanHead(raw);
        int hosts = raw.toLowerCase(Locale.ROOT).split("\r\nhost:", -1).length - 1;
        assertThat(hosts).isBetween(head.isHttp10() ? 0 : 1, 1);
        assertThat(raw.length()).isLessThanOrEqualTo(LIMITS.head());
        assertThat(head.fieldCount()).isLessThanOrEqualTo(LIMITS.fields());
        if (head.isHttp10()) {
            assertThat(head.chunked()).isFalse();
        }
    }

    private void requireSameWhenWritten(RequestHead head) {
        if (head.method() == RequestHead.Method.CONNECT || (head.isHttp10() && head.authorityEnd() == head.authorityStart())) {
            return; // never forwarded as they are
        }
        FieldRules.applyToRequest(head);
        List<String> fields = HeadFeed.fields(head);
        String written = HeadFeed.written(head);
        HeadFeed.requireCleanHead(written);
        RequestHead again = new RequestHead();
        assertThat(HeadFeed.read(parser, again, written, Integer.MAX_VALUE)).as("%s", again.fault()).isEqualTo(Progress.END);
        assertThat(again.methodText()).isEqualTo(head.methodText());
        assertThat(again.target()).isEqualTo(head.target()).doesNotStartWith("//").matches("/.*|\\*");
        assertThat(HeadFeed.fields(again)).isEqualTo(fields);
        assertThat(again.contentLength()).isEqualTo(head.contentLength());
        assertThat(again.chunked()).isFalse(); // whoever forwards a chunked body says so himself
        assertThat(written).startsWith(head.methodText() + " " + head.target() + " HTTP/1.1\r\n");
        FieldRules.applyToRequest(again);
        assertThat(HeadFeed.written(again)).isEqualTo(written);
    }
}
