package io.weir.frontend;

import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.weir.tls.ClientTls;
import java.util.concurrent.TimeUnit;

/**
 * The end of an HTTP/1.1 connection whose client may still be sending, such as the rest of a body whose request was answered early. Our side
 * is closed behind the answer, and what still comes is thrown away for a moment: closing at once would reset the connection, and the client
 * might never see the answer (RFC 9112, 9.6). Whoever reads throws away; this tells for how long, and says the end, in TLS too.
 */
final class Lingering {
    /** How long a client may say nothing before it is taken to be done, once everything is written. */
    private static final long PAUSE = TimeUnit.SECONDS.toNanos(2);
    /** How long it may go on sending what nobody wants. */
    private static final long MOST = TimeUnit.SECONDS.toNanos(30);

    private final ClientChannel connection;
    /** Once everything is written, until when what still comes is thrown away, on the loop's clock in ns; before, it is not bounded. */
    private long until = Long.MAX_VALUE;
    /** Whether the engine of its TLS has no more to say: what comes from the client is thrown away as it is. */
    private boolean engineDone;

    Lingering(ClientChannel connection) {
        this.connection = connection;
    }

    /** Begins behind what was written. */
    void begin() {
        connection.writer().endOutput(duplex -> {
            endOutput(duplex);
            long now = connection.loop.loop().clock().now();
            until = now + MOST;
            connection.await(now + PAUSE);
        });
    }

    /** Something came that is thrown away. */
    void goesOn() {
        if (until != Long.MAX_VALUE) {
            connection.await(Math.min(until, connection.loop.loop().clock().now() + PAUSE));
        }
    }

    boolean engineDone() {
        return engineDone;
    }

    /**
     * Says that nothing more comes. In TLS its own end goes first: without it the end of an answer could not be told from a cut. And what still
     * comes isn't decrypted any more: OpenSSL's engine, asked to end while it reads, would take the next bytes for the end of the connection.
     */
    private void endOutput(DuplexChannel duplex) {
        ClientTls tls = connection.tls;
        if (tls == null) {
            var _ = duplex.shutdownOutput();
            return;
        }
        engineDone = true;
        SslHandler engine = tls.handler();
        var _ = engine.closeOutbound().addListener(_ -> {
            var _ = duplex.shutdownOutput();
            if (connection.ctx().pipeline().context(engine) != null) {
                var _ = connection.ctx().pipeline().remove(engine);
            }
        });
    }
}
