package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:9901", ":9901", "http://127.0.0.1:9901", "http://127.0.0.1:9901/"})
    void ports(String text) {
        assertThat(AdminAddress.parse(text)).isEqualTo(new AdminAddress.Tcp("127.0.0.1", 9901)).hasToString("127.0.0.1:9901");
    }

    @Test
    void addressesOfSixteenBytes() {
        assertThat(AdminAddress.parse("[0::1]:9901")).isEqualTo(new AdminAddress.Tcp("::1", 9901)).hasToString("[::1]:9901");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/run/weir/admin", "./admin", "admin.sock", "unix:admin", "unix:/a"})
    void sockets(String text) {
        assertThat(AdminAddress.parse(text)).isEqualTo(new AdminAddress.Unix(Path.of(text.replace("unix:", ""))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "127.0.0.1:0", "https://127.0.0.1:1", "1:2:3", "::1:9901"})
    void neither(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> AdminAddress.parse(text));
    }
}
