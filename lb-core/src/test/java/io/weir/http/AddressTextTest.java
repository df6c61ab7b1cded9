package io.weir.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.IpAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {
    private final AddressText text = new AddressText();

    /** The address as it is read, in its canonical form, or "none". */
    private String read(String written) {
        byte[] b = ("<" + written + ">").getBytes(ISO_8859_1);
        return text.read(b, 1, b.length - 1) ? new IpAddress(text.high(), text.low()).toString() : "none";
    }

    private String range(String written) {
        byte[] b = written.getBytes(ISO_8859_1);
        assertThat(text.read(b, 0, b.length)).isTrue();
        return written.substring(text.from(), text.to());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7, 192.0.2.7",
        "0.0.0.0, 0.0.0.0, 0.0.0.0",
        "255.255.255.255, 255.255.255.255, 255.255.255.255",
        "192.0.2.7:1, 192.0.2.7, 192.0.2.7",
        "192.0.2.7:65535, 192.0.2.7, 192.0.2.7",
        "::, ::, ::",
        "::1, ::1, ::1",
        "1::, 1::, 1::",
        "2001:DB8::1, 2001:db8::1, 2001:DB8::1",
        "2001:db8:0:0:0:0:0:1, 2001:db8::1, 2001:db8:0:0:0:0:0:1",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0, 1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8, ::2:3:4:5:6:7:8",
        "1::3:4, 1::3:4, 1::3:4",
        "::ffff:192.0.2.7, 192.0.2.7, ::ffff:192.0.2.7",
        "::ffff:c000:207, 192.0.2.7, ::ffff:c000:207",
        "64:ff9b::192.0.2.7, 64:ff9b::c000:207, 64:ff9b::192.0.2.7",
        "1:2:3:4:5:6:192.0.2.7, 1:2:3:4:5:6:c000:207, 1:2:3:4:5:6:192.0.2.7",
        "[::1], ::1, ::1",
        "[2001:db8::1]:443, 2001:db8::1, 2001:db8::1",
        "[::ffff:192.0.2.7]:80, 192.0.2.7, ::ffff:192.0.2.7",
    })
    void readsAddressesWithAndWithoutPort(String written, String address, String range) {
        assertThat(read(written)).isEqualTo(address);
        assertThat(range(written)).isEqualTo(range);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "unknown", "_hidden", "localhost", "1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", ".1.2.3.4", "1..3.4", "1.2.3.256", "1.2.3.04", "01.2.3.4",
        "0x7f.0.0.1", "2130706433", "1.2.3.-4", "+1.2.3.4", "1.2.3.4 ", "1.2.3.4/32", "1.2.3.4:", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:080808",
        "1.2.3.4:x", "1.2.3.4:5:6", ":", ":1", "1:", ":::", "1:::2", "1::2::3", "::1::", "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4:5", "::1.2.3.256", "fe80::1%eth0",
        "[::1", "::1]", "[]", "[::1]x", "[::1]:", "[::1]:0", "[::1]:99999", "[1.2.3.4]", "[[::1]]", "[::1]:1:2", "\"[::1]\"", "for=1.2.3.4", "1.2.3.4\u00e9",
        "\u0661.2.3.4"
    })
    void readsNothingElse(String written) {
        assertThat(read(written)).isEqualTo("none");
    }

    /** Whatever is read, the JDK reads too, and as the same address; and whatever is printed is read back. */
    @Test
    void readsAnyAddressAsItIsPrinted() {
        Random random = new Random(20_261_127);
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            for (int k = 0; k < bytes.length; k += 2) {
                if (random.nextBoolean()) { // else zero: runs of every length
                    bytes[k] = (byte) (random.nextBoolean() ? 0 : random.nextInt());
                    bytes[k + 1] = (byte) random.nextInt();
                }
            }
            String printed = IpAddress.of(bytes).toString();
            assertThat(read(printed)).isEqualTo(printed);
        }
    }

    @Test
    void readsNothingThatTheJdkReadsAsAnotherAddress() {
        Random random = new Random(4711);
        String alphabet = "0123456789abF::::....[]";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder written = new StringBuilder();
            for (int n = random.nextInt(16); n >= 0; n--) {
                written.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            String address = read(written.toString());
            if (!address.equals("none") && written.indexOf("[") < 0 && (written.indexOf(".") < 0 || written.indexOf(":") < 0)) {
                assertThat(IpAddress.parse(written.toString())).hasToString(address);
            }
        }
    }
}
