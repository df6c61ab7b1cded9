package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations, sizes, shares and numbers as they are written. */
class WrittenValuesTest {

    @ParameterizedTest
    @CsvSource({"500ms, 500", "30s, 30000", "5m, 300000", "1h, 3600000", "0s, 0", "007s, 7000", "999999999h, 3599999996400000"})
    void durations(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "30          | has no unit: 30",
        "30 s        | has an unknown unit: \" s\"",
        "1d          | has an unknown unit: \"d\"",
        "1m30s       | has an unknown unit: \"m30s\"",
        "1.5s        | has an unknown unit: \".5s\"",
        "s           | is not a duration: \"s\"",
        "-1s         | is not a duration: \"-1s\"",
        "+1s         | is not a duration: \"+1s\"",
        "off         | is not a duration: \"off\"",
        "''          | is not a duration: \"\"",
        "9999999999h | is too long a duration: 9999999999h",
    })
    void whatIsNoDuration(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text)).withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "64KiB, 65536", "8MiB, 8388608", "10GiB, 10737418240", "999999999999999999, 999999999999999999"})
    void sizes(String text, long bytes) {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "8KB                 | has an unknown unit: \"KB\"",
        "8kib                | has an unknown unit: \"kib\"",
        "8 KiB               | has an unknown unit: \" KiB\"",
        "1_000               | has an unknown unit: \"_000\"",
        "KiB                 | is not a size: \"KiB\"",
        "-1                  | is not a size: \"-1\"",
        "9999999999GiB       | is too large a size: 9999999999GiB",
        "9999999999999999999 | is too large a size: 9999999999999999999",
    })
    void whatIsNoSize(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> Sizes.parse(text)).withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"0%, 0", "1%, 0.01", "50%, 0.5", "070%, 0.7", "100%, 1", "999999999%, 9999999.99"})
    void shares(String text, double share) {
        assertThat(Shares.parse(text)).isEqualTo(share);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "50          | has no unit: 50",
        "50 %        | has an unknown unit: \" %\"",
        "50%%        | has an unknown unit: \"%%\"",
        "0.5         | has an unknown unit: \".5\"",
        "%           | is not a share: \"%\"",
        "-1%         | is not a share: \"-1%\"",
        "half        | is not a share: \"half\"",
        "9999999999% | is too large a number: 9999999999",
    })
    void whatIsNoShare(String text, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> Shares.parse(text)).withMessage(message);
    }

    @ParameterizedTest
    @MethodSource("hundredths")
    void everyShareThatIsPrintedIsReadBack(int hundredths) {
        assertThat(Shares.print(Shares.parse(hundredths + "%"))).isEqualTo(hundredths + "%");
    }

    static IntStream hundredths() {
        return IntStream.rangeClosed(0, 100);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-1, -1", "999999999, 999999999", "010, 10"})
    void numbers(String text, int number) {
        assertThat(Numbers.parse(text)).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "1_000", "1,000", "0x10", "1e3", "1.0", "+1", " 1", "٣", "2147483648", "-99999999999999999999"})
    void whatIsNoNumber(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Numbers.parse(text));
    }

    /** Of every order of magnitude, and multiples of every unit. */
    static LongStream amounts() {
        var random = new Random(20_261_123);
        long[] units = {1, 1000, 60_000, 3_600_000, 1 << 10, 1 << 20};
        return LongStream.generate(() -> (1L << random.nextInt(30)) - 1 + random.nextInt(100))
                .map(amount -> amount * units[random.nextInt(units.length)])
                .filter(amount -> amount <= 999_999_999L)
                .limit(300);
    }

    @ParameterizedTest
    @MethodSource("amounts")
    void whatIsPrintedIsReadBack(long amount) {
        assertThat(Durations.parse(Durations.print(Duration.ofMillis(amount)))).isEqualTo(Duration.ofMillis(amount));
        assertThat(Sizes.parse(Sizes.print(amount))).isEqualTo(amount);
    }

    @ParameterizedTest
    @CsvSource({"weight, wieght, 1", "weight, weight, 0", "weight, wight, 1", "weight, weights, 1", "head, idle, 4", "'', abc, 3", "abc, ca, 3"})
    void distancesBetweenNames(String one, String other, int distance) {
        assertThat(Nearest.distance(one, other)).isEqualTo(distance);
        assertThat(Nearest.distance(other, one)).isEqualTo(distance);
    }
}
