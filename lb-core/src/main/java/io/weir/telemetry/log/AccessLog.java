package io.weir.telemetry.log;

import io.weir.config.AccessLogSettings;
import io.weir.exchange.ExchangeListener;
import io.weir.loop.EventLoops;
import io.weir.telemetry.TroubleListener;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log: every event loop writes lines into chunks of its own, and one thread writes whole chunks to the file. The order of lines
 * is each loop's own. Nothing here ever waits on a loop: when the file does not keep up, or can't be written, lines are dropped and counted.
 */
public final class AccessLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);
    /** In ns; a loop would have to write 100 MB/s to run out of chunks meanwhile. */
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(10);

    /** Checks without a loss after which it is well again. On a disk that is nearly full, some lines fit and others don't. */
    static final int QUIET = 40;

    private static final long LAST_WORDS_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final LogSink sink;
    private final TroubleListener listener;
    private final List<LoopLog> loops = new ArrayList<>();
    private final BlockingQueue<Chunk> full;
    // Stand for what is to be done once everything before them is written.
    private final Chunk reopen = new Chunk(_ -> {});
    private final Chunk end = new Chunk(_ -> {});
    private final Thread writer = Thread.ofPlatform().name("weir-access-log").daemon().unstarted(this::write);
    private final AtomicBoolean reopenAsked = new AtomicBoolean();
    /** Whether lines that could not be written have been told of. Begun by the writer's thread, ended by the one that checks. */
    private volatile boolean failing;

    private volatile long failedBefore;
    /** Whether lines could be written after the last ones that could not. Of the writer's thread. */
    private volatile boolean writable;
    // Of the thread that checks.
    private long seenFailed;
    private int wellChecks;
    private boolean behind;
    private long seenDropped;
    private long droppedBefore;
    private int quietChecks;

    private final AtomicLong written = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();

    private AccessLog(LogSink sink, List<EventLoops.Loop> loops, Function<EventLoops.Loop, LineFormat> format, TroubleListener listener) {
        this.sink = sink;
        this.listener = listener;
        this.full = new ArrayBlockingQueue<>(loops.size() * LoopLog.mostChunks() + 2);
        for (EventLoops.Loop loop : loops) {
            this.loops.add(new LoopLog(loop, format.apply(loop), full::add));
        }
    }

    /**
     * Opens it, or returns null if there is to be none.
     *
     * @throws IOException if the file can't be opened
     */
    public static @Nullable AccessLog open(AccessLogSettings settings, List<EventLoops.Loop> loops, TroubleListener listener) throws IOException {
        InstantSource time = InstantSource.system();
        Function<EventLoops.Loop, LineFormat> format =
                switch (settings.format()) {
                    case JSON -> _ -> new JsonLine(time, settings.requestHeaders(), settings.responseHeaders());
                    case COMMON -> _ -> NcsaLine.common(time);
                    case COMBINED -> _ -> NcsaLine.combined(time);
                    case OFF -> null;
                };
        if (format == null) {
            return null;
        }
        boolean standardOutput = settings.path().equals(AccessLogSettings.STANDARD_OUTPUT);
        return start(standardOutput ? new StandardOutput() : new LogFile(Path.of(settings.path())), loops, format, listener);
    }

    static AccessLog start(LogSink sink, List<EventLoops.Loop> loops, Function<EventLoops.Loop, LineFormat> format, TroubleListener listener) {
        AccessLog log = new AccessLog(sink, loops, format, listener);
        log.writer.start();
        return log;
    }

    /** What writes the lines of that loop's exchanges. */
    public ExchangeListener onLoop(int index) {
        return loops.get(index);
    }

    /** Lines that were written. */
    public long written() {
        return written.get();
    }

    /** Lines that were lost: there was no room for them, or they could not be written. */
    public long dropped() {
        return failed.get() + loops.stream().mapToLong(LoopLog::dropped).sum();
    }

    /**
     * Says when lines begin to be lost because the file does not keep up, and when that, or that it can't be written, has been over for a
     * while. Called now and then, by one thread, which is not the writer's: that one may be stuck.
     */
    public void check() {
        checkWritable();
        long dropped = loops.stream().mapToLong(LoopLog::dropped).sum();
        if (dropped != seenDropped) {
            quietChecks = 0;
            if (!behind) {
                behind = true;
                droppedBefore = seenDropped;
                LOG.error("the access log does not keep up, lines are lost");
                listener.accessLogFailing("it does not keep up");
            }
            seenDropped = dropped;
        } else if (behind && ++quietChecks >= QUIET) {
            behind = false;
            long lost = dropped - droppedBefore;
            LOG.info("the access log keeps up again; {} lines were lost", lost);
            listener.accessLogBack(lost);
        }
    }

    private void checkWritable() {
        long lost = failed.get();
        if (!failing || !writable || lost != seenFailed) {
            seenFailed = lost;
            wellChecks = 0;
        } else if (++wellChecks >= QUIET) {
            sayWritable();
        }
    }

    private void sayWritable() {
        failing = false;
        long lost = failed.get() - failedBefore;
        LOG.info("the access log can be written again; {} lines were lost", lost);
        listener.accessLogBack(lost);
    }

    /** Opens the file anew, once what came before is written. For any thread. */
    public void reopen() {
        if (reopenAsked.compareAndSet(false, true)) {
            full.add(reopen);
        }
    }

    private void write() {
        try {
            for (Chunk next = full.take(); next != end; next = next()) {
                if (next == reopen) {
                    openAnew();
                } else {
                    write(next);
                    next.giveBack();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // it was told to stop at once
        }
    }

    /** Those who are busy will bring more soon: a short pause, in which nobody has to wake this thread, is cheaper than a wake-up for each chunk. */
    private Chunk next() throws InterruptedException {
        Chunk more = full.poll();
        if (more == null) {
            LockSupport.parkNanos(PAUSE);
            more = full.poll();
        }
        return more == null ? full.take() : more;
    }

    private void write(Chunk lines) {
        try {
            sink.write(lines.lines().bytes(), lines.lines().length());
            writable = true;
            written.addAndGet(lines.count());
        } catch (IOException e) {
            writable = false;
            failed.addAndGet(lines.count());
            if (!failing && !Thread.currentThread().isInterrupted()) { // else it is told to stop, and that has been said
                failing = true;
                failedBefore = failed.get() - lines.count();
                LOG.error("the access log can't be written, lines are lost until it can: {}", String.valueOf(e.getMessage()));
                listener.accessLogFailing(String.valueOf(e.getMessage()));
            }
        }
    }

    private void openAnew() {
        reopenAsked.set(false);
        try {
            sink.reopen();
            LOG.info("the access log was opened anew");
            listener.accessLogOpened();
        } catch (IOException e) {
            LOG.error("the access log can't be opened anew, the file before is still written to: {}", String.valueOf(e.getMessage()));
            listener.accessLogFailing("it can't be opened anew: " + e.getMessage());
        }
    }

    /** Writes what is left; the loops have ended. */
    @Override
    public void close() {
        loops.forEach(LoopLog::handOver);
        try {
            if (!full.offer(end, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS) || !writer.join(Duration.ofMillis(LAST_WORDS_MILLIS))) {
                LOG.error("the access log takes nothing more; its last lines are lost");
                writer.interrupt();
            } else if (failing && writable) {
                sayWritable();
            }
            sink.close();
        } catch (IOException e) {
            LOG.error("the access log can't be closed: {}", String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
