package io.weir.platform.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DerTest {
    @Test
    void lengthsFrom128OnAreLedByTheirOwnLength() {
        assertThat(hex(Der.octets(new byte[127]))).startsWith("047f00").hasSize(2 * (2 + 127));
        assertThat(hex(Der.octets(new byte[128]))).startsWith("04818000").hasSize(2 * (3 + 128));
        assertThat(hex(Der.octets(new byte[255]))).startsWith("0481ff00");
        assertThat(hex(Der.octets(new byte[256]))).startsWith("0482010000").hasSize(2 * (4 + 256));
    }

    @Test
    void arcsAreWrittenBySevenBits() {
        assertThat(hex(Der.oid(1, 2, 840, 10045, 4, 3, 2))).isEqualTo("06082a8648ce3d040302");
        assertThat(hex(Der.oid(2, 5, 29, 0, 127, 128, 16384))).isEqualTo("0609551d007f8100818000");
    }

    @Test
    void anIntegerIsSignedAndATimeIsUtc() {
        assertThat(hex(Der.integer(BigInteger.valueOf(128)))).isEqualTo("02020080");
        assertThat(Der.time(Instant.parse("2026-02-28T12:00:59.9Z"))).asString().endsWith("260228120059Z").hasSize(2 + 13);
    }

    @Test
    void anElementIsWhatItsPartsAreOneBehindTheOther() {
        assertThat(hex(Der.sequence(Der.yes(), Der.set(), Der.bits(7, new byte[] {(byte) 0x80})))).isEqualTo("30090101ff310003020780");
        assertThat(hex(Der.tagged(3, Der.utf8("a")))).isEqualTo("a3030c0161");
        assertThat(hex(Der.implicit(2, new byte[] {'a'}))).isEqualTo("820161");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
