package io.weir.balancing;

import org.jspecify.annotations.Nullable;

/**
 * What a decision depends on that is the request's own: its turn, its luck, and its keys. Reused with the exchange; decisions only read it.
 */
public final class Draw {
    /** What random numbers are drawn for: those of one purpose say nothing about another's. Which tier a request goes to. */
    static final int TIER = 1;

    /** Whether a target that warms up is passed over. */
    static final int WARMING = 2;

    /** Who takes what falls to a target that can't be picked: this and the numbers behind it. */
    static final int LOT = 3;

    private static final double UNIT = 0x1p-53;

    private int turn;
    private long seed;
    private long key;
    private @Nullable Affinity affinity;
    private long mark;

    /**
     * A new request, without keys.
     *
     * @param turn the pool's running number for it, which round-robin serves in order
     * @param seed 64 random bits
     */
    public Draw begin(int turn, long seed) {
        this.turn = turn;
        this.seed = seed;
        key = 0;
        affinity = null;
        mark = 0;
        return this;
    }

    /** What it is to be hashed by; 0 if it has nothing of the kind, and goes by chance. */
    public Draw hashedBy(long fingerprint) {
        key = fingerprint;
        return this;
    }

    /** It carries the mark of a target, which it is to come back to. */
    public Draw backTo(Affinity by, long theMark) {
        affinity = by;
        mark = theMark;
        return this;
    }

    int turn() {
        return turn;
    }

    /** Random bits for the attempt behind that many others. */
    long bits(int attempts) {
        return Fingerprint.mix(seed + Fingerprint.GOLDEN * attempts);
    }

    /** Random bits for that purpose of the attempt behind that many others. */
    long bits(int purpose, int attempts) {
        return Fingerprint.mix(bits(attempts) ^ purpose * Fingerprint.GOLDEN);
    }

    /** A random number of [0, 1) for that purpose of the attempt behind that many others. */
    double luck(int purpose, int attempts) {
        return (bits(purpose, attempts) >>> 11) * UNIT;
    }

    /** The key to hash by. */
    long key() {
        return key == 0 ? seed : key;
    }

    /** A number of [0, 1) for that purpose that is the key's own, the same for all its requests and attempts. */
    double luckOfKey(int purpose) {
        return (Fingerprint.mix(key() + purpose * Fingerprint.GOLDEN) >>> 11) * UNIT;
    }

    boolean comesBack() {
        return affinity != null;
    }

    /** Whether it carries the mark of {@code target}. */
    public boolean isMarkedFor(Target target) {
        Affinity by = affinity;
        return by != null && by.mark(target) == mark;
    }
}
