package io.weir.frontend;

import io.netty.util.NetUtil;
import io.weir.balancing.Fingerprint;
import io.weir.http.HeadWriter;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;

/** The field lines that tell a worker of a client's connection, put together once a connection. */
final class ConnectionLines {
    private static final byte[] FOR = ascii("Via: 1.1 weir\r\nX-Forwarded-For: ");
    private static final byte[] PORT = ascii("\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: ");

    private ConnectionLines() {}

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] of(SocketAddress client, SocketAddress local) {
        HeadWriter out = new HeadWriter(128);
        out.literal(FOR);
        writeAddress(client, out);
        out.literal(PORT).decimal(local instanceof InetSocketAddress a ? a.getPort() : 0).endOfLine();
        return out.toBytes();
    }

    /** The client's address as text, without its port. */
    static byte[] address(SocketAddress client) {
        HeadWriter out = new HeadWriter(16);
        writeAddress(client, out);
        return out.toBytes();
    }

    private static void writeAddress(SocketAddress client, HeadWriter out) {
        if (client instanceof InetSocketAddress a && a.getAddress() instanceof Inet4Address ip) {
            byte[] b = ip.getAddress();
            out.decimal(b[0] & 0xff).text(".").decimal(b[1] & 0xff).text(".").decimal(b[2] & 0xff).text(".").decimal(b[3] & 0xff);
        } else if (client instanceof InetSocketAddress a) {
            out.text(withoutZone(NetUtil.toAddressString(a.getAddress())));
        } else {
            out.text("unknown"); // RFC 7239, 6.3, has the word
        }
    }

    /** Of the client's address without its port; 0 if it has none. */
    static long fingerprint(SocketAddress client) {
        if (client instanceof InetSocketAddress a && a.getAddress() != null) {
            byte[] address = a.getAddress().getAddress();
            return Fingerprint.of(address, 0, address.length);
        }
        return 0;
    }

    private static String withoutZone(String address) {
        int zone = address.indexOf('%');
        return zone < 0 ? address : address.substring(0, zone);
    }
}
