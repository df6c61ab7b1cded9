package io.weir.telemetry.log;

import io.weir.exchange.Exchange;

/** How a finished exchange becomes a line. Each event loop has one of its own. */
@FunctionalInterface
interface LineFormat {
    /** Writes the line with its end; {@code now} is the loop's clock in ns. */
    void write(Exchange exchange, long now, LineBuffer line);
}
