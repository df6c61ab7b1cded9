package io.weir.exchange;

import io.weir.config.ClientAuthSettings.Mode;
import io.weir.tls.ClientCertificate;
import io.weir.tls.TlsFacts;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a client's connection, as workers and logs are told of it: the client itself, or a proxy in front of us. Made once a
 * connection, and with it decided whether its word about the client is believed. Belongs to its connection and its loop.
 */
public final class Peer {
    private final Peers rules;
    private final ClientAddress address;
    private final int port;
    private final @Nullable InetSocketAddress local;
    private final boolean trusted;
    private final boolean gateway;
    private final byte[] lines;
    private final byte @Nullable [] via;
    private final byte @Nullable [] forwarded;
    private final @Nullable TlsFacts tls;
    private final byte @Nullable [] serverName;
    private final byte @Nullable [] certificateLines;

    Peer(
            Peers rules,
            ClientAddress address,
            int port,
            @Nullable InetSocketAddress local,
            boolean trusted,
            boolean gateway,
            byte[] lines,
            byte @Nullable [] via,
            byte @Nullable [] forwarded,
            @Nullable TlsFacts tls) {
        this.rules = rules;
        this.address = address;
        this.port = port;
        this.local = local;
        this.trusted = trusted;
        this.gateway = gateway;
        this.lines = lines;
        this.via = via;
        this.forwarded = forwarded;
        this.tls = tls;
        this.serverName = tls == null || tls.serverName() == null ? null : tls.serverName().getBytes(StandardCharsets.US_ASCII);
        this.certificateLines = tls == null || tls.clientAuth().mode() == Mode.OFF ? null : certificateLines(tls);
    }

    private static byte[] certificateLines(TlsFacts tls) {
        ClientCertificate own = tls.client();
        StringBuilder lines = new StringBuilder("X-SSL-Client-Verify: ").append(own == null ? "NONE" : "SUCCESS").append("\r\n");
        if (own != null) {
            lines.append("X-SSL-Client-DN: ").append(own.subject()).append("\r\n");
            lines.append("X-SSL-Issuer: ").append(own.issuer()).append("\r\n");
            lines.append("X-SSL-Client-Serial: ").append(own.serial()).append("\r\n");
            if (tls.clientAuth().forward()) {
                lines.append("X-Forwarded-Client-Cert: ").append(own.forwarded()).append("\r\n");
            }
        }
        return lines.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** What workers are told of the certificate that it was asked for; null if it was asked for none. */
    byte @Nullable [] certificateLines() {
        return certificateLines;
    }

    /** Its own address, whoever it speaks for. */
    public ClientAddress address() {
        return address;
    }

    /** The port that it connects from; 0 if it has none. */
    public int port() {
        return port;
    }

    /** The port of ours that it connected to; 0 if there is none. */
    public int localPort() {
        return local == null ? 0 : local.getPort();
    }

    /** The address of ours that it connected to, or null. */
    @Nullable InetSocketAddress local() {
        return local;
    }

    /** Whether its word about the client is believed. */
    public boolean trusted() {
        return trusted;
    }

    /** Whether it may hand requests over. */
    public boolean gateway() {
        return gateway;
    }

    Peers rules() {
        return rules;
    }

    /** What is known of its TLS; null if it speaks without. */
    public @Nullable TlsFacts tls() {
        return tls;
    }

    /** The host that it asked for in its handshake, or null. */
    byte @Nullable [] serverName() {
        return serverName;
    }

    /** What workers are told if it is the client: Via, X-Forwarded-For, -Proto and -Port. */
    byte[] lines() {
        return lines;
    }

    /** The line with which workers are told that a request came from it through us, by which version; null if they are not. */
    byte @Nullable [] via() {
        return via;
    }

    /** The element of {@code Forwarded} that stands for it, without the host that it asks; null if workers don't get it. */
    byte @Nullable [] forwarded() {
        return forwarded;
    }
}
