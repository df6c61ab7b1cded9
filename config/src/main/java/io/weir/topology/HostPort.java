package io.weir.topology;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;

/**
 * A host and a port as text, {@code host:port}, with the host in its one canonical form, so that equal addresses are equal
 * strings: names in lower case, IPv6 as RFC 5952 writes it, IPv4-mapped IPv6 as IPv4. Nothing is looked up.
 */
record HostPort(String host, int port) {

    /** The highest TCP port. */
    static final int HIGHEST_PORT = 65535;

    static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            if (close < 0) {
                throw new IllegalArgumentException("the bracket of the IPv6 address is not closed");
            }
            if (colon != close + 1) {
                throw new IllegalArgumentException("a colon and a port must follow the bracket, as in [::1]:8080");
            }
            return new HostPort(canonicalIpv6(text.substring(1, close)), port(text, colon + 1));
        }
        if (colon < 0) {
            throw new IllegalArgumentException("the port is missing, as in 127.0.0.1:8080");
        }
        if (text.indexOf(':') != colon) {
            throw new IllegalArgumentException("an IPv6 address must stand in brackets, as in [::1]:8080");
        }
        return new HostPort(canonical(text.substring(0, colon)), port(text, colon + 1));
    }

    /** The host in canonical form, IPv6 without brackets; an empty one stays empty. */
    static String canonical(String host) {
        if (host.isEmpty()) {
            return host;
        }
        if (host.indexOf(':') >= 0) {
            return canonicalIpv6(host);
        }
        String lower = host.toLowerCase(Locale.ROOT);
        if (isIpv4(lower) || isName(lower)) {
            return lower;
        }
        throw new IllegalArgumentException("\"" + host + "\" is neither an IP address nor a host name");
    }

    /** {@code host:port}, with brackets around IPv6. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }

    private static int port(String text, int from) {
        int port = 0;
        for (int i = from; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new IllegalArgumentException("the port \"" + text.substring(from) + "\" is not a number");
            }
            port = Math.min(port * 10 + digit, HIGHEST_PORT + 1);
        }
        if (from == text.length()) {
            throw new IllegalArgumentException("the port is missing, as in 127.0.0.1:8080");
        }
        if (port > HIGHEST_PORT) {
            throw new IllegalArgumentException("the port " + text.substring(from) + " is above " + HIGHEST_PORT);
        }
        return port;
    }

    /** Names of workers may hold underscores, which container platforms put into theirs. */
    private static boolean isName(String lower) {
        return DnsName.isName(lower.replace('_', 'x'));
    }

    /** Four plain decimal parts. Shorter, octal and hexadecimal forms are read differently by different programs. */
    static boolean isIpv4(String text) {
        int parts = 0;
        for (int from = 0; from <= text.length(); parts++) {
            int dot = text.indexOf('.', from);
            int to = dot < 0 ? text.length() : dot;
            if (!isOctet(text, from, to)) {
                return false;
            }
            from = to + 1;
        }
        return parts == 4;
    }

    private static boolean isOctet(String text, int from, int to) {
        int length = to - from;
        if (length < 1 || length > 3 || (length > 1 && text.charAt(from) == '0')) {
            return false;
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return false;
            }
            value = value * 10 + digit;
        }
        return value <= 255;
    }

    static String canonicalIpv6(String text) {
        if (text.indexOf('%') >= 0) {
            throw new IllegalArgumentException("IPv6 scopes (\"%\") are not supported");
        }
        InetAddress address;
        try {
            address = Inet6Address.ofLiteral(text);
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException("\"" + text + "\" is not an IPv6 address");
        }
        // An IPv4-mapped address comes back as IPv4.
        return address instanceof Inet6Address ? rfc5952(address.getAddress()) : address.getHostAddress();
    }

    /** RFC 5952, section 4: no leading zeros, lower case, the first longest run of two or more zero groups becomes "::". */
    static String rfc5952(byte[] address) {
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = ((address[2 * i] & 0xff) << 8) | (address[2 * i + 1] & 0xff);
        }
        int runStart = -1;
        int runLength = 1;
        for (int i = 0; i < groups.length; i++) {
            int end = i;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
        }
        var text = new StringBuilder(39);
        for (int i = 0; i < groups.length; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
            } else {
                if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
