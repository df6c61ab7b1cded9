package io.weir.health;

import static io.weir.health.Health.HEALTHY;
import static io.weir.health.Health.PROBATION;
import static io.weir.health.Health.UNHEALTHY;
import static io.weir.health.Health.UNPROVEN;

import io.weir.config.CheckSettings;
import io.weir.config.EjectionSettings;
import io.weir.config.HealthSettings;
import io.weir.health.HealthTransition.Cause;
import io.weir.topology.Worker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of one worker's health. It is told what checks and traffic saw and what time it is, and returns what that changed.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>from</th><th>when</th><th>to</th><th>cause</th></tr>
 * <tr><td>unproven</td><td>a check passes</td><td>healthy</td><td>CHECK</td></tr>
 * <tr><td>unproven, healthy</td><td>{@code fall} checks in a row fail, or one while traffic complains</td>
 *     <td>unhealthy, by checks</td><td>CHECK</td></tr>
 * <tr><td>healthy</td><td>{@code failures} answers in a row are bad*</td><td>unhealthy, by answers</td><td>FAILURES</td></tr>
 * <tr><td>healthy, probation</td><td>far more answers are bad than the pool's others give*</td>
 *     <td>unhealthy, by answers</td><td>SUCCESS_RATE</td></tr>
 * <tr><td>unhealthy, by checks</td><td>{@code rise} checks in a row pass</td><td>probation</td><td>CHECK</td></tr>
 * <tr><td>unhealthy, by answers</td><td>its time is over</td><td>probation</td><td>TIME</td></tr>
 * <tr><td>unhealthy, by answers</td><td>checks fail as above</td><td>unhealthy, by checks</td><td>CHECK if they met it in a graver
 *     way than was told, else not announced</td></tr>
 * <tr><td>unhealthy, by checks</td><td>{@code fall} checks in a row meet it in a graver way than was told: see {@link Contact}</td>
 *     <td>the same, with the graver contact</td><td>CHECK</td></tr>
 * <tr><td>probation</td><td>a check fails</td><td>unhealthy, by checks</td><td>CHECK</td></tr>
 * <tr><td>probation</td><td>an answer is bad before {@code failures} were good, or {@code failures} in a row later*</td>
 *     <td>unhealthy, by answers</td><td>FAILURES</td></tr>
 * <tr><td>probation</td><td>the slow start is over, and an answer or a check was good since it began</td><td>healthy</td><td>ANSWERS, CHECK</td></tr>
 * <tr><td>unproven</td><td>it is not checked (any more)</td><td>healthy</td><td>SETTINGS</td></tr>
 * <tr><td>unhealthy, by checks</td><td>it is not checked any more</td><td>probation</td><td>SETTINGS</td></tr>
 * <tr><td>unhealthy, by answers</td><td>answers don't eject any more</td><td>probation</td><td>SETTINGS</td></tr>
 * </table>
 * * if its pool can spare it: see {@link WatchedPool}, which decides that and looks at the rates.
 *
 * <p>Who overrules whom. Checks that fail are believed whatever traffic says, and a complaint of traffic makes one failed check enough; so a
 * check may convict one that is out by answers: from then on it is for checks to say when it is well. Checks that pass refute a complaint,
 * but don't end an ejection before its time: answers that are bad though checks pass are what ejections are for. Good answers make none
 * well that checks convicted; they only ask for a check at once ({@link #wantsCheck}). What answers count, checks don't touch, and the
 * reverse. An unproven worker is never ejected, as its checks are about to speak.
 */
final class WorkerHealth {
    private final Worker worker;
    private HealthSettings settings;

    private Health health = UNPROVEN;
    private long since;
    private @Nullable Cause cause;
    private String detail = "not checked yet";

    /** While it is unhealthy: whether answers made it so and checks don't say the same. */
    private boolean ejected;

    /** While it is unhealthy: how it meets requests. */
    private final KnownContact known = new KnownContact();

    private final Ejection ejection = new Ejection();
    private long availableSince;

    private final Suspicion suspicion = new Suspicion();
    private @Nullable CheckResult lastCheck;
    private long checkedAt;
    private int passed;
    private int failed;

    private int badAnswers;
    /** Whether none of the bad answers in a row was an answer at all. */
    private boolean silentStreak;
    /** Whether one of them was a connection that was refused: then somebody is there to refuse. */
    private boolean refusedInStreak;

    /** On probation: good answers that are still wanted before one bad answer is no longer too many. */
    private int trial;
    /** On probation: whether a check has passed since it began, and whether an answer was good. */
    private boolean passedSince;

    private boolean goodAnswerSince;
    private long probationEnd;

    WorkerHealth(Worker worker, HealthSettings settings, long now) {
        this.worker = worker;
        this.settings = settings;
        this.since = now;
        this.availableSince = now;
    }

    Health health() {
        return health;
    }

    boolean ejected() {
        return ejected;
    }

    /** It was just made, with the settings that it has. */
    @Nullable HealthTransition begin(long now) {
        return settings.check() == null ? to(HEALTHY, Cause.SETTINGS, "not checked", Contact.ANSWERS, now) : null;
    }

    /** What another process has to know of it; null if there is no verdict. {@code share}: of what stands behind it, how much can serve. */
    @Nullable HealthMemo memo(double share, long now) {
        Cause why = cause;
        if (health == UNPROVEN || why == null) {
            return null;
        }
        long end = ejected ? ejection.until() : health == PROBATION ? probationEnd : now;
        return new HealthMemo(
                worker, health, why, detail, known.contact(), ejected, now - since, Math.max(0, end - now), ejection.remembered(), share);
    }

    /** It was just made, and another process knew this of it. What the settings say now holds: who isn't checked wasn't convicted. */
    @Nullable HealthTransition goOnFrom(HealthMemo memo, long now) {
        boolean convicted = memo.health() == UNHEALTHY && !memo.ejected();
        boolean believed = memo.ejected() ? settings.ejection() != null : !convicted || settings.check() != null;
        if (memo.health() == UNPROVEN || !believed) {
            return begin(now);
        }
        ejection.goOnFrom(memo.ejections(), now + memo.rest());
        ejected = memo.ejected();
        HealthTransition transition = memo.health() == PROBATION
                ? probation(memo.cause(), memo.detail(), now)
                : to(memo.health(), memo.cause(), memo.detail(), memo.contact(), now);
        if (memo.health() == PROBATION) {
            probationEnd = now + Math.min(memo.rest(), slowStart());
        }
        since = now - memo.age();
        availableSince = since;
        return new HealthTransition(worker, UNPROVEN, health, memo.cause(), memo.detail(), transition.contact(), 0, since);
    }

    /** It is watched in another way. What was found in the old way stays, but for counts of checks. */
    @Nullable HealthTransition change(HealthSettings to, long now) {
        CheckSettings check = to.check();
        if (!Objects.equals(settings.check(), check)) {
            passed = 0;
            failed = 0;
            lastCheck = null;
            checkedAt = 0;
            suspicion.settle();
            known.settle();
        }
        boolean convicted = health == UNHEALTHY && !ejected;
        settings = to;
        if (health == PROBATION) {
            probationEnd = since + slowStart();
        }
        if (check == null && health == UNPROVEN) {
            return to(HEALTHY, Cause.SETTINGS, "not checked any more", Contact.ANSWERS, now);
        }
        if (check == null && convicted) {
            return probation(Cause.SETTINGS, "not checked any more", now);
        }
        if (to.ejection() == null && ejected) {
            return probation(Cause.SETTINGS, "not ejected any more", now);
        }
        return null;
    }

    /** A check has an outcome. */
    @Nullable HealthTransition checked(CheckResult result, long now) {
        CheckSettings check = settings.check();
        if (check == null) {
            return null;
        }
        lastCheck = result;
        checkedAt = now;
        CheckResult.Failure failure = result.failure();
        return failure == null ? passed(check, result, now) : failed(check, failure, result, now);
    }

    private @Nullable HealthTransition passed(CheckSettings check, CheckResult result, long now) {
        failed = 0;
        passed++;
        suspicion.refuted(check, now);
        return switch (health) {
            case UNPROVEN -> to(HEALTHY, Cause.CHECK, result.detail(), Contact.ANSWERS, now);
            case HEALTHY -> null;
            case UNHEALTHY -> {
                var _ = known.met(Contact.ANSWERS, check.fall());
                yield !ejected && passed >= check.rise() ? probation(Cause.CHECK, result.detail(), now) : null;
            }
            case PROBATION -> {
                passedSince = true;
                yield endProbation(now);
            }
        };
    }

    private @Nullable HealthTransition failed(CheckSettings check, CheckResult.Failure failure, CheckResult result, long now) {
        passed = 0;
        failed++;
        boolean convicted = health == UNHEALTHY && !ejected;
        if (convicted) {
            return graver(known.met(failure.contact(), check.fall()), result, now);
        }
        suspicion.checkFailed(now);
        if (failed < check.fall() && !suspicion.complaint() && health != PROBATION) {
            return null;
        }
        if (ejected) {
            ejected = false;
            suspicion.settle();
            return graver(known.met(failure.contact(), 1), result, now); // enough for a verdict is enough for what it brings
        }
        forgetEjections(now);
        return to(UNHEALTHY, Cause.CHECK, result.detail(), failure.contact(), now);
    }

    /** It stays out, and meets requests in a graver way than was told. */
    private @Nullable HealthTransition graver(@Nullable Contact contact, CheckResult result, long now) {
        return contact == null ? null : new HealthTransition(worker, health, health, Cause.CHECK, result.detail(), contact, 0, now);
    }

    /** Requests saw something. */
    @Nullable HealthTransition answered(TrafficReport report, long now) {
        count(report);
        CheckSettings check = settings.check();
        if (health != UNHEALTHY || ejected) {
            suspicion.reported(report, check, now);
        }
        if (health != PROBATION) {
            return null;
        }
        if (report.good() > report.bad()) {
            trial = Math.max(0, trial - report.good());
        }
        goodAnswerSince |= wentWell(report);
        return endProbation(now);
    }

    private void count(TrafficReport report) {
        boolean silent = report.bad() > 0 && report.silent() == report.bad();
        if (report.bad() > 0) {
            boolean begins = badAnswers == 0 || report.good() > 0;
            silentStreak = silent && (silentStreak || begins);
            refusedInStreak = report.refused() > 0 || (refusedInStreak && !begins);
        }
        badAnswers = report.streak();
    }

    /** Whether, after these answers, there were too many bad ones in a row. */
    boolean failsInARow(TrafficReport report) {
        EjectionSettings limits = settings.ejection();
        if (limits == null || report.bad() == 0 || !health.available()) {
            return false;
        }
        // Of answers to several requests the order is not known: when most are good, a trial goes on.
        boolean failedTrial = health == PROBATION && trial > 0 && report.bad() >= report.good();
        return failedTrial || report.streak() >= limits.failures();
    }

    /** Answers take it out. */
    HealthTransition eject(Cause why, String what, long now) {
        EjectionSettings limits = Objects.requireNonNull(settings.ejection());
        forgetEjections(now);
        ejection.begin(limits, now);
        ejected = true;
        return to(UNHEALTHY, why, what, why == Cause.FAILURES ? contactInStreak() : Contact.ANSWERS, now);
    }

    private Contact contactInStreak() {
        if (!silentStreak) {
            return Contact.ANSWERS;
        }
        return refusedInStreak ? Contact.REFUSES : Contact.SILENT;
    }

    /** When {@link #due} wants to be called, in ns, or {@link LoopTime#NEVER}. */
    long nextDue(long now) {
        if (ejected) {
            return ejection.until();
        }
        return health == PROBATION && now - probationEnd < 0 ? probationEnd : LoopTime.NEVER;
    }

    /** Time has passed. */
    @Nullable HealthTransition due(long now) {
        if (ejected && now - ejection.until() >= 0) {
            return probation(Cause.TIME, "the time of its ejection is over", now);
        }
        return health == PROBATION ? endProbation(now) : null;
    }

    /** Whether it is to be checked at once and every 500 ms. */
    boolean suspected() {
        if (settings.check() == null) {
            return false;
        }
        boolean convicted = health == UNHEALTHY && !ejected;
        return convicted ? known.isInDoubt() : (failed > 0 || suspicion.pending());
    }

    /** Whether these answers are reason to check at once one that checks convicted. */
    boolean wantsCheck(TrafficReport report) {
        return health == UNHEALTHY && !ejected && wentWell(report);
    }

    WorkerReport report() {
        return new WorkerReport(
                worker,
                health,
                since,
                cause,
                detail,
                suspected(),
                lastCheck,
                checkedAt,
                failed,
                badAnswers,
                ejection.times(),
                ejected,
                ejected ? ejection.until() : 0);
    }

    /** It stops being available. */
    private void forgetEjections(long now) {
        if (health.available() && settings.ejection() != null) {
            ejection.wasWell(settings.ejection(), now - availableSince);
        }
    }

    private static boolean wentWell(TrafficReport report) {
        return report.good() > 0 && report.streak() == 0;
    }

    private HealthTransition probation(Cause why, String what, long now) {
        ejected = false;
        passedSince = false;
        goodAnswerSince = false;
        trial = settings.ejection() == null ? 0 : settings.ejection().failures();
        probationEnd = now + slowStart();
        suspicion.settle();
        return to(PROBATION, why, what, Contact.ANSWERS, now);
    }

    private long slowStart() {
        return settings.slowStart() == null ? 0 : settings.slowStart().toNanos();
    }

    private @Nullable HealthTransition endProbation(long now) {
        if (now - probationEnd < 0 || failed > 0 || suspicion.complaint()) {
            return null;
        }
        if (goodAnswerSince) {
            return to(HEALTHY, Cause.ANSWERS, "its answers are good", Contact.ANSWERS, now);
        }
        return passedSince ? to(HEALTHY, Cause.CHECK, "its checks pass", Contact.ANSWERS, now) : null;
    }

    private HealthTransition to(Health next, Cause why, String what, Contact contact, long now) {
        long age = suspicion.age(now);
        var transition = new HealthTransition(worker, health, next, why, what, contact, next == UNHEALTHY ? age : 0, now);
        if (next.available() && !health.available()) {
            availableSince = now;
        }
        known.become(contact);
        health = next;
        since = now;
        cause = why;
        detail = what;
        if (next == UNHEALTHY && !ejected) {
            suspicion.settle();
        }
        return transition;
    }
}
