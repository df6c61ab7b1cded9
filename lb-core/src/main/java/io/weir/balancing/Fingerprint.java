package io.weir.balancing;

import io.weir.topology.IpAddress;

/**
 * 64-bit hashes of names and keys, the same in every process, so that load balancers side by side send a key to the same target. They keep
 * nobody from choosing keys that collide; bounded load is what keeps such keys from harm.
 */
public final class Fingerprint {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** An odd number whose multiples are spread evenly: 2⁶⁴ by the golden ratio. */
    static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private Fingerprint() {}

    /** Of the bytes {@code [from, to)}: FNV-1a, mixed. Never 0. */
    public static long of(byte[] bytes, int from, int to) {
        long hash = FNV_OFFSET;
        for (int i = from; i < to; i++) {
            hash = (hash ^ (bytes[i] & 0xff)) * FNV_PRIME;
        }
        return present(mix(hash));
    }

    /** Of an IP address with these 128 bits ({@link IpAddress}), as of its 4 or 16 bytes in network order. Never 0. */
    public static long ofAddress(long high, long low) {
        long hash = FNV_OFFSET;
        if (!IpAddress.isIpv4(high, low)) {
            hash = bytes(hash, high, Long.SIZE);
            return present(mix(bytes(hash, low, Long.SIZE)));
        }
        return present(mix(bytes(hash, low, Integer.SIZE)));
    }

    /** Goes on with the lowest {@code bits} of {@code x}, the highest byte first. */
    private static long bytes(long before, long x, int bits) {
        long hash = before;
        for (int shift = bits - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            hash = (hash ^ (x >>> shift & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    /** Of a text, as of its bytes if it is ASCII. Never 0. */
    public static long of(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return present(mix(hash));
    }

    private static long present(long hash) {
        return hash == 0 ? 1 : hash;
    }

    /** Makes every bit of the result depend on every bit of {@code x}, one to one (the finaliser of MurmurHash3). */
    static long mix(long x) {
        long h = x;
        h = (h ^ (h >>> 33)) * 0xff51afd7ed558ccdL;
        h = (h ^ (h >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return h ^ (h >>> 33);
    }
}
