package io.weir.health;

import io.weir.config.CheckSettings;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is held against one worker before there is a verdict: whether traffic complains, and whether that is reason for a check at once.
 *
 * <p>A slow app is silent often and well all the same. So a suspicion by silence that a good check has refuted comes again after 1 s at the
 * earliest, then after twice as long, up to the check's interval; at once again when the worker has answered for an interval without
 * being silent. That costs at most one more check an interval.
 */
final class Suspicion {
    static final long FIRST_PATIENCE = TimeUnit.SECONDS.toNanos(1);

    /** Traffic's last word was bad, and no good check has refuted it. */
    private boolean complaint;
    /** A check was asked for because of silence, and none has passed since. */
    private boolean pending;
    /** A check failed, and none has passed since. */
    private boolean checkFailed;

    private boolean signed;
    private long firstSign;

    private long patience;
    private long patientUntil;
    private long lastSilence;

    /** Takes what requests saw. {@code check}: the one that it may be reason for, if there is one. */
    void reported(TrafficReport report, @Nullable CheckSettings check, long now) {
        boolean silence = report.silent() > 0 || report.waiting();
        if (report.waiting() || (report.bad() > 0 && report.streak() > 0)) {
            complaint = true;
        } else if (report.good() > 0) {
            complaint = false;
        }
        if (silence || complaint) {
            sign(now);
        } else if (report.good() > 0 && !pending && !checkFailed) {
            signed = false;
        }
        if (check == null) {
            return;
        }
        if (silence) {
            pending |= patience == 0 || now - patientUntil >= 0;
            lastSilence = now;
        } else if (report.good() > 0 && now - lastSilence >= check.interval().toNanos()) {
            patience = 0;
        }
    }

    void checkFailed(long now) {
        checkFailed = true;
        sign(now);
    }

    private void sign(long now) {
        if (!signed) {
            signed = true;
            firstSign = now;
        }
    }

    /** A check has passed. */
    void refuted(CheckSettings check, long now) {
        if (pending) {
            patience = Math.min(patience == 0 ? FIRST_PATIENCE : 2 * patience, check.interval().toNanos());
            patientUntil = now + patience;
        }
        settle();
    }

    /** There is a verdict: nothing is pending any more. */
    void settle() {
        complaint = false;
        pending = false;
        checkFailed = false;
        signed = false;
    }

    /** Whether traffic says that the worker is ill: then one failed check is enough. */
    boolean complaint() {
        return complaint;
    }

    /** Whether silence asks for a check. */
    boolean pending() {
        return pending;
    }

    /** Since the first sign, in ns; 0 if there was none. */
    long age(long now) {
        return signed ? now - firstSign : 0;
    }
}
