package io.weir.admin;

import io.weir.loop.EventLoops;
import io.weir.upstream.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How many connections to an endpoint nobody uses. Only the event loops know, so each is asked once for all endpoints of a page. */
final class IdleConnections {
    /** A loop that takes longer has other troubles; the page doesn't wait for them. */
    private static final long PATIENCE_MILLIS = 500;

    private IdleConnections() {}

    /** By endpoint, in order; null if a loop didn't answer. */
    static int @Nullable [] count(List<Endpoint> endpoints, List<EventLoops.Loop> loops) {
        List<Future<int[]>> answers = new ArrayList<>();
        for (EventLoops.Loop loop : loops) {
            answers.add(loop.executor().submit(() -> endpoints.stream().mapToInt(endpoint -> endpoint.idleOn(loop.index())).toArray()));
        }
        int[] sums = new int[endpoints.size()];
        try {
            for (Future<int[]> answer : answers) {
                int[] ofLoop = answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += ofLoop[i];
                }
            }
            return sums;
        } catch (TimeoutException | ExecutionException | CancellationException _) {
            return null;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
