package io.weir.admin;

import io.weir.simulate.Forecast;
import io.weir.simulate.Question;
import io.weir.simulate.RunningApps;
import io.weir.simulate.Simulation;

/** {@code /simulate}: what would become of the apps as they are now, if workers were lost. */
final class SimulatePage implements Page {
    static final int FEW = 20;

    private static final String LOSE = "lose";
    private static final String THEN = "then";
    private static final String LOAD = "load";
    private static final String SEED = "seed";
    private static final int MOST_LOAD = 1_000_000;

    private final Running running;

    SimulatePage(Running running) {
        this.running = running;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(LOSE, THEN, LOAD, SEED, Fleet.APP, WorkersPage.LIMIT);
        int limit = request.number(WorkersPage.LIMIT, 1, WorkersPage.MOST, FEW);
        int seed = request.number(SEED, 0, Integer.MAX_VALUE, Question.FIRST_SEED);
        Integer load = request.query().containsKey(LOAD) ? (Integer) request.number(LOAD, 1, MOST_LOAD, 1) : null;
        String app = request.query().get(Fleet.APP);
        String lose = request.needed(LOSE);
        return new Reply.Facts(ForecastReport.facts(
                forecast(running, () -> new Question(Question.failures(lose, request.query().get(THEN)), app, load, seed), limit), limit));
    }

    /** A question in the making; throws an {@link IllegalArgumentException} if it makes no sense. */
    interface Asked {
        Question question();
    }

    static Forecast forecast(Running running, Asked asked, int most) throws RefusedException {
        Question question;
        try {
            question = asked.question();
        } catch (IllegalArgumentException e) {
            throw new RefusedException(400, String.valueOf(e.getMessage()));
        }
        try {
            return Simulation.of(new RunningApps(running::onControl, running.config().settings().here()), question, most);
        } catch (Simulation.NoneSuchException e) {
            throw new RefusedException(404, String.valueOf(e.getMessage()));
        }
    }
}
