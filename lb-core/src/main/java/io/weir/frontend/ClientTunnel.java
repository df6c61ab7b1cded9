package io.weir.frontend;

import io.netty.channel.ChannelOption;
import io.weir.loop.TransportKind;
import java.util.Objects;

/**
 * A client's connection that carries bytes between it and a worker, because it was upgraded or never spoke HTTP: two directions, each with an
 * end of its own, a FIN, which ends no more than that direction. In TLS the one ends the other. Once both are over, the connection closes
 * behind what is still to be written.
 */
final class ClientTunnel {
    private final ClientChannel connection;
    /** Whether the client has ended what it sends. */
    private boolean inputEnded;
    /** Whether it was told that nothing more comes. */
    private boolean outputEnded;

    private ClientTunnel(ClientChannel connection) {
        this.connection = connection;
    }

    /** Its channel carries bytes from now on. */
    static ClientTunnel begin(ClientChannel connection) {
        ClientTunnel begun = new ClientTunnel(connection);
        begun.setHalfClosure(true);
        connection.endsByClose = true;
        return begun;
    }

    boolean inputEnded() {
        return inputEnded;
    }

    /** The kernel says that the client sends nothing more: that is its end of the input, or the connection was cut. */
    void inputShut() {
        if (inputEnded) {
            return;
        }
        boolean inTls = connection.tls != null; // whoever is between could say so
        if (inTls || (!outputEnded && TransportKind.wasReset(connection.ctx().channel()))) {
            var _ = connection.transport().close();
        } else {
            inputEnds();
        }
    }

    /** The client has said that it sends nothing more, and may go on to listen. */
    void inputEnds() {
        if (!inputEnded) {
            connection.loop.loop().clock().refresh();
            inputEnded = true;
            connection.inputEnded();
        }
    }

    /** Tells the client, behind what was sent, that the worker sends nothing more. */
    void endOutput() {
        if (inputEnded) {
            connection.closeBehind(null);
        } else if (connection.tls != null) {
            Objects.requireNonNull(connection.exchange).requestEnded(null); // OpenSSL's engine doesn't read behind its own end: the one ends the other
        } else {
            outputEnded = true;
            connection.writer().endOutput(duplex -> {
                var _ = duplex.shutdownOutput();
            });
        }
    }

    /** Its exchange is over. Returns whether the connection closes; else it has become one of TLS whose client may still be sending. */
    boolean settled() {
        if (connection.tls != null && !inputEnded) {
            setHalfClosure(false);
            return false;
        }
        connection.await(connection.loop.loop().clock().now() + connection.timeouts.idle()); // for what is still to be written
        connection.demand(true); // and thrown away
        connection.closeBehind(null);
        return true;
    }

    private void setHalfClosure(boolean allowed) {
        connection.ctx().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, allowed);
    }
}
