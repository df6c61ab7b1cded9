package io.weir.admin;

import io.weir.failover.Scope;
import io.weir.simulate.Forecast;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets evacuations and drills be made one at a time, each looked at and made before the next is looked at: two that leave enough each may
 * together turn the last capacity off. Any thread.
 */
final class EvacuationGuard {
    /** For one that looks at a hundred thousand apps. */
    private static final int PATIENCE_SECONDS = 30;

    private final ReentrantLock turn = new ReentrantLock(true);

    /** Looks whether it may be made, and makes it. */
    @FunctionalInterface
    interface Change<T> {
        T make() throws RefusedException;
    }

    <T> T alone(Change<T> change) throws RefusedException {
        if (!isOurs()) {
            throw new RefusedException(503, "another evacuation or drill is being tried out for a long time; nothing was changed. Ask again in a minute");
        }
        try {
            return change.make();
        } finally {
            turn.unlock();
        }
    }

    private boolean isOurs() {
        try {
            return turn.tryLock(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static String refusal(Scope scope, Forecast forecast) {
        long more = forecast.objected() - forecast.objections().size();
        return "without " + scope + ", requests would fail or stay there; nothing was changed. " + String.join("; ", forecast.objections())
                + (more > 0 ? "; and " + more + " more" : "") + ". Look with dry-run, or do it all the same with force";
    }

    static String amidDrill(Scope scope) {
        return scope + " is evacuated by a drill that is under way; nothing was changed. End it first with weir drill --abort or /drill/abort, "
                + "or take it over with force: then the drill ends, and this evacuation stands";
    }
}
