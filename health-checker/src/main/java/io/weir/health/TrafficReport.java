package io.weir.health;

import io.weir.topology.Worker;

/**
 * What requests saw of a worker since the report before it, over all event loops. Reports come every 100 ms while there is something to say,
 * and at once after a failure.
 *
 * @param good attempts that were answered well
 * @param bad attempts that failed by the worker's fault, or were answered with what its app's settings count as a failure
 * @param streak bad ones since the last good one
 * @param silent bad ones, of all, that got no answer: refused, timed out, reset
 * @param refused silent ones, of all, for which there was no connection because it was refused or impossible
 * @param waiting whether at least three attempts wait, and none was answered for 300 ms
 */
public record TrafficReport(Worker worker, int good, int bad, int streak, int silent, int refused, boolean waiting) {}
