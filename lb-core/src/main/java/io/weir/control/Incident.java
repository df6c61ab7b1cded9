package io.weir.control;

import java.time.Duration;

/** Something that happened to the traffic of an app. */
public sealed interface Incident {
    String app();

    /**
     * Traffic leaves workers that it went to.
     *
     * @param asked the region that the requests name, or empty: the global domain; of a zone: the region that it is in
     * @param lost what they leave: {@code zone ca-c1a}, or {@code tier ca-c1}
     * @param share what that tier still takes, 0 to 1; of a zone, what its tier goes on to take without it
     * @param why for people
     */
    record FailedOver(String app, String asked, String lost, double share, String why) implements Incident {
        static final String ZONE = "zone ";
        static final String TIER = "tier ";

        boolean ofZone() {
            return lost.startsWith(ZONE);
        }
    }

    /**
     * A tier's share begins to come back.
     *
     * @param away how long it was not what it should be
     */
    record FailbackBegan(String app, String asked, String tier, Duration away) implements Incident {}

    /**
     * A tier has its share back.
     *
     * @param away how long it was not what it should be, until it began to come back
     * @param took from then until now
     * @param failed requests of the app that failed by the fault of workers meanwhile
     * @param retried requests that were answered by another worker than the first meanwhile
     */
    record FailbackDone(String app, String asked, String tier, Duration away, Duration took, int failed, int retried) implements Incident {}

    /** Too few of a tier's workers are well to trust health: all that are enabled serve. */
    record PanicBegan(String app, String asked, String tier, int available, int enabled) implements Incident {}

    record PanicEnded(String app, String asked, String tier) implements Incident {}

    /** A failover is over, and what it took is known. */
    record FailoverMeasured(Measured measured) implements Incident {
        @Override
        public String app() {
            return measured.app();
        }
    }
}
