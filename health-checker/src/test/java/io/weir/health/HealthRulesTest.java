package io.weir.health;

import static io.weir.health.Health.UNHEALTHY;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.CheckSettings;
import io.weir.config.EjectionSettings;
import io.weir.config.HealthSettings;
import io.weir.health.PlainReading.Change;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random pools, settings, checks and traffic: each change is one that the rules, read plainly, want, and the other way round. */
class HealthRulesTest {
    private static final int ROUNDS = 300;
    private static final CheckResult[] OUTCOMES = {
        ScriptedChecks.GOOD, ScriptedChecks.GOOD, ScriptedChecks.GOOD, ScriptedChecks.REFUSED, ScriptedChecks.UNWELL
    };

    private SplittableRandom random = new SplittableRandom(0);
    private Watch watch = new Watch();
    private final Map<Worker, Integer> streaks = new HashMap<>();
    /** Of changes, over all seeds: what never happens is not tested. */
    private final Set<String> kinds = new HashSet<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 100, 200, 300, 400, 500, 600, 700, 800, 900})
    void everyChangeIsTheRules(long first) {
        for (long seed = first; seed < first + 30; seed++) {
            run(seed);
        }
        assertThat(kinds)
                .contains(
                        "unproven>healthy CHECK",
                        "unproven>unhealthy CHECK",
                        "healthy>unhealthy CHECK",
                        "healthy>unhealthy FAILURES",
                        "unhealthy>probation CHECK",
                        "unhealthy>probation TIME",
                        "probation>unhealthy CHECK",
                        "probation>unhealthy FAILURES",
                        "probation>healthy ANSWERS",
                        "probation>healthy CHECK");
    }

    private void run(long seed) {
        random = new SplittableRandom(seed);
        watch = new Watch(seed);
        streaks.clear();
        List<Worker> workers = Samples.workers(1 + random.nextInt(6));
        HealthSettings settings = settings();
        PlainReading reading = new PlainReading(workers, settings, 0);
        long start = watch.loop.now();
        watch.checks.witness = (address, result) -> reading.checked(
                workers.stream().filter(worker -> worker.address().equals(address)).findFirst().orElseThrow(), result, watch.loop.now() - start);
        workers.forEach(this::say);
        watch.monitor.watch(workers, settings);

        for (int round = 0; round < ROUNDS; round++) {
            watch.loop.pass(Duration.ofNanos(random.nextLong(1, Duration.ofMillis(1500).toNanos())));
            Worker worker = workers.get(random.nextInt(workers.size()));
            if (random.nextInt(3) == 0) {
                say(worker);
            } else {
                TrafficReport report = report(worker);
                reading.answered(report, watch.loop.now() - start);
                watch.traffic(report);
            }
            assertWithinBounds(workers, settings.ejection(), seed);
        }
        reading.time(watch.loop.now() - start);
        workers.forEach(worker -> kinds.addAll(watch.story(worker)));

        List<Change> seen = watch.transitions.stream()
                .filter(each -> !each.keepsHealth())
                .map(each -> new Change(each.worker(), each.from(), each.to(), each.cause(), each.at() - start))
                .toList();
        assertThat(firstDifference(seen, reading.changes)).as("seed %s, %s", seed, settings).isEmpty();
        assertThat(watch.transitions)
                .as("seed %s", seed)
                .allMatch(change -> change.since() >= 0 && (change.contact() == Contact.ANSWERS || change.to() == UNHEALTHY))
                .allMatch(change -> !change.keepsHealth() || change.contact() != Contact.ANSWERS);
        watch.close();
        assertThat(watch.checks.open).as("seed %s", seed).isZero();
    }

    private static String firstDifference(List<Change> seen, List<Change> wanted) {
        for (int i = 0; i < Math.max(seen.size(), wanted.size()); i++) {
            Change is = i < seen.size() ? seen.get(i) : null;
            Change should = i < wanted.size() ? wanted.get(i) : null;
            if (!Objects.equals(is, should)) {
                return "change " + i + ": " + is + "; by the rules: " + should;
            }
        }
        return "";
    }

    private void say(Worker worker) {
        Duration after = Duration.ofNanos(random.nextLong(100_000, Duration.ofMillis(300).toNanos()));
        if (random.nextInt(6) == 0) {
            watch.checks.blackHole(worker.address());
        } else {
            watch.checks.say(worker.address(), OUTCOMES[random.nextInt(OUTCOMES.length)], after);
        }
    }

    /** Few answers a report: fewer than success rates are compared by. */
    private TrafficReport report(Worker worker) {
        int streak = streaks.getOrDefault(worker, 0);
        int good = random.nextInt(3) == 0 ? 0 : random.nextInt(1, 4);
        int bad = random.nextInt(2) == 0 ? 0 : random.nextInt(1, 4);
        int last = good == 0 ? streak + bad : random.nextInt(bad + 1);
        streaks.put(worker, last);
        boolean waiting = good + bad == 0 && random.nextBoolean();
        int silent = random.nextInt(3) == 0 ? bad : 0;
        return new TrafficReport(worker, good, bad, last, silent, random.nextInt(silent + 1), waiting);
    }

    private void assertWithinBounds(List<Worker> workers, @Nullable EjectionSettings limits, long seed) {
        var future = watch.monitor.describe(workers);
        watch.loop.settle();
        List<WorkerReport> reports = future.join();
        long ejected = reports.stream().filter(WorkerReport::ejected).count();
        int most = limits == null ? 0 : WatchedPool.mostEjected(workers.size(), limits.most());
        assertThat(ejected).as("seed %s", seed).isLessThanOrEqualTo(most);
    }

    private HealthSettings settings() {
        Duration interval = Duration.ofMillis(random.nextInt(600, 6000));
        Duration timeout = Duration.ofMillis(random.nextInt(350, 3000));
        CheckSettings check =
                new CheckSettings(new CheckSettings.Tcp(), null, interval, timeout, 1 + random.nextInt(3), 1 + random.nextInt(4));
        EjectionSettings ejection =
                new EjectionSettings(1 + random.nextInt(6), random.nextInt(5) / 4.0, Duration.ofSeconds(1 + random.nextInt(10)), false);
        Duration slowStart = random.nextInt(3) == 0 ? null : Duration.ofSeconds(1 + random.nextInt(30));
        return new HealthSettings(random.nextInt(5) == 0 ? null : check, random.nextInt(5) == 0 ? null : ejection, slowStart);
    }
}
