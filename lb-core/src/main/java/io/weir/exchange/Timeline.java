package io.weir.exchange;

/**
 * When an exchange reached each of its verbs, on the loop's clock in ns, and so how long it spent in each. What it did not reach took no
 * time. The clock is read once per turn of the loop, so that what happens within one turn takes none either.
 */
public final class Timeline {
    private static final long NOT = Long.MIN_VALUE;

    private long accepted = NOT;
    private long admitted = NOT;
    private long resolved = NOT;
    private long picked = NOT;
    private long connected = NOT;
    private long answered = NOT;
    private long settled = NOT;

    Timeline() {}

    /** The first byte of its head was there, or its connection if none came. */
    void accepted(long now) {
        accepted = now;
    }

    /** Its head was whole, or refused. */
    void admitted(long now) {
        admitted = now;
    }

    /** It had its target for an attempt. The first one ends {@code resolve}, the last one {@code pick}. */
    void picked(long now) {
        if (resolved == NOT) {
            resolved = now;
        }
        picked = now;
        connected = NOT;
    }

    /** The attempt had its connection. */
    void connected(long now) {
        connected = now;
    }

    /** The head of the worker's final response was there. */
    void answered(long now) {
        answered = now;
    }

    void settled(long now) {
        settled = now;
    }

    void reset() {
        accepted = admitted = resolved = picked = connected = answered = settled = NOT;
    }

    /** When its head was whole, for what counts from there. */
    public long admittedAt() {
        return admitted;
    }

    /** When the last attempt had its connection. */
    long connectedAt() {
        return connected;
    }

    /** ns since the last attempt had its connection; negative if it had none. */
    long sinceConnected(long now) {
        return connected == NOT ? -1 : now - connected;
    }

    /** ns from the first byte of the request's head to its last. */
    public long admit() {
        return between(accepted, admitted);
    }

    /** ns until the first target was picked, or the answer of our own was known: gates that wait. */
    public long resolve() {
        return admitted == NOT ? 0 : between(admitted, resolved == NOT ? settled : resolved);
    }

    /** ns from the first target to the last: earlier attempts, and the pauses between them. */
    public long pick() {
        return between(resolved, picked);
    }

    /** ns from the last target to its connection, or to giving up. */
    public long connect() {
        return picked == NOT ? 0 : between(picked, connected == NOT ? settled : connected);
    }

    /** ns from the last attempt's connection to the head of its response; a part of {@link #relay}. 0 if there was none. */
    public long firstByte() {
        return between(connected, answered);
    }

    /** ns from the first byte of the request's head to the head of the worker's final response. 0 if there was none. */
    public long untilAnswered() {
        return between(accepted, answered);
    }

    /** ns from the last attempt's connection to the end. */
    public long relay() {
        return between(connected, settled);
    }

    /** ns from the first byte of the request's head to the end. */
    public long total() {
        return between(accepted, settled);
    }

    private static long between(long from, long to) {
        return from == NOT || to == NOT ? 0 : to - from;
    }
}
