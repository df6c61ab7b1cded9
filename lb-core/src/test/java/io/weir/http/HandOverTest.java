package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of Weir-Hop and Weir-Reason. */
class HandOverTest {
    private static final HeadLimits LIMITS = new HeadLimits(8192, 32768, 100);

    private final HandOver read = new HandOver();

    private static RequestHead request(String lines) {
        RequestHead head = new RequestHead();
        ByteBuf in = Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n", StandardCharsets.ISO_8859_1);
        assertThat(new RequestParser(LIMITS).read(in, head)).isEqualTo(Progress.END);
        in.release();
        return head;
    }

    private static ResponseHead response(String text) {
        ResponseHead head = new ResponseHead();
        ByteBuf in = Unpooled.copiedBuffer("HTTP/1.1 " + text + "\r\n\r\n", StandardCharsets.ISO_8859_1);
        assertThat(new ResponseParser(LIMITS).read(in, head)).isEqualTo(Progress.END);
        in.release();
        FieldRules.applyToResponse(head);
        return head;
    }

    @Test
    void whatIsWrittenIsRead() {
        RequestHead head = request(new String(HandOver.line("lb-1:8080", "ca-c1", "orders"), StandardCharsets.US_ASCII));

        assertThat(read.read(head)).isTrue();
        assertThat(read.wellFormed()).isTrue();
        assertThat(head.text(read.poolStart(), read.poolEnd())).isEqualTo(HandOver.poolKey("ca-c1", "orders"));
        assertThat(head.text(read.appStart(), read.poolEnd())).isEqualTo("orders");
        assertThat(read.isBy("lb-1:8080".getBytes(StandardCharsets.US_ASCII), head)).isTrue();
        assertThat(read.isBy("lb-1:808".getBytes(StandardCharsets.US_ASCII), head)).isFalse();
        assertThat(read.isBy("lb-1:80800".getBytes(StandardCharsets.US_ASCII), head)).isFalse();
    }

    @Test
    void aRequestWithoutItIsNoneThatIsHandedOver() {
        assertThat(read.read(request("Weir-Hops: a;to=b;app=c\r\nWeir_Hop: a;to=b;app=c\r\n"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a;to=b", "a;to=b;app=", "a;to=;app=c", ";to=b;app=c", "a;app=c;to=b", "a; to=b;app=c", "a;to=b;app=c;x=y", "a;to=b;app=c d",
        "a,b;to=b;app=c", "a;TO=b;app=c", "a;to=b;app=c,a;to=b;app=c"})
    void anyOtherFormIsMalformed(String value) {
        assertThat(read.read(request("Weir-Hop: " + value + "\r\n"))).isTrue();
        assertThat(read.wellFormed()).isFalse();
    }

    @Test
    void twoAreMalformed() {
        assertThat(read.read(request("Weir-Hop: a;to=b;app=c\r\n".repeat(2)))).isTrue();
        assertThat(read.wellFormed()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "503, no_workers, true",
        "503, residency, true",
        "503, overloaded, true",
        "503, draining, true",
        "502, connect_failed, true",
        "504, connect_timeout, true",
        "504, total_timeout, true",
        "421, wrong_region, true",
        "508, loop, false",
        "400, bad_request, false",
        "413, body_too_large, false",
        "502, reset, false",
        "503, no_workers2, false",
        "503, '', false",
        "200, draining, false"
    })
    void whichAnswersSayThatNothingWasTaken(int status, String reason, boolean notTaken) {
        ResponseHead head = response(status + " X\r\nWeir-Reason: " + reason);

        assertThat(HandOver.isNotTaken(head)).isEqualTo(notTaken);
        assertGoesNoFurther(head);
    }

    @ParameterizedTest
    @CsvSource({
        "502, reset, true",
        "502, bad_response, true",
        "504, response_timeout, true",
        "502, connect_failed, false",
        "503, draining, false",
        "504, total_timeout, false",
        "200, reset, false"
    })
    void whichAnswersSayThatTheAttemptFailed(int status, String reason, boolean failed) {
        ResponseHead head = response(status + " X\r\nWeir-Reason: " + reason);

        assertThat(HandOver.isFailed(head)).isEqualTo(failed);
        assertGoesNoFurther(head);
    }

    private static void assertGoesNoFurther(ResponseHead head) {
        HeadWriter out = new HeadWriter();
        head.writeTo(out);
        assertThat(out.toString()).doesNotContain("Reason");
    }

    @Test
    void anAnswerWithoutReasonWasTaken() {
        assertThat(HandOver.isNotTaken(response("503 X"))).isFalse();
        assertThat(HandOver.isFailed(response("502 X"))).isFalse();
    }
}
