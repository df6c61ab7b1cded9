package io.weir.config;

/** How a pool's next worker is picked: a record for each policy. */
public sealed interface BalanceSettings {

    /** Spares the loops a look at counters that others write, and shares out exactly. */
    BalanceSettings DEFAULT = new RoundRobin();

    /** One after the other. */
    record RoundRobin() implements BalanceSettings {}

    /** Of two, the one with fewer exchanges under way. */
    record LeastRequest() implements BalanceSettings {}

    /** Of two, the one that has answered sooner, with what is under way at it. */
    record PeakEwma() implements BalanceSettings {}

    /**
     * The same worker for the same key, while it isn't loaded far above the others.
     *
     * @param on what of the request is the key
     */
    record Hash(HashKey on) implements BalanceSettings {}
}
