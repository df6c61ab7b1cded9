package io.weir.failover;

import io.weir.topology.Worker;
import java.util.Locale;

/**
 * Workers that something is done to together.
 *
 * @param name of a region or zone; of a pool {@code app/region}; of a worker its address, which is all workers at it
 */
public record Scope(Kind kind, String name) {
    /** What people name. */
    public enum Kind {
        REGION,
        ZONE,
        POOL,
        WORKER;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Reads {@code zone=ca-c1a}, {@code region=ca-c1}, {@code pool=orders/ca-c1}, {@code worker=127.0.0.1:9001}.
     *
     * @throws IllegalArgumentException with a message for the person who wrote it
     */
    public static Scope parse(String text) {
        int equals = text.indexOf('=');
        if (equals > 0 && equals < text.length() - 1) {
            for (Kind kind : Kind.values()) {
                if (kind.word().equals(text.substring(0, equals))) {
                    return new Scope(kind, text.substring(equals + 1));
                }
            }
        }
        throw new IllegalArgumentException("\"" + text + "\" is not what can be lost or sent away: write zone=NAME, region=NAME, pool=APP/REGION or worker=HOST:PORT");
    }

    public boolean covers(Worker worker) {
        return switch (kind) {
            case REGION -> worker.region().equals(name);
            case ZONE -> worker.zone().equals(name);
            case POOL -> name.equals(worker.app() + '/' + worker.region());
            case WORKER -> worker.address().toString().equals(name);
        };
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return kind.word() + '=' + name;
    }
}
