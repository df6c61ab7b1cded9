package io.weir.topology;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * An IP address as the 128 bits of an IPv6 address; IPv4 as its IPv4-mapped form, {@code ::ffff:10.0.0.1} (RFC 4291, 2.5.5.2), so that
 * both spellings of one address are one address.
 *
 * @param high the first four groups
 * @param low the last four
 */
public record IpAddress(long high, long low) {

    private static final long MAPPED = 0xffff_0000_0000L;
    private static final long OF_IPV4 = 0xffff_ffffL;

    /** The address in 4 or 16 bytes of network order. */
    public static IpAddress of(byte[] bytes) {
        ByteBuffer b = ByteBuffer.wrap(bytes);
        return switch (bytes.length) {
            case 4 -> new IpAddress(0, MAPPED | (b.getInt() & OF_IPV4));
            case 16 -> new IpAddress(b.getLong(), b.getLong());
            default -> throw new IllegalArgumentException("an IP address has 4 or 16 bytes, not " + bytes.length);
        };
    }

    /**
     * Reads {@code 192.0.2.7}, {@code 2001:db8::1}; nothing is looked up.
     *
     * @throws IllegalArgumentException with a message for the person who wrote the text
     */
    public static IpAddress parse(String text) {
        if (text.indexOf(':') < 0 ? !HostPort.isIpv4(text) : text.indexOf('[') >= 0) {
            throw new IllegalArgumentException("\"" + text + "\" is not an IP address");
        }
        return of(InetAddress.ofLiteral(HostPort.canonical(text)).getAddress());
    }

    /** Whether these 128 bits are an IPv4 address. */
    public static boolean isIpv4(long high, long low) {
        return high == 0 && (low & ~OF_IPV4) == MAPPED;
    }

    public boolean isIpv4() {
        return isIpv4(high, low);
    }

    /** Bits of its family's addresses. */
    public int width() {
        return isIpv4() ? 32 : 128;
    }

    /** 4 or 16 bytes in network order. */
    public byte[] toBytes() {
        return isIpv4()
                ? ByteBuffer.allocate(4).putInt((int) low).array()
                : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    /** Four decimal numbers, or as RFC 5952 writes IPv6. */
    @Override
    public String toString() {
        if (isIpv4()) {
            return (low >>> 24 & 0xff) + "." + (low >>> 16 & 0xff) + "." + (low >>> 8 & 0xff) + "." + (low & 0xff);
        }
        return HostPort.rfc5952(toBytes());
    }
}
