package io.weir.admin;

import io.weir.telemetry.metrics.Metrics;
import java.io.IOException;
import java.io.OutputStream;

/** What telemetry counts, as {@code /metrics}. */
public record ServedMetrics(Metrics metrics) implements MetricsPage {

    @Override
    public String contentType(String accept) {
        return metrics.contentType(accept);
    }

    @Override
    public void write(String accept, OutputStream to) throws IOException {
        metrics.write(accept, to);
    }
}
