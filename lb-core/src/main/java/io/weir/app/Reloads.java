package io.weir.app;

import io.weir.admin.Event;
import io.weir.admin.ReloadReport;
import io.weir.admin.ReloadReport.Outcome;
import io.weir.admin.Reloader;
import io.weir.config.ConfigChange;
import io.weir.config.ConfigFiles;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ErrorCondition;
import io.weir.config.LoadedConfig;
import io.weir.config.ReloadSettings;
import io.weir.config.Settings;
import io.weir.config.SettingsDifference;
import io.weir.config.UntilRestart;
import io.weir.telemetry.ErrorCounts;
import io.weir.telemetry.metrics.Family;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the config of a process read again: on a signal, on a call, and when its file has changed. On a thread of its own, one after the other. Any
 * problem keeps the config that is in force. Where {@code reload.watch} says so, what is in force anew is watched, and put back if its errors are
 * too many; that text is not applied by itself again.
 */
final class Reloads implements Reloader {
    static final String SIGNAL = "signal";
    static final String CHANGE = "change";
    private static final String ERRORS = "errors";

    /** How long a pool whose workers are all new keeps those from before, at most. */
    private static final Duration RENEWAL = Duration.ofSeconds(10);

    private static final Duration RENEWAL_LOOK = Duration.ofMillis(20);
    /** How often errors are looked at. */
    private static final Duration ERRORS_LOOK = Duration.ofMillis(500);

    /** How long what goes away may take if nothing is to wait for it. */
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private static final int MOST_LINES = 100;
    private static final Logger LOG = LoggerFactory.getLogger(Reloads.class);

    /** What else is told of a reload. */
    interface Witness {
        /** One begins that a signal has asked for: whoever sent it waits. */
        void begins();

        /** That is over; {@code line} says in a line what came of it. */
        void over(String line);

        /** For those who read what the process says. */
        void tell(String line);
    }

    private final LoadBalancer balancer;
    private final ConfigFiles files;
    private final Witness witness;
    private final ScheduledThreadPoolExecutor thread;
    private final Map<Outcome, AtomicLong> counts = new EnumMap<>(Outcome.class);
    private final AtomicInteger leaving = new AtomicInteger();
    private volatile @Nullable ReloadReport last;
    private volatile String watched = "not yet";
    // Of the thread.
    private int generation;
    private @Nullable Trial trial;
    /** Of a text that was put back, which is not taken again unless somebody says so. */
    private @Nullable String refusedChecksum;

    /** A config that is being watched. */
    private record Trial(ServedBefore before, Instant until, ErrorCondition condition, long ended, long failed, ScheduledFuture<?> look) {}

    /** What was in force, to be put back. */
    private record ServedBefore(Settings settings, @Nullable String checksum) {}

    Reloads(LoadBalancer balancer, ConfigFiles files, Witness witness) {
        this.balancer = balancer;
        this.files = files;
        this.witness = witness;
        this.generation = balancer.config().generation();
        this.thread = balancer.changing();
        for (Outcome each : Outcome.values()) {
            counts.put(each, new AtomicLong());
        }
    }

    @Override
    public CompletableFuture<ReloadReport> reload(String cause) {
        return reload(cause, ConfigChange.ANY);
    }

    private CompletableFuture<ReloadReport> reload(String cause, ConfigChange change) {
        try {
            return CompletableFuture.supplyAsync(() -> run(cause, change), thread).whenComplete((_, failure) -> {
                if (failure != null) {
                    LOG.error("a reload failed", failure);
                }
            });
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** That may have changed. */
    void changed(ConfigChange change) {
        if (balancer.config().settings().reload().onChange()) {
            var _ = reload(CHANGE, change);
        }
    }

    /** How that is found out. */
    void watchedBy(String how) {
        watched = how;
    }

    @Override
    public @Nullable ReloadReport last() {
        return last;
    }

    @Override
    public int leaving() {
        return leaving.get();
    }

    @Override
    public String watched() {
        return balancer.config().settings().reload().onChange() ? watched : "off (reload.on-change)";
    }

    // ---- one

    private ReloadReport run(String cause, ConfigChange change) {
        long begin = System.nanoTime();
        boolean awaited = cause.equals(SIGNAL);
        if (awaited) {
            witness.begins();
        }
        ReloadReport report = null;
        try {
            report = read(cause, change, begin);
            return report;
        } finally {
            if (report != null) {
                note(report);
            }
            if (awaited) {
                witness.over(report == null ? "a reload failed by a fault of its own" : report.summary());
            }
        }
    }

    private ReloadReport read(String cause, ConfigChange change, long begin) {
        LoadedConfig loaded;
        try {
            loaded = cause.equals(CHANGE) ? files.read(change) : files.read();
        } catch (ConfigProblemsException e) {
            return refused(cause, null, e, begin);
        }
        if (cause.equals(CHANGE) && loaded.checksum().equals(refusedChecksum)) {
            return refused(
                    cause,
                    loaded.checksum(),
                    List.of("this very config was rolled back for its errors, and is not taken again by itself; `weir reload` takes it"),
                    begin);
        }
        Settings now = balancer.declared();
        UntilRestart kept = UntilRestart.keep(now, loaded.settings());
        List<String> notes =
                kept.left().stream().map(key -> key + " is another from the next start on: `weir run --takeover` makes one without a loss").toList();
        Settings next = kept.settings();
        if (next.equals(now)) {
            balancer.sameConfig(loaded.checksum());
            return report(Outcome.UNCHANGED, cause, loaded.checksum(), List.of(), List.of(), notes, begin);
        }
        SettingsDifference difference = SettingsDifference.of(now, next);
        String guard = guard(now.reload(), difference);
        if (guard != null) {
            return refused(cause, loaded.checksum(), List.of(guard), begin);
        }
        ServedBefore before = new ServedBefore(now, balancer.config().checksum());
        try {
            apply(now, next, loaded.checksum());
        } catch (CertificateKeeper.CannotServeTlsException e) {
            return refused(cause, loaded.checksum(), files.problems(e.misfits()), begin);
        } catch (LoadBalancer.CannotListenException | LoadBalancer.CannotLogException e) {
            return refused(cause, loaded.checksum(), String.valueOf(e.getMessage()).lines().toList(), begin);
        }
        refusedChecksum = null;
        watch(next.reload(), before);
        return report(Outcome.APPLIED, cause, loaded.checksum(), difference.lines(MOST_LINES), List.of(), notes, begin);
    }

    /** Why so much may not go at a time; null: it may. The bound is that of the config in force: one that was cut off has none. */
    private static @Nullable String guard(ReloadSettings bounds, SettingsDifference difference) {
        if (!difference.leaveMoreThan(bounds.maxRemovedWorkers())) {
            return null;
        }
        int left = difference.leaving().size();
        long all = difference.workersBefore();
        return "it takes away %d of %d workers (%d%%), and reload.max-removed-workers lets %d%% go at a time: take them away in steps, or raise that first, by a reload of its own"
                .formatted(left, all, Math.round(100.0 * left / all), Math.round(100 * bounds.maxRemovedWorkers()));
    }

    private void apply(Settings now, Settings next, @Nullable String checksum)
            throws LoadBalancer.CannotListenException, LoadBalancer.CannotLogException, CertificateKeeper.CannotServeTlsException {
        PoolRenewal renewal = balancer.onControl(control -> Optional.ofNullable(PoolRenewal.of(now, next, control))).join().orElse(null); // of listed workers; those that are found go by and by
        int number = generation + 1;
        List<CompletableFuture<Void>> over = new ArrayList<>();
        if (renewal != null) {
            over.add(become(renewal.between(), checksum, number));
            generation = number;
            awaitProven(renewal);
        }
        over.add(become(next, checksum, number));
        generation = number;
        leaving.incrementAndGet();
        var _ = CompletableFuture.allOf(over.toArray(CompletableFuture[]::new)).whenComplete((_, _) -> leaving.decrementAndGet());
    }

    private CompletableFuture<Void> become(Settings next, @Nullable String checksum, int number)
            throws LoadBalancer.CannotListenException, LoadBalancer.CannotLogException, CertificateKeeper.CannotServeTlsException {
        Duration drain = next.runtime().drain();
        return balancer.become(next, checksum, number, drain.compareTo(SHORTEST) < 0 ? SHORTEST : drain).over();
    }

    private void awaitProven(PoolRenewal renewal) {
        long end = System.nanoTime() + RENEWAL.toNanos();
        while (System.nanoTime() - end < 0 && !Thread.currentThread().isInterrupted() && !balancer.onControl(renewal::isProven).join()) {
            LockSupport.parkNanos(RENEWAL_LOOK.toNanos());
        }
    }

    private ReloadReport refused(String cause, @Nullable String checksum, List<String> problems, long begin) {
        return refused(cause, checksum, problems, problems.stream().map(what -> Map.<String, @Nullable Object>of("what", what)).toList(), begin);
    }

    private ReloadReport refused(String cause, @Nullable String checksum, ConfigProblemsException problems, long begin) {
        return refused(cause, checksum, problems.reports(), ConfigReport.parts(problems), begin);
    }

    private ReloadReport refused(
            String cause, @Nullable String checksum, List<String> problems, List<Map<String, @Nullable Object>> parts, long begin) {
        return report(Outcome.REFUSED, cause, checksum, List.of(), problems, List.of(), begin).with(parts);
    }

    private ReloadReport report(
            Outcome outcome, String cause, @Nullable String checksum, List<String> changes, List<String> problems, List<String> notes, long begin) {
        return new ReloadReport(
                outcome, generation, Instant.now(), cause, checksum, changes, problems, List.of(), notes, Duration.ofNanos(System.nanoTime() - begin));
    }

    private void note(ReloadReport report) {
        last = report;
        Objects.requireNonNull(counts.get(report.outcome())).incrementAndGet();
        if (report.outcome() == Outcome.UNCHANGED) {
            return;
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("generation", report.generation());
        facts.put("cause", report.cause());
        if (report.outcome() == Outcome.REFUSED) {
            facts.put("problems", report.problems().size());
            facts.put("first", report.problems().getFirst().lines().findFirst().orElse(""));
        } else {
            facts.put("changes", report.changes().size());
            facts.put("took", report.took());
        }
        balancer.events().publish(new Event("config_" + report.outcome().word(), facts));
        witness.tell("reload (" + report.cause() + "): " + report.summary());
        if (report.outcome() == Outcome.REFUSED) {
            report.problems().forEach(witness::tell);
        } else {
            report.changes().forEach(line -> witness.tell("  " + line));
        }
        report.notes().forEach(line -> witness.tell("note: " + line));
    }

    // ---- whether it was good

    private void watch(ReloadSettings settings, ServedBefore before) {
        endTrial();
        if (settings.watch() == null || settings.rollBackIf() == null) {
            return;
        }
        ErrorCounts errors = balancer.errors();
        ScheduledFuture<?> look = thread.scheduleWithFixedDelay(this::look, ERRORS_LOOK.toMillis(), ERRORS_LOOK.toMillis(), TimeUnit.MILLISECONDS);
        trial = new Trial(before, Instant.now().plus(settings.watch()), settings.rollBackIf(), errors.ended(), errors.failed(), look);
    }

    private void endTrial() {
        if (trial != null) {
            trial.look.cancel(false);
            trial = null;
        }
    }

    private void look() {
        Trial now = trial;
        if (now == null) {
            return;
        }
        long ended = balancer.errors().ended() - now.ended;
        long failed = balancer.errors().failed() - now.failed;
        if (now.condition.holds(ended, failed)) {
            endTrial();
            rollBack(now, ended, failed);
        } else if (Instant.now().isAfter(now.until)) {
            endTrial();
        }
    }

    private void rollBack(Trial from, long ended, long failed) {
        long begin = System.nanoTime();
        Settings bad = balancer.declared();
        String why = "%d of %d requests failed since (%s)".formatted(failed, ended, from.condition);
        String badChecksum = balancer.config().checksum();
        ReloadReport report;
        try {
            apply(bad, from.before.settings, from.before.checksum);
            refusedChecksum = badChecksum;
            List<String> changes = new ArrayList<>(List.of(why));
            changes.addAll(SettingsDifference.of(bad, from.before.settings).lines(MOST_LINES));
            report = report(Outcome.ROLLED_BACK, ERRORS, from.before.checksum, changes, List.of(), List.of(), begin);
        } catch (LoadBalancer.CannotListenException | LoadBalancer.CannotLogException | CertificateKeeper.CannotServeTlsException e) {
            report = refused(ERRORS, from.before.checksum, List.of(why + ", but the config from before can't be put back: " + e.getMessage()), begin);
        }
        note(report);
    }

    /** For the metrics. */
    List<Family> families() {
        Family reloads = new Family("weir_config_reloads", Family.Type.COUNTER, "Times that the config was read again, by what came of it.");
        counts.forEach((outcome, count) -> reloads.count(count.get(), "outcome", outcome.word()));
        Family old = new Family("weir_config_generations_leaving", Family.Type.GAUGE, "Configs from before of which something is still under way.");
        old.count(leaving.get());
        return List.of(reloads, old);
    }
}
