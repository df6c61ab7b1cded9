package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

class PathNormaliserFuzzTest {
    @FuzzTest(maxDuration = "60s")
    void givesTheReferencesNormalForm(byte[] data) {
        String path = new String(data, StandardCharsets.ISO_8859_1);
        String normal = PathNormaliserTest.normalise(path);
        assertThat(normal).isEqualTo(ReferencePath.normal(path));
        if (normal != null) {
            assertThat(normal).startsWith("/").doesNotStartWith("//").doesNotContain("/../", "/./");
            assertThat(PathNormaliserTest.normalise(normal)).isEqualTo(normal);
        }
    }
}
