package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.StandInTarget;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What other load balancers are told of our pools. */
class OwnPoolsTest {
    private final OwnPools pools = new OwnPools(100);

    private static MemberState member(int weight, Health health, AdminState admin) {
        Worker worker = new Worker("orders", "us-e1", "us-e1a", WorkerAddress.parse("127.0.0.1:9001"));
        return new MemberState(new Member(new StandInTarget("a", "us-e1a", weight), worker), health, admin, MemberState.NOT_WARMING);
    }

    private void put(String app, Health health) {
        pools.put(app, "us-e1", List.of(member(1, health, AdminState.ENABLED)));
    }

    private String since(long revision) {
        StringBuilder text = new StringBuilder();
        pools.since(revision).forEach(piece -> text.append(new String(piece, StandardCharsets.US_ASCII)));
        return text.toString();
    }

    @Test
    void weightsOfThoseWhoServeAndOfThoseWhoMay() {
        pools.put(
                "orders",
                "us-e1",
                List.of(
                        member(1, Health.HEALTHY, AdminState.ENABLED),
                        member(2, Health.PROBATION, AdminState.ENABLED),
                        member(4, Health.UNHEALTHY, AdminState.ENABLED),
                        member(8, Health.UNPROVEN, AdminState.ENABLED),
                        member(16, Health.HEALTHY, AdminState.DRAINING),
                        member(32, Health.HEALTHY, AdminState.EVACUATED)));
        pools.publish();

        assertThat(since(0)).isEqualTo("weir-pools 101 all\norders us-e1 3 7\n");
    }

    @Test
    void whatIsPutIsToldTogether() {
        put("orders", Health.HEALTHY);
        put("stock", Health.HEALTHY);
        assertThat(since(100)).isEqualTo("weir-pools 100 changes\n");

        pools.publish();
        assertThat(since(100)).isEqualTo("weir-pools 101 changes\norders us-e1 1 1\nstock us-e1 1 1\n");
    }

    @Test
    void whoKnowsThemIsToldWhatHasChanged() {
        put("orders", Health.HEALTHY);
        put("stock", Health.HEALTHY);
        pools.publish();
        assertThat(since(101)).isEqualTo("weir-pools 101 changes\n");

        put("orders", Health.UNHEALTHY);
        put("stock", Health.HEALTHY);
        pools.publish();
        pools.publish();
        assertThat(since(101)).isEqualTo("weir-pools 102 changes\norders us-e1 0 1\n");
        assertThat(since(102)).isEqualTo("weir-pools 102 changes\n");
    }

    @Test
    void whoKnowsThoseOfAnotherProcessIsToldAll() {
        put("orders", Health.HEALTHY);
        pools.publish();

        assertThat(since(99)).startsWith("weir-pools 101 all\n");
        assertThat(since(102)).startsWith("weir-pools 101 all\n");
    }

    @Test
    void whileItDrainsItTakesNothing() {
        put("orders", Health.HEALTHY);
        pools.publish();
        pools.drain();

        assertThat(since(0)).isEqualTo("weir-pools 101 draining\n");
        assertThat(since(101)).isEqualTo("weir-pools 101 draining\n");
    }

    @Test
    void whoAsksNowAndThenKnowsTheSameAsWhoAsksForAll() {
        SplittableRandom random = new SplittableRandom(1);
        Map<String, String> known = new HashMap<>();
        long revision = 0;
        boolean changesAlone = false;
        for (int i = 0; i < 20 * OwnPools.MOST_REVISIONS; i++) {
            for (int n = random.nextInt(3); n > 0; n--) {
                put("app-" + random.nextInt(200), random.nextBoolean() ? Health.HEALTHY : Health.UNHEALTHY);
            }
            pools.publish();
            if (random.nextInt(i % 5000 < 2500 ? 20 : 2000) == 0) {
                String answer = since(revision);
                changesAlone |= answer.contains(" changes\n");
                revision = follow(known, answer);
                Map<String, String> whole = new HashMap<>();
                follow(whole, since(0));
                assertThat(known).isEqualTo(whole);
            }
        }
        assertThat(changesAlone).isTrue();
    }

    @Test
    void muchThatHasChangedIsToldAsAWhole() {
        put("orders", Health.HEALTHY);
        pools.publish();
        for (int i = 0; i < 20_000; i++) {
            put("app-" + i, Health.HEALTHY);
        }
        pools.publish();

        assertThat(pools.since(101).getFirst()).asString(StandardCharsets.US_ASCII).isEqualTo("weir-pools 102 all\n");
        assertThat(since(101).lines()).hasSize(1 + 20_001);
        assertThat(since(102)).isEqualTo("weir-pools 102 changes\n");
    }

    @Test
    void whoAsksForAllGetsLinesThatLieReady() {
        for (int i = 0; i < 1000; i++) {
            put("app-" + i, Health.HEALTHY);
        }
        pools.publish();
        for (int i = 0; i < OwnPools.SEGMENTS; i++) {
            put("app-0", i % 2 == 0 ? Health.UNHEALTHY : Health.HEALTHY);
            pools.publish();
        }

        List<byte[]> ready = pieces();
        assertThat(size(ready)).isGreaterThan(10_000);
        assertThat(others(ready, pieces())).isZero();
        put("app-0", Health.UNHEALTHY);
        pools.publish();
        assertThat(others(ready, pieces())).as("one change costs nobody all lines").isLessThan(1000);
        assertThat(since(0)).endsWith("app-0 us-e1 0 1\n");
    }

    @Test
    void noRevisionHasToWriteManyLines() {
        for (int i = 0; i < 20_000; i++) {
            put("app-" + i, Health.HEALTHY);
        }
        pools.publish();

        SplittableRandom random = new SplittableRandom(1);
        List<byte[]> before = pieces();
        for (int i = 0; i < 5 * OwnPools.MOST_REVISIONS; i++) {
            for (int n = random.nextInt(i / 1000 % 2 == 0 ? 2 : 60); n > 0; n--) { // half a turn's evacuations
                put("app-" + random.nextInt(20_000), random.nextBoolean() ? Health.HEALTHY : Health.UNHEALTHY);
            }
            pools.publish();
            List<byte[]> after = pieces();
            assertThat(others(before, after)).as("revision %d", i).isLessThan(size(after) / 50);
            before = after;
        }
    }

    /** Those of all lines that lie ready. */
    private List<byte[]> pieces() {
        List<byte[]> answer = pools.since(0);
        return answer.subList(1, answer.size() - 1);
    }

    /** What those hold that are others, though they may say the same, in bytes. */
    private static int others(List<byte[]> before, List<byte[]> after) {
        assertThat(after).hasSameSizeAs(before);
        Set<byte[]> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.addAll(before);
        return size(after.stream().filter(piece -> !known.contains(piece)).toList());
    }

    private static int size(List<byte[]> pieces) {
        return pieces.stream().mapToInt(piece -> piece.length).sum();
    }

    private static long follow(Map<String, String> known, String answer) {
        String[] lines = answer.split("\n", -1);
        String[] first = lines[0].split(" ", -1);
        if (first[2].equals("all")) {
            known.clear();
        }
        for (int i = 1; i < lines.length - 1; i++) {
            known.put(lines[i].substring(0, lines[i].indexOf(' ')), lines[i]);
        }
        return Long.parseLong(first[1]);
    }
}
