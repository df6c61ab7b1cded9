package io.weir.app;

import io.weir.config.AdminSettings;
import io.weir.config.MetricsSettings;
import io.weir.config.RuntimeSettings;
import io.weir.config.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The few settings that a process keeps from its start to its end: threads, places where others find it, and whether it counts. */
final class KeptUntilRestart {
    private KeptUntilRestart() {}

    /** What can come into force of {@code next} while {@code now} is; of what can't, {@code notes} get a line each. */
    static Settings apply(Settings now, Settings next, List<String> notes) {
        RuntimeSettings runtime = now.runtime();
        RuntimeSettings wanted = next.runtime();
        note(notes, "runtime.event-loops", runtime.eventLoops() == wanted.eventLoops());
        note(notes, "runtime.transport", runtime.transport() == wanted.transport());
        note(notes, "runtime.state", Objects.equals(runtime.state(), wanted.state()));
        note(notes, "metrics", now.metrics().equals(next.metrics()));
        note(notes, "instance", Objects.equals(now.gateways().instance(), next.gateways().instance()));
        AdminSettings admin = now.admin();
        AdminSettings wantedAdmin = next.admin();
        note(notes, "admin.bind", Objects.equals(bind(admin), bind(wantedAdmin)));
        note(notes, "admin.socket", Objects.equals(socket(admin), socket(wantedAdmin)));
        MetricsSettings metrics = now.metrics();
        return new Settings(
                next.domains(),
                next.here(),
                next.regions(),
                next.listeners(),
                next.apps(),
                next.mappings(),
                next.forwarding(),
                next.gateways(),
                next.accessLog(),
                metrics,
                admin == null || wantedAdmin == null ? admin : new AdminSettings(admin.bind(), admin.socket(), wantedAdmin.token()),
                new RuntimeSettings(runtime.eventLoops(), runtime.transport(), wanted.drain(), runtime.state()),
                next.limits(),
                next.reload());
    }

    private static @Nullable Object bind(@Nullable AdminSettings admin) {
        return admin == null ? null : admin.bind();
    }

    private static @Nullable Path socket(@Nullable AdminSettings admin) {
        return admin == null ? null : admin.socket();
    }

    private static void note(List<String> notes, String key, boolean same) {
        if (!same) {
            notes.add(key + " is another from the next start on: `weir run --takeover` makes one without a loss");
        }
    }
}
