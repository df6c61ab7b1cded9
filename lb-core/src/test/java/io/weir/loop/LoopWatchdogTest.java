package io.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real event loop, and a watchdog whose time a test makes. */
class LoopWatchdogTest {
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final AtomicLong now = new AtomicLong(TimeUnit.HOURS.toNanos(1));
    private final List<String> told = new ArrayList<>();
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch stalled = new CountDownLatch(1);
    private EventLoops loops = new EventLoops(TransportKind.NIO, 1);
    private EventLoops.Loop loop = watched(loops);
    private LoopWatchdog watchdog = watchdog();

    @AfterEach
    void end() {
        release.countDown();
        loops.shutDown().awaitUninterruptibly();
    }

    private EventLoops.Loop watched(EventLoops of) {
        return new EventLoops.Loop(0, of.loops().getFirst().executor(), new LoopClock(now::get));
    }

    private LoopWatchdog watchdog() {
        return new LoopWatchdog(
                List.of(loop), (index, nanos, stack) -> told.add(index + " " + nanos / MILLI + " " + innermostOfOurs(stack)), () -> {}, now.get());
    }

    private static String innermostOfOurs(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().startsWith("io.weir.")) {
                return frame.getMethodName();
            }
        }
        return "?";
    }

    /** Lets time pass as the watchdog sees it, a check for each of its periods. */
    private void pass(long millis) {
        for (long end = now.get() + millis * MILLI; now.get() < end; ) {
            now.addAndGet(Math.min(LoopWatchdog.PERIOD, end - now.get()));
            watchdog.check(now.get());
        }
    }

    private void onLoop(Runnable work) {
        loop.executor().submit(work).awaitUninterruptibly();
    }

    private void stallOnLoop() throws InterruptedException {
        loop.executor().execute(() -> {
            loop.clock().refresh();
            stall();
        });
        stalled.await();
    }

    /** The only method of ours that the loop's thread can be found in once it has begun. */
    private void stall() {
        stalled.countDown();
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As the process does every 100 ms. */
    private void tick() {
        onLoop(loop::tick);
    }

    @Test
    void aLoopThatIsInOneTurnForTooLongIsToldOnceWithItsStack() throws InterruptedException {
        tick();
        stallOnLoop();
        pass(50);
        assertThat(told).isEmpty();
        pass(1000);
        assertThat(told).containsExactly("0 75 stall");
    }

    @Test
    void aLoopThatStalledWithoutHavingReadAnythingMissesItsTick() throws InterruptedException {
        tick();
        onLoop(loop.clock()::refresh);
        awaitWaiting();
        pass(75); // found to wait
        loop.executor().execute(this::stall);
        stalled.await();
        pass(1000);
        assertThat(told).containsExactly("0 175 stall");
    }

    @Test
    void aLoopThatRestsMissesItsTickToo() throws InterruptedException {
        tick();
        loop.executor().execute(this::stall);
        stalled.await();
        pass(150);
        assertThat(told).isEmpty();
        pass(1000);
        assertThat(told).containsExactly("0 175 stall");
    }

    /** Its thread may be on its way from a task to the system. */
    private void awaitWaiting() {
        while (!LoopWatchdog.waits(loop.stack())) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLoopThatWaitsForTheSystemIsWell(TransportKind kind) {
        if (kind.unavailability() != null) {
            return;
        }
        EventLoops before = loops;
        loops = new EventLoops(kind, 1);
        before.shutDown().awaitUninterruptibly();
        loop = watched(loops);
        watchdog = watchdog();
        tick();
        onLoop(loop.clock()::refresh);
        awaitWaiting();
        pass(1000);
        assertThat(told).isEmpty();
    }

    @Test
    void aLoopThatRestsIsWellUntilItsNextTick() {
        for (int i = 0; i < 100; i++) {
            tick();
            pass(100);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void aPauseOfTheWholeProcessIsNoStall() throws InterruptedException {
        tick();
        stallOnLoop();
        pass(25);
        now.addAndGet(TimeUnit.SECONDS.toNanos(5));
        watchdog.check(now.get());
        assertThat(told).isEmpty();
        pass(25); // it goes on, and the loop does not
        assertThat(told).hasSize(1);
    }
}
