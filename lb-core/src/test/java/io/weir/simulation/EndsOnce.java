package io.weir.simulation;

import io.weir.config.AppTimeouts;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Every request ends, and once, within what its app's time-outs make together: of 5 connections, 3 responses, as many again in place of
 * stale connections, a body and the pauses between attempts; or within {@code total}. That none is left is looked at when the world ends.
 */
final class EndsOnce implements Invariant {
    /** What a connection may take beyond its time-out (Exchange.CONNECT_SLACK), and how late a deadline may come. */
    private static final long SLACK = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long LATE = TimeUnit.MILLISECONDS.toNanos(100);
    /** 25, 50, 100 and 200 ms, and a half more. */
    private static final long PAUSES = TimeUnit.MILLISECONDS.toNanos(600);

    private final Rules rules;
    private final SimulatedTime time;
    private final long lag;

    EndsOnce(Rules rules, SimulatedTime time, long lag) {
        this.rules = rules;
        this.time = time;
        this.lag = lag;
    }

    @Override
    public void settled(SimulatedClient client) {
        if (client.settledTimes() != 1) {
            rules.broken(this, "its end was told " + client.settledTimes() + " times: " + client);
        }
        if (client.ends() > 1) {
            rules.broken(this, "it got " + client.ends() + " responses: " + client);
        }
        long age = time.nanoTime() - client.cameAt();
        if (age > longest(client.app().timeouts()) + lag) {
            rules.broken(this, "it took " + age / 1_000_000 + " ms: " + client);
        }
    }

    private static long longest(AppTimeouts timeouts) {
        long connect = timeouts.connect().toNanos() + SLACK + LATE;
        long response = timeouts.response().toNanos() + LATE;
        long all = (5 + 3) * connect + (3 + 3) * response + timeouts.idle().toNanos() + LATE + PAUSES;
        Duration total = timeouts.total();
        return total == null ? all : Math.min(all, total.toNanos() + LATE);
    }
}
