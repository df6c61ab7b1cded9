package io.weir.tls;

import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that session tickets (RFC 5077; RFC 8446, 4.6.1) are encrypted with, the same for all listeners. A new one is made when the time
 * has come; older ones still open tickets for a while, then are forgotten, and with them what was said on old connections can't be read by
 * who finds the keys. A restart forgets them all: clients make a full handshake then.
 */
final class TicketKeys {
    /** The one that is used, and those that still open tickets. */
    private static final int KEPT = 3;

    private final SecureRandom random;
    /** Newest first. */
    private volatile List<OpenSslSessionTicketKey> keys = List.of();

    TicketKeys(SecureRandom random) {
        this.random = random;
        rotate();
    }

    /** Makes a new one and forgets the oldest. By one thread at a time. */
    void rotate() {
        List<OpenSslSessionTicketKey> next = new ArrayList<>();
        next.add(new OpenSslSessionTicketKey(
                bytes(OpenSslSessionTicketKey.NAME_SIZE), bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE), bytes(OpenSslSessionTicketKey.AES_KEY_SIZE)));
        next.addAll(keys.subList(0, Math.min(keys.size(), KEPT - 1)));
        keys = List.copyOf(next);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Has a context use them. */
    void applyTo(SslContext context) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setTicketKeys(keys.toArray(OpenSslSessionTicketKey[]::new));
        }
    }
}
