package io.weir.explain;

import io.weir.config.AppSettings;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Behind;
import io.weir.health.WorkerReport;
import io.weir.topology.Worker;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The load balancer of another region, that a request is handed over to.
 *
 * @param behind what it has said of the app's workers there, by weight; null: nothing that is known
 */
record Gateway(String region, String address, @Nullable Behind behind) {
    /** Null if that is a worker itself. */
    static @Nullable Gateway of(AppSettings app, Worker target, @Nullable WorkerReport report) {
        if (!app.isBehindGateway(target.region())) {
            return null;
        }
        CheckResult last = report == null ? null : report.lastCheck();
        return new Gateway(target.region(), target.address().toString(), last == null ? null : last.behind());
    }

    /** Who it is. */
    String name() {
        return "the load balancer of " + region + " at " + address;
    }

    /** That it gets the request: a sentence. */
    String handedOver() {
        return "Handed over to " + name() + ", which picks among its own; "
                + (behind == null ? "how many of them can serve is not known here." : "it reports " + reports() + " able to serve.");
    }

    /** {@code 3 of 4}, or null. */
    @Nullable String reports() {
        return behind == null ? null : behind.available() + " of " + behind.enabled();
    }

    /** For programs. */
    Map<String, @Nullable Object> facts() {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("region", region);
        facts.put("available", behind == null ? null : behind.available());
        facts.put("enabled", behind == null ? null : behind.enabled());
        return facts;
    }
}
