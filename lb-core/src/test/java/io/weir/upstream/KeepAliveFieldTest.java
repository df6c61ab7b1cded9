package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.FieldName;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.ResponseHead;
import io.weir.http.ResponseParser;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeepAliveFieldTest {
    private static long timeout(String value) {
        ResponseHead head = new ResponseHead();
        String text = "HTTP/1.1 200 OK\r\nKeep-Alive: " + value + "\r\nX-Behind: timeout=77\r\n\r\n";
        ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
        assertThat(new ResponseParser(new HeadLimits(4096, 4096, 50)).read(in, head)).isEqualTo(Progress.END);
        in.release();
        return KeepAliveField.timeout(head, head.find(FieldName.KEEP_ALIVE));
    }

    @ParameterizedTest
    @CsvSource({
        "'timeout=5', 5",
        "'timeout=0', 0",
        "'Timeout=7; max=3', 7",
        "'max=100, TIMEOUT=60', 60",
        "'timeout=5s', 5",
        "'timeout=999999999', 999999999"
    })
    void theTimeoutIsFound(String value, long seconds) {
        assertThat(timeout(value)).isEqualTo(TimeUnit.SECONDS.toNanos(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "max=3", "garbage", "timeout", "timeout=", "timeout=soon", "timeout=-1", "timeout=, 5", "time=5, out=5", "xtimeout=5", "max=3;timeout=5"})
    void withoutATimeoutThereIsNone(String value) {
        assertThat(timeout(value)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"timeout=9999999999", "timeout=99999999999999999999999999"})
    void aTimeoutThatDoesNotFitIsLong(String value) {
        assertThat(timeout(value)).isGreaterThan(TimeUnit.DAYS.toNanos(365));
    }
}
