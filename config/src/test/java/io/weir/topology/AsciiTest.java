package io.weir.topology;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AsciiTest {

    @Test
    void aRangeOfABufferFindsTheKeyWithTheSameBytes() {
        Map<Ascii, String> apps = new HashMap<>(Map.of(Ascii.of("a.example"), "a", Ascii.of("b.example"), "b"));
        byte[] head = "GET / HTTP/1.1\r\nHost: b.example\r\n".getBytes(US_ASCII);

        assertThat(apps).containsEntry(new Ascii(head, 22, 9), "b");
        assertThat(apps).doesNotContainKey(new Ascii(head, 22, 8));
    }

    @Test
    void theHashCanBeComputedByteByByte() {
        byte[] bytes = "orders.ca-c1.cloudhub.example".getBytes(US_ASCII);
        int hash = Ascii.EMPTY_HASH;
        for (byte next : bytes) {
            hash = Ascii.hash(hash, next);
        }

        assertThat(hash).isEqualTo(Ascii.hash(bytes, 0, bytes.length)).isEqualTo(Ascii.of("orders.ca-c1.cloudhub.example").hashCode());
        assertThat(new Ascii(bytes, 0, bytes.length, hash)).isEqualTo(new Ascii(bytes, 0, bytes.length));
    }

    @Test
    void equalHashesDoNotMakeEqualBytes() {
        assertThat(Ascii.of("Aa")).hasSameHashCodeAs(Ascii.of("BB")).isNotEqualTo(Ascii.of("BB"));
    }

    @Test
    void isOrderedByItsBytes() {
        assertThat(Ascii.of("a")).isLessThan(Ascii.of("aa")).isLessThan(Ascii.of("b")).isEqualByComparingTo(Ascii.of("a"));
    }

    @Test
    void aCopySurvivesItsBuffer() {
        byte[] buffer = "xhostx".getBytes(US_ASCII);
        Ascii copy = new Ascii(buffer, 1, 4).copy();
        buffer[1] = '!';

        assertThat(copy).hasToString("host").isEqualTo(Ascii.of("host"));
    }

    @Test
    void bytesOutsideTheRangeAreOutOfReach() {
        Ascii host = new Ascii("xhostx".getBytes(US_ASCII), 1, 4);

        assertThat(host.byteAt(3)).isEqualTo((byte) 't');
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> host.byteAt(4));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> host.byteAt(-1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> new Ascii(new byte[4], 2, 3));
    }

    @Test
    void otherCharactersAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Ascii.of("bücher.example"));
    }
}
