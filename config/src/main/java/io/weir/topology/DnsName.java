package io.weir.topology;

/** The syntax of names in the DNS (RFC 1123, section 2.1), in lower case, because that is how they are compared. */
public final class DnsName {

    /** Octets of a label, RFC 1035 section 2.3.4. */
    private static final int LONGEST_LABEL = 63;

    /** Characters of a name without its final dot. */
    private static final int LONGEST_NAME = 253;

    private DnsName() {}

    /** Whether the text is {@code [a-z0-9]([a-z0-9-]*[a-z0-9])?} of at most 63 characters. */
    public static boolean isLabel(String text) {
        return isLabel(text, 0, text.length());
    }

    /**
     * Whether the text is labels joined by dots. A last label of digits alone is refused: such a host would be read as an
     * IPv4 address.
     */
    public static boolean isName(String text) {
        if (text.length() > LONGEST_NAME) {
            return false;
        }
        int from = 0;
        for (int dot = text.indexOf('.'); dot >= 0; dot = text.indexOf('.', from)) {
            if (!isLabel(text, from, dot)) {
                return false;
            }
            from = dot + 1;
        }
        return isLabel(text, from, text.length()) && !isDigits(text, from);
    }

    private static boolean isLabel(String text, int from, int to) {
        if (from == to || to - from > LONGEST_LABEL || text.charAt(from) == '-' || text.charAt(to - 1) == '-') {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
