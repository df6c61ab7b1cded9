package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Config texts for tests. What a test is about comes after the first lines, which say the least that a config must. */
final class Configs {

    /** Lines 1 to 6. */
    static final String LEAST = """
            domains: [cloudhub.example]
            here: {region: ca-c1, zone: ca-c1a}
            regions:
              ca-c1: {jurisdiction: CA, zones: [ca-c1a, ca-c1b]}
              us-e1: {jurisdiction: US, zones: [us-e1a]}
            listeners: [{bind: ":8080"}]
            """;

    /** Lines 7 to 10. */
    static final String ORDERS = """
            apps:
              orders:
                pools:
                  ca-c1: {workers: [{address: "127.0.0.1:9001", zone: ca-c1a}]}
            """;

    private Configs() {}

    static Settings read(String text) {
        try {
            return ConfigReader.read("weir.yaml", text).settings();
        } catch (ConfigProblemsException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    /** The problems of a text, all of them, as they are printed but for the file's name. */
    static void assertProblems(String text, String... problems) {
        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read("weir.yaml", text))
                .satisfies(e -> assertThat(e.problems())
                        .extracting(problem -> problem.toString().replaceFirst("^weir\\.yaml:", ""))
                        .containsExactly(problems));
    }
}
