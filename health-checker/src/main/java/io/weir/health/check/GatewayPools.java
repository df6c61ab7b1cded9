package io.weir.health.check;

import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Behind;
import java.util.HashMap;
import java.util.Map;

/**
 * What a load balancer has said of its pools. It says {@code weir-pools REVISION all} or {@code weir-pools REVISION changes}, and then a
 * line for each pool: {@code APP REGION AVAILABLE ENABLED}, both of them weights; of several lines about one pool the last counts. Or it
 * says {@code weir-pools REVISION draining}, and is about to go.
 */
final class GatewayPools {
    static final GatewayPools NONE = new GatewayPools(0, Map.of(), false);

    private final long revision;
    /** Verdicts, by app and region. Never changed. */
    private final Map<String, CheckResult> pools;
    private final boolean draining;

    private GatewayPools(long revision, Map<String, CheckResult> pools, boolean draining) {
        this.revision = revision;
        this.pools = pools;
        this.draining = draining;
    }

    /** What is known, for who asks for changes. */
    long revision() {
        return revision;
    }

    int count() {
        return pools.size();
    }

    /** Whether it takes nothing any more, whatever it has said of its pools. */
    boolean draining() {
        return draining;
    }

    /** Whether that pool is well, by the weight of its workers: those that serve, of those that people let serve. */
    CheckResult of(String app, String region) {
        CheckResult known = pools.get(key(app, region));
        return known == null ? CheckResult.failed(CheckResult.Failure.UNWELL, "has no pool of " + where(app, region)) : known;
    }

    private static String key(String app, String region) {
        return app + " " + region;
    }

    private static String where(String app, String region) {
        return app + " in " + region;
    }

    /**
     * What is known after another answer.
     *
     * @throws IllegalArgumentException if it is none
     */
    GatewayPools updated(String answer) {
        int end = lineEnd(answer, 0);
        String[] first = answer.substring(0, end).split(" ", -1);
        if (first.length != 3 || !first[0].equals("weir-pools")) {
            throw unknown(answer.substring(0, end));
        }
        return switch (first[2]) {
            case "all" -> new GatewayPools(number(first[1]), read(answer, end + 1, new HashMap<>()), false);
            // As a rule nothing has changed, and there may be 100,000 of them.
            case "changes" ->
                new GatewayPools(number(first[1]), end + 1 >= answer.length() ? pools : read(answer, end + 1, new HashMap<>(pools)), false);
            case "draining" -> new GatewayPools(revision, pools, true);
            default -> throw unknown(answer.substring(0, end));
        };
    }

    private static Map<String, CheckResult> read(String answer, int from, Map<String, CheckResult> to) {
        int end;
        for (int at = from; at < answer.length(); at = end + 1) {
            end = lineEnd(answer, at);
            String line = answer.substring(at, end);
            String[] parts = line.split(" ", -1);
            if (parts.length != 4) {
                throw new IllegalArgumentException("says of a pool: " + Excerpt.of(line));
            }
            Behind behind = new Behind(number(parts[2]), number(parts[3]));
            if (behind.available() < 0 || behind.enabled() < behind.available()) {
                throw new IllegalArgumentException("says of a pool: " + Excerpt.of(line));
            }
            to.put(key(parts[0], parts[1]), verdict(behind, where(parts[0], parts[1])));
        }
        return to;
    }

    private static CheckResult verdict(Behind behind, String where) {
        return CheckResult.of(
                behind,
                behind.available() == 0
                        ? "no worker of " + where + " is well"
                        : behind.available() + " of " + behind.enabled() + " of " + where + " well, by weight");
    }

    private static int lineEnd(String answer, int from) {
        int end = answer.indexOf('\n', from);
        return end < 0 ? answer.length() : end;
    }

    private static IllegalArgumentException unknown(String line) {
        return new IllegalArgumentException("says nothing of pools: " + Excerpt.of(line));
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("no number: " + Excerpt.of(text), e);
        }
    }
}
