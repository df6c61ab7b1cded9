package io.weir.app;

import io.weir.config.GatewaySettings;
import io.weir.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The name of this process among load balancers: the config's; or the host's name with the first listener's port, so that two on one
 * machine are not taken for one; or, where that tells nobody apart, one that is drawn by lot. Two of one name would each refuse what the
 * other hands over, as if it had come back to where it came from.
 */
final class InstanceName {
    /** Of one whom nobody asks: requests are handed over neither by it nor to it. */
    private static final String UNASKED = "weir";

    /** In the state folder. */
    private static final String FILE = "instance";

    /** With {@code :65535} it still is a name. */
    private static final int LONGEST_HOST = 50;

    /** What any machine may be called, as its first label. */
    private static final Set<String> UNTELLING = Set.of("localhost", "localhost4", "localhost6");

    private static final Path KERNELS_WORD = Path.of("/proc/sys/kernel/hostname");

    private InstanceName() {}

    /** {@code state} is the folder in which a name that was drawn is kept over restarts; null: each start draws one. */
    static String of(Settings settings, @Nullable Path state) {
        return of(settings, state, InstanceName::host, new SplittableRandom());
    }

    static String of(Settings settings, @Nullable Path state, Supplier<String> host, RandomGenerator random) {
        GatewaySettings gateways = settings.gateways();
        if (gateways.instance() != null) {
            return gateways.instance();
        }
        if (gateways.trusted().isEmpty() && !handsOver(settings)) {
            return UNASKED;
        }
        int port = settings.listeners().getFirst().bind().port();
        if (port == 0) {
            return drawn(random); // several may run of this very config
        }
        String name = host.get().strip();
        return (tellsApart(name) ? shortened(name) : kept(state, random)) + ":" + port;
    }

    private static boolean handsOver(Settings settings) {
        return settings.apps().values().stream().flatMap(app -> app.pools().values().stream()).anyMatch(pool -> pool.gateway() != null);
    }

    /** From the kernel, since the way by Java's own library asks the DNS, which may take its time. */
    private static String host() {
        try {
            return Files.readString(KERNELS_WORD);
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName(); // no Linux
            } catch (UnknownHostException _) {
                return "";
            }
        }
    }

    private static boolean tellsApart(String host) {
        String first = host.toLowerCase(Locale.ROOT).split("\\.", 2)[0];
        return GatewaySettings.isInstance(shortened(host)) && !UNTELLING.contains(first);
    }

    /** Of a long name the end may be what tells it from others. */
    private static String shortened(String host) {
        HexFormat hex = HexFormat.of();
        int head = LONGEST_HOST - "-".length() - Integer.BYTES * 2;
        return host.length() <= LONGEST_HOST ? host : host.substring(0, head) + "-" + hex.toHexDigits(host.hashCode());
    }

    private static String drawn(RandomGenerator random) {
        return "weir-" + HexFormat.of().toHexDigits(random.nextLong());
    }

    private static String kept(@Nullable Path state, RandomGenerator random) {
        if (state == null) {
            return drawn(random);
        }
        Path file = state.resolve(FILE);
        try {
            String known = Files.readString(file).strip();
            if (GatewaySettings.isInstance(known) && known.length() <= LONGEST_HOST) {
                return known;
            }
        } catch (NoSuchFileException _) {
            // this is the first start
        } catch (IOException _) {
            return drawn(random); // what can't be read is not overwritten
        }
        String name = drawn(random);
        try {
            Files.createDirectories(state);
            Files.writeString(file, name + "\n");
        } catch (IOException _) {
            // the next start draws another one, which nobody minds
        }
        return name;
    }
}
