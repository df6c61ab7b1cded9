package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.control.AppControl;
import io.weir.control.EvacuationFile;
import io.weir.failover.Evacuation;
import io.weir.failover.Scope;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.simulate.Drill;
import io.weir.simulate.DrillReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trying losses out, evacuating, restoring, failing back and drills over the admin API. */
@Timeout(60)
class EvacuationPagesTest {
    private static final String CONFIG = """
            domains: [cloudhub.example]
            here: { region: ca-c1, zone: ca-c1a }
            listeners: [ { bind: ":8080" } ]
            admin: { bind: "127.0.0.1:9901", token: a-token-of-24-characters }
            regions:
              ca-c1: { jurisdiction: CA, zones: [ca-c1a, ca-c1b] }
              us-e1: { jurisdiction: US, zones: [us-e1a] }
            apps:
              orders:
                failover: { to: [us-e1], failback: manual }
                pools:
                  ca-c1: { workers: [ { address: "127.0.0.1:1", zone: ca-c1a }, { address: "127.0.0.1:2", zone: ca-c1b } ] }
                  us-e1: { workers: [ { address: "127.0.0.1:3", zone: us-e1a } ] }
              stock: { pools: { us-e1: { workers: [ { address: "127.0.0.1:4", zone: us-e1a } ] } } }
            """;

    @TempDir
    private Path folder;

    private EvacuationFile file;
    private AdminRig rig;

    @BeforeEach
    void start() throws Exception {
        file = new EvacuationFile(folder.resolve("state"));
        rig = new AdminRig(CONFIG, null, file);
        rig.verdict(Health.HEALTHY, "200", _ -> true);
    }

    @AfterEach
    void stop() {
        rig.control.kept().exceptionally(_ -> null).orTimeout(10, TimeUnit.SECONDS).join(); // or it would write while the folder is removed
        rig.close();
    }

    private AdminState stateOf(String app, int worker) throws Exception {
        return rig.onControl(control -> {
            AppControl found = control.app(app);
            return found == null ? AdminState.DISABLED : control.states(found).get(worker).admin();
        }).get();
    }

    private String get(String target) throws IOException {
        return AdminRig.body(rig.get(target));
    }

    @Test
    void aLossIsTriedOutAndTouchesNothing() throws IOException {
        assertThat(get("/simulate?lose=zone=ca-c1a&then=region=ca-c1")).isEqualTo("""
                losses  lose zone=ca-c1a, lose region=ca-c1
                seed    1
                load    exchanges 40, from 10 for each worker
                counts  apps 2, concerned 1, dark before 0

                STEP  LOSS               UNTOUCHED  MOVED  OVERLOADED  PANIC  NOTHING ELSE LEFT  STOPPED BY RESIDENCY  DARK  DARK BY NAME  WORKERS OVER
                1     lose zone=ca-c1a   0          1      0           0      0                  0                     0     0             0
                2     lose region=ca-c1  0          0      1           0      0                  0                     0     0             0

                APP     BEFORE     AFTER 1  AFTER 2     LOAD  SETTLED  DARK BY NAME
                orders  untouched  moved    overloaded  200%  0ms      -

                APP     ASKED  TIER   BEFORE  AFTER 1  AFTER 2
                orders  -      ca-c1  100%    70%      0%
                orders  -      us-e1  0%      30%      100%
                orders  us-e1  us-e1  100%    100%     100%

                APP     WORKER       ZONE    BEFORE  AFTER 1  AFTER 2  LOAD  MOST
                orders  127.0.0.1:1  ca-c1a  15      0        0        lost  1000
                orders  127.0.0.1:2  ca-c1b  15      22       0        lost  1000
                orders  127.0.0.1:3  us-e1a  0       8        30       200%  1000
                """);
        assertThat(get("/simulate?lose=zone=ca-c1a&then=region=ca-c1&format=json")).contains("\"after_1\" : 0.700", "\"shares_left_off\" : 0");
    }

    @Test
    void whatCannotBeTriedOutIsSaid() throws IOException {
        assertThat(rig.get("/simulate")).startsWith("HTTP/1.1 400 ").endsWith("this page needs lose=\n");
        assertThat(rig.get("/simulate?lose=house=1")).startsWith("HTTP/1.1 400 ").contains("write zone=NAME");
        assertThat(rig.get("/simulate?lose=zone=nix")).startsWith("HTTP/1.1 404 ").contains("no worker is in zone=nix");
        assertThat(rig.get("/simulate?lose=zone=ca-c1a&app=nix")).startsWith("HTTP/1.1 404 ").contains("there is no app nix among 2");
        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=never")).startsWith("HTTP/1.1 400 ").contains("for is not a duration");
        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=2h&hard=yes")).startsWith("HTTP/1.1 400 ").contains("hard must be true or false");
        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=31h&hard=true&what=x")).startsWith("HTTP/1.1 400 ").contains("write zone=NAME");
        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=721h")).startsWith("HTTP/1.1 400 ").contains("for must be from 1s to 720h, is 721h");
    }

    @Test
    void anEvacuationIsMadeKeptAndEndedEarly() throws Exception {
        assertThat(rig.get("/evacuate?what=zone=ca-c1a&for=30m")).startsWith("HTTP/1.1 405 ");
        assertThat(AdminRig.body(rig.post("/evacuate?what=zone=ca-c1a&for=30m&dry-run=true"))).startsWith("would evacuate    zone=ca-c1a\n");
        assertThat(stateOf("orders", 0)).isEqualTo(AdminState.ENABLED);

        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=30m")).startsWith("HTTP/1.1 200 ").contains("evacuated  zone=ca-c1a\n");
        assertThat(stateOf("orders", 0)).isEqualTo(AdminState.EVACUATED);
        assertThat(Files.readString(file.path())).startsWith("zone=ca-c1a until 20");

        assertThat(rig.post("/restore?what=zone=ca-c1b")).startsWith("HTTP/1.1 404 ").endsWith("zone=ca-c1b is not evacuated; what is: zone=ca-c1a\n");
        assertThat(AdminRig.body(rig.post("/restore?what=zone=ca-c1a"))).isEqualTo("restored  zone=ca-c1a\n");
        assertThat(stateOf("orders", 0)).isEqualTo(AdminState.ENABLED);
        assertThat(Files.readString(file.path())).isEmpty();
    }

    @Test
    void theLastCapacityOfAnAppIsNotTurnedOffUnlessForced() throws Exception {
        assertThat(rig.post("/evacuate?what=region=us-e1&for=30m"))
                .startsWith("HTTP/1.1 409 ")
                .contains("without region=us-e1,", "stock: nothing else may serve it", "dry-run", "force");
        assertThat(stateOf("stock", 0)).isEqualTo(AdminState.ENABLED);
        assertThat(rig.post("/evacuate?what=region=us-e1&for=30m&dry-run=true"))
                .contains("would be refused  true\n", "objections        stock: nothing else may serve it\n");

        assertThat(rig.post("/evacuate?what=region=us-e1&for=30m&hard=true&force=true")).startsWith("HTTP/1.1 200 ");
        assertThat(stateOf("stock", 0)).isEqualTo(AdminState.EVACUATED_HARD);
    }

    @Test
    void whatIsLeftMustBeWell() throws Exception {
        rig.verdict(Health.UNHEALTHY, "refused", worker -> worker.zone().equals("us-e1a"));

        assertThat(rig.post("/evacuate?what=region=ca-c1&for=30m")).startsWith("HTTP/1.1 409 ").contains("orders: nobody who is well would be left");
    }

    @Test
    void whatCannotBeKeptIsInForceAndSaid() throws Exception {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");

        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=30m"))
                .startsWith("HTTP/1.1 500 ")
                .contains("zone=ca-c1a is evacuated and that is in force, but it could not be kept over a restart: ", folder.resolve("state").toString())
                .contains("would end that", "runtime.state");
        assertThat(stateOf("orders", 0)).isEqualTo(AdminState.EVACUATED);

        assertThat(rig.post("/restore?what=zone=ca-c1a"))
                .startsWith("HTTP/1.1 500 ")
                .contains("zone=ca-c1a is restored and that is in force, but", "a restart would evacuate it again, until its end");
        assertThat(stateOf("orders", 0)).isEqualTo(AdminState.ENABLED);
        while (!get("/events?format=text").contains("state_lost")) { // told by the control thread, in its own time
            Thread.onSpinWait(); // bounded by the test's time-out
        }
    }

    @Test
    void plansDontWaitForTheDiskButTheAnswerDoes() throws Exception {
        CompletableFuture<Void> disk = new CompletableFuture<>();
        rig.close();
        rig = new AdminRig(CONFIG, null, new EvacuationFile(folder.resolve("state"), write -> {
            var _ = disk.thenRun(write);
        }));
        rig.verdict(Health.HEALTHY, "200", _ -> true);
        CompletableFuture<String> answer = posted("/evacuate?what=zone=ca-c1a&for=30m");
        while (stateOf("orders", 0) != AdminState.EVACUATED) {
            Thread.onSpinWait(); // bounded by the test's time-out
        }
        assertThat(answer).isNotDone();
        assertThat(file.path()).doesNotExist();

        disk.complete(null);
        assertThat(answer.join()).startsWith("HTTP/1.1 200 ");
        assertThat(Files.readString(file.path())).startsWith("zone=ca-c1a until 20");
    }

    @Test
    void whoLooksOrRestoresDoesntWaitForEvacuationsThatAreHeldUp() throws Exception {
        Queue<CompletableFuture<Void>> disk = new ConcurrentLinkedQueue<>();
        rig.close();
        rig = new AdminRig(CONFIG, null, new EvacuationFile(folder.resolve("state"), write -> {
            CompletableFuture<Void> held = new CompletableFuture<>();
            var _ = held.thenRun(write);
            disk.add(held);
        }));
        rig.verdict(Health.HEALTHY, "200", _ -> true);
        List<CompletableFuture<String>> held = Stream.of("zone=ca-c1a", "worker=127.0.0.1:2", "pool=orders/us-e1")
                .map(what -> posted("/evacuate?what=" + what + "&for=30m&force=true"))
                .toList();
        while (disk.size() < 2) {
            Thread.onSpinWait(); // bounded by the test's time-out
        }

        assertThat(rig.get("/status")).startsWith("HTTP/1.1 200 ");
        assertThat(held).as("two of them have both their threads").noneMatch(CompletableFuture::isDone);
        var restored = posted("/restore?what=" + rig.control.evacuations().all().getFirst().scope());
        while (rig.control.evacuations().all().size() > 1 && held.stream().noneMatch(CompletableFuture::isDone)) {
            Thread.onSpinWait();
        }
        assertThat(held).noneMatch(CompletableFuture::isDone);
        while (!held.stream().allMatch(CompletableFuture::isDone) || !restored.isDone()) {
            CompletableFuture<Void> next = disk.poll();
            if (next != null) {
                next.complete(null);
            }
        }
        assertThat(restored.join()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void anEvacuationLastsItsWholeTimeInWholeSeconds() throws Exception {
        InstantSource wall = InstantSource.fixed(Instant.parse("2026-11-27T12:00:00.400Z"));
        Page page = new EvacuatePage(rig, wall, new EvacuationGuard());
        page.answer(new PageRequest("/evacuate", Map.of("what", "zone=ca-c1a", "for", "30s"), List.of(), "", null));
        assertThat(rig.control.evacuations().all()).extracting(Evacuation::until).containsExactly(Instant.parse("2026-11-27T12:00:31Z"));
    }

    @Test
    void ofTwoThatLeaveEnoughEachOnlyOneIsMade() throws Exception {
        CompletableFuture<Void> bothAsk = new CompletableFuture<>();
        rig.controlThread.execute(bothAsk::join);
        var home = posted("/evacuate?what=region=ca-c1&for=30m");
        var away = posted("/evacuate?what=pool=orders/us-e1&for=30m");
        bothAsk.complete(null);

        assertThat(List.of(home.join().substring(9, 12), away.join().substring(9, 12))).containsExactlyInAnyOrder("200", "409");
    }

    private CompletableFuture<String> posted(String target) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return rig.post(target);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }, Thread::startVirtualThread);
    }

    @Test
    void trafficThatWaitsIsBroughtBack() throws Exception {
        assertThat(rig.post("/failback?app=nix")).startsWith("HTTP/1.1 404 ").contains("there is no app nix among 2");
        assertThat(AdminRig.body(rig.post("/failback?app=orders"))).as("nothing waits").isEqualTo("app  orders\n");

        rig.verdict(Health.UNHEALTHY, "refused", worker -> worker.region().equals("ca-c1"));
        String answer;
        do {
            answer = AdminRig.body(rig.post("/failback?app=orders")); // plans follow within milliseconds
        } while (!answer.contains("ASKED"));
        assertThat(answer).contains("ca-c1  ca-c1  lost", "too few of its workers are well");
    }

    @Test
    void aDrillIsGuardedGoesOnByItselfAndIsEnded() throws Exception {
        assertThat(rig.get("/drill")).startsWith("HTTP/1.1 404 ");
        assertThat(rig.post("/drill/abort")).startsWith("HTTP/1.1 404 ").contains("no drill is under way");
        assertThat(rig.post("/drill/begin?what=zone=ca-c1a&for=5m&abort-if=luck")).startsWith("HTTP/1.1 400 ").contains("write errors>1%");
        assertThat(rig.post("/drill/begin?what=region=us-e1&for=5m")).startsWith("HTTP/1.1 409 ").contains("stock: nothing else may serve it");

        assertThat(rig.post("/drill/begin?what=zone=ca-c1a&for=5m&abort-if=errors%3E1%25")).startsWith("HTTP/1.1 200 ").contains("outcome    under way\n");
        assertThat(stateOf("orders", 0)).isEqualTo(AdminState.EVACUATED);
        assertThat(rig.post("/drill/begin?what=zone=ca-c1a&for=5m")).startsWith("HTTP/1.1 409 ").contains("a drill is under way");
        assertThat(get("/drill/lines")).startsWith("0 s: evacuated zone=ca-c1a\n").doesNotContain("over");

        assertThat(rig.post("/drill/abort")).startsWith("HTTP/1.1 200 ");
        assertThat(stateOf("orders", 0)).isEqualTo(AdminState.ENABLED);
        assertThat(rig.await("/drill/lines", "over STOPPED\n")).contains("stopped by a person; restored zone=ca-c1a", "over\n");
        assertThat(get("/drill")).contains("outcome    stopped by a person\n", "over       true\n");
    }

    @Test
    void aDrillWithoutAThreadIsUndone() {
        Drills drills = new Drills(rig, () -> AdminRig.STARTED, _ -> {
            throw new OutOfMemoryError("unable to create native thread");
        });
        assertThatThrownBy(() -> drills.begin(order()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("no thread could be started for the drill, and it has ended: ");
        assertThat(rig.control.evacuations().isEmpty()).isTrue();
        assertThat(Objects.requireNonNull(drills.last()).report().outcome()).isEqualTo(DrillReport.Outcome.FAILED);
    }

    @Test
    void aDrillThatFailsEndsWhatItEvacuatedAndMakesRoomForTheNext() throws Exception {
        List<Runnable> threads = new ArrayList<>();
        AtomicBoolean broken = new AtomicBoolean();
        Running faulty = (Running) Proxy.newProxyInstance(Running.class.getClassLoader(), new Class<?>[] {Running.class}, (_, method, arguments) -> {
            if (method.getName().equals("onControl") && broken.getAndSet(false)) {
                throw new StackOverflowError("a fault");
            }
            return method.invoke(rig, arguments);
        });
        Drills drills = new Drills(faulty, () -> AdminRig.STARTED, threads::add);
        Drill drill = drills.begin(order());
        assertThat(rig.control.evacuations().isEmpty()).isFalse();
        broken.set(true);
        threads.getFirst().run();

        assertThat(rig.control.evacuations().isEmpty()).isTrue();
        assertThat(drill.over()).isTrue();
        assertThat(drill.report().outcome()).isEqualTo(DrillReport.Outcome.FAILED);
        assertThat(drill.lines(1)).singleElement().asString().contains("failed by a fault of this process", "a fault; restored zone=ca-c1a");
        assertThat(drills.begin(order()).over()).isFalse();
    }

    private static Drill.Order order() {
        return new Drill.Order(Scope.parse("zone=ca-c1a"), Duration.ofMinutes(5), null);
    }

    @Test
    void drillsAndEvacuationsOfTheSameKeepOutOfEachOthersWay() throws Exception {
        rig.post("/evacuate?what=zone=ca-c1a&for=30m");
        assertThat(rig.post("/drill/begin?what=zone=ca-c1a&for=5m"))
                .startsWith("HTTP/1.1 409 ")
                .contains("zone=ca-c1a is evacuated until ", "restore zone=ca-c1a first");
        assertThat(rig.get("/drill")).startsWith("HTTP/1.1 404 ");
        rig.post("/restore?what=zone=ca-c1a");

        assertThat(rig.post("/drill/begin?what=zone=ca-c1a&for=5m")).startsWith("HTTP/1.1 200 ");
        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=30m"))
                .startsWith("HTTP/1.1 409 ")
                .contains("zone=ca-c1a is evacuated by a drill that is under way; nothing was changed", "/drill/abort", "force");
        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=30m&dry-run=true")).contains("would be refused  true\n");

        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=30m&force=true")).startsWith("HTTP/1.1 200 ");
        assertThat(rig.await("/drill/lines", "over REPLACED\n")).contains("somebody evacuated the same anew, and that stands");
        assertThat(stateOf("orders", 0)).isEqualTo(AdminState.EVACUATED);
    }

    @Test
    void aControlThreadThatHasEndedIsSaid() throws Exception {
        rig.controlThread.shutdownNow();

        assertThat(rig.post("/evacuate?what=zone=ca-c1a&for=30m")).startsWith("HTTP/1.1 503 ").contains("this process ends");
    }
}
