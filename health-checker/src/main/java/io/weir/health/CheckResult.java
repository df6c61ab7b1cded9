package io.weir.health;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a check found.
 *
 * @param failure null if it was well
 * @param detail what was seen, for people: {@code status 503}, {@code connection refused}
 * @param certificateEnd when the certificate that was shown ends, or null if none was
 */
public record CheckResult(@Nullable Failure failure, String detail, @Nullable Instant certificateEnd) {
    /** What was not well. */
    public enum Failure {
        /** The connection was refused, or its host is unknown or can't be reached. */
        REFUSED,
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

        /** Whether the worker didn't answer at all: requests that wait for it wait in vain. */
        public boolean silent() {
            return this == REFUSED || this == TIMEOUT || this == RESET;
        }
    }

    public static CheckResult passed(String detail) {
        return new CheckResult(null, detail, null);
    }

    public static CheckResult failed(Failure failure, String detail) {
        return new CheckResult(failure, detail, null);
    }

    public boolean passed() {
        return failure == null;
    }
}
