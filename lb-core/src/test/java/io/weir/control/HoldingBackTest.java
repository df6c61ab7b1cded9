package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.balancing.Touched;
import io.weir.balancing.Traffic;
import io.weir.config.CheckSettings;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigReader;
import io.weir.failover.MemberState;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.Health;
import io.weir.health.HealthMonitor;
import io.weir.health.HealthTransition;
import io.weir.health.TrafficReport;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.WorkerTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random settings, answers and checks of a pool, seen by two monitors: one is told all, the other without what is held back. Both find the
 * same at the same times, and ask for the same checks.
 */
class HoldingBackTest {
    private static final long MS = 1_000_000;
    private static final long SECONDS = 240;
    private static final int SEEDS = 25;

    private SplittableRandom random = new SplittableRandom(0);
    private List<Mood> moods = List.of();
    /** Of all seeds: what never happens is not tested. */
    private final Set<String> kinds = new HashSet<>();

    private long told;
    private long toldOfAll;

    @ParameterizedTest
    @ValueSource(longs = {0, 1000, 2000, 3000})
    void nothingIsDecidedDifferently(long first) {
        for (long seed = first; seed < first + SEEDS; seed++) {
            run(seed);
        }
        assertThat(kinds)
                .contains(
                        "HEALTHY>UNHEALTHY CHECK",
                        "HEALTHY>UNHEALTHY FAILURES",
                        "HEALTHY>UNHEALTHY SUCCESS_RATE",
                        "PROBATION>UNHEALTHY FAILURES",
                        "UNHEALTHY>PROBATION CHECK",
                        "UNHEALTHY>PROBATION TIME",
                        "PROBATION>HEALTHY ANSWERS");
        assertThat(told).as("reports, of %s", toldOfAll).isLessThan(toldOfAll * 7 / 10);
    }

    @Test
    void goodAnswersAreToldForAWhileAndThenHeldBackUntilSomethingIsBad() {
        Side side = new Side(config("off", "{failures: 5, time: 10s}", "off", 2), true, 1);
        for (int tick = 0; tick < 100; tick++) {
            side.answer(0, false, false);
            side.answer(1, false, false);
            side.pass();
            assertThat(side.last).as("tick %s", tick).hasSize(2);
        }
        for (int tick = 100; tick < 155; tick++) {
            side.answer(0, false, false);
            side.answer(1, false, false);
            side.pass();
        }
        assertThat(side.last).isEmpty();

        // It began with a window: of the second one's 55, the first 11 were told, as REST is 12 s and what is new counts as 1 s old.
        side.answer(0, false, false);
        side.answer(1, true, true);
        side.pass();
        assertThat(side.seen)
                .containsExactlyInAnyOrder(
                        TrafficReport.ofEarlier(side.worker(0), 44),
                        new TrafficReport(side.worker(1), 0, 1, 1, 1, 0, false, 44),
                        new TrafficReport(side.worker(0), 1, 0, 0, 0, 0, false));
        side.answer(0, false, false);
        side.pass();
        assertThat(side.last).containsExactly(new TrafficReport(side.worker(0), 1, 0, 0, 0, 0, false));
    }

    @Test
    void whatWasHeldBackInAnEarlierWindowIsToldToNobody() {
        Side side = new Side(config("off", "{failures: 5, time: 10s}", "off", 2), true, 1);
        for (int tick = 0; tick < 190; tick++) {
            side.answer(0, false, false);
            side.pass();
        }
        for (int tick = 190; tick < 205; tick++) {
            side.pass();
        }
        side.answer(1, true, false);
        side.pass();
        assertThat(side.seen).containsExactly(new TrafficReport(side.worker(1), 0, 1, 1, 0, 0, false));
    }

    /** Health's last word of it is the complaint, which would make one failed check enough. */
    @Test
    void theFirstGoodAnswerAfterABadOneIsToldHoweverLateItComes() {
        Side side = new Side(config("off", "{failures: 5, time: 10s}", "off", 1), true, 1);
        side.answer(0, true, false);
        for (int tick = 0; tick < 600; tick++) {
            side.pass();
        }
        side.answer(0, false, false);
        side.pass();
        assertThat(side.last).containsExactly(new TrafficReport(side.worker(0), 1, 0, 0, 0, 0, false));
        side.answer(0, false, false);
        side.pass();
        assertThat(side.last).isEmpty();
    }

    @Test
    void anAnswerOfOneWhoseHealthHasChangedIsTold() {
        moods = List.of(new Mood());
        Side side = new Side(config("{tcp: {}, interval: 1s, timeout: 400ms, fall: 2}", "off", "off", 1), true, 1);
        for (int tick = 0; tick < 200; tick++) {
            side.answer(0, false, false);
            side.pass();
        }
        assertThat(side.last).isEmpty();
        moods.getFirst().checksPass = false;
        for (int tick = 0; tick < 40; tick++) {
            side.pass();
        }
        assertThat(side.changes.getLast().to()).isEqualTo(Health.UNHEALTHY);
        for (int tick = 0; tick < 300; tick++) {
            side.answer(0, false, false);
            side.pass();
            assertThat(side.last).as("tick %s", tick).hasSize(1);
        }
    }

    private void run(long seed) {
        random = new SplittableRandom(seed);
        int workers = 1 + random.nextInt(5);
        String config = config(workers);
        List<Mood> each = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            each.add(new Mood());
        }
        moods = each;
        Side all = new Side(config, false, seed);
        Side some = new Side(config, true, seed);
        for (long tick = 0; tick < SECONDS * 10; tick++) {
            for (int i = 0; i < workers; i++) {
                moods.get(i).pass(i, all, some);
            }
            List.of(all, some).forEach(Side::pass);
        }
        assertThat(some.changes).as("seed %s: %s", seed, config).isEqualTo(all.changes);
        assertThat(some.asked).as("seed %s: checks; %s", seed, config).isEqualTo(all.asked);
        all.changes.forEach(change -> kinds.add(change.from() + ">" + change.to() + " " + change.cause()));
        told += some.told;
        toldOfAll += all.told;
    }

    private String config(int workers) {
        int interval = random.nextInt(4) == 0 ? 20_000 : 500 + random.nextInt(8000);
        String check = random.nextInt(5) == 0
                ? "off"
                : "{tcp: {}, interval: " + interval + "ms, timeout: 400ms, rise: " + (1 + random.nextInt(2)) + ", fall: " + (1 + random.nextInt(3)) + "}";
        String ejection = random.nextInt(8) == 0 ? "off" : "{failures: " + (2 + random.nextInt(8)) + ", time: " + (1 + random.nextInt(8)) + "s}";
        String slowStart = random.nextBoolean() ? "off" : 1 + random.nextInt(15) + "s";
        return config(check, ejection, slowStart, workers);
    }

    private static String config(String check, String ejection, String slowStart, int workers) {
        List<String> listed = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            listed.add("{address: \"127.0.0.1:" + (1 + i) + "\", zone: z}");
        }
        return """
                domains: [d.example]
                here: {region: r, zone: z}
                regions: {r: {jurisdiction: XX, zones: [z]}}
                listeners: [{bind: ":8080"}]
                apps: {a: {check: %s, ejection: %s, slow-start: %s, pools: {r: {workers: [%s]}}}}
                """.formatted(check, ejection, slowStart, String.join(", ", listed));
    }

    /** How a worker is for a while. */
    private final class Mood {
        private final double usual = List.of(0.05, 0.5, 4.0, 12.0).get(random.nextInt(4));
        private double rate = usual;
        private double failing;
        private boolean silent;
        private boolean checksPass = true;
        private int waiting;
        private int left = random.nextInt(400);

        void pass(int worker, Side... sides) {
            if (left-- == 0) {
                for (; waiting > 0; waiting--) {
                    for (Side side : sides) {
                        side.end(worker);
                    }
                }
                become(worker, sides);
            }
            if (waiting > 0) {
                return;
            }
            int answers = (int) (rate + random.nextDouble());
            for (int i = 0; i < answers; i++) {
                boolean bad = random.nextDouble() < failing;
                for (Side side : sides) {
                    side.answer(worker, bad, silent);
                }
            }
        }

        private void become(int worker, Side... sides) {
            boolean well = random.nextInt(4) != 0;
            rate = random.nextInt(3) == 0 ? 0 : usual;
            failing = 0;
            silent = false;
            checksPass = true;
            if (well) {
                rate = usual;
                left = 20 + random.nextInt(500);
                return;
            }
            left = random.nextInt(80);
            silent = random.nextBoolean();
            checksPass = random.nextInt(3) != 0;
            switch (random.nextInt(6)) {
                case 0 -> failing = 1;
                case 1, 2 -> {
                    failing = 0.35;
                    rate = usual;
                    left *= 2;
                }
                case 3 -> {
                    failing = 0.05;
                    rate = usual;
                }
                case 4 -> {
                    for (waiting = 0; waiting < 3; waiting++) {
                        for (Side side : sides) {
                            side.targets.get(worker).begin();
                        }
                    }
                }
                default -> checksPass = false;
            }
        }
    }

    /** A monitor with its control thread, in virtual time. */
    private final class Side implements ControlListener {
        final List<HealthTransition> changes = new ArrayList<>();
        final List<String> asked = new ArrayList<>();
        final List<Watched> targets = new ArrayList<>();
        private final EmbeddedChannel timers = new EmbeddedChannel();
        private final TrafficSums sums;
        private final HealthMonitor monitor;
        private long now = TimeUnit.HOURS.toNanos(1);
        private boolean raised;
        long told;
        /** Of the last look, and of all since the last period began. */
        List<TrafficReport> last = List.of();

        final List<TrafficReport> seen = new ArrayList<>();

        Side(String config, boolean holdsBack, long seed) {
            timers.freezeTime();
            Control control = new Control(
                    timers.eventLoop(), () -> now, () -> Instant.EPOCH.plusNanos(now), null, new TierErrors(() -> now), this);
            sums = holdsBack ? new TrafficSums(1, () -> raised = true, control) : new TrafficSums(1, () -> raised = true);
            monitor = new HealthMonitor(timers.eventLoop(), this::check, () -> now, new SplittableRandom(seed));
            try {
                var settings = ConfigReader.read("test", config).settings();
                Targets made = (_, worker, _, _) -> {
                    Watched target = new Watched(worker, sums.touched());
                    targets.add(target);
                    return target;
                };
                control.take(new Tables(made, 1).build(settings, now).apps(), () -> {});
            } catch (ConfigProblemsException e) {
                throw new IllegalArgumentException(e);
            }
            var _ = monitor.transitions().subscribe(change -> {
                changes.add(change);
                control.healthChanged(change);
            });
            AppControl app = Objects.requireNonNull(control.app("a"));
            monitor.watch(control.states(app).stream().map(MemberState::member).map(member -> member.worker()).toList(), app.health("r"));
        }

        Worker worker(int index) {
            return targets.get(index).worker();
        }

        void answer(int worker, boolean bad, boolean silent) {
            Watched target = targets.get(worker);
            Traffic traffic = Objects.requireNonNull(target.traffic());
            target.begin();
            if (!silent || !bad) {
                target.answered(0, 0);
            }
            target.finish();
            if (bad) {
                traffic.bad(0, !silent, silent, now);
            } else {
                traffic.good(0);
            }
        }

        /** One that waited is answered after all. */
        void end(int worker) {
            Watched target = targets.get(worker);
            target.answered(0, 0);
            target.finish();
            Objects.requireNonNull(target.traffic()).good(0);
        }

        void pass() {
            seen.clear();
            if (raised) {
                raised = false;
                pass(5 * MS);
                look();
                pass(95 * MS);
            } else {
                pass(100 * MS);
            }
            look();
        }

        private void look() {
            last = sums.collect(now);
            seen.addAll(last);
            told += last.size();
            monitor.traffic(last);
            timers.runPendingTasks();
        }

        private void pass(long time) {
            for (long until = now + time; now < until; ) {
                timers.runPendingTasks();
                long next = timers.runScheduledPendingTasks();
                long step = next < 0 ? until - now : Math.min(until - now, Math.max(1, next));
                now += step;
                timers.advanceTimeBy(step, TimeUnit.NANOSECONDS);
            }
            timers.runPendingTasks();
        }

        private Check check(WorkerAddress address, CheckSettings settings) {
            return new Check() {
                private final List<ScheduledFuture<?>> pending = new ArrayList<>();

                @Override
                public void ask(Duration timeout, Consumer<CheckResult> answer) {
                    asked.add(address + " at " + now);
                    pending.clear();
                    pending.add(timers.eventLoop().schedule(() -> answer.accept(result(address)), MS, TimeUnit.NANOSECONDS));
                }

                @Override
                public void close() {
                    pending.forEach(each -> each.cancel(false));
                }
            };
        }
    }

    private CheckResult result(WorkerAddress address) {
        return moods.get(address.port() - 1).checksPass
                ? CheckResult.passed("connected")
                : CheckResult.failed(CheckResult.Failure.REFUSED, "connection refused");
    }

    private static final class Watched extends WorkerTarget {
        Watched(Worker worker, Touched touched) {
            super(worker, 1, false, null, touched);
        }

        @Override
        public boolean connectable(long now) {
            return true;
        }
    }
}
