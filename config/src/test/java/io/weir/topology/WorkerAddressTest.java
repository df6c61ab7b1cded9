package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class WorkerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:9001, 127.0.0.1, 9001, 127.0.0.1:9001",
        "[::1]:80, ::1, 80, [::1]:80",
        "[2001:DB8:0:0:1:0:0:1]:80, 2001:db8::1:0:0:1, 80, [2001:db8::1:0:0:1]:80",
        "[1:0:0:2:0:0:0:3]:80, 1:0:0:2::3, 80, [1:0:0:2::3]:80",
        "[1:2:3:0:5:6:7:8]:80, 1:2:3:0:5:6:7:8, 80, [1:2:3:0:5:6:7:8]:80",
        "[1:2:3:4:5:6:0:0]:80, 1:2:3:4:5:6::, 80, [1:2:3:4:5:6::]:80",
        "[::]:80, ::, 80, [::]:80",
        "[::ffff:10.0.0.1]:80, 10.0.0.1, 80, 10.0.0.1:80",
        "Name.Internal:65535, name.internal, 65535, name.internal:65535",
        "orders_1:80, orders_1, 80, orders_1:80",
        "localhost:1, localhost, 1, localhost:1",
    })
    void isReadIntoItsCanonicalForm(String text, String host, int port, String printed) {
        WorkerAddress address = WorkerAddress.parse(text);

        assertThat(address).isEqualTo(new WorkerAddress(host, port));
        assertThat(address.host()).isEqualTo(host);
        assertThat(address).hasToString(printed);
        assertThat(WorkerAddress.parse(printed)).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "127.0.0.1        | the port is missing, as in 127.0.0.1:8080",
        "127.0.0.1:       | the port is missing, as in 127.0.0.1:8080",
        "[::1]            | a colon and a port must follow the bracket, as in [::1]:8080",
        "[::1]80          | a colon and a port must follow the bracket, as in [::1]:8080",
        "[::1             | the bracket of the IPv6 address is not closed",
        "::1:80           | an IPv6 address must stand in brackets, as in [::1]:8080",
        ":80              | the host is missing, as in 127.0.0.1:8080",
        "a:0              | a worker's port must be between 1 and 65535, is 0",
        "a:65536          | the port 65536 is above 65535",
        "a:99999999999999 | the port 99999999999999 is above 65535",
        "a:8x             | the port \"8x\" is not a number",
        "a:-1             | the port \"-1\" is not a number",
        "a:٣              | the port \"٣\" is not a number",
        "a b:80           | \"a b\" is neither an IP address nor a host name",
        "1.2.3:80         | \"1.2.3\" is neither an IP address nor a host name",
        "1.2.3.256:80     | \"1.2.3.256\" is neither an IP address nor a host name",
        "1.2.3.04:80      | \"1.2.3.04\" is neither an IP address nor a host name",
        "1.2.3.4.:80      | \"1.2.3.4.\" is neither an IP address nor a host name",
        "[fe80::1%eth0]:1 | IPv6 scopes (\"%\") are not supported",
        "[::g]:80         | \"::g\" is not an IPv6 address",
        "[1.2.3.4]:80     | \"1.2.3.4\" is not an IPv6 address",
        "[]:80            | \"\" is not an IPv6 address",
    })
    void whatIsWrongIsSaid(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> WorkerAddress.parse(text)).withMessage(message);
    }

    static Stream<WorkerAddress> addresses() {
        var random = new Random(20_261_123);
        return Stream.generate(() -> new WorkerAddress(host(random), 1 + random.nextInt(65_535))).limit(500);
    }

    @ParameterizedTest
    @MethodSource("addresses")
    void whatIsPrintedIsReadBack(WorkerAddress address) {
        assertThat(WorkerAddress.parse(address.toString())).isEqualTo(address);
    }

    @Test
    void oneIpv6AddressIsOneAddressHoweverItIsWritten() {
        assertThat(WorkerAddress.parse("[0:0:0:0:0:0:0:1]:80")).isEqualTo(WorkerAddress.parse("[::1]:80"));
    }

    private static String host(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256);
            case 1 -> {
                var groups = new StringBuilder();
                for (int i = 0; i < 8; i++) {
                    // Mostly zeros, so that there are runs of every length.
                    groups.append(i == 0 ? "" : ":").append(Integer.toHexString(random.nextInt(3) == 0 ? random.nextInt(65_536) : 0));
                }
                yield groups.toString();
            }
            default -> "h" + Integer.toString(random.nextInt(1_000_000), 36) + ".internal";
        };
    }
}
