package io.weir.telemetry.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.config.AccessLogFormat;
import io.weir.config.AccessLogSettings;
import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.ScriptedConnector;
import io.weir.loop.EventLoops;
import io.weir.loop.LoopClock;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.RecordingTrouble;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chunks, the writer's thread and the file. The lines are numbers. */
class AccessLogTest {
    private static final int SECONDS = 30;

    /** A file in memory, which can be stuck or broken. */
    private static final class FakeSink implements LogSink {
        final BlockingQueue<String> written = new ArrayBlockingQueue<>(1000);
        final Semaphore mayWrite = new Semaphore(1_000_000);
        final Semaphore opened = new Semaphore(0);
        volatile boolean broken;

        @Override
        public void write(byte[] bytes, int length) throws IOException {
            mayWrite.acquireUninterruptibly();
            if (broken) {
                written.add("(failed)");
                throw new IOException("No space left on device");
            }
            written.add(new String(bytes, 0, length, StandardCharsets.US_ASCII));
        }

        @Override
        public void reopen() {
            written.add("(opened anew)");
            opened.release();
        }

        @Override
        public void close() {
            written.add("(closed)");
        }

        String next() throws InterruptedException {
            String next = written.poll(SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("something written within %d s", SECONDS).isNotNull();
            return String.valueOf(next);
        }
    }

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final EmbeddedChannel executor = new EmbeddedChannel();
    private long now = TimeUnit.HOURS.toNanos(1);
    private final EventLoops.Loop loop = new EventLoops.Loop(0, executor.eventLoop(), new LoopClock(() -> now));
    private final Exchange exchange = new ExchangeLoop(
                    0,
                    executor.eventLoop(),
                    loop.clock(),
                    loop.wheel(),
                    new ScriptedConnector(executor.alloc()),
                    () -> new RoutingTable(Map.of(), List.of(), null),
                    List.of(),
                    new SplittableRandom(1),
                    -1)
            .take();
    private final FakeSink sink = new FakeSink();
    private final RecordingTrouble trouble = new RecordingTrouble();
    private int lines;
    private int width = 1;

    private AccessLog start() {
        return AccessLog.start(sink, List.of(loop), _ -> (_, _, line) -> line.ascii("x".repeat(width)).decimal(lines++).byteOf('\n'), trouble);
    }

    private void pass(Duration time) {
        now += time.toNanos();
        loop.wheel().advance(loop.clock().refresh());
    }

    private void log(AccessLog to, int count) {
        for (int i = 0; i < count; i++) {
            to.onLoop(0).settled(exchange);
        }
    }

    @Test
    void aLineReachesTheFileWithinAMoment() throws InterruptedException {
        try (AccessLog log = start()) {
            log(log, 2);
            assertThat(sink.written).isEmpty();
            pass(Duration.ofMillis(300));
            assertThat(sink.next()).isEqualTo("x0\nx1\n");
        }
        assertThat(sink.next()).isEqualTo("(closed)");
    }

    @Test
    void manyLinesGoTogether() throws InterruptedException {
        width = 99;
        try (AccessLog log = start()) {
            log(log, 700);
            assertThat(sink.next().length()).isBetween(Chunk.SIZE - 4096, Chunk.SIZE);
        }
    }

    @Test
    void theLastLinesAreWrittenAtTheEnd() throws InterruptedException {
        try (AccessLog log = start()) {
            log(log, 1);
        }
        assertThat(sink.next()).isEqualTo("x0\n");
        assertThat(sink.next()).isEqualTo("(closed)");
    }

    @Test
    void aFileThatIsStuckCostsLinesAndNoTime() throws InterruptedException {
        sink.mayWrite.drainPermits();
        width = 1000;
        int enough = 2 * LoopLog.mostChunks() * Chunk.SIZE / width;
        try (AccessLog log = start()) {
            log(log, enough); // would hang here
            long dropped = log.dropped();
            assertThat(dropped).isBetween(enough / 4L, enough / 2L + 200);
            log.check();
            log.check();
            assertThat(trouble.told).containsExactly("failing: it does not keep up");
            sink.mayWrite.release(1000);
            int got = 0;
            while (got < LoopLog.mostChunks()) {
                sink.next();
                got++;
            }
            log(log, 1);
            pass(Duration.ofMillis(300));
            assertThat(sink.next()).as("it goes on").hasLineCount(1);
            assertThat(log.dropped()).isEqualTo(dropped);
            for (int i = 0; i <= AccessLog.QUIET; i++) {
                log.check();
            }
            assertThat(trouble.told).containsExactly("failing: it does not keep up", "back, lost " + dropped);
        }
    }

    @Test
    void linesThatCanNotBeWrittenAreCounted() throws InterruptedException {
        sink.broken = true;
        AccessLog log = start();
        try (log) {
            log(log, 3);
            pass(Duration.ofMillis(300));
            assertThat(sink.next()).isEqualTo("(failed)");
            sink.broken = false;
            log(log, 2);
            pass(Duration.ofMillis(300));
            assertThat(sink.next()).isEqualTo("x3\nx4\n");
        }
        assertThat(log.dropped()).isEqualTo(3);
        assertThat(log.written()).isEqualTo(2);
        assertThat(trouble.told).containsExactly("failing: No space left on device", "back, lost 3");
    }

    @Test
    void theFileIsOpenedAnewBehindWhatCameBefore() throws InterruptedException {
        try (AccessLog log = start()) {
            log(log, 1);
            pass(Duration.ofMillis(300));
            log.reopen();
            sink.opened.acquire();
            log.reopen();
            assertThat(sink.next()).isEqualTo("x0\n");
            assertThat(sink.next()).isEqualTo("(opened anew)");
            assertThat(sink.next()).isEqualTo("(opened anew)");
        }
    }

    @Test
    void askingForItOftenWhileItIsStuckTakesNoPlaceFromLines() {
        sink.mayWrite.drainPermits();
        width = 1000;
        try (AccessLog log = start()) {
            for (int i = 0; i < 100; i++) {
                log.reopen();
            }
            log(log, 2 * LoopLog.mostChunks() * Chunk.SIZE / width);
            assertThat(log.dropped()).isPositive();
            sink.mayWrite.release(1000);
        }
        assertThat(sink.written).contains("(opened anew)").endsWith("(closed)");
    }

    @Test
    void aFormatThatFailsSpoilsNoOtherLine() throws InterruptedException {
        try (AccessLog log = AccessLog.start(sink, List.of(loop), _ -> (_, _, line) -> {
            line.ascii("half");
            if (lines++ == 0) {
                throw new IllegalStateException("a fault in a format");
            }
            line.byteOf('\n');
        }, trouble)) {
            assertThatThrownBy(() -> log(log, 1)).hasMessage("a fault in a format");
            log(log, 1);
        }
        assertThat(sink.next()).isEqualTo("half\n");
    }

    @Test
    void aSecondTroubleTellsOfItsOwnLossAlone() throws InterruptedException {
        try (AccessLog log = start()) {
            for (int lost = 3; lost >= 1; lost--) {
                lose(log, lost);
                for (int i = 0; i <= AccessLog.QUIET; i++) {
                    log.check();
                }
            }
        }
        assertThat(trouble.told.stream().filter(what -> what.startsWith("back"))).containsExactly("back, lost 3", "back, lost 2", "back, lost 1");
    }

    @Test
    void aDiskOnWhichSomeLinesFitAndOthersDoNotIsToldOfOnce() throws InterruptedException {
        try (AccessLog log = start()) {
            for (int lost = 3; lost >= 1; lost--) {
                lose(log, lost);
                log.check();
            }
        }
        assertThat(trouble.told).containsExactly("failing: No space left on device", "back, lost 6");
    }

    /** Loses some lines, and writes the next. */
    private void lose(AccessLog log, int lost) throws InterruptedException {
        long before = log.written();
        sink.broken = true;
        log(log, lost);
        pass(Duration.ofMillis(300));
        assertThat(sink.next()).isEqualTo("(failed)");
        sink.broken = false;
        log(log, 1);
        pass(Duration.ofMillis(300));
        sink.next();
        while (log.written() == before) {
            Thread.onSpinWait(); // it counts behind the write
        }
    }

    @Test
    void aFileThatWasMovedAwayIsMadeAnew() throws IOException {
        Path file = folder.resolve("access.log");
        Files.writeString(file, "old\n");
        try (LogFile log = new LogFile(file)) {
            log.write("a\n".getBytes(StandardCharsets.US_ASCII), 2);
            Files.move(file, folder.resolve("access.log.1"));
            log.write("b\n".getBytes(StandardCharsets.US_ASCII), 2);
            log.reopen();
            log.write("c\n".getBytes(StandardCharsets.US_ASCII), 2);
        }
        assertThat(folder.resolve("access.log.1")).hasContent("old\na\nb\n");
        assertThat(file).hasContent("c\n");
    }

    @Test
    void aFolderThatIsMissingIsNotMade() {
        var settings = new AccessLogSettings(AccessLogFormat.JSON, folder.resolve("none/access.log").toString(), List.of(), List.of());
        assertThatThrownBy(() -> AccessLog.open(settings, List.of(loop), trouble)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void noFormatIsNoLog() throws IOException {
        assertThat(AccessLog.open(AccessLogSettings.OFF, List.of(loop), trouble)).isNull();
    }
}
