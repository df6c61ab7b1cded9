package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathNormaliserTest {
    private static final int BEFORE = 3;
    private static final int AFTER = 4;

    /** The normal form, or null if there is none; written over the path and elsewhere, both being the same. */
    static @Nullable String normalise(String path) {
        byte[] source = ("<<<" + path + ">>>>").getBytes(StandardCharsets.ISO_8859_1);
        int to = source.length - AFTER;
        byte[] elsewhere = new byte[to - BEFORE];
        int end = PathNormaliser.normalise(source, BEFORE, to, elsewhere, 0);
        byte[] inPlace = source.clone();
        int endInPlace = PathNormaliser.normalise(inPlace, BEFORE, to, inPlace, BEFORE);
        assertThat(new String(inPlace, StandardCharsets.ISO_8859_1)).startsWith("<<<").endsWith(">>>>");
        if (end < 0) {
            assertThat(endInPlace).isEqualTo(end);
            return null;
        }
        assertThat(end).isLessThanOrEqualTo(path.length());
        assertThat(endInPlace).isEqualTo(BEFORE + end);
        String normal = new String(elsewhere, 0, end, StandardCharsets.ISO_8859_1);
        assertThat(new String(inPlace, BEFORE, end, StandardCharsets.ISO_8859_1)).isEqualTo(normal);
        return normal;
    }

    private static BadMessage fault(String path) {
        byte[] source = path.getBytes(StandardCharsets.ISO_8859_1);
        return PathNormaliser.fault(PathNormaliser.normalise(source, 0, source.length, new byte[source.length], 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/a/b", "/a/", "/a//b", "/a//", "/.a", "/a.", "/..a", "/...", "/a/.../b", "/a.b/..c", "/%2f", "/%2F", "/%25", "/%5c", "/a%20b", "/%c3%A9", "/\u00e9", "/a;b=c", "/%252e%252e"})
    void normalPathsStay(String path) {
        assertThat(normalise(path)).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({
        "/., /", "/./, /", "/a/., /a/", "/a/./b, /a/b", "/././a, /a", "/a/.., /", "/a/../, /", "/a/../b, /b", "/a/b/.., /a/", "/a/b/../../c, /c",
        "/a/b/../c/./d/../e, /a/c/e", "/mid/content=5/../6, /mid/6", "/a/b/c/./../../g, /a/g"
    })
    void dotSegmentsAreRemoved(String path, String normal) {
        assertThat(normalise(path)).isEqualTo(normal);
    }

    @ParameterizedTest
    @CsvSource({"/%2e, /", "/a/%2e%2e, /", "/a/.%2E/b, /b", "/a/%2e./b, /b", "/a/%2e/b, /a/b"})
    void escapedDotsAreDots(String path, String normal) {
        assertThat(normalise(path)).isEqualTo(normal);
    }

    @ParameterizedTest
    @CsvSource({"/%61%5A%30, /aZ0", "/%2d%2E%5f%7e, /-._~", "/%7Euser/%41, /~user/A", "/%61%2f%62, /a%2fb", "/%2561, /%2561"})
    void escapedUnreservedCharactersAreDecodedOnce(String path, String normal) {
        assertThat(normalise(path)).isEqualTo(normal);
    }

    @ParameterizedTest
    @CsvSource({"//, /", "//a, /a", "///a//b, /a//b", "/.//a, /a", "/a/..//b, /b", "/a//../b, /a/b", "/a/b//../../c, /a/c", "/%2e//%2e//a, /a"})
    void theResultNeverBeginsWithTwoSlashes(String path, String normal) {
        assertThat(normalise(path)).isEqualTo(normal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/../a", "/a/../..", "/a/../../b", "/./..", "//..", "/%2e%2e/", "/a/b/../../../c"})
    void aboveTheRootIsAFault(String path) {
        assertThat(fault(path)).isEqualTo(BadMessage.PATH_ABOVE_ROOT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%2", "/%g0", "/%0g", "/%%30", "/a%2/", "/%00", "/%u0041", "/%-1", "/% 1", "/%2%65", "/%\u00e9\u00e9", "/a%"})
    void aBadEscapeIsAFault(String path) {
        assertThat(fault(path)).isEqualTo(BadMessage.BAD_PATH_ESCAPE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/\\", "/a\\..\\b", "/\0", "/ ", "/\t", "/\r", "/\n", "/\u007f", "/a#b", "/a?b"})
    void aByteThatDoesNotBelongInAPathIsAFault(String path) {
        assertThat(fault(path)).isEqualTo(BadMessage.BAD_PATH_BYTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "*", "./a", "%2f"})
    void aPathBeginsWithASlash(String path) {
        assertThat(fault(path)).isEqualTo(BadMessage.BAD_TARGET);
    }

    @Test
    void isTheReferenceAndComesOutUnchangedASecondTime() {
        Random random = new Random(20260102);
        String[] parts = {"/", "/", "//", ".", "..", "/.", "/..", "a", "b", "%2e", "%2E", "%2f", "%61", "%25", "%", "\\", "%00", "%7", "\u00e9", "~"};
        int refused = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder path = new StringBuilder("/");
            for (int n = random.nextInt(10); n > 0; n--) {
                path.append(parts[random.nextInt(random.nextInt(4) == 0 ? parts.length : 14)]);
            }
            String normal = normalise(path.toString());
            assertThat(normal).as("%s", path).isEqualTo(ReferencePath.normal(path.toString()));
            if (normal == null) {
                refused++;
            } else {
                assertThat(normalise(normal)).as("%s", path).isEqualTo(normal);
            }
        }
        assertThat(refused).isBetween(5_000, 45_000);
    }
}
