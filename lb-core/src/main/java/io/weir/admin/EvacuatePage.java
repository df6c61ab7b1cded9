package io.weir.admin;

import io.weir.control.Control;
import io.weir.failover.Evacuation;
import io.weir.failover.Scope;
import io.weir.simulate.Forecast;
import io.weir.simulate.Loss;
import io.weir.simulate.Question;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** {@code /evacuate}: sends the traffic of some workers elsewhere for a time, if that leaves every app enough, and says what comes of it. */
final class EvacuatePage implements Page {
    static final String WHAT = "what";
    private static final String LENGTH = "for";
    private static final String HARD = "hard";
    private static final String FORCE = "force";
    private static final String DRY_RUN = "dry-run";
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(30);

    private final Running running;
    private final InstantSource wall;

    EvacuatePage(Running running, InstantSource wall) {
        this.running = running;
        this.wall = wall;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(WHAT, LENGTH, HARD, FORCE, DRY_RUN, WorkersPage.LIMIT);
        int limit = request.number(WorkersPage.LIMIT, 1, WorkersPage.MOST, SimulatePage.FEW);
        boolean hard = request.flag(HARD);
        boolean dry = request.flag(DRY_RUN);
        Scope scope = scope(request);
        Duration length = request.duration(LENGTH, SHORTEST, LONGEST);
        Loss loss = new Loss(scope, hard ? Loss.Means.HARD_EVACUATION : Loss.Means.EVACUATION);
        Forecast forecast = SimulatePage.forecast(running, () -> new Question(List.of(loss), null, null, Question.FIRST_SEED), limit);
        boolean guarded = forecast.objected() > 0 && !request.flag(FORCE);
        if (guarded && !dry) {
            throw new RefusedException(409, refusal(scope, forecast));
        }
        Evacuation evacuation = new Evacuation(scope, wall.instant().plus(length).truncatedTo(ChronoUnit.SECONDS), hard);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put(dry ? "would_evacuate" : "evacuated", scope.toString());
        facts.put("until", evacuation.until());
        facts.put("hard", hard);
        if (dry) {
            facts.put("would_be_refused", guarded);
            facts.put("objections", forecast.objections());
        } else {
            changed(running, control -> {
                control.evacuate(evacuation);
                return true;
            });
        }
        facts.putAll(ForecastReport.facts(forecast, limit));
        return new Reply.Facts(facts);
    }

    /** What is meant. */
    static Scope scope(PageRequest request) throws RefusedException {
        try {
            return Scope.parse(request.needed(WHAT));
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, String.valueOf(e.getMessage()));
        }
    }

    static String refusal(Scope scope, Forecast forecast) {
        long more = forecast.objected() - forecast.objections().size();
        return "without " + scope + ", requests would fail or stay there; nothing was changed. " + String.join("; ", forecast.objections())
                + (more > 0 ? "; and " + more + " more" : "") + ". Look with dry-run, or do it all the same with force";
    }

    /** Has the control thread change something; refuses if that can't be kept over a restart, and so was not done. */
    static boolean changed(Running running, Change change) throws RefusedException {
        try {
            return running.onControl(control -> {
                        try {
                            return change.on(control);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof UncheckedIOException unkept) {
                throw new RefusedException(500, "nothing was changed, since it could not be kept over a restart: " + unkept.getCause()
                        + "; let this user write there, or set runtime.state to a folder where it may");
            }
            throw e;
        }
    }

    /** What is done on the control thread; whether there was something to change. */
    @FunctionalInterface
    interface Change {
        boolean on(Control control) throws IOException;
    }
}
