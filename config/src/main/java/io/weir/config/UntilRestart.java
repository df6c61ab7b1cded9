package io.weir.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The few settings that a process keeps from its start to its end: threads, places where others find it, and whether it counts.
 *
 * @param settings what can come into force of others while it runs
 * @param left the keys of what can't and is another: it holds from the next start on
 */
public record UntilRestart(Settings settings, List<String> left) {
    /** Each key, and what it says. */
    private static final List<Key> KEYS = List.of(
            new Key("runtime.event-loops", settings -> settings.runtime().eventLoops()),
            new Key("runtime.transport", settings -> settings.runtime().transport()),
            new Key("runtime.state", settings -> settings.runtime().state()),
            new Key("instance", settings -> settings.gateways().instance()),
            new Key("metrics", Settings::metrics),
            new Key("admin.bind", settings -> settings.admin() == null ? null : settings.admin().bind()),
            new Key("admin.socket", settings -> settings.admin() == null ? null : settings.admin().socket()));

    private record Key(String name, Function<Settings, @Nullable Object> value) {}

    /** What becomes of {@code next} in a process in which {@code now} is in force. */
    public static UntilRestart keep(Settings now, Settings next) {
        List<String> left = new ArrayList<>();
        for (Key key : KEYS) {
            if (!Objects.equals(key.value.apply(now), key.value.apply(next))) {
                left.add(key.name);
            }
        }
        return new UntilRestart(left.isEmpty() ? next : next.keeping(now), List.copyOf(left));
    }
}
