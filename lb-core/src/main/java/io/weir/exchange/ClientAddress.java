package io.weir.exchange;

import io.weir.balancing.Fingerprint;
import io.weir.topology.IpAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The address of whoever a request is from, for logs, hashes and limits: a range of ASCII bytes, without a port, IPv6 without brackets and
 * zone. Belongs to a connection or an exchange; valid as long as that is, and nothing is made that nobody asks for.
 */
public final class ClientAddress {
    private static final byte[] NOBODY = {};

    private byte[] bytes = NOBODY;
    private int from;
    private int to;
    private boolean isIp;
    private long high;
    private long low;
    /** 0 until somebody asks. */
    private long fingerprint;

    ClientAddress() {}

    /** Becomes the text {@code [from, to)} of {@code bytes}, which is an IP address with these 128 bits. */
    ClientAddress ip(byte[] text, int start, int end, long itsHigh, long itsLow) {
        unknown(text, start, end);
        isIp = true;
        high = itsHigh;
        low = itsLow;
        return this;
    }

    /** Becomes a text that is no IP address. */
    ClientAddress unknown(byte[] text, int start, int end) {
        bytes = text;
        from = start;
        to = end;
        isIp = false;
        fingerprint = 0;
        return this;
    }

    /** Becomes nobody's, and keeps no array. */
    void reset() {
        unknown(NOBODY, 0, 0);
    }

    /** Its 128 bits, as in {@link IpAddress}; null if it is no IP address. For rare paths: it makes one. */
    @Nullable IpAddress toIp() {
        return isIp ? new IpAddress(high, low) : null;
    }

    /** The array that it stands in, from {@link #from} up to {@link #to}. To be read, not kept. */
    public byte[] bytes() {
        return bytes;
    }

    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    /** The {@linkplain Fingerprint fingerprint} of its 4 or 16 bytes, however it is written; 0 if it is no IP address. */
    public long fingerprint() {
        if (fingerprint == 0 && isIp) {
            fingerprint = Fingerprint.ofAddress(high, low);
        }
        return fingerprint;
    }

    /** For rare paths. */
    @Override
    public String toString() {
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }
}
