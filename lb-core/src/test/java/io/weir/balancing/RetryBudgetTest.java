package io.weir.balancing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private static int taken(RetryBudget budget, long now) {
        int n = 0;
        while (budget.take(now)) {
            n++;
        }
        return n;
    }

    @Test
    void anAppThatHasBeenQuietMayTryAHundredTimesAgain() {
        assertThat(taken(new RetryBudget(1, 0), 0)).isEqualTo(100);
    }

    @Test
    void theFreePartIsSharedOutAmongTheLoops() {
        assertThat(taken(new RetryBudget(4, 0), 0)).isEqualTo(25);
    }

    @Test
    void tenASecondAreFree() {
        RetryBudget budget = new RetryBudget(1, 0);
        taken(budget, 0);
        assertThat(taken(budget, SECOND)).isEqualTo(10);
        assertThat(taken(budget, SECOND + SECOND / 2)).isEqualTo(5);
        assertThat(taken(budget, 600 * SECOND)).as("no more than 10 s worth").isEqualTo(100);
    }

    @Test
    void fiveRequestsEarnOneRetry() {
        RetryBudget budget = new RetryBudget(1, 0);
        taken(budget, 0);
        for (int i = 0; i < 4; i++) {
            budget.request(0);
        }
        assertThat(budget.take(0)).isFalse();
        budget.request(0);
        assertThat(taken(budget, 0)).isEqualTo(1);
    }

    @Test
    void whatRequestsEarnedIsSpentBeforeTheFreePart() {
        RetryBudget budget = new RetryBudget(1, 0);
        for (int i = 0; i < 52; i++) {
            budget.request(0);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(budget.take(0)).isTrue();
        }
        assertThat(taken(budget, 0)).as("the free part is whole").isEqualTo(100);
    }

    /** Earnings decay by a factor e in 10 s: 1,000 of them are 367 then, beside the 100 that are free. */
    @Test
    void whatRequestsEarnedWearsOff() {
        RetryBudget budget = new RetryBudget(1, 0);
        for (int i = 0; i < 5000; i++) {
            budget.request(0);
        }
        assertThat(taken(budget, 10 * SECOND)).isBetween(465, 469);
    }

    @Test
    void timeThatGoesBackGivesNothing() {
        RetryBudget budget = new RetryBudget(1, 10 * SECOND);
        taken(budget, 10 * SECOND);
        assertThat(budget.take(0)).isFalse();
        assertThat(taken(budget, 11 * SECOND)).isEqualTo(10);
    }

    /** At r requests a second and every one of them failing, retries stay below 0.2 r + 10 a second once the store is empty. */
    @Test
    void retriesNeverMultiplyAnOverload() {
        RetryBudget budget = new RetryBudget(1, 0);
        int perSecond = 500;
        int retries = 0;
        for (int second = 0; second < 60; second++) {
            for (int i = 0; i < perSecond; i++) {
                long now = second * SECOND + i * (SECOND / perSecond);
                budget.request(now);
                if (budget.take(now) && second >= 20) {
                    retries++;
                }
            }
        }
        assertThat(retries / 40.0).isBetween(0.18 * perSecond, 0.2 * perSecond + 10);
    }

    /** A quiet spell of the retries is none of the requests: what the last 10 s earned is there when it is needed. */
    @Test
    void anHourWithoutRetriesLeavesWhatTheLastSecondsEarned() {
        RetryBudget budget = new RetryBudget(1, 0);
        for (long second = 0; second < 3600; second++) {
            for (int i = 0; i < 100; i++) {
                budget.request(second * SECOND + i * (SECOND / 100));
            }
        }
        // 20 earned a second, worn off by a factor e in 10 s: 20 / (1 - e^-0.1) = 210 are held, beside the 100 that are free
        assertThat(taken(budget, 3600 * SECOND)).isBetween(285, 315);
    }
}
