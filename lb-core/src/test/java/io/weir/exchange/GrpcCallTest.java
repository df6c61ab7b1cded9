package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcCallTest {
    private static RequestHead head(String method, String... fields) {
        RequestHead head = new RequestHead();
        String text = method + " /shop.Orders/List HTTP/1.1\r\nhost: a.example\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
        assertThat(new RequestParser(new HeadLimits(8192, 8192, 50)).read(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.ISO_8859_1)), head))
                .isEqualTo(Progress.END);
        head.cameByHttp2();
        return head;
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc", "application/grpc+proto", "application/grpc;x=y", "Application/GRPC"})
    void isOneByItsContentType(String type) {
        assertThat(GrpcCall.is(head("POST", "content-type: " + type))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc-web", "application/grpcx", "application/json", "application/grp"})
    void isNoneByAnother(String type) {
        assertThat(GrpcCall.is(head("POST", "content-type: " + type))).isFalse();
    }

    @Test
    void isNoneByAnotherMethodOrProtocol() {
        assertThat(GrpcCall.is(head("GET", "content-type: application/grpc"))).isFalse();
        assertThat(GrpcCall.is(head("POST", "x: y"))).isFalse();
        RequestHead http1 = new RequestHead();
        new RequestParser(new HeadLimits(8192, 8192, 50)).read(
                Unpooled.copiedBuffer("POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/grpc\r\n\r\n", StandardCharsets.ISO_8859_1), http1);
        assertThat(GrpcCall.is(http1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "1H, 3600000000000", "2M, 120000000000", "3S, 3000000000", "100m, 100000000", "5u, 5000", "7n, 7", "99999999H, 9223372036854775807", "0S, 0",
        "123456789S, -1", "5, -1", "S, -1", "1x, -1", "-1S, -1", "1 S, -1"
    })
    void timeouts(String said, long nanos) {
        assertThat(GrpcCall.timeout(head("POST", "grpc-timeout: " + said))).isEqualTo(nanos);
    }

    @Test
    void noTimeout() {
        assertThat(GrpcCall.timeout(head("POST", "x: y"))).isEqualTo(GrpcCall.NO_TIMEOUT);
    }

    @Test
    void messagesAreVisibleAscii() {
        assertThat(GrpcCall.message("100% of é\r\n")).isEqualTo("100%25 of %C3%A9%0D%0A");
    }

    @ParameterizedTest
    @CsvSource({"TOTAL_TIMEOUT, 504, 4", "NO_WORKERS, 503, 14", "CONNECT_FAILED, 502, 14", "NO_ROUTE, 404, 12", "RESPONDED, 403, 7", "RESPONDED, 410, 2"})
    void statuses(Reason why, int http, int grpc) {
        assertThat(GrpcCall.status(why, http)).isEqualTo(grpc);
    }
}
