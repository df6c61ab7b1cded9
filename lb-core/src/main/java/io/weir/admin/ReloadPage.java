package io.weir.admin;

import io.weir.admin.ReloadReport.Outcome;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code /reload}: has the config read again, and says what came of it. */
final class ReloadPage implements Page {
    private static final long PATIENCE_SECONDS = 50;

    private final Running running;

    ReloadPage(Running running) {
        this.running = running;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly();
        Reloader reloader = running.reloader();
        if (reloader == null) {
            throw new RefusedException(409, "this process was started without a config file: there is nothing to read again");
        }
        ReloadReport report = await(reloader);
        if (report.outcome() == Outcome.REFUSED) {
            throw new RefusedException(
                    422,
                    "the config is refused, and generation " + report.generation() + " stays in force:\n" + String.join("\n", report.problems()),
                    Map.of("problems", report.parts()));
        }
        Map<String, Object> facts = new LinkedHashMap<>(report.facts());
        Table changes = new Table(Integer.MAX_VALUE, "change");
        report.changes().forEach(changes::row);
        facts.put("changes", changes);
        return new Reply.Facts(facts);
    }

    private static ReloadReport await(Reloader reloader) throws RefusedException {
        try {
            return reloader.reload("call").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new RefusedException(503, "it is not over after " + PATIENCE_SECONDS + " s, and goes on; /status says what comes of it");
        } catch (ExecutionException e) {
            throw new RefusedException(500, "it failed by a fault of its own: " + e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(503, "the process ends");
        }
    }
}
