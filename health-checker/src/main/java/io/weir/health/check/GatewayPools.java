package io.weir.health.check;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a load balancer has said of its pools. It says {@code weir-pools REVISION all} or {@code weir-pools REVISION changes}, and then a line
 * for each pool: {@code APP REGION AVAILABLE ENABLED}, both of them weights.
 */
final class GatewayPools {
    static final GatewayPools NONE = new GatewayPools(0, Map.of());

    private final long revision;
    private final Map<String, Pool> pools;

    /** How a pool is, by the weight of its workers: those that serve, of those that people let serve. */
    record Pool(long available, long enabled) {}

    private GatewayPools(long revision, Map<String, Pool> pools) {
        this.revision = revision;
        this.pools = pools;
    }

    /** What is known, for who asks for changes. */
    long revision() {
        return revision;
    }

    int count() {
        return pools.size();
    }

    @Nullable Pool of(String app, String region) {
        return pools.get(key(app, region));
    }

    private static String key(String app, String region) {
        return app + " " + region;
    }

    /**
     * What is known after another answer.
     *
     * @throws IllegalArgumentException if it is none
     */
    GatewayPools updated(String answer) {
        String[] lines = answer.split("\n", -1);
        String[] first = lines[0].split(" ", -1);
        if (first.length != 3 || !first[0].equals("weir-pools") || !(first[2].equals("all") || first[2].equals("changes"))) {
            throw new IllegalArgumentException("says nothing of pools: " + Excerpt.of(lines[0]));
        }
        Map<String, Pool> next = first[2].equals("all") ? new HashMap<>() : new HashMap<>(pools);
        for (int i = 1; i < lines.length - 1; i++) {
            String[] parts = lines[i].split(" ", -1);
            if (parts.length != 4) {
                throw new IllegalArgumentException("says of a pool: " + Excerpt.of(lines[i]));
            }
            Pool pool = new Pool(number(parts[2]), number(parts[3]));
            if (pool.available() < 0 || pool.enabled() < pool.available()) {
                throw new IllegalArgumentException("says of a pool: " + Excerpt.of(lines[i]));
            }
            next.put(key(parts[0], parts[1]), pool);
        }
        return new GatewayPools(number(first[1]), next);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("no number: " + Excerpt.of(text), e);
        }
    }
}
