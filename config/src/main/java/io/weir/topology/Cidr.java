package io.weir.topology;

/**
 * A block of IP addresses, {@code 10.0.0.0/8}. It holds addresses of its own family alone: {@code ::/0} is every IPv6 address and no IPv4
 * one, however it is written.
 *
 * @param first its lowest address
 * @param bits how many leading bits its addresses have in common, counted in its family: 0 to 32 or 0 to 128
 */
public record Cidr(IpAddress first, int bits) {

    private static final String EXAMPLES = "as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32";
    /** What the bits of an IPv4 address stand behind in its IPv4-mapped form. */
    private static final int MAPPED_BITS = 96;

    public Cidr {
        if (bits < 0 || bits > first.width()) {
            throw new IllegalArgumentException(
                    "the prefix of an IPv" + (first.isIpv4() ? 4 : 6) + " block must be between 0 and " + first.width() + ", is " + bits);
        }
        IpAddress lowest = lowest(first, bits);
        if (!lowest.equals(first)) {
            throw new IllegalArgumentException(
                    "%s is not the first address of its block: write %s/%d for the block, or %s for the one address"
                            .formatted(first, lowest, bits, first));
        }
    }

    /**
     * Reads a block, or an address, which is a block of one. IPv4 may be written as IPv4-mapped IPv6.
     *
     * @throws IllegalArgumentException with a message for the person who wrote the text
     */
    public static Cidr parse(String text) {
        int slash = text.indexOf('/');
        IpAddress address;
        try {
            address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(e.getMessage() + ", " + EXAMPLES, e);
        }
        if (slash < 0) {
            return new Cidr(address, address.width());
        }
        int bits = bits(text.substring(slash + 1));
        boolean mapped = address.isIpv4() && text.indexOf(':') >= 0;
        if (mapped && bits < MAPPED_BITS) {
            throw new IllegalArgumentException("the prefix of an IPv4-mapped block must be between 96 and 128, is " + bits + ": write it as IPv4");
        }
        return new Cidr(address, mapped ? bits - MAPPED_BITS : bits);
    }

    private static int bits(String text) {
        if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("the prefix \"" + text + "\" is not a number of bits, " + EXAMPLES);
        }
        return Integer.parseInt(text);
    }

    /** Whether the address with these 128 bits ({@link IpAddress}) is in the block. */
    public boolean contains(long high, long low) {
        int common = IpAddress.isIpv4(first.high(), first.low()) ? bits + MAPPED_BITS : bits;
        return ((high ^ first.high()) & highMask(common)) == 0
                && ((low ^ first.low()) & lowMask(common)) == 0
                && IpAddress.isIpv4(high, low) == first.isIpv4();
    }

    private static IpAddress lowest(IpAddress address, int bits) {
        int common = address.isIpv4() ? bits + MAPPED_BITS : bits;
        return new IpAddress(address.high() & highMask(common), address.low() & lowMask(common));
    }

    private static long highMask(int bits) {
        return bits == 0 ? 0 : -1L << Math.max(0, 64 - bits);
    }

    private static long lowMask(int bits) {
        return bits <= 64 ? 0 : -1L << (128 - bits);
    }

    /** The form that {@link #parse} reads; a block of one is its address. */
    @Override
    public String toString() {
        return bits == first.width() ? first.toString() : first + "/" + bits;
    }
}
