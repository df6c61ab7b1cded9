package io.weir.config;

import io.weir.topology.BindAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the operator's API listens; at least one of the two.
 *
 * @param bind its port, or null
 * @param socket its Unix socket, absolute, or null
 * @param token what callers from other machines must say, and everybody over TCP who changes something; null: none can
 */
public record AdminSettings(@Nullable BindAddress bind, @Nullable Path socket, @Nullable Secret token) {

    /**
     * In bytes. The kernel takes 107, and a socket is made under a name that is up to 9 longer, where only its owner gets at it, before
     * it gets its own.
     */
    static final int LONGEST_SOCKET = 98;

    /** In characters: below, it could be guessed. */
    static final int SHORTEST_TOKEN = 16;

    static final int LONGEST_TOKEN = 1024;

    public AdminSettings {
        if (bind == null && socket == null) {
            throw new IllegalArgumentException("the admin API needs a port or a socket");
        }
        if (socket != null && !socket.isAbsolute()) {
            throw new IllegalArgumentException("a socket's path must be absolute, is " + socket);
        }
    }
}
