package io.weir.health;

import io.weir.topology.Worker;

/**
 * A worker's health has changed; or of one that is out, how it meets requests; or of a load balancer, which stands for many, how many of
 * them can serve.
 *
 * @param cause what changed it
 * @param detail what was seen, for people: {@code status 503}, {@code 5 failures in a row}
 * @param contact of one that has become unhealthy, or is and was met in a graver way: which of the requests that it has are given back
 * @param since ns on the monitor's clock from the first sign (a failed attempt, a failed check) to the change; 0 where there was none
 * @param at ns on the monitor's clock
 * @param share of what stands behind it, how much can serve, 0 to 1; 1 of a worker
 */
public record HealthTransition(
        Worker worker, Health from, Health to, Cause cause, String detail, Contact contact, long since, long at, double share) {
    /** One of a worker that stands for itself. */
    public HealthTransition(Worker worker, Health from, Health to, Cause cause, String detail, Contact contact, long since, long at) {
        this(worker, from, to, cause, detail, contact, since, at, 1);
    }

    /** Whether the health is what it was, and only the share or the contact is another. */
    public boolean keepsHealth() {
        return from == to;
    }

    HealthTransition withShare(double now) {
        return now == share ? this : new HealthTransition(worker, from, to, cause, detail, contact, since, at, now);
    }

    /** What changes a worker's health. */
    public enum Cause {
        /** A check, or several in a row. */
        CHECK,
        /** Answers to requests: too many failures in a row. */
        FAILURES,
        /** Answers to requests: far fewer good ones than the pool's others give. */
        SUCCESS_RATE,
        /** The time of an ejection is over. */
        TIME,
        /** Answers to requests were good. */
        ANSWERS,
        /** It is watched in another way from now on, as its settings changed; or it is new and never checked. */
        SETTINGS
    }
}
