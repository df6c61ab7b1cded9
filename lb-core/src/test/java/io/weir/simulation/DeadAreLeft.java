package io.weir.simulation;

import io.weir.config.CheckSettings;
import io.weir.health.Health;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Who is lost gets no traffic any more, outside panic, when the time is over that it takes to find that out. The bounds hold for whole zones
 * and regions as for one worker.
 *
 * <p>By checks alone: the question after the loss is asked within an interval and its jitter, fails within its time-out, and has the worker
 * suspected; the {@code fall - 1} others come in the rhythm of suspects, each when the one before has failed. Then the plan follows.
 *
 * <p>By traffic and checks, if nothing was wrong before: the first attempt that nobody answers is told to the monitor at once, or with the
 * next regular report; it has the worker asked at once, or when a question that is under way has failed, and one failure convicts.
 */
final class DeadAreLeft implements Invariant {
    /** The rhythm and the patience of suspects' checks. */
    private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long QUICK_TIMEOUT = TimeUnit.SECONDS.toNanos(1);
    /** For checks that begin one after the other, and for packets on their way. */
    private static final long SLACK = TimeUnit.MILLISECONDS.toNanos(150);

    /** How often what requests saw is told at least. */
    private static final long REPORT = TimeUnit.MILLISECONDS.toNanos(100);
    /** Packets of before the loss may still be under way so long after it. */
    private static final long UNDER_WAY = TimeUnit.MILLISECONDS.toNanos(200);

    private final Rules rules;
    private final long lag;
    /** When the first attempt after a sudden loss came to nothing, in ns; with the loss it belongs to. */
    private final Map<Ledger.Entry, Sign> signs = new HashMap<>();

    private record Sign(long loss, long at) {}

    DeadAreLeft(Rules rules, long lag) {
        this.rules = rules;
        this.lag = lag;
    }

    @Override
    public void picked(Pick pick) {
        CheckSettings check = pick.worker().app().health().check();
        if (check == null || pick.tier().panic() || pick.fresh()) {
            return;
        }
        lookAtSigns(pick, check);
        long since = pick.target().at().failsSince(check.kind());
        if (since != SimulatedWorker.NEVER && pick.now() - since > bound(check) + lag) {
            rules.broken(this, "%s can't have passed a check for %d ms, and %d are enough to find that out"
                    .formatted(pick.worker(), (pick.now() - since) / 1_000_000, (bound(check) + lag) / 1_000_000));
        }
    }

    /** Who is well by all that is known, and whom no check may pass any more. */
    @Override
    public void silent(Ledger.Entry worker, long now) {
        CheckSettings check = worker.app().health().check();
        long loss = check == null ? SimulatedWorker.NEVER : worker.target().at().suddenlyGoneSince(check.kind());
        if (loss != SimulatedWorker.NEVER && now - loss > UNDER_WAY && worker.announced() == Health.HEALTHY) {
            Sign known = signs.get(worker);
            if (known == null || known.loss != loss) {
                signs.put(worker, new Sign(loss, now));
            }
        }
    }

    private void lookAtSigns(Pick pick, CheckSettings check) {
        Sign sign = signs.get(pick.worker());
        boolean still = sign != null && sign.loss == pick.target().at().suddenlyGoneSince(check.kind());
        if (sign != null && still && pick.now() - sign.at > boundWithTraffic(check) + lag) {
            rules.broken(this, "%s answers nobody, which was seen %d ms ago, and %d are enough to act on it"
                    .formatted(pick.worker(), (pick.now() - sign.at) / 1_000_000, (boundWithTraffic(check) + lag) / 1_000_000));
        }
    }

    static long boundWithTraffic(CheckSettings check) {
        long quick = Math.min(check.timeout().toNanos(), QUICK_TIMEOUT);
        return REPORT + 2 * quick + SLACK;
    }

    static long bound(CheckSettings check) {
        long interval = check.interval().toNanos();
        long timeout = check.timeout().toNanos();
        long quick = Math.max(Math.min(QUICK, interval), Math.min(timeout, QUICK_TIMEOUT));
        return (long) (interval * (1 + CheckSettings.JITTER)) + timeout + (check.fall() - 1) * quick + SLACK;
    }
}
