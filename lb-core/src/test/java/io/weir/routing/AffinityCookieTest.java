package io.weir.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.StandInTarget;
import io.weir.balancing.Target;
import io.weir.http.HeadWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cookie that brings clients back to a target, written and read. */
class AffinityCookieTest {
    private final AffinityCookie cookie = new AffinityCookie("weir", "orders");
    private final Target target = StandInTarget.of("127.0.0.1:9001");

    private String line(AffinityCookie of, Target at) {
        HeadWriter out = new HeadWriter();
        of.write(at, out);
        return out.toString();
    }

    private String value() {
        return line(cookie, target).replaceAll("^Set-Cookie: weir=|;.*\\R", "");
    }

    private long read(String... fields) {
        return cookie.read(Requests.head("GET", "orders.test", "/", List.of(fields)));
    }

    @Test
    void theLineKeepsTheCookieFromScriptsAndFromOtherSites() {
        assertThat(line(cookie, target)).matches("Set-Cookie: weir=[A-Za-z0-9_-]{11}; Path=/; HttpOnly; SameSite=Lax\r\n");
    }

    @Test
    void whatWasWrittenIsRead() {
        for (int port = 1; port < 1000; port++) {
            Target at = StandInTarget.of("127.0.0.1:" + port);
            String value = line(cookie, at).replaceAll("^Set-Cookie: weir=|;.*\\R", "");
            assertThat(read("Cookie: weir=" + value)).isEqualTo(cookie.affinity().mark(at)).isNotZero();
        }
    }

    @Test
    void itIsFoundAmongOthersAndInAnyOfSeveralFields() {
        long mark = cookie.affinity().mark(target);
        assertThat(read("Cookie: a=b; weir=" + value() + "; c=d")).isEqualTo(mark);
        assertThat(read("Cookie: a=b", "cookie:weir=" + value() + " ;x")).isEqualTo(mark);
        assertThat(read("Cookie: ;; =; weirs=1;weir=" + value())).isEqualTo(mark);
    }

    @Test
    void otherAppsGiveOtherMarks() {
        assertThat(line(new AffinityCookie("weir", "stock"), target)).isNotEqualTo(line(cookie, target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "weir", "weir=", "weir=short", "weir=AAAAAAAAAAAA", "weir=AAAAAAAAAAB", "weir=AAAAAAAAA!A", "weir=\"AAAAAAAAAAA\"", "WEIR=AAAAAAAAAAA", "xweir=AAAAAAAAAAA"})
    void whatIsNoMarkIsNone(String text) {
        assertThat(read("Cookie: " + text)).isZero();
    }

    @Test
    void aRequestWithoutCookiesHasNoMark() {
        assertThat(read()).isZero();
    }
}
