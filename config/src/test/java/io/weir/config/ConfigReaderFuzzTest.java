package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever the text, it becomes settings or problems with places, and nothing else. Its seeds lie beside it in the resources. */
class ConfigReaderFuzzTest {

    @FuzzTest
    void anyTextBecomesSettingsOrProblems(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            Settings settings = ConfigReader.read("weir.yaml", text).settings();
            assertThat(settings.regions()).containsKey(settings.here().region());
        } catch (ConfigProblemsException e) {
            assertThat(e.problems()).isNotEmpty().allSatisfy(problem -> {
                assertThat(problem.line()).isPositive();
                assertThat(problem.column()).isPositive();
                assertThat(problem.what()).isNotBlank();
                assertThat(problem.toString()).doesNotContain("\n", "\r");
                String excerpt = e.excerpt(problem);
                assertThat(excerpt == null ? "\n" : excerpt).hasSizeLessThan(600).doesNotContain("\t", "\r").containsOnlyOnce("\n");
            });
        }
    }
}
