package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.assertProblems;

import org.junit.jupiter.api.Test;

/** What the design knows and this version does not is refused by name, never ignored. */
class NotYetServedTest {

    @Test
    void keysOfTheAdminPort() {
        assertProblems(
                LEAST + "admin: {bind: \":9901\", tls: x}\n",
                "7:24: admin.tls: is not yet served by this version; served here: bind, socket, token");
    }
}
