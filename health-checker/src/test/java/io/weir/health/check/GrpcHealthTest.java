package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.weir.health.check.GrpcHealth.ServingStatus;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcHealthTest {

    private static @Nullable ServingStatus read(String hex) {
        return GrpcHealth.status(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex)));
    }

    @Test
    void asksForTheServerAsAWholeWithAnEmptyMessage() {
        assertThat(GrpcHealth.request("")).asHexString().isEqualTo("0000000000");
    }

    @Test
    void asksForAServiceByName() {
        assertThat(GrpcHealth.request("a.B")).asHexString().isEqualTo("00000000050A03612E42");
    }

    @Test
    void longNamesHaveALengthOfTwoBytes() {
        byte[] request = GrpcHealth.request("x".repeat(300));
        assertThat(Arrays.copyOf(request, 8)).asHexString().isEqualTo("000000012F0AAC02");
        assertThat(request).hasSize(5 + 1 + 2 + 300);
    }

    @ParameterizedTest
    @CsvSource({
        "00000000020801,SERVING",
        "00000000020802,NOT_SERVING",
        "00000000020803,SERVICE_UNKNOWN",
        "00000000020800,UNKNOWN",
        "0000000000,UNKNOWN",
        "00000000020809,UNKNOWN",
        "0000000003088100,SERVING",
        "000000000408020801,SERVING",
        "00000000061202ffff0801,SERVING",
        "000000000715ffffffff0801,SERVING",
        "000000000b11ffffffffffffffff0801,SERVING"
    })
    void readsTheStatusAndPassesOverWhatItDoesNotKnow(String hex, ServingStatus status) {
        assertThat(read(hex)).isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "",
        "00000000",
        "01000000020801",
        "00000000030801",
        "00000000010801",
        "000000000108",
        "00000000020881",
        "0000000002ffff",
        "00000000030a0101",
        "00000000020001",
        "00000000021205",
        "00000000020b0c",
        "000000000b08ffffffffffffffffff01"
    })
    void whatIsNoSuchMessageIsNoStatus(String hex) {
        assertThat(read(hex)).isNull();
    }
}
