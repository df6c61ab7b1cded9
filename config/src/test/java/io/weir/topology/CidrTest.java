package io.weir.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CidrTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "0.0.0.0/0, 0.0.0.0/0",
        "::/0, ::/0",
        "192.0.2.7, 192.0.2.7",
        "192.0.2.7/32, 192.0.2.7",
        "::1, ::1",
        "::1/128, ::1",
        "2001:DB8:0:0::/32, 2001:db8::/32",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
        "::ffff:0:0/96, 0.0.0.0/0",
        "::ffff:192.0.2.7, 192.0.2.7",
    })
    void isReadIntoItsCanonicalForm(String text, String printed) {
        assertThat(Cidr.parse(text)).hasToString(printed).isEqualTo(Cidr.parse(printed));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.1.2.3/8        | 10.1.2.3 is not the first address of its block: write 10.0.0.0/8 for the block, or 10.1.2.3 for the one address",
        "2001:db8::1/32    | 2001:db8::1 is not the first address of its block: write 2001:db8::/32 for the block, or 2001:db8::1 for the one address",
        "1.2.3.4/0         | 1.2.3.4 is not the first address of its block: write 0.0.0.0/0 for the block, or 1.2.3.4 for the one address",
        "10.0.0.0/33       | the prefix of an IPv4 block must be between 0 and 32, is 33",
        "::/129            | the prefix of an IPv6 block must be between 0 and 128, is 129",
        "::ffff:10.0.0.0/8 | the prefix of an IPv4-mapped block must be between 96 and 128, is 8: write it as IPv4",
        "10.0.0.0/         | the prefix \"\" is not a number of bits, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "10.0.0.0/-1       | the prefix \"-1\" is not a number of bits, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "10.0.0.0/8/8      | the prefix \"8/8\" is not a number of bits, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "10.0.0.0/255.0.0.0| the prefix \"255.0.0.0\" is not a number of bits, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "10/8              | \"10\" is not an IP address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "010.0.0.0/8       | \"010.0.0.0\" is not an IP address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "localhost         | \"localhost\" is not an IP address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "[::1]             | \"[::1]\" is not an IP address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "::g/8             | \"::g\" is not an IPv6 address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "fe80::1%eth0      | IPv6 scopes (\"%\") are not supported, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
        "/8                | \"\" is not an IP address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32",
    })
    void whatIsWrongIsSaid(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(text)).withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "10.0.0.0/8, ::10.1.2.3, false",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 10.0.0.1, false",
        "::/64, ::ffff:10.0.0.1, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "::1, ::1, true",
        "::1, ::2, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::, false",
        "2001:db8::/65, 2001:db8::7fff:0:0:1, true",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
    })
    void holdsTheAddressesThatBeginAsItDoes(String block, String address, boolean holds) {
        IpAddress asked = IpAddress.parse(address);

        assertThat(Cidr.parse(block).contains(asked.high(), asked.low())).isEqualTo(holds);
    }

    /** Against plain arithmetic on numbers of 128 bits. */
    @Test
    void holdsExactlyTwoToTheRestOfItsBits() {
        var random = new Random(20_261_127);
        for (int i = 0; i < 2000; i++) {
            int bits = random.nextInt(129);
            BigInteger size = BigInteger.TWO.pow(128 - bits);
            // The highest bit is set, which keeps clear of IPv4.
            BigInteger first = bits == 0 ? BigInteger.ZERO : new BigInteger(128, random).setBit(127).divide(size).multiply(size);
            Cidr block = new Cidr(address(first), bits);

            assertThat(contains(block, first)).isTrue();
            assertThat(contains(block, first.add(size).subtract(BigInteger.ONE))).isTrue();
            if (bits > 0) {
                assertThat(contains(block, first.subtract(BigInteger.ONE))).isFalse();
                BigInteger behind = first.add(size);
                assertThat(behind.bitLength() > 128 || contains(block, behind)).isEqualTo(behind.bitLength() > 128);
            }
        }
    }

    private static boolean contains(Cidr block, BigInteger address) {
        return block.contains(address(address).high(), address(address).low());
    }

    private static IpAddress address(BigInteger bits) {
        return new IpAddress(bits.shiftRight(64).longValue(), bits.longValue());
    }
}
