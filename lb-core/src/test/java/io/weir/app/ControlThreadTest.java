package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.balancing.StandInTarget;
import io.weir.balancing.Touched;
import io.weir.config.ConfigReader;
import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.ControlListener;
import io.weir.control.Tables;
import io.weir.control.TierErrors;
import io.weir.failover.Outlook;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthTransition;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The control thread ends while it is at work. */
class ControlThreadTest {
    private static final int PATIENCE_SECONDS = 10;
    /** When it was judged what an app that was taken over could bear: from then on another change has that done again. */
    private static final int JUDGED_MILLIS = 60;

    private final ControlThread thread = new ControlThread();

    @AfterEach
    void end() {
        thread.shutdownNow();
    }

    @Test
    void whatATaskWantsDoneLaterIsCancelled() throws Exception {
        Future<Boolean> cancelled = thread.submit(() -> {
            thread.shutdownNow();
            return thread.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).isCancelled();
        });
        assertThat(cancelled.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void othersAreToldThatItHasEnded() {
        var _ = thread.submit(() -> {});
        thread.shutdownNow();
        assertThatThrownBy(() -> thread.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> thread.schedule(() -> {}, 1, TimeUnit.SECONDS)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aPlanThatIsBeingMadeThenIsMadeToItsEnd() throws Exception {
        CompletableFuture<Boolean> known = new CompletableFuture<>();
        Control control = new Control(
                thread, System::nanoTime, InstantSource.system(), null, new TierErrors(System::nanoTime), endsWithTheFirstPlan());
        AppControl app = app();
        thread.execute(() -> {
            control.take(List.of(app), () -> known.complete(thread.isShutdown()));
            var _ = thread.schedule(() -> control.healthChanged(proven(app)), JUDGED_MILLIS, TimeUnit.MILLISECONDS);
        });
        assertThat(known).as("comes behind the judgement of what the app could bear")
                .succeedsWithin(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .isEqualTo(true);
    }

    private static HealthTransition proven(AppControl app) {
        return new HealthTransition(
                app.members().getFirst().worker(), Health.UNPROVEN, Health.HEALTHY, HealthTransition.Cause.CHECK, "", Contact.ANSWERS, 0, 0);
    }

    private ControlListener endsWithTheFirstPlan() {
        return new ControlListener() {
            @Override
            public void planned(String app, String asked, Outlook before, Outlook after) {
                thread.shutdownNow();
            }
        };
    }

    private static AppControl app() throws Exception {
        var settings = ConfigReader.read("test", """
                domains: [d.example]
                here: {region: r1, zone: r1a}
                regions: {r1: {jurisdiction: XX, zones: [r1a]}}
                listeners: [{bind: ":8080"}]
                apps:
                  orders: {pools: {r1: {workers: [{address: "127.0.0.1:1", zone: r1a}, {address: "127.0.0.1:2", zone: r1a}]}}}
                """).settings();
        Touched touched = new Touched(1, () -> {});
        return new Tables((_, worker, _, _) -> new StandInTarget(worker.address().toString(), touched), 1)
                .build(settings, System.nanoTime())
                .apps()
                .getFirst();
    }
}
