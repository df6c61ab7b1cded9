package io.weir.telemetry.metrics;

import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What the process knows of itself beside its exchanges; asked whenever somebody scrapes.
 *
 * @param version of the product
 * @param ready whether it takes traffic
 * @param openConnections client connections that are open
 * @param acceptedConnections client connections since the start, those included that were refused for their number
 * @param loopStalls turns of event loops that took too long
 * @param linesWritten lines of the access log
 * @param linesDropped lines of the access log that were lost
 */
public record ProcessState(
        String version,
        BooleanSupplier ready,
        IntSupplier openConnections,
        LongSupplier acceptedConnections,
        LongSupplier loopStalls,
        LongSupplier linesWritten,
        LongSupplier linesDropped) {}
