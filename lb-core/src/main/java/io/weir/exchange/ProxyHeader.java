package io.weir.exchange;

import io.weir.config.ProxyVersion;
import io.weir.health.check.FirstBytes;
import io.weir.tls.ClientCertificate;
import io.weir.tls.TlsFacts;
import io.weir.topology.IpAddress;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The header of the PROXY protocol that tells a worker whom a connection is for, and of version 2 what is known of that one's TLS. */
final class ProxyHeader {
    private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");
    private static final int VERSION_2_PROXY = 0x21;
    private static final int TCP_IPV4 = 0x11;
    private static final int TCP_IPV6 = 0x21;

    private static final int ALPN = 0x01;
    private static final int AUTHORITY = 0x02;
    private static final int SSL = 0x20;
    private static final int SSL_VERSION = 0x21;
    private static final int SSL_CN = 0x22;
    private static final int SSL_CIPHER = 0x23;
    /** It speaks TLS; it has shown a certificate on this connection, and in this session. */
    private static final int CLIENT_SSL = 0x01;

    private static final int CLIENT_CERTIFIED = 0x02 | 0x04;
    /** A longer one is left out: X.520 has 64 characters at most. */
    private static final int LONGEST_NAME = 1024;

    private static final IpAddress NO_IPV4 = IpAddress.of(new byte[4]);
    private static final int MAPPED = 12;

    private ProxyHeader() {}

    /**
     * For a request from {@code client}, which came by {@code peer}. If that is another, a proxy that is trusted, nothing is known of the
     * client's TLS, and the port is the peer's: some who read version 1 refuse a 0.
     */
    static byte[] of(ProxyVersion version, ClientAddress client, Peer peer) {
        IpAddress from = client.toIp();
        if (from == null) {
            return FirstBytes.forNobody(version);
        }
        InetSocketAddress here = peer.local();
        InetAddress hereIp = here == null ? null : here.getAddress();
        IpAddress to = hereIp == null ? NO_IPV4 : IpAddress.of(hereIp.getAddress());
        return switch (version) {
            case V1 -> line(from, to, peer.port(), peer.localPort());
            case V2 -> binary(from, to, peer.port(), peer.localPort(), client.equals(peer.address()) ? peer.tls() : null);
        };
    }

    private static byte[] line(IpAddress from, IpAddress to, int port, int herePort) {
        boolean ipv4 = from.isIpv4() && to.isIpv4();
        String line = "PROXY " + (ipv4 ? "TCP4 " : "TCP6 ") + text(from, ipv4) + ' ' + text(to, ipv4) + ' ' + port + ' ' + herePort + "\r\n";
        return line.getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(IpAddress address, boolean ipv4) {
        return ipv4 || !address.isIpv4() ? address.toString() : "::ffff:" + address;
    }

    private static byte[] binary(IpAddress from, IpAddress to, int port, int herePort, @Nullable TlsFacts tls) {
        boolean ipv4 = from.isIpv4() && to.isIpv4();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(bytes(from, ipv4));
        body.writeBytes(bytes(to, ipv4));
        number(body, port);
        number(body, herePort);
        if (tls != null) {
            if (tls.protocol() != null) {
                add(body, ALPN, tls.protocol());
            }
            if (tls.serverName() != null) {
                add(body, AUTHORITY, tls.serverName());
            }
            add(body, SSL, ssl(tls));
        }
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(SIGNATURE);
        header.write(VERSION_2_PROXY);
        header.write(ipv4 ? TCP_IPV4 : TCP_IPV6);
        number(header, body.size());
        header.writeBytes(body.toByteArray());
        return header.toByteArray();
    }

    private static byte[] ssl(TlsFacts tls) {
        ClientCertificate own = tls.client();
        ByteArrayOutputStream ssl = new ByteArrayOutputStream();
        ssl.write(own == null ? CLIENT_SSL : CLIENT_SSL | CLIENT_CERTIFIED);
        number(ssl, 0);
        number(ssl, own == null ? 1 : 0); // 0: its certificate was shown and is believed
        add(ssl, SSL_VERSION, tls.version());
        String name = own == null ? null : own.commonName();
        if (name != null && name.length() <= LONGEST_NAME) {
            add(ssl, SSL_CN, name);
        }
        add(ssl, SSL_CIPHER, tls.cipher());
        return ssl.toByteArray();
    }

    private static void add(ByteArrayOutputStream to, int type, String value) {
        add(to, type, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void add(ByteArrayOutputStream to, int type, byte[] value) {
        to.write(type);
        number(to, value.length);
        to.writeBytes(value);
    }

    private static void number(ByteArrayOutputStream to, int value) {
        to.write(value >> Byte.SIZE);
        to.write(value);
    }

    /** 4 bytes, or 16, as which an IPv4 address is IPv4-mapped. */
    private static byte[] bytes(IpAddress address, boolean ipv4) {
        byte[] own = address.toBytes();
        if (ipv4 || !address.isIpv4()) {
            return own;
        }
        byte[] mapped = new byte[MAPPED + own.length];
        mapped[MAPPED - 2] = mapped[MAPPED - 1] = (byte) 0xff;
        System.arraycopy(own, 0, mapped, MAPPED, own.length);
        return mapped;
    }
}
