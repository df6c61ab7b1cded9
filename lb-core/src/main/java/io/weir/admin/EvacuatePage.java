package io.weir.admin;

import io.weir.control.Control;
import io.weir.failover.Evacuation;
import io.weir.failover.Scope;
import io.weir.simulate.Forecast;
import io.weir.simulate.Loss;
import io.weir.simulate.Question;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code /evacuate}: sends the traffic of some workers elsewhere for a time, if that leaves every app enough, and says what comes of it. */
final class EvacuatePage implements Page {
    static final String WHAT = "what";
    private static final String LENGTH = "for";
    private static final String HARD = "hard";
    private static final String FORCE = "force";
    private static final String DRY_RUN = "dry-run";
    private static final int PATIENCE_SECONDS = 5;
    private static final Duration JUST_BELOW_A_SECOND = Duration.ofNanos(999_999_999);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(30);

    private final Running running;
    private final InstantSource wall;
    private final EvacuationGuard guard;

    EvacuatePage(Running running, InstantSource wall, EvacuationGuard guard) {
        this.running = running;
        this.wall = wall;
        this.guard = guard;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(WHAT, LENGTH, HARD, FORCE, DRY_RUN, WorkersPage.LIMIT);
        int limit = request.number(WorkersPage.LIMIT, 1, WorkersPage.MOST, SimulatePage.FEW);
        boolean hard = request.flag(HARD);
        boolean forced = request.flag(FORCE);
        Scope scope = scope(request);
        Duration length = request.duration(LENGTH, SHORTEST, LONGEST);
        Forecast forecast;
        Map<String, Object> facts = new LinkedHashMap<>();
        if (request.flag(DRY_RUN)) {
            forecast = forecast(scope, hard, limit);
            tell(facts, "would_evacuate", evacuation(scope, length, hard));
            facts.put("would_be_refused", !forced && (forecast.objected() > 0 || isAmidDrill(running.control(), scope)));
            facts.put("objections", forecast.objections());
        } else {
            Made made = guard.alone(() -> {
                Forecast found = forecast(scope, hard, limit);
                Evacuation begun = evacuation(scope, length, hard);
                evacuate(begun, found, forced);
                return new Made(begun, found);
            });
            forecast = made.forecast;
            Evacuation evacuation = made.evacuation;
            boolean planned = awaitPlanned(running);
            awaitKept(running, scope + " is evacuated", "a restart before " + evacuation.until() + " would end that");
            tell(facts, "evacuated", evacuation);
            tellPlanned(facts, planned);
        }
        facts.putAll(ForecastReport.facts(forecast, limit));
        return new Reply.Facts(facts);
    }

    private record Made(Evacuation evacuation, Forecast forecast) {}

    /** One that begins now, for the whole length: its end, in whole seconds, is never before. */
    private Evacuation evacuation(Scope scope, Duration length, boolean hard) {
        return new Evacuation(scope, wall.instant().plus(length).plus(JUST_BELOW_A_SECOND).truncatedTo(ChronoUnit.SECONDS), hard);
    }

    private Forecast forecast(Scope scope, boolean hard, int limit) throws RefusedException {
        Loss loss = new Loss(scope, hard ? Loss.Means.HARD_EVACUATION : Loss.Means.EVACUATION);
        return SimulatePage.forecast(running, () -> new Question(List.of(loss), null, null, Question.FIRST_SEED), limit);
    }

    private void evacuate(Evacuation evacuation, Forecast forecast, boolean forced) throws RefusedException {
        if (!forced && forecast.objected() > 0) {
            throw new RefusedException(409, EvacuationGuard.refusal(evacuation.scope(), forecast));
        }
        boolean done = running.onControl(control -> {
                    if (!forced && isAmidDrill(control, evacuation.scope())) {
                        return false;
                    }
                    control.evacuate(evacuation);
                    return true;
                })
                .join();
        if (!done) {
            throw new RefusedException(409, EvacuationGuard.amidDrill(evacuation.scope()));
        }
    }

    private static boolean isAmidDrill(Control control, Scope scope) {
        Evacuation standing = control.evacuations().of(scope);
        return standing != null && standing.drill();
    }

    private static void tell(Map<String, Object> facts, String how, Evacuation evacuation) {
        facts.put(how, evacuation.scope().toString());
        facts.put("until", evacuation.until());
        facts.put("hard", evacuation.hard());
    }

    /** What is meant. */
    static Scope scope(PageRequest request) throws RefusedException {
        try {
            return Scope.parse(request.needed(WHAT));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, String.valueOf(e.getMessage()));
        }
    }

    /** Waits until the plans follow what the control thread has changed; whether they do. */
    static boolean awaitPlanned(Running running) {
        try {
            running.control().planned().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (ExecutionException | TimeoutException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Says it if some don't yet. */
    static void tellPlanned(Map<String, Object> facts, boolean planned) {
        if (!planned) {
            facts.put("plans", "still being made for some apps");
        }
    }

    /**
     * Waits until what the control thread has changed would be so after a restart too. Refuses if it can't be written; it is in force all the same.
     *
     * @param done what is in force
     * @param otherwise what a restart would do
     */
    static void awaitKept(Running running, String done, String otherwise) throws RefusedException {
        String cause;
        try {
            running.control().kept().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return;
        } catch (ExecutionException e) {
            cause = String.valueOf(e.getCause());
        } catch (TimeoutException _) {
            cause = "the disk has not taken it for " + PATIENCE_SECONDS + " s";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            cause = "this process ends";
        }
        throw new RefusedException(500, done + " and that is in force, but it could not be kept over a restart: " + cause + "; " + otherwise
                + ". It is tried again every 5 s: make room, let this user write there, or set runtime.state to a folder where it may");
    }
}
