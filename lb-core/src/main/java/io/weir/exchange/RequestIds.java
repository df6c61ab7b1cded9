package io.weir.exchange;

/**
 * Numbers for {@code X-Request-Id}, 128 bits: a random half for the event loop of this process, and a running half that is mixed so that
 * neighbours look unlike (Steele, Lea, Flood 2014: SplitMix64). Unique, and nothing to guess secrets from. One for each loop.
 */
final class RequestIds {
    private final long high;
    private long count;

    RequestIds(long seed) {
        this.high = mix(seed);
        this.count = mix(seed + 1);
    }

    long high() {
        return high;
    }

    long nextLow() {
        count += 0x9e3779b97f4a7c15L;
        return mix(count);
    }

    private static long mix(long x) {
        long z = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
