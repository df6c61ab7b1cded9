package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.health.check.Unconnected;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptFailureTest {
    @ParameterizedTest
    @CsvSource({
        "UNKNOWN_HOST, CONNECT_IMPOSSIBLE",
        "NO_SOCKET, NO_SOCKET",
        "NO_PORT, NO_SOCKET",
        "TIMED_OUT, CONNECT_TIMEOUT",
        "RESET, CONNECT_REFUSED",
        "NO_ROUTE, CONNECT_UNREACHABLE",
        "NO_NETWORK, CONNECT_UNREACHABLE",
        "REFUSED, CONNECT_REFUSED",
        "OTHER, CONNECT_REFUSED",
    })
    void anAttemptWithoutConnectionSaysWhy(Unconnected why, AttemptFailure failure) {
        assertThat(AttemptFailure.of(why)).isEqualTo(failure);
        assertThat(failure.neverWritten()).isTrue();
    }

    @Test
    void whoCantBeReachedIsSilentAndHasRefusedNothing() {
        assertThat(AttemptFailure.CONNECT_UNREACHABLE.silent()).isTrue();
        assertThat(AttemptFailure.CONNECT_UNREACHABLE.refused()).as("who waits for an answer may wait in vain too").isFalse();
    }

    @Test
    void anUnknownNameIsARefusal() {
        assertThat(AttemptFailure.CONNECT_IMPOSSIBLE.refused()).isTrue();
    }

    @Test
    void whatThisProcessLacksIsNotTheWorkersFault() {
        assertThat(AttemptFailure.NO_SOCKET.ofWorker()).isFalse();
    }
}
