package io.weir.telemetry.metrics;

import io.weir.exchange.Exchange;
import org.jspecify.annotations.Nullable;

/** What became of a request for an upgrade of its connection. */
enum UpgradeOutcome {
    /** The worker has granted it. */
    UPGRADED("upgraded"),
    /** The worker has answered it like any other request. */
    REFUSED("refused"),
    /** There was no answer of a worker, or none that could be passed on. */
    FAILED("failed");

    private final String label;

    UpgradeOutcome(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** Of an exchange that is over, or null if it asked for none. */
    static @Nullable UpgradeOutcome of(Exchange exchange) {
        if (!exchange.requestHead().asksWebSocket()) {
            return null;
        }
        return exchange.upgraded() ? UPGRADED : exchange.answered() ? REFUSED : FAILED;
    }
}
