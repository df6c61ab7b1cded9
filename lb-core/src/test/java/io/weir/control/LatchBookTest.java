package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.weir.failover.FailbackMemo;
import io.weir.failover.FailbackState;
import io.weir.failover.TierOutlook;
import io.weir.health.Health;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tiers remember of their failback, over restarts and from process to process. */
class LatchBookTest {
    private static final String CONFIG = ControlTest.CONFIG.replace("hold: 10s", "hold: 60s");
    private static final String MANUAL = CONFIG.replace("{hold: 60s, ramp: 10s}", "manual");

    @TempDir
    private Path folder;

    private final List<Runnable> disk = new ArrayList<>();
    private ControlRig rig;

    @BeforeEach
    void first() {
        rig = start(CONFIG);
        rig.control.keepLatches();
        pass(Duration.ofSeconds(1));
    }

    private ControlRig start(String config) {
        return new ControlRig(config, new KeptState(null, new LatchFile(folder, disk::add)), null);
    }

    /** What is to be written is written at once. */
    private void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 100) {
            rig.pass(Duration.ofMillis(Math.min(left, 100)));
            List<Runnable> due = List.copyOf(disk);
            disk.clear();
            due.forEach(Runnable::run);
        }
        rig.pass(Duration.ofMillis(1));
    }

    private void loseAndFind(String region, Duration after) {
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        pass(Duration.ofSeconds(1));
        rig.become(Health.UNHEALTHY, Duration.ZERO, ControlRig.in(region));
        pass(Duration.ofSeconds(5));
        rig.become(Health.HEALTHY, Duration.ZERO, ControlRig.in(region));
        pass(after);
    }

    private TierOutlook tier() {
        return rig.app("orders").steerings().getFirst().outlook().tiers().getFirst();
    }

    private double share() {
        return Objects.requireNonNull(rig.app("orders").app().in("r1")).plan().shares().getFirst().at(rig.now());
    }

    private Path file() {
        return folder.resolve("failback");
    }

    @Test
    void aHoldGoesOnAfterARestart() {
        loseAndFind("r1", Duration.ofSeconds(35)); // 5 s of steadiness, and half of the hold
        assertThat(tier().failback().phase()).isEqualTo(FailbackState.Phase.HOLDING);

        rig = start(CONFIG);
        assertThat(rig.said).containsExactly("recalled 1, PT0S");
        assertThat(share()).as("nobody has been asked yet how they are").isZero();
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        pass(Duration.ofSeconds(25));
        assertThat(tier().failback().phase()).isEqualTo(FailbackState.Phase.HOLDING);
        assertThat(share()).isZero();
        pass(Duration.ofSeconds(15)); // what is kept of how far it has come is 10 s old at most
        assertThat(tier().failback().phase()).isEqualTo(FailbackState.Phase.RAMPING);
        pass(Duration.ofSeconds(11));
        assertThat(share()).isOne();
    }

    /** It would have all traffic, and nothing to wait for, if nobody else could carry it. */
    @Test
    void theFirstVerdictOfOneThatWaitsDoesNotBringItBack() {
        rig.become(MANUAL);
        loseAndFind("r1", Duration.ofSeconds(20));
        rig = start(MANUAL);
        rig.become(Health.HEALTHY, Duration.ZERO, ControlRig.in("r1"));
        pass(Duration.ofSeconds(1));
        assertThat(share()).isZero();
        rig.become(Health.UNHEALTHY, Duration.ZERO, ControlRig.in("r2"));
        pass(Duration.ofSeconds(1));
        assertThat(share()).as("when it is known that nobody else can").isOne();
    }

    @Test
    void oneThatWaitsForAPersonStillDoes() {
        rig.become(MANUAL);
        loseAndFind("r1", Duration.ofSeconds(20));
        assertThat(tier().failback().phase()).isEqualTo(FailbackState.Phase.WAITING);

        rig = start(MANUAL);
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        pass(Duration.ofMinutes(10));
        assertThat(tier().failback().phase()).isEqualTo(FailbackState.Phase.WAITING);
        assertThat(share()).isZero();
        assertThat(rig.control.failBack("orders")).isTrue();
        pass(Duration.ofMinutes(1));
        assertThat(share()).isOne();
    }

    @Test
    void aShareThatComesBackGoesOnFromWhereItWas() {
        loseAndFind("r1", Duration.ofMillis(70_500));
        double before = share();
        assertThat(before).isBetween(0.4, 0.7);
        Latches told = Latches.parse(rig.control.latches().lines());

        rig = new ControlRig(CONFIG, KeptState.NONE, told);
        assertThat(rig.said).as("told by a process that is there").isEmpty();
        assertThat(share()).isBetween(before, before + 0.1);
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        rig.pass(Duration.ofSeconds(7));
        assertThat(share()).isOne();
    }

    @Test
    void nothingIsWrittenWhileAllIsAsEver() {
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        pass(Duration.ofMinutes(1));
        assertThat(rig.control.latches()).isEqualTo(Latches.NONE);
        assertThat(folder).isEmptyDirectory();
        loseAndFind("r1", Duration.ofMinutes(2));
        assertThat(tier().failback().phase()).isEqualTo(FailbackState.Phase.SETTLED);
        assertThat(contents()).as("for how long another loss is a relapse").contains("settled");
    }

    @Test
    void whoHasHandedOverWritesNoMore() {
        var _ = rig.control.handOver();
        loseAndFind("r1", Duration.ofSeconds(20));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void whatIsBrokenIsPutAsideAndTold() throws IOException {
        loseAndFind("r1", Duration.ofSeconds(20));
        Files.writeString(file(), contents().replace("holding", "settled"));
        rig = start(CONFIG);
        assertThat(rig.said).singleElement().asString().contains(file().toString(), "checksum", "failback.broken");
        assertThat(file()).doesNotExist();
        assertThat(folder.resolve("failback.broken")).isRegularFile();
        assertThat(share()).isOne();
    }

    @Test
    void aDiskThatDoesNotTakeItIsToldOfOnceAndTriedAgain() throws IOException {
        rig.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        pass(Duration.ofSeconds(1));
        Files.createDirectory(file());
        Files.createFile(file().resolve("in-the-way"));
        loseAndFind("r1", Duration.ofSeconds(35));
        assertThat(rig.said).singleElement().asString().startsWith("lost: ");
        Files.delete(file().resolve("in-the-way"));
        Files.delete(file());
        pass(Duration.ofSeconds(11));
        assertThat(rig.said).hasSize(2).last().isEqualTo("kept");
        assertThat(contents()).contains("orders plan r1 r1 holding");
    }

    @Test
    void everyMemoIsReadAsItWasWritten() {
        List<FailbackMemo.Entry> entries = new ArrayList<>();
        for (FailbackState.Phase phase : FailbackState.Phase.values()) {
            long rest = entries.size() % 2 == 0 ? FailbackState.OPEN : 7;
            entries.add(new FailbackMemo.Entry(
                    "tier-" + entries.size(), phase, 1.0 / 3, 0.7, 123_456_789L, rest, 60_000_000_000L, 1, entries.size() % 3 == 0, rest == 7));
        }
        Latches all = new Latches(Map.of(
                new Latches.Plan("a", false, Steering.GLOBAL), new FailbackMemo(entries),
                new Latches.Plan("a", true, "r1"), new FailbackMemo(entries.subList(0, 1))));
        assertThat(Latches.parse(all.lines()).plans().keySet()).isEqualTo(all.plans().keySet());
        assertThat(Latches.parse(all.lines()).lines()).isEqualTo(all.lines()).hasSize(entries.size() + 1);
        assertThat(Latches.parse(all.lines())).isEqualTo(all);
    }

    @Test
    void whatNobodyCanHaveWrittenIsRefused() {
        String good = "orders plan r1 r1 holding 0.0 1.0 PT4S PT56S PT1M PT0S - -";
        assertThat(Latches.parse(List.of(good)).unsettled()).isOne();
        for (String bad : List.of("", "orders", good + " more", good.replace("plan", "plane"), good.replace("holding", "folding"), good.replace("0.0", "NaN"), good.replace("1.0", "1.1"), good.replace("PT4S", "PT-4S"), good.replace("PT56S", "56"))) {
            assertThat(catchThrowable(() -> Latches.parse(List.of(bad)))).as(bad).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private String contents() {
        try {
            return Files.readString(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
