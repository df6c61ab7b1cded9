package io.weir.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.admin.ForecastReport;
import io.weir.balancing.RecordedTarget;
import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.ControlListener;
import io.weir.control.Steering;
import io.weir.control.Tables;
import io.weir.failover.ErrorRates;
import io.weir.failover.Scope;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import io.weir.topology.Worker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said would come of a loss, against what the control thread makes of a real one: any topology, any settings, any state before. */
class RealLossTest {
    private static final List<String> REGIONS = List.of("ca", "us", "eu");
    private static final int APPS = 8;

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    private final ManualThread thread = new ManualThread();

    private static String config(SplittableRandom random) {
        StringBuilder yaml = new StringBuilder("""
                domains: [example.com]
                here: { region: ca, zone: caa }
                listeners: [ { bind: ":8080" } ]
                regions:
                  ca: { jurisdiction: CA, zones: [caa, cab] }
                  us: { jurisdiction: US, zones: [usa, usb] }
                  eu: { jurisdiction: EU, zones: [eua, eub] }
                apps:
                """);
        int port = 1;
        for (int app = 0; app < APPS; app++) {
            List<String> regions = REGIONS.stream().filter(_ -> random.nextInt(3) > 0).toList();
            if (regions.isEmpty()) {
                regions = REGIONS;
            }
            yaml.append("  app").append(app).append(":\n    balance: ").append(random.nextBoolean() ? "round-robin" : "least-request").append('\n');
            if (random.nextInt(3) == 0) {
                yaml.append("    panic: 0%\n");
            }
            if (random.nextInt(3) == 0) {
                yaml.append("    zones: prefer-local\n");
            }
            if (regions.size() > 1) {
                yaml.append("    failover: { to: ").append(regions).append(", failback: { hold: ").append(random.nextInt(90)).append("s, ramp: ")
                        .append(random.nextInt(40)).append("s } }\n");
                if (random.nextInt(3) == 0) {
                    yaml.append("    global: { active-active: { ").append(regions.getFirst()).append(": 2, ").append(regions.getLast()).append(": 1 } }\n");
                }
            }
            yaml.append("    pools:\n");
            for (String region : regions) {
                yaml.append("      ").append(region).append(": { workers: [");
                for (int i = 1 + random.nextInt(5); i > 0; i--) {
                    yaml.append(" { address: \"127.0.0.1:").append(port++).append("\", zone: ").append(region).append(random.nextBoolean() ? 'a' : 'b')
                            .append(", weight: ").append(1 + random.nextInt(3)).append(" },");
                }
                yaml.setCharAt(yaml.length() - 1, ' ');
                yaml.append("] }\n");
            }
        }
        return yaml.toString();
    }

    private Control running(Settings settings) {
        Tables tables = new Tables((_, worker, weight, _) -> new RecordedTarget(worker.address().toString(), worker.zone(), weight, 0, 0, true), 1);
        Control control = new Control(thread, thread::now, () -> Instant.EPOCH, null, ErrorRates.UNKNOWN, ControlListener.NOBODY);
        control.take(tables.build(settings, thread.now()).apps(), () -> {});
        return control;
    }

    private void become(Control control, Health health, Predicate<Worker> which) {
        for (AppControl app : control.apps()) {
            control.states(app).stream()
                    .filter(state -> which.test(state.member().worker()) && state.health() != health)
                    .forEach(state -> control.healthChanged(new HealthTransition(
                            state.member().worker(),
                            state.health(),
                            health,
                            HealthTransition.Cause.CHECK,
                            "as told",
                            Contact.ANSWERS,
                            0,
                            thread.now())));
        }
    }

    private RunningApps apps(Control control, Settings settings) {
        return new RunningApps(
                new RunningApps.Asking() {
                    @Override
                    public <T> CompletableFuture<T> ask(Function<Control, T> question) {
                        return CompletableFuture.completedFuture(question.apply(control));
                    }
                },
                settings.here());
    }

    /** A worker in it that some app has. */
    private static Worker any(Control control, SplittableRandom random) {
        List<Worker> all = new ArrayList<>();
        control.apps().forEach(app -> app.members().forEach(member -> all.add(member.worker())));
        return all.get(random.nextInt(all.size()));
    }

    private static Scope scope(Worker worker, SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> new Scope(Scope.Kind.REGION, worker.region());
            case 1 -> new Scope(Scope.Kind.ZONE, worker.zone());
            case 2 -> new Scope(Scope.Kind.POOL, worker.app() + '/' + worker.region());
            default -> new Scope(Scope.Kind.WORKER, worker.address().toString());
        };
    }

    private static AppForecast.@Nullable Entrance entrance(Forecast forecast, String app, String asked) {
        return forecast.worst().stream()
                .filter(it -> it.app().equals(app))
                .flatMap(it -> it.entrances().stream())
                .filter(it -> it.asked().equals(asked))
                .findFirst()
                .orElse(null);
    }

    private List<Double> shares(Steering steering) {
        return steering.outlook().plan().shares().stream().map(share -> share.at(thread.now())).toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void sharesAreThoseOfARealLoss(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        Settings settings = ConfigReader.read("test", config(random)).settings();
        Control control = running(settings);
        become(control, Health.HEALTHY, _ -> true);
        for (int before = random.nextInt(4); before > 0; before--) {
            Scope ill = scope(any(control, random), random);
            become(control, random.nextInt(3) == 0 ? Health.HEALTHY : Health.UNHEALTHY, ill::covers);
            thread.pass(random.nextInt(100));
        }
        thread.pass(1);
        List<Loss> losses = List.of(
                new Loss(scope(any(control, random), random), Loss.Means.FAILURE), new Loss(scope(any(control, random), random), Loss.Means.FAILURE));
        Question question = new Question(losses, null, 200, seed);

        Forecast forecast = Simulation.of(apps(control, settings), question, APPS);

        assertThat(ForecastReport.json(Simulation.of(apps(control, settings), question, APPS), APPS)).isEqualTo(ForecastReport.json(forecast, APPS));
        for (int step = 0; step <= losses.size(); step++) {
            if (step > 0) {
                become(control, Health.UNHEALTHY, losses.get(step - 1).scope()::covers);
                thread.pass(7200); // all holds and ramps are over
            }
            for (AppControl app : control.apps()) {
                for (Steering steering : app.steerings()) {
                    AppForecast.Entrance foretold = entrance(forecast, app.settings().name(), steering.asked());
                    if (foretold != null) {
                        assertThat(shares(steering)).as(app.settings().name() + " in " + steering.asked() + " after " + losses.subList(0, step))
                                .usingComparatorForType((a, b) -> Math.abs(a - b) < 1e-6 ? 0 : Double.compare(a, b), Double.class)
                                .isEqualTo(foretold.shares().get(step));
                    } else {
                        assertThat(losses.stream().noneMatch(loss -> app.members().stream().anyMatch(member -> loss.scope().covers(member.worker()))))
                                .as(app.settings().name() + " has nothing to lose").isTrue();
                    }
                }
            }
        }
    }
}
