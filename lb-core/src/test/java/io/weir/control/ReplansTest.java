package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.balancing.StandInTarget;
import io.weir.balancing.Touched;
import io.weir.config.ConfigReader;
import io.weir.failover.Scope;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which turns plans are made anew; the time stands unless a test lets it pass. */
class ReplansTest {
    private static final int APPS = 1000;
    private static final int AT_ONCE = Replans.AT_ONCE;
    /** Two plans of two workers each. */
    private static final int WORK = 2 * (64 + 2);

    private static final Scope REGION = Scope.parse("region=r1");

    private long now;
    /** How long it takes to make an app's plans, in ns. */
    private long takes;

    private final EmbeddedChannel timers = new EmbeddedChannel();
    /** What was done, a list for each turn: apps whose plans were made, transitions that were told. */
    private final List<List<String>> turns = new ArrayList<>(List.of(new ArrayList<>()));

    /** When people had said what was done. */
    private final Set<Long> words = new HashSet<>();

    private final Replans replans = new Replans(timers.eventLoop(), () -> now, new Recorded());
    private List<AppControl> apps;
    private Runnable whenOver = () -> {};

    private final class Recorded implements Replans.Plans {
        @Override
        public void make(AppControl app) {
            turns.getLast().add(app.toString());
            now += takes;
        }

        @Override
        public void make(AppControl app, Steering steering) {
            turns.getLast().add(app + " " + steering.asked());
        }

        @Override
        public void sentAway(AppControl app, Scope scope, long since) {
            turns.getLast().add("away " + app);
            words.add(since);
        }

        @Override
        public void tell(HealthTransition transition) {
            turns.getLast().add("told " + transition.worker().app());
        }

        @Override
        public void settled(AppControl app) {}

        @Override
        public void over() {
            turns.add(new ArrayList<>());
            whenOver.run();
        }
    }

    @BeforeEach
    void build() throws Exception {
        timers.freezeTime();
        StringBuilder config = new StringBuilder("""
                domains: [d.example]
                here: {region: r1, zone: r1a}
                regions: {r1: {jurisdiction: XX, zones: [r1a]}, r2: {jurisdiction: XX, zones: [r2a]}}
                listeners: [{bind: ":8080"}]
                apps:
                """);
        for (int i = 0; i < APPS; i++) {
            config.append("""
                      a%d: {pools: {r1: {workers: [{address: "127.0.0.1:1", zone: r1a}]}, r2: {workers: [{address: "127.0.0.1:2", zone: r2a}]}}}
                    """.formatted(i).indent(2));
        }
        Touched touched = new Touched(1, () -> {});
        Tables tables = new Tables((_, worker, _, _) -> new StandInTarget(worker.address().toString(), touched), 1);
        apps = tables.build(ConfigReader.read("test", config.toString()).settings(), 0).apps();
    }

    private void heard(int app) {
        AppControl it = apps.get(app);
        replans.heard(it, new HealthTransition(
                it.members().getFirst().worker(), Health.HEALTHY, Health.UNHEALTHY, HealthTransition.Cause.CHECK, "", Contact.ANSWERS, 0, 0));
    }

    /** Lets the time to gather pass, and turns happen of which each asks for the next. */
    private void pass() {
        do {
            timers.advanceTimeBy(Control.GATHER, TimeUnit.NANOSECONDS);
        } while (timers.runScheduledPendingTasks() >= 0);
    }

    private List<String> all() {
        return turns.stream().flatMap(List::stream).toList();
    }

    @Test
    void whatPeopleDecideForManyIsDoneInManyShortTurns() {
        var _ = replans.decided(apps, REGION, true);
        pass();

        assertThat(all()).hasSize(2 * APPS).startsWith("away a0", "a0", "away a1", "a1");
        assertThat(turns).hasSizeGreaterThanOrEqualTo(APPS * WORK / AT_ONCE);
        assertThat(turns).allSatisfy(turn -> assertThat(turn).hasSizeLessThanOrEqualTo(2 * (AT_ONCE / WORK + 1)));
    }

    @Test
    void whatPeopleDecideIsDoneWhenTheLastPlanIsMade() {
        var first = replans.decided(apps, REGION, true);
        List<Integer> madeWhenDone = new ArrayList<>();
        var second = replans.decided(apps.subList(0, 1), REGION, false).thenRun(() -> madeWhenDone.add(all().size()));
        assertThat(first).isNotDone();
        pass();

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(madeWhenDone).containsExactly(2 * APPS + 1);
    }

    @Test
    void plansThatTakeLongAreFewInATurn() {
        takes = TimeUnit.MICROSECONDS.toNanos(200);
        var _ = replans.decided(apps, REGION, false);
        pass();

        assertThat(all()).hasSize(APPS);
        assertThat(turns).allSatisfy(turn -> assertThat(turn).hasSizeLessThanOrEqualTo(3));
    }

    @Test
    void aWorkerThatFailsMeanwhileComesFirst() {
        var _ = replans.decided(apps, REGION, false);
        heard(APPS - 1);
        pass();

        int first = all().indexOf("a" + (APPS - 1));
        assertThat(turns.getFirst()).as("nothing was gathered for it yet").isNotEmpty();
        assertThat(first).as("behind the turn that the news came in").isLessThanOrEqualTo(AT_ONCE / WORK + 1);
        assertThat(all().get(first + 1)).isEqualTo("told a" + (APPS - 1));
        assertThat(all()).as("and once more, in its place").hasSize(APPS + 2).endsWith("a" + (APPS - 1));
    }

    @Test
    void newsOfManyWorkersAreManyTurnsTooAndAreToldWithTheirPlans() {
        for (int i = 0; i < APPS; i++) {
            heard(i);
        }
        timers.runScheduledPendingTasks();
        assertThat(all()).as("they are gathered").isEmpty();
        pass();

        assertThat(turns).hasSizeGreaterThanOrEqualTo(APPS * WORK / AT_ONCE);
        assertThat(turns.getFirst()).startsWith("a0", "a1").contains("told a0");
        assertThat(all()).hasSize(2 * APPS).endsWith("told a" + (APPS - 1));
    }

    @Test
    void newsThatComeTogetherAreOnePlan() {
        heard(3);
        heard(3);
        pass();

        assertThat(all()).containsExactly("a3", "told a3", "told a3");
    }

    @Test
    void aPlanThatTimeTurnsIsMadeAloneAndBehindNews() {
        heard(2);
        timers.advanceTimeBy(Control.GATHER, TimeUnit.NANOSECONDS);
        replans.turns(apps.get(1), apps.get(1).steerings().getFirst());
        timers.runScheduledPendingTasks();

        assertThat(all()).containsExactly("a2", "told a2", "a1 r1");
    }

    /** In each of so many turns the shares of half of the apps change, as they do in a large fleet. */
    private void sharesChangeFor(int manyTurns) {
        whenOver = () -> {
            if (turns.size() <= manyTurns) {
                for (int i = APPS / 2; i < APPS; i++) {
                    replans.shareChanged(apps.get(i));
                }
                timers.advanceTimeBy(Control.GATHER, TimeUnit.NANOSECONDS);
            }
        };
        whenOver.run();
    }

    private List<String> inTheFirst(int manyTurns) {
        return turns.subList(0, manyTurns).stream().flatMap(List::stream).toList();
    }

    @Test
    void newsThatNeverCeaseLeaveAPartOfEachTurnToPeopleAndToTime() {
        sharesChangeFor(30);
        var _ = replans.decided(apps.subList(0, 100), REGION, true);
        for (int i = 0; i < 100; i++) {
            replans.turns(apps.get(i), apps.get(i).steerings().getFirst());
        }
        pass();

        assertThat(inTheFirst(30)).contains("a99", "away a99", "a99 r1");
        assertThat(turns).allSatisfy(turn -> assertThat(turn).hasSizeLessThanOrEqualTo(2 * (AT_ONCE / WORK + 2)));
    }

    @Test
    void thatPartIsThereAlsoWhereAPlanTakesAsLongAsATurn() {
        takes = TimeUnit.MILLISECONDS.toNanos(1);
        sharesChangeFor(21);
        var _ = replans.decided(apps.subList(0, 20), REGION, false);
        pass();

        assertThat(inTheFirst(21)).contains("a0", "a19");
    }

    @Test
    void aVerdictComesBeforeSharesThatWereHeardEarlier() {
        for (int i = 0; i < APPS; i++) {
            replans.shareChanged(apps.get(i));
        }
        whenOver = () -> {
            whenOver = () -> {};
            heard(APPS - 1);
            timers.advanceTimeBy(Control.GATHER, TimeUnit.NANOSECONDS);
        };
        pass();

        assertThat(all().indexOf("told a" + (APPS - 1))).as("in the next turn").isBetween(0, 2 * (AT_ONCE / WORK + 2));
        assertThat(all()).as("each once: the shares are in that plan too").hasSize(APPS + 1).doesNotHaveDuplicates();
    }

    @Test
    void whatPeopleDecideIsDatedByTheirWord() {
        takes = TimeUnit.MICROSECONDS.toNanos(200);
        now = 7;
        var _ = replans.decided(apps, REGION, true);
        pass();

        assertThat(words).containsExactly(7L);
    }

    @Test
    void aFaultInOneAppsPlansKeepsNoOthersFromTheirs() {
        Replans failing = new Replans(timers.eventLoop(), () -> now, new Replans.Plans() {
            private final Recorded recorded = new Recorded();

            @Override
            public void make(AppControl app) {
                if (app.toString().equals("a0")) {
                    throw new AssertionError("a fault of the planner");
                }
                recorded.make(app);
            }

            @Override
            public void make(AppControl app, Steering steering) {
                recorded.make(app, steering);
            }

            @Override
            public void sentAway(AppControl app, Scope scope, long since) {}

            @Override
            public void tell(HealthTransition transition) {}

            @Override
            public void settled(AppControl app) {}

            @Override
            public void over() {}
        });
        var _ = failing.decided(apps, REGION, true);
        pass();

        assertThat(all()).hasSize(APPS - 1);
    }
}
