package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request's fields tell a proxy, beside what they say to the worker. */
class FieldRulesTest {
    private static RequestHead head(String lines) {
        RequestHead head = new RequestHead();
        ByteBuf in = Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n", StandardCharsets.ISO_8859_1);
        assertThat(new RequestParser(new HeadLimits(8192, 32768, 100)).read(in, head)).isEqualTo(Progress.END);
        in.release();
        FieldRules.applyToRequest(head);
        return head;
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "none, 0",
                "'1.1 weir', 1",
                "'1.1 WEIR', 1",
                "'1.1 weir, 1.1 weir', 2",
                "'1.1 weir,1.0 other , HTTP/1.1\tweir', 2",
                "'1.1 weir (a comment, weir)', 1",
                "'1.1 weirs, 1.1 aweir, weir', 0",
                "',, ,', 0",
                "'1.1', 0"
            })
    void viaTellsHowOftenARequestCameThroughUs(String via, int times) {
        assertThat(head(via == null ? "" : "Via: " + via + "\r\n").hops()).isEqualTo(times);
    }

    @Test
    void severalViaFieldsAddUp() {
        assertThat(head("Via: 1.1 weir\r\n".repeat(5)).hops()).isEqualTo(5);
    }
}
