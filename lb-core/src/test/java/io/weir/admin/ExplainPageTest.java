package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code /explain}: what it takes, and in which forms it answers. */
class ExplainPageTest {
    private static final String URL = "url=http://orders.cloudhub.example:8080/cart";

    private static AdminRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new AdminRig(null);
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @Test
    void theSameSeedGivesTheSameText() throws IOException {
        String answer = rig.get("/explain?seed=7&" + URL);
        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("content-type: text/plain", "GET http://orders.cloudhub.example:8080/cart from 127.0.0.1, seed 7\n", "To app orders for region ca-c1");
        assertThat(rig.get("/explain?seed=7&" + URL)).isEqualTo(answer);
    }

    @Test
    void asJson() throws IOException {
        assertThat(rig.get("/explain?format=json&" + URL)).contains("content-type: application/json", "\"stage\": \"pick\"", "\"app\": \"orders\"");
    }

    @Test
    void methodAddressAndHeadersAreTaken() throws IOException {
        assertThat(rig.get("/explain?url=http://127.0.0.1:8080/&method=POST&from=203.0.113.9&header=Host:%20orders.cloudhub.example&header=X-A:%20b"))
                .contains("POST http://127.0.0.1:8080/ from 203.0.113.9", "To app orders for region ca-c1", "POST is not idempotent");
    }

    @Test
    void aLongUrlIsTaken() throws IOException {
        assertThat(rig.get("/explain?" + URL + "?" + "%25".repeat(2000))).contains("To app orders for region ca-c1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /explain                                    | url= is missing; write /explain?url=http://HOST:PORT/PATH
            /explain?url=ftp://a/                       | is no http or https URL; write http://HOST:PORT/PATH
            /explain?url=http://a/&header=nonsense      | is no header; write it as 'Name: value'
            /explain?url=http://a/&from=nowhere         | is not an IP address
            /explain?url=http://a/&seed=x               | a seed is a whole number
            /explain?url=http://a/&nix=1                | there is no parameter nix; known here: url, method, header, from, seed, format
            """)
    void aMalformedQuestionIsRefusedWithTheFormOfOne(String target, String words) throws IOException {
        assertThat(rig.get(target)).startsWith("HTTP/1.1 400 Bad Request\r\n").contains(words);
    }
}
