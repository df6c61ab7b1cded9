package io.weir.health;

import io.weir.topology.Worker;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a check found.
 *
 * @param failure null if it was well
 * @param detail what was seen, for people: {@code status 503}, {@code connection refused}
 * @param certificateEnd when the certificate that was shown ends, or null if none was
 * @param behind of a load balancer, what it says stands behind it; null of a worker
 * @param verdicts what was found of each worker, where the answer speaks for many; null: the same of all
 */
public record CheckResult(
        @Nullable Failure failure, String detail, @Nullable Instant certificateEnd, @Nullable Behind behind, @Nullable Verdicts verdicts) {
    /** What was found of a worker. */
    public CheckResult(@Nullable Failure failure, String detail, @Nullable Instant certificateEnd) {
        this(failure, detail, certificateEnd, null, null);
    }

    /**
     * Workers that are reached through a load balancer, by weight.
     *
     * @param available those that can serve
     * @param enabled those that people let serve, and that have a verdict; no less
     */
    public record Behind(long available, long enabled) {}

    /** What an answer says of each worker that it speaks for. */
    @FunctionalInterface
    public interface Verdicts {
        CheckResult of(Worker worker);
    }

    /** What was not well. */
    public enum Failure {
        /** The connection was refused, or its host is unknown. Connections that there are may be well. */
        REFUSED,
        /** No way leads to its host. */
        UNREACHABLE,
        /** No connection, or no whole answer, in time. */
        TIMEOUT,
        /** The connection ended before the answer was whole. */
        RESET,
        /** The answer is not of the protocol. */
        MALFORMED,
        /** It answered that it is unwell, or not as it should. */
        UNWELL,
        /** It could not be asked, by no fault of its own: this process has no descriptor or no port left. It says nothing of the worker. */
        UNASKED;

        /** What it says of requests that the worker has. */
        public Contact contact() {
            return switch (this) {
                case REFUSED -> Contact.REFUSES;
                case UNREACHABLE, TIMEOUT, RESET -> Contact.SILENT;
                case MALFORMED, UNWELL, UNASKED -> Contact.ANSWERS;
            };
        }
    }

    public static CheckResult passed(String detail) {
        return new CheckResult(null, detail, null);
    }

    /** One of a load balancer: good if anybody behind it can serve. */
    public static CheckResult of(Behind behind, String detail) {
        return new CheckResult(behind.available() > 0 ? null : Failure.UNWELL, detail, null, behind, null);
    }

    /** A good one that speaks for many. */
    public static CheckResult answered(String detail, Verdicts verdicts) {
        return new CheckResult(null, detail, null, null, verdicts);
    }

    public static CheckResult failed(Failure failure, String detail) {
        return new CheckResult(failure, detail, null);
    }

    /** What it says of {@code worker}. */
    CheckResult of(Worker worker) {
        return verdicts == null ? this : verdicts.of(worker);
    }

    /** Of what stands behind it, how much can serve, 0 to 1; 1 of a worker. */
    double share() {
        return behind == null ? 1 : behind.enabled() == 0 ? 0 : (double) behind.available() / behind.enabled();
    }

    public boolean passed() {
        return failure == null;
    }
}
