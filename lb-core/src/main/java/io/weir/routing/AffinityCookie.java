package io.weir.routing;

import io.weir.balancing.Affinity;
import io.weir.balancing.Target;
import io.weir.http.CookieSearch;
import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import java.nio.charset.StandardCharsets;

/**
 * The cookie by which clients of an app come back to the target that they were served by: the target's {@linkplain Affinity#mark mark} in
 * base64url. It lives as long as the client's session, for the whole host, out of reach of scripts and of other sites' forms.
 */
public final class AffinityCookie {
    private static final byte[] DIGITS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] VALUES = new byte[128];
    /** 64 bits in digits of 6; the last has 4 bits and two zeros (RFC 4648, 5, without padding). */
    private static final int LENGTH = 11;

    private static final byte[] ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Lax\r\n".getBytes(StandardCharsets.US_ASCII);

    static {
        java.util.Arrays.fill(VALUES, (byte) -1);
        for (int i = 0; i < DIGITS.length; i++) {
            VALUES[DIGITS[i]] = (byte) i;
        }
    }

    private final byte[] name;
    private final byte[] line;
    private final Affinity affinity;

    /** A cookie of that name, for targets of that app. */
    public AffinityCookie(String name, String app) {
        this.name = name.getBytes(StandardCharsets.US_ASCII);
        this.line = ("Set-Cookie: " + name + '=').getBytes(StandardCharsets.US_ASCII);
        this.affinity = new Affinity(app);
    }

    public Affinity affinity() {
        return affinity;
    }

    /** The mark that a request carries, or 0. */
    public long read(RequestHead head) {
        long range = CookieSearch.find(head, name);
        return range == CookieSearch.NONE ? 0 : decode(head.bytes(), CookieSearch.from(range), CookieSearch.to(range));
    }

    /** Writes the line that gives a client the mark of {@code target}. */
    public void write(Target target, HeadWriter out) {
        out.literal(line);
        long mark = affinity.mark(target);
        for (int shift = 58; shift > -6; shift -= 6) {
            int digit = (int) (shift >= 0 ? mark >>> shift : mark << -shift) & 63;
            out.copy(DIGITS, digit, digit + 1);
        }
        out.literal(ATTRIBUTES);
    }

    private static long decode(byte[] b, int from, int to) {
        if (to - from != LENGTH) {
            return 0;
        }
        long mark = 0;
        for (int i = 0; i < LENGTH; i++) {
            int value = b[from + i] < 0 ? -1 : VALUES[b[from + i]];
            if (value < 0 || (i == LENGTH - 1 && (value & 3) != 0)) {
                return 0;
            }
            mark = i == LENGTH - 1 ? mark << 4 | value >>> 2 : mark << 6 | value;
        }
        return mark;
    }
}
