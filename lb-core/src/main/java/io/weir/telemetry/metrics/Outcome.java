package io.weir.telemetry.metrics;

/** How an attempt ended, as far as its worker is concerned. */
enum Outcome {
    /** The head of its response went to the client. */
    ANSWERED("answered"),
    /** Through the worker's fault. */
    FAILED("failed"),
    /** The client went away, or the whole took too long, before the worker had answered. */
    ABANDONED("abandoned");

    private final String label;

    Outcome(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    static Outcome of(boolean failed, boolean answered) {
        return failed ? FAILED : answered ? ANSWERED : ABANDONED;
    }
}
