package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.assertProblems;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReloadProblemsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "on-change: true             | 7:21: reload.on-change: cannot be \"true\"; write one of on, off",
        "max-removed-workers: 101%   | 7:31: reload.max-removed-workers: must be between 0% and 100%, is 101%",
        "watch: 30s                  | 7:17: reload.watch: does nothing without roll-back-if; add roll-back-if: errors>5%, or remove it",
        "roll-back-if: errors>5%     | 7:24: reload.roll-back-if: does nothing without watch; add watch: 30s, or remove it",
        "watch: off, roll-back-if: errors>5% | 7:36: reload.roll-back-if: does nothing without watch; add watch: 30s, or remove it",
        "watch: 2h, roll-back-if: errors>5%  | 7:17: reload.watch: must be between 1s and 1h, is 2h",
        "watch: 30s, roll-back-if: errors    | 7:36: reload.roll-back-if: is no condition: \"errors\"; write errors>1%, with less than 100%",
        "watch: 30s, roll-back-if: errors>100% | 7:36: reload.roll-back-if: is no condition: \"errors>100%\"; write errors>1%, with less than 100%",
    })
    void areNamed(String keys, String problem) {
        assertProblems(LEAST + "reload: {" + keys + "}\n", problem);
    }
}
