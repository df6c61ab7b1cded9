package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {
    private static final String LABEL = "a".repeat(63);
    private static final String LONGEST = LABEL + "." + LABEL + "." + LABEL + "." + LABEL;

    /** What is parsed, with bytes before and behind that must not matter; -1 if it is malformed. */
    private static long parse(String authority) {
        byte[] b = ("x@" + authority + ":99]").getBytes(StandardCharsets.ISO_8859_1);
        return Authority.parse(b, 2, b.length - 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "localhost", "a", "EXAMPLE.com", "example.com.", "a-b_c~d.e", "-a-.x", "1.2.3.4", "0", "xn--bcher-kva.example", "[::]", "[::1]", "[1::]",
        "[1:2:3:4:5:6:7:8]", "[FE80::abcd]", "[::ffff:1.2.3.4]", "[1:2:3:4:5:6:255.255.255.255]", "[1::0.0.0.0]", "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]"
    })
    void aHostAlonePasses(String host) {
        long parsed = parse(host);
        assertThat(parsed).isNotNegative();
        assertThat(Authority.hostEnd(parsed)).isEqualTo(2 + host.length());
        assertThat(Authority.port(parsed)).isEqualTo(-1);
        long withPort = parse(host + ":8080");
        assertThat(Authority.hostEnd(withPort)).isEqualTo(2 + host.length());
        assertThat(Authority.port(withPort)).isEqualTo(8080);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "65535, 65535", "00080, 80", "80, 80"})
    void aPortIsUpToFiveDigits(String digits, int port) {
        assertThat(Authority.port(parse("h:" + digits))).isEqualTo(port);
    }

    @Test
    void anEmptyPortIsNone() {
        assertThat(Authority.hostEnd(parse("h:"))).isEqualTo(3);
        assertThat(Authority.port(parse("h:"))).isEqualTo(-1);
        assertThat(Authority.port(parse("[::1]:"))).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "99999", "99999999", "000080", "0", "abc", "8a", "-1", "+1", " 80", "80 ", "80:80", "0x50", "\u00b2", "1.5"})
    void aBadPortIsMalformed(String port) {
        assertThat(parse("h:" + port)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ":80", ".", "..", ".a", "a..b", "a..", "u@h", "u:p@h", "h evil", "h\tevil", "h/evil", "h\\evil", "h?x", "h#x", "\"h\"", "'h'", "h,evil", "h;x",
        "h%41", "h%00", "h\0", "h\u0001", "h\u007f", "h\u00e9", "a b:80", "h*", "h(", "h<", "h|", "h^", "h`", "{h}", "h=1", "h&i", "h+i", "h!", "h$", "::1"
    })
    void aNameOfOtherCharactersIsMalformed(String host) {
        assertThat(parse(host)).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "[", "[]", "[:]", "[::1", "[:::]", "[1]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]", "[::1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8::]", "[1::2::3]",
        "[12345::]", "[g::]", "[::1%25eth0]", "[::1%eth0]", "[v1.a]", "[1.2.3.4]", "[::1.2.3]", "[::1.2.3.4.5]", "[::256.1.1.1]", "[::01.1.1.1]",
        "[::1.2.3.4:5]", "[1:2:3:4:5:6:7:1.2.3.4]", "[1:]", "[1:2:3:4:5:6:7:]", "[:1:2:3:4:5:6:7]", "[::1]a", "[::1]]", "[[::1]]", "[::1 ]", "[ ::1]",
        "[a.b.c.d]", "[::1..2.3]", "[::1:]", "[1::2:]"
    })
    void aBadAddressIsMalformed(String host) {
        assertThat(parse(host)).isEqualTo(-1);
        assertThat(parse(host + ":80")).isEqualTo(-1);
    }

    @Test
    void aHostHasALimit() {
        assertThat(LONGEST).hasSize(255);
        assertThat(parse(LONGEST + ":80")).isNotNegative();
        assertThat(parse(LONGEST + "a")).isEqualTo(-1);
    }

    @Test
    void addressesAreThoseThatTheJdkReads() {
        Random random = new Random(20260103);
        String[] parts = {":", "::", ":", "0", "1:", "ab:", "ffff:", "1", "1.2.3.4", "12345", "g"};
        int read = 0;
        for (int round = 0; round < 30_000; round++) {
            StringBuilder address = new StringBuilder();
            for (int n = 1 + random.nextInt(11); n > 0; n--) {
                address.append(parts[random.nextInt(random.nextInt(8) == 0 ? parts.length : 8)]);
            }
            boolean expected = jdkReads(address.toString());
            assertThat(parse("[" + address + "]") >= 0).as("%s", address).isEqualTo(expected);
            read += expected ? 1 : 0;
        }
        assertThat(read).isGreaterThan(1000);
    }

    /** What the JDK reads although RFC 4291 does not know it: groups of more than four digits, decimal numbers with leading zeros. */
    private static final Pattern LENIENT = Pattern.compile("[0-9a-f]{5}|\\b0[0-9]+\\.|\\.0[0-9]");

    private static boolean jdkReads(String address) {
        try {
            var _ = Inet6Address.ofLiteral(address);
            return address.contains(":") && !LENIENT.matcher(address).find();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({"EXAMPLE.Com, example.com", "example.com., example.com", "a, a", "A_B~-9, a_b~-9", "[2001:DB8::A], [2001:db8::a]"})
    void aHostIsLookedUpInLowerCaseWithoutFinalDot(String host, String normal) {
        byte[] b = ("<<" + host + ">").getBytes(StandardCharsets.ISO_8859_1);
        byte[] out = new byte[host.length()];
        int length = Authority.normaliseHost(b, 2, b.length - 1, out);
        assertThat(new String(out, 0, length, StandardCharsets.ISO_8859_1)).isEqualTo(normal);
    }
}
