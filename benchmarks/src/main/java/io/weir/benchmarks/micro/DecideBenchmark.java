package io.weir.benchmarks.micro;

import io.weir.balancing.Attempts;
import io.weir.balancing.Balance;
import io.weir.balancing.Decision;
import io.weir.balancing.DecisionTrace;
import io.weir.balancing.Draw;
import io.weir.balancing.Line;
import io.weir.balancing.Plan;
import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.balancing.Warming;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * The decision for pools of one worker to many, with and without a trace, with tiers that share the traffic and workers that warm up; and what
 * the control thread pays for a plan when a worker's health changes.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class DecideBenchmark {
    private static final long SECOND = 1_000_000_000L;

    @Param({"1", "100", "10000"})
    public int workers = 1;

    /** Tiers of so many workers each; of three, the shares change all the time. */
    @Param({"1", "3"})
    public int tiers = 1;

    /** Of each tier, in hundredths: half-way between nothing and all. */
    @Param({"0", "10", "100"})
    public int warming;

    @Param("ROUND_ROBIN")
    public Balance balance = Balance.ROUND_ROBIN;

    /** Whether the workers' weights are 1, or 1, 2 and 3 in turn ({@code mixed}). */
    @Param("equal")
    public String weights = "equal";

    private final SplittableRandom random = new SplittableRandom(1);
    private final Draw draw = new Draw();
    private final Attempts attempts = new Attempts();
    private final List<List<Target>> pools = new ArrayList<>();
    private final List<List<Warming>> warm = new ArrayList<>();
    private @Nullable Plan plan;
    private int turn;

    @Setup
    public void build() {
        for (int i = 0; i < tiers; i++) {
            List<Target> pool = new ArrayList<>();
            for (int n = 0; n < workers; n++) {
                pool.add(new BusyWorker("10." + i + "." + n / 250 + "." + n % 250 + ":9000", n, weights.equals("equal") ? 1 : 1 + n % 3));
            }
            pools.add(pool);
            warm.add(pool.stream().limit(workers * warming / 100).map(it -> new Warming(it, new Line(0, 1, -SECOND, SECOND))).toList());
        }
        plan = planned();
    }

    @Benchmark
    public @Nullable Target decide() {
        return Decision.decide(Objects.requireNonNull(plan), attempts, 0, draw.begin(turn++, random.nextLong()));
    }

    @Benchmark
    public DecisionTrace decideTraced() {
        DecisionTrace trace = new DecisionTrace();
        Decision.decide(Objects.requireNonNull(plan), attempts, 0, draw.begin(turn++, random.nextLong()), trace);
        return trace;
    }

    @Benchmark
    public Plan planned() {
        List<Tier> all = IntStream.range(0, tiers).mapToObj(i -> new Tier("t" + i, pools.get(i), balance, false, warm.get(i))).toList();
        if (tiers == 1) {
            return new Plan(all);
        }
        List<Line> shares = new ArrayList<>(Collections.nCopies(tiers - 2, Line.constant(0)));
        shares.addFirst(new Line(0.2, 0.8, -SECOND, SECOND));
        shares.add(new Line(0.8, 0.2, -SECOND, SECOND));
        return new Plan(all, shares);
    }

    /** A target that always takes connections and has some exchanges under way. */
    private static final class BusyWorker extends Target {
        BusyWorker(String name, int i, int weight) {
            super(name, i % 2 == 0 ? "ca-c1a" : "ca-c1b", weight);
            IntStream.range(0, i % 8).forEach(ignored -> begin());
        }

        @Override
        public boolean connectable(long now) {
            return true;
        }
    }
}
