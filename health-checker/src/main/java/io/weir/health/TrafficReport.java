package io.weir.health;

import io.weir.topology.Worker;

/**
 * What requests saw of a worker since the report before it, over all event loops. Reports come every 100 ms while there is something to say,
 * and at once after a failure.
 *
 * <p>Good answers need not be told while they change nothing: where the worker is healthy, its last report was of good answers alone, no
 * silence of it is younger than the interval of its check, and no bad answer of its pool is in the present {@link AnswerWindow}. They are
 * told, as {@code earlier}, with the first bad one of the pool in their window, since rates are compared from then on.
 *
 * @param good attempts that were answered well
 * @param bad attempts that failed by the worker's fault, or were answered with what its app's settings count as a failure
 * @param streak bad ones since the last good one
 * @param silent bad ones, of all, that got no answer: refused, timed out, reset
 * @param refused silent ones, of all, for which there was no connection because it was refused or impossible
 * @param waiting whether at least three attempts wait, and none was answered for 300 ms
 * @param earlier good ones of the present window that no report before has told of; they count where success rates are compared, and nowhere
 *     else
 */
public record TrafficReport(Worker worker, int good, int bad, int streak, int silent, int refused, boolean waiting, int earlier) {
    /** One that has nothing to make up for. */
    public TrafficReport(Worker worker, int good, int bad, int streak, int silent, int refused, boolean waiting) {
        this(worker, good, bad, streak, silent, refused, waiting, 0);
    }

    /** One of earlier answers alone. */
    public static TrafficReport ofEarlier(Worker worker, int earlier) {
        return new TrafficReport(worker, 0, 0, 0, 0, 0, false, earlier);
    }

    /** Whether it says something of the time since the report before it. */
    boolean isNews() {
        return good > 0 || bad > 0 || waiting;
    }
}
