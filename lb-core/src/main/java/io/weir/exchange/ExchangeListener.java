package io.weir.exchange;

/** Is told of every exchange that is over; all telemetry hangs on it. Called on the exchange's event loop; must not block or keep the exchange. */
@FunctionalInterface
public interface ExchangeListener {
    void settled(Exchange exchange);
}
