package io.weir.takeover;

import io.weir.frontend.ListeningSockets;
import io.weir.loop.Descriptors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Listening sockets that systemd has opened for this process, see sd_listen_fds(3): from descriptor 3 on. */
public final class SystemdSockets {
    private static final int FIRST = 3;

    private SystemdSockets() {}

    /** How many there are for the process of that number; 0 if it was not started so. */
    public static int count(Function<String, @Nullable String> environment, long pid) {
        String count = environment.apply("LISTEN_FDS");
        return count != null && count.matches("[0-9]{1,6}") && String.valueOf(pid).equals(environment.apply("LISTEN_PID")) ? Integer.parseInt(count) : 0;
    }

    /**
     * Those of them, by address. Once: they belong to what is returned. Needs the library of one of Netty's native transports.
     *
     * @throws IOException if one is none of TCP's; the message names it
     */
    public static OfferedSockets take(int count, Function<String, @Nullable String> environment) throws IOException {
        String[] names = String.valueOf(environment.apply("LISTEN_FDNAMES")).split(":", -1);
        Map<InetSocketAddress, List<Integer>> byAddress = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            int descriptor = FIRST + i;
            try {
                byAddress.computeIfAbsent(ListeningSockets.addressOf(descriptor), _ -> new ArrayList<>()).add(descriptor);
                Descriptors.neverWait(descriptor);
            } catch (IOException e) {
                String name = names.length == count ? names[i] : "number " + (i + 1);
                throw new IOException("systemd's socket " + name + ": " + e.getMessage() + "; name addresses alone in ListenStream=", e);
            }
        }
        List<OfferedSockets.Offer> offers = new ArrayList<>();
        for (List<Integer> descriptors : byAddress.values()) {
            offers.add(new OfferedSockets.Offer(null, new ListeningSockets(descriptors)));
        }
        return new OfferedSockets(offers);
    }
}
