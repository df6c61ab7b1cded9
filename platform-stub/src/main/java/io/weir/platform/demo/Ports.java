package io.weir.platform.demo;

import io.weir.topology.BindAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.OptionalInt;

/** Which addresses of this machine can be had. What is free now may be taken a moment later. */
final class Ports {
    /** Below the ports that Linux gives to outgoing connections. */
    private static final int LOWEST = 10_000;

    private static final int HIGHEST = 32_000;

    private Ports() {}

    /** The addresses that somebody listens at already. */
    static List<BindAddress> taken(List<BindAddress> addresses) {
        return addresses.stream().filter(address -> !free(address.host(), address.port())).toList();
    }

    /** The hosts that are no addresses of this machine. */
    static List<String> foreign(List<BindAddress> addresses) {
        return addresses.stream().map(BindAddress::host).distinct().filter(host -> !free(host, 0)).toList();
    }

    /**
     * The first port of a scene whose every address is free.
     *
     * @param seed where the search begins: two searches with different ones are unlikely to meet
     */
    static OptionalInt free(long seed) {
        int places = (HIGHEST - LOWEST) / Scene.PORTS;
        for (int i = 0; i < places; i++) {
            int first = LOWEST + Scene.PORTS * (int) Math.floorMod(seed + i, (long) places);
            if (taken(Scene.at(first).addresses()).isEmpty()) {
                return OptionalInt.of(first);
            }
        }
        return OptionalInt.empty();
    }

    private static boolean free(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true); // connections that have ended there are no obstacle
            socket.bind(new InetSocketAddress(host, port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
