package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BindAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {":8080", "0.0.0.0:80", "[::]:80", "127.0.0.1:0", "localhost:8080"})
    void isPrintedAsItIsRead(String text) {
        assertThat(BindAddress.parse(text)).hasToString(text);
    }

    @Test
    void aPortAloneMeansEveryAddress() {
        assertThat(BindAddress.parse(":8080")).isEqualTo(new BindAddress("", 8080));
        assertThat(BindAddress.parse(":8080").everyAddress()).isTrue();
        assertThat(BindAddress.parse("127.0.0.1:8080").everyAddress()).isFalse();
    }

    @Test
    void aPortAbove65535IsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> BindAddress.parse(":65536")).withMessage("the port 65536 is above 65535");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:80, 127.0.0.1:80, true",
        "127.0.0.1:80, 127.0.0.1:81, false",
        "127.0.0.1:80, 127.0.0.2:80, false",
        "0.0.0.0:80, 127.0.0.1:80, true",
        "0.0.0.0:80, [::1]:80, false",
        "0.0.0.0:80, [::]:80, true",
        "[::]:80, 127.0.0.1:80, true",
        ":80, 0.0.0.0:80, true",
        ":80, [::1]:80, true",
        ":0, :0, false",
    })
    void clashesWithWhatCannotBeBoundBesideIt(String one, String other, boolean clash) {
        assertThat(BindAddress.parse(one).clashesWith(BindAddress.parse(other))).isEqualTo(clash);
        assertThat(BindAddress.parse(other).clashesWith(BindAddress.parse(one))).isEqualTo(clash);
    }
}
