package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DnsNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "ca-c1", "a--b", "123"})
    void isALabel(String text) {
        assertThat(DnsName.isLabel(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a-", "A", "a_b", "a.b", "é", "a b"})
    void isNoLabel(String text) {
        assertThat(DnsName.isLabel(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "cloudhub.example", "1.a", "xn--bcher-kva.example"})
    void isAName(String text) {
        assertThat(DnsName.isName(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "*.a", "10.0.0.1", "a:80", "A.example"})
    void isNoName(String text) {
        assertThat(DnsName.isName(text)).isFalse();
    }

    @Test
    void lengthsAreThoseOfTheDns() {
        String label = "a".repeat(63);

        assertThat(DnsName.isLabel(label)).isTrue();
        assertThat(DnsName.isLabel(label + "a")).isFalse();
        assertThat(DnsName.isName(String.join(".", label, label, label, "a".repeat(61)))).isTrue();
        assertThat(DnsName.isName(String.join(".", label, label, label, "a".repeat(62)))).isFalse();
    }
}
