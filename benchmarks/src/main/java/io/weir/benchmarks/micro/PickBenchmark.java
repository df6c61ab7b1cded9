package io.weir.benchmarks.micro;

import io.weir.balancing.Affinity;
import io.weir.balancing.Attempts;
import io.weir.balancing.Balance;
import io.weir.balancing.Decision;
import io.weir.balancing.Draw;
import io.weir.balancing.Latency;
import io.weir.balancing.Plan;
import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.routing.App;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From a plan to the target of the first attempt, by each policy. {@code -t} says how many event loops there are: they share plan and
 * targets, and each has its own draws. With {@code -prof gc} it says what a pick allocates, which is to be nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PickBenchmark {
    /** The app's pool, as all loops see it. */
    @State(Scope.Benchmark)
    public static class Pool {
        @Param({"1", "4", "100"})
        public int targets = 1;

        /** {@code AFFINITY} is round-robin for clients that all come back to a target. */
        @Param({"ROUND_ROBIN", "LEAST_REQUEST", "PEAK_EWMA", "HASH", "AFFINITY"})
        public String policy = "ROUND_ROBIN";

        /** Whether the targets' weights are 1, or 1, 2 and 3 in turn ({@code mixed}). */
        @Param("equal")
        public String weights = "equal";

        /** Exchanges that stay at each target, for each unit of its weight. */
        @Param("8")
        public int inFlight = 8;

        private final Affinity affinity = new Affinity("orders");
        private final List<Target> all = new ArrayList<>();
        private App.@Nullable RegionPlan plan;

        @Setup
        public void build() {
            for (int i = 0; i < targets; i++) {
                int weight = weights.equals("equal") ? 1 : 1 + i % 3;
                Target target = new IdleWorker(i, weight);
                for (int n = 0; n < inFlight * weight; n++) {
                    target.begin();
                }
                all.add(target);
            }
            Balance balance = comesBack() ? Balance.ROUND_ROBIN : Balance.valueOf(policy);
            plan = new App.RegionPlan(new Plan(List.of(new Tier("ca-c1", all, balance))));
        }

        boolean comesBack() {
            return policy.equals("AFFINITY");
        }

        App.RegionPlan regionPlan() {
            return Objects.requireNonNull(plan);
        }
    }

    /** An event loop with the requests that come to it. */
    @State(Scope.Thread)
    public static class Loop {
        private static final int REQUESTS = 1024;

        private final SplittableRandom random = new SplittableRandom(ThreadLocalRandom.current().nextLong());
        private final Draw draw = new Draw();
        private final Attempts attempts = new Attempts();
        private final long[] keys = new long[REQUESTS];
        private final long[] marks = new long[REQUESTS];
        private int next;
        private int turn;

        @Setup
        public void requests(Pool pool) {
            for (int i = 0; i < REQUESTS; i++) {
                keys[i] = random.nextLong();
                marks[i] = pool.affinity.mark(pool.all.get(random.nextInt(pool.all.size())));
            }
        }

        /** What the next request brings, with a turn of this loop's own. */
        Draw draw(Pool pool) {
            return draw(pool, turn++);
        }

        Draw draw(Pool pool, int turn) {
            next = (next + 1) & (REQUESTS - 1);
            draw.begin(turn, random.nextLong()).hashedBy(keys[next]);
            return pool.comesBack() ? draw.backTo(pool.affinity, marks[next]) : draw;
        }
    }

    /** The decision alone: it writes nothing that others read. */
    @Benchmark
    public @Nullable Target pick(Pool pool, Loop loop) {
        return Decision.decide(pool.regionPlan().plan(), loop.attempts, 0, loop.draw(pool));
    }

    /** The decision with what the exchange counts around it, which all loops write: the pool's turn, and the target's load. */
    @Benchmark
    public @Nullable Target pickAndCount(Pool pool, Loop loop) {
        App.RegionPlan plan = pool.regionPlan();
        Target target = Decision.decide(plan.plan(), loop.attempts, 0, loop.draw(pool, plan.nextTurn()));
        if (target != null) {
            target.begin();
            target.finish();
        }
        return target;
    }

    /** A target that always takes connections and answers in 5 ms. */
    private static final class IdleWorker extends Target {
        IdleWorker(int i, int weight) {
            super("10.0.0." + i + ":9000", i % 2 == 0 ? "ca-c1a" : "ca-c1b", weight, measured());
        }

        private static Latency measured() {
            Latency latency = new Latency(1, 0);
            latency.answered(0, 5_000_000);
            latency.sum(Latency.TICK);
            return latency;
        }

        @Override
        public boolean connectable(long now) {
            return true;
        }
    }
}
