package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Balance;
import io.weir.balancing.Latency;
import io.weir.balancing.StandInTarget;
import io.weir.routing.AffinityCookie;
import io.weir.routing.RequestKey;
import io.weir.upstream.AttemptFailure;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which worker a request goes to when its app has affinity or goes by a key. */
class ExchangeBalanceTest {
    private static final Pattern SET_COOKIE = Pattern.compile("Set-Cookie: (back=[^;]+); Path=/; HttpOnly; SameSite=Lax\r\n");

    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private String serve() {
        String target = rig.connector.worker().target().name();
        rig.connector.worker().answer("");
        return target;
    }

    /** The cookie that the response gave, or the empty text. */
    private static String given(ScriptedClient client) {
        Matcher found = SET_COOKIE.matcher(String.valueOf(client.head()));
        return found.find() ? found.group(1) : "";
    }

    private ScriptedClient get(String cookie) {
        return rig.request("GET / HTTP/1.1", "Host: orders.test", "Cookie: other=1; " + cookie);
    }

    @Test
    void aClientComesBackToTheWorkerThatServedIt() {
        rig.affinity = new AffinityCookie("back", "orders");
        ScriptedClient first = rig.get();
        String target = serve();
        String cookie = given(first);
        assertThat(cookie).isNotEmpty();
        for (int i = 0; i < 10; i++) {
            ScriptedClient again = get(cookie);
            assertThat(rig.connector.worker().head()).contains("Cookie: other=1; " + cookie);
            assertThat(serve()).isEqualTo(target);
            assertThat(given(again)).as("it has the cookie").isEmpty();
        }
    }

    @Test
    void clientsWithoutCookieGoByThePolicy() {
        rig.affinity = new AffinityCookie("back", "orders");
        Set<String> cookies = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            ScriptedClient client = rig.get();
            serve();
            cookies.add(given(client));
        }
        assertThat(cookies).hasSize(6).doesNotContain("");
    }

    @Test
    void aClientWhoseWorkerFailsMovesAndStaysThere() {
        rig.affinity = new AffinityCookie("back", "orders");
        ScriptedClient first = rig.get();
        String lost = serve();
        ScriptedClient moved = get(given(first));
        rig.connector.worker().fail(AttemptFailure.RESET);
        String next = serve();
        assertThat(next).isNotEqualTo(lost);
        String cookie = given(moved);
        assertThat(cookie).isNotEmpty().isNotEqualTo(given(first));
        get(cookie);
        assertThat(serve()).isEqualTo(next);
    }

    @Test
    void aClientWhoseWorkerIsGoneGetsAnother() {
        rig.affinity = new AffinityCookie("back", "orders");
        ScriptedClient client = get("back=AAAAAAAAAAA");
        serve();
        assertThat(given(client)).isNotEmpty();
    }

    @Test
    void answersOfOurOwnGiveNoCookie() {
        rig.affinity = new AffinityCookie("back", "orders");
        rig.targets(1);
        ScriptedClient client = rig.request("POST / HTTP/1.1", "Host: orders.test");
        rig.connector.worker().fail(AttemptFailure.RESET);
        assertThat(client.outcome()).isEqualTo("answer 502");
    }

    @Test
    void anAppWithoutAffinityGivesNoCookieAndHeedsNone() {
        ScriptedClient client = get("back=AAAAAAAAAAA");
        serve();
        assertThat(given(client)).isEmpty();
    }

    @Test
    void whatAWorkerTakesToAnswerIsMeasuredFromItsConnectionToTheHead() {
        Latency latency = new Latency(1, 0);
        rig.targets(0).targets.add(new StandInTarget("a", "z1", 1, latency));
        rig.connector.later();
        rig.get();
        rig.pass(Duration.ofSeconds(1));
        rig.connector.waiting().connect();
        rig.pass(Duration.ofMillis(300));
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        rig.pass(Duration.ofSeconds(5));
        worker.end();
        latency.sum(Latency.TICK);
        assertThat(Duration.ofNanos(latency.average())).isBetween(Duration.ofMillis(300), Duration.ofMillis(310));
    }

    @Test
    void aFailedAttemptCountsAsASecondAtLeast() {
        Latency latency = new Latency(1, 0);
        rig.targets(0).targets.add(new StandInTarget("a", "z1", 1, latency));
        rig.request("POST / HTTP/1.1", "Host: orders.test");
        rig.connector.worker().fail(AttemptFailure.RESET);
        latency.sum(Latency.TICK);
        assertThat(Duration.ofNanos(latency.average())).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void requestsWithTheSameKeyGoToTheSameWorker() {
        rig.balance = Balance.HASH;
        rig.key = RequestKey.header("X-User");
        Set<String> used = new HashSet<>();
        for (int user = 0; user < 40; user++) {
            String first = "";
            for (int i = 0; i < 3; i++) {
                rig.request("GET /" + i + " HTTP/1.1", "Host: orders.test", "x-user: " + user);
                String target = serve();
                assertThat(target).isEqualTo(first.isEmpty() ? target : first);
                first = target;
            }
            used.add(first);
        }
        assertThat(used).as("40 users on 6 workers").hasSizeGreaterThan(3);
    }
}
