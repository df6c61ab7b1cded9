package io.weir.app;

import io.weir.telemetry.metrics.Metrics;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes ahead what needs descriptors when it is first used: jars, and the native libraries behind the metrics. The JVM tries none of it twice,
 * so that a process which lacked a descriptor at that moment would lack them for ever.
 */
final class Provisions {
    private static final Logger LOG = LoggerFactory.getLogger(Provisions.class);

    /** After the start, whose time the metrics' 100 ms are not to take. */
    private static final long LATER = TimeUnit.SECONDS.toNanos(1);

    private Provisions() {}

    /** Takes them by and by, on a thread of its own. */
    static void takeSoon(@Nullable Metrics metrics) {
        Thread.ofPlatform().name("weir-provisions").daemon().start(() -> {
            LockSupport.parkNanos(LATER);
            take(metrics);
        });
    }

    static void take(@Nullable Metrics metrics) {
        var _ = ClassLoader.getSystemResource("io/weir/none"); // that is nowhere, so every jar is opened
        if (metrics != null) {
            try {
                metrics.write("", OutputStream.nullOutputStream());
            } catch (IOException | LinkageError e) {
                LOG.warn("metrics can't be made: {}", e.toString());
            }
        }
    }
}
