package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients read when no worker's answer can be had. */
class OwnAnswerTest {
    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private OwnAnswer notFound(String... fields) {
        String[] lines = new String[fields.length + 2];
        lines[0] = "GET /a<b>&c HTTP/1.1";
        lines[1] = "Host: unknown.test";
        System.arraycopy(fields, 0, lines, 2, fields.length);
        return rig.request(lines).answer();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/json                                     | application/json",
                "application/problem+json                             | application/json",
                "APPLICATION/JSON                                     | application/json",
                "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8      | text/html; charset=utf-8",
                "text/html;q=0, application/json                      | application/json",
                "text/html;q=0.001                                    | text/html; charset=utf-8",
                "text/html;q=0.2, application/json                    | application/json",
                "application/json;q=0.5, text/html;q=0.5              | application/json",
                "application/json;q=x, text/html;q=0.1                | text/html; charset=utf-8",
                "image/png, text/plain, text/html                     | text/plain; charset=utf-8",
                "*/*                                                  | text/plain; charset=utf-8",
                "nonsense;;;,,                                        | text/plain; charset=utf-8"
            })
    void theAnswerIsOfTheTypeThatTheClientNamesFirst(String accept, String type) {
        assertThat(notFound("Accept: " + accept).contentType()).isEqualTo(type);
    }

    @Test
    void withoutAcceptTheAnswerIsText() {
        OwnAnswer answer = notFound();
        assertThat(answer.contentType()).isEqualTo("text/plain; charset=utf-8");
        assertThat(answer.body()).startsWith("404 Not Found\n").contains("reason: no_route\n").containsPattern("request: [0-9a-f]{32}\n");
    }

    @Test
    void htmlNamesReasonAndRequestAndNothingOfTheRequestItself() {
        assertThat(notFound("Accept: text/html").body())
                .contains("<h1>404 Not Found</h1>", "<code>no_route</code>")
                .containsPattern("<code>[0-9a-f]{32}</code>")
                .doesNotContain("<b>", "unknown.test");
    }

    @Test
    void htmlIsEscapedAndTextIsNot() {
        RequestHead html = head("Accept: text/html");
        assertThat(OwnAnswer.of(400, Reason.BAD_REQUEST, "a <b> & c", "id", html).body())
                .contains("a &lt;b&gt; &amp; c").doesNotContain("<b>");
        assertThat(OwnAnswer.of(400, Reason.BAD_REQUEST, "a <b> & c", "id", new RequestHead()).body()).contains("a <b> & c");
    }

    @Test
    void jsonIsEscaped() {
        RequestHead json = head("Accept: application/json");
        assertThat(OwnAnswer.of(400, Reason.BAD_REQUEST, "a \"b\" \\ c", "id", json).body()).contains("a \\\"b\\\" \\\\ c");
    }

    private static RequestHead head(String field) {
        RequestHead head = new RequestHead();
        ByteBuf in = Unpooled.copiedBuffer("GET / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n", StandardCharsets.US_ASCII);
        assertThat(new RequestParser(new HeadLimits(1024, 1024, 10)).read(in, head)).isEqualTo(Progress.END);
        in.release();
        return head;
    }

    @Test
    void jsonHasTheSameInItsFields() {
        assertThat(notFound("Accept: application/json").body())
                .startsWith("{\"status\":404,\"reason\":\"no_route\",\"message\":\"")
                .containsPattern("\"request_id\":\"[0-9a-f]{32}\"}\n$");
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyStatusThatWeAnswerWithHasAPhrase(Reason reason) {
        if (reason.status() != 0 && reason != Reason.CLIENT_GONE) {
            assertThat(OwnAnswer.phrase(reason.status())).isNotEqualTo("Error");
        }
        assertThat(reason.code()).matches("[a-z_]+");
        assertThat(reason.sentence()).doesNotEndWith(".");
    }
}
