package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

class ResponseParserFuzzTest {
    private static final HeadLimits LIMITS = new HeadLimits(256, 1024, 12);

    private final ResponseParser parser = new ResponseParser(LIMITS);

    /** The first byte decides how the others are cut into pieces. */
    @FuzzTest(maxDuration = "60s")
    void acceptsOnlyWhatCanBeReadInOneWay(byte[] data) {
        if (data.length == 0) {
            return;
        }
        byte[] input = Arrays.copyOfRange(data, 1, data.length);
        ResponseHead head = new ResponseHead();
        int[] taken = new int[1];
        Progress progress = HeadFeed.read(parser, head, input, left -> left, taken);

        ResponseHead split = new ResponseHead();
        int[] splitTaken = new int[1];
        Random random = new Random(data[0]);
        int most = 1 + (data[0] & 0x7f);
        Progress splitProgress = HeadFeed.read(parser, split, input, left -> Math.min(left, 1 + random.nextInt(most)), splitTaken);
        assertThat(splitProgress).isEqualTo(progress);
        HeadFeed.requireSameFault(split.fault(), head.fault());

        if (progress == Progress.END) {
            assertThat(splitTaken).isEqualTo(taken);
            assertThat(HeadFeed.written(split)).isEqualTo(HeadFeed.written(head));
            HeadFeed.requireCleanHead(new String(input, 0, taken[0], StandardCharsets.ISO_8859_1));
            assertThat(head.status()).isBetween(100, 999);
            requireSameWhenWritten(head);
        }
    }

    private void requireSameWhenWritten(ResponseHead head) {
        FieldRules.applyToResponse(head);
        List<String> fields = HeadFeed.fields(head);
        String written = HeadFeed.written(head);
        HeadFeed.requireCleanHead(written);
        assertThat(written).startsWith("HTTP/1.1 " + head.status());
        ResponseHead again = new ResponseHead();
        assertThat(HeadFeed.read(parser, again, written, Integer.MAX_VALUE)).as("%s", again.fault()).isEqualTo(Progress.END);
        assertThat(again.status()).isEqualTo(head.status());
        assertThat(HeadFeed.fields(again)).isEqualTo(fields);
        assertThat(again.chunked()).isFalse(); // whoever forwards a chunked body says so himself
        FieldRules.applyToResponse(again);
        assertThat(HeadFeed.written(again)).isEqualTo(written);
    }
}
