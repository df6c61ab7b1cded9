package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectBackoffTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long TIMEOUT = 2 * SECOND;

    private final ConnectBackoff backoff = new ConnectBackoff();

    /** One connection that is refused at {@code now}. */
    private void tryInVain(long now) {
        backoff.trying(now, TIMEOUT);
        backoff.failed(now, AttemptFailure.CONNECT_REFUSED);
    }

    @Test
    void anEndpointThatNeverFailedDoesNotRest() {
        assertThat(backoff.over(0)).isTrue();
        backoff.trying(0, TIMEOUT);
        backoff.succeeded();
        assertThat(backoff.over(0)).isTrue();
    }

    @Test
    void itRestsForASecondThenTwiceAsLongEachTimeUpToThirty() {
        long now = 5 * SECOND;
        for (long rest : new long[] {1, 2, 4, 8, 16, 30, 30, 30}) {
            tryInVain(now);
            assertThat(backoff.over(now)).isFalse();
            assertThat(backoff.over(now + rest * SECOND - 1)).isFalse();
            now += rest * SECOND;
            assertThat(backoff.over(now)).isTrue();
        }
    }

    @Test
    void whileOneConnectionIsTriedTheOthersKeepAway() {
        tryInVain(0);
        assertThat(backoff.over(SECOND)).isTrue();
        backoff.trying(SECOND, TIMEOUT);
        assertThat(backoff.over(SECOND)).isFalse();
        assertThat(backoff.over(SECOND + TIMEOUT - 1)).isFalse();
        assertThat(backoff.over(SECOND + TIMEOUT)).as("a try that nobody heard of again").isTrue();
    }

    @Test
    void aSuccessEndsTheRestAndStartsOver() {
        tryInVain(0);
        tryInVain(SECOND);
        backoff.trying(3 * SECOND, TIMEOUT);
        backoff.succeeded();
        assertThat(backoff.over(3 * SECOND)).isTrue();
        tryInVain(4 * SECOND);
        assertThat(backoff.over(5 * SECOND - 1)).isFalse();
        assertThat(backoff.over(5 * SECOND)).isTrue();
    }

    @Test
    void connectionsThatFailTogetherCountAsOne() {
        for (int i = 0; i < 50; i++) {
            backoff.trying(0, TIMEOUT);
        }
        for (int i = 0; i < 50; i++) {
            backoff.failed(i, AttemptFailure.CONNECT_TIMEOUT);
        }
        assertThat(backoff.over(SECOND - 1)).isFalse();
        assertThat(backoff.over(SECOND + 50)).isTrue();
    }

    @Test
    void theLongestTryBlocksForThirtySecondsAtMost() {
        tryInVain(0);
        backoff.trying(SECOND, 600 * SECOND);
        assertThat(backoff.over(31 * SECOND)).isTrue();
    }

    @Test
    void theFirstFailureBeginsARestAndOneSuccessEndsIt() {
        assertThat(backoff.succeeded()).isFalse();
        assertThat(backoff.failed(0, AttemptFailure.CONNECT_TIMEOUT)).isTrue();
        backoff.trying(SECOND, TIMEOUT);
        assertThat(backoff.failed(SECOND, AttemptFailure.CONNECT_REFUSED)).isFalse();
        assertThat(backoff.succeeded()).isTrue();
        assertThat(backoff.succeeded()).isFalse();
        assertThat(backoff.failed(2 * SECOND, AttemptFailure.CONNECT_REFUSED)).isTrue();
    }

    @Test
    void aRestSaysHowLongItStillIsAndWhy() {
        assertThat(backoff.rest(0)).isNull();
        tryInVain(0);
        assertThat(backoff.rest(SECOND / 4)).isEqualTo(new Rest(SECOND * 3 / 4, AttemptFailure.CONNECT_REFUSED));
        assertThat(backoff.rest(5 * SECOND)).as("over, and not tried since").isEqualTo(new Rest(0, AttemptFailure.CONNECT_REFUSED));
        backoff.succeeded();
        assertThat(backoff.rest(5 * SECOND)).isNull();
    }
}
