package io.weir.app;

import io.weir.admin.ServedConfig;
import io.weir.frontend.RefusedClients;
import io.weir.loop.AcceptFailures;
import io.weir.telemetry.metrics.Family;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Metrics of the process as a whole: its config, and the connections that it could not or would not take. */
record ProcessFigures(RefusedClients refusedClients, AcceptFailures acceptFailures, @Nullable ServedConfig config, @Nullable Reloads reloads) {

    List<Family> families() {
        List<Family> all = new ArrayList<>(List.of(refused(), failed()));
        if (config == null) {
            return all;
        }
        Family generation = new Family("weir_config_generation", Family.Type.GAUGE, "The number of the config in force: 1 is that of the start.");
        generation.count(config.generation());
        Family loaded = new Family("weir_config_loaded_seconds", Family.Type.GAUGE, "Since when the config is in force, in s since 1970.");
        loaded.count(config.loaded().getEpochSecond());
        all.addAll(List.of(generation, loaded));
        if (reloads != null) {
            all.addAll(reloads.families());
        }
        return all;
    }

    private Family refused() {
        Family refused = new Family("weir_client_connections_refused", Family.Type.COUNTER, "Client connections that were closed without an answer, by why.");
        refusedClients.forEach((why, count) -> refused.count(count, "why", why.word()));
        return refused;
    }

    private Family failed() {
        Family failures = new Family("weir_accept_failures", Family.Type.COUNTER, "Tries to accept a connection that failed, mostly for want of descriptors.");
        failures.count(acceptFailures.sum());
        return failures;
    }
}
