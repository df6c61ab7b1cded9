package io.weir.telemetry.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class AppLabelsTest {
    @Test
    void theFirstAppsHaveTheirOwnAndKeepThem() {
        AppLabels labels = new AppLabels(2);
        assertThat(labels.has("a")).isTrue();
        assertThat(labels.has("b")).isTrue();
        assertThat(labels.has("c")).isFalse();
        assertThat(labels.has("a")).isTrue();
    }

    @Test
    void noneIsNone() {
        assertThat(new AppLabels(0).has("a")).isFalse();
    }

    @RepeatedTest(20)
    void loopsThatMeetAppsAtTheSameTimeNeverExceedTheBound() throws Exception {
        AppLabels labels = new AppLabels(50);
        Set<String> granted = ConcurrentHashMap.newKeySet();
        CyclicBarrier start = new CyclicBarrier(4);
        List<Thread> loops = new ArrayList<>();
        for (int loop = 0; loop < 4; loop++) {
            loops.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                for (int i = 0; i < 200; i++) {
                    if (labels.has("app" + i)) {
                        granted.add("app" + i);
                    }
                }
            }));
        }
        for (Thread loop : loops) {
            loop.join();
        }
        assertThat(granted).hasSizeLessThanOrEqualTo(50).hasSizeGreaterThanOrEqualTo(46); // a place may be lost for a moment to a race
        assertThat(granted).allMatch(labels::has);
    }
}
