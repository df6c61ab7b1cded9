package io.weir.exchange;

import io.netty.util.NetUtil;
import io.weir.config.ForwardedField;
import io.weir.config.ForwardingSettings;
import io.weir.http.HeadWriter;
import io.weir.http.TrustedProxies;
import io.weir.tls.TlsFacts;
import io.weir.topology.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Whose word about the client is believed, and what workers are told, as settings say it. Makes {@link Peer}s. Immutable, for all loops. */
public final class Peers {
    /** What is said by default, and nobody is trusted. */
    public static final Peers UNTRUSTED = new Peers(ForwardingSettings.DEFAULTS);

    private static final byte[] VIA = ascii("Via: 1.1 weir\r\n");
    private static final byte[] VIA_HTTP2 = ascii("Via: 2.0 weir\r\n");
    static final byte[] FOR = ascii("X-Forwarded-For: ");
    static final byte[] HTTP = ascii("X-Forwarded-Proto: http\r\n");
    static final byte[] HTTPS = ascii("X-Forwarded-Proto: https\r\n");
    static final byte[] PORT = ascii("X-Forwarded-Port: ");

    /** Gateways among them. */
    private final TrustedProxies trusted;
    private final TrustedProxies gateways;
    private final Gateways others;
    private final byte[] instance;
    /** Whether workers get {@code Via}. */
    private final boolean via;
    private final boolean forwarded;

    /** Where nobody hands requests over. */
    public Peers(ForwardingSettings settings) {
        this(settings, Gateways.NONE);
    }

    public Peers(ForwardingSettings settings, Gateways others) {
        this.trusted = new TrustedProxies(Stream.concat(settings.trustedProxies().stream(), others.trusted().stream()).toList());
        this.gateways = new TrustedProxies(others.trusted());
        this.others = others;
        this.instance = ascii(others.instance());
        this.via = settings.via();
        this.forwarded = settings.forwarded() == ForwardedField.RFC7239;
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** The peer at the other end of a connection between these two addresses, without TLS. */
    public Peer of(@Nullable SocketAddress remote, @Nullable SocketAddress local) {
        return of(remote, local, null);
    }

    /** The same; {@code tls}: what is known of its TLS, or null if it speaks without. */
    public Peer of(@Nullable SocketAddress remote, @Nullable SocketAddress local, @Nullable TlsFacts tls) {
        return of(remote, local, tls, VIA);
    }

    /** The same, of one that speaks HTTP/2. */
    public Peer ofHttp2(@Nullable SocketAddress remote, @Nullable SocketAddress local, @Nullable TlsFacts tls) {
        return of(remote, local, tls, VIA_HTTP2);
    }

    private Peer of(@Nullable SocketAddress remote, @Nullable SocketAddress local, @Nullable TlsFacts tls, byte[] viaLine) {
        InetAddress address = remote instanceof InetSocketAddress a ? a.getAddress() : null;
        IpAddress ip = address == null ? null : IpAddress.of(address.getAddress());
        String text = address == null || ip == null
                ? "unknown" // RFC 7239, 6.3, has the word
                : ip.isIpv4() ? ip.toString() : withoutZone(NetUtil.toAddressString(address));
        HeadWriter lines = new HeadWriter(128);
        if (via) {
            lines.literal(viaLine);
        }
        int from = lines.literal(FOR).length();
        int to = lines.text(text).length();
        InetSocketAddress here = local instanceof InetSocketAddress a ? a : null;
        lines.endOfLine().literal(tls == null ? HTTP : HTTPS).literal(PORT).decimal(here == null ? 0 : here.getPort()).endOfLine();
        byte[] bytes = lines.toBytes();
        ClientAddress client = new ClientAddress();
        return new Peer(
                this,
                ip == null ? client.unknown(bytes, from, to) : client.ip(bytes, from, to, ip.high(), ip.low()),
                remote instanceof InetSocketAddress a ? a.getPort() : 0,
                here,
                ip != null && !trusted.isEmpty() && trusted.contain(ip.high(), ip.low()),
                ip != null && !gateways.isEmpty() && gateways.contain(ip.high(), ip.low()),
                bytes,
                via ? viaLine : null,
                forwarded ? element(text, tls == null ? "http" : "https") : null,
                tls);
    }

    /** An element of {@code Forwarded} (RFC 7239, 4 and 6), as far as it is the same for each request. */
    private static byte[] element(String address, String proto) {
        String node = address.indexOf(':') < 0 ? address : "\"[" + address + "]\"";
        return ascii("for=" + node + ";proto=" + proto);
    }

    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }

    /** Our name among load balancers. */
    byte[] instance() {
        return instance;
    }

    Gateways others() {
        return others;
    }

    TrustedProxies trusted() {
        return trusted;
    }

    /** Whether workers get {@code Forwarded}. */
    boolean forwarded() {
        return forwarded;
    }
}
