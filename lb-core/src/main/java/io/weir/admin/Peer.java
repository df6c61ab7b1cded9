package io.weir.admin;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Where a caller is. */
enum Peer {
    /** At our Unix socket, whose file lets in whom it should. */
    UNIX,
    /** On this machine: at a loopback address. */
    LOOPBACK,
    /** Elsewhere, as far as can be told. */
    OTHER;

    static Peer of(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return UNIX;
        }
        return inet.getAddress() != null && inet.getAddress().isLoopbackAddress() ? LOOPBACK : OTHER;
    }
}
