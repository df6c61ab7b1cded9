package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.Secret;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole table of who may call what. */
class AccessRulesTest {
    private static final String TOKEN = "a-token-of-24-characters";
    private static final String OURS = "127.0.0.1:9901";

    private final AccessRules withToken = new AccessRules(new Secret(TOKEN), "admin.internal");
    private final AccessRules withoutToken = new AccessRules(null, "");

    private static String said(Verdict verdict) {
        return verdict instanceof Verdict.Refused refused ? refused.status() + (refused.wrongToken() ? " counted" : "") : "allowed";
    }

    private static AccessRules.Call call(
            Peer peer, Access access, String method, @Nullable String authorization, @Nullable String host, @Nullable String origin) {
        return new AccessRules.Call(peer, access, method, authorization, host, origin);
    }

    /** Else somebody could try tokens where another answer than the right one's gives them away, and nobody would know. */
    @Test
    void aWrongTokenIsCountedWhateverTheCallIsRefusedFor() {
        String wrong = "Bearer a-token-of-24-character";
        assertThat(said(withToken.judge(call(Peer.OTHER, Access.FIGURES, "GET", wrong, "evil.example", null)))).isEqualTo("403 counted");
        assertThat(said(withToken.judge(call(Peer.OTHER, Access.FIGURES, "GET", "Bearer " + TOKEN, "evil.example", null)))).isEqualTo("allowed");
        assertThat(said(withToken.judge(call(Peer.OTHER, Access.INSIGHT, "POST", wrong, OURS, null)))).isEqualTo("405 counted");
        assertThat(said(withToken.judge(call(Peer.OTHER, Access.INSIGHT, "GET", wrong, OURS, "http://evil.example")))).isEqualTo("403 counted");
    }

    /** Each page's kind from everywhere: without the field, with a wrong token, with the token; and where no token is set. */
    @ParameterizedTest
    @CsvSource({
        "UNIX,     PROBE,   GET,  allowed, allowed,     allowed, allowed",
        "UNIX,     FIGURES, GET,  allowed, allowed,     allowed, allowed",
        "UNIX,     INSIGHT, GET,  allowed, allowed,     allowed, allowed",
        "UNIX,     CHANGE,  POST, allowed, allowed,     allowed, allowed",
        "LOOPBACK, PROBE,   GET,  allowed, allowed,     allowed, allowed",
        "LOOPBACK, FIGURES, GET,  allowed, allowed,     allowed, allowed",
        "LOOPBACK, INSIGHT, GET,  allowed, allowed,     allowed, allowed",
        "LOOPBACK, CHANGE,  POST, 401,     401 counted, allowed, 403",
        "OTHER,    PROBE,   GET,  allowed, allowed,     allowed, allowed",
        "OTHER,    FIGURES, GET,  allowed, allowed,     allowed, allowed",
        "OTHER,    INSIGHT, GET,  401,     401 counted, allowed, 403",
        "OTHER,    CHANGE,  POST, 401,     401 counted, allowed, 403",
    })
    void whoNeedsTheToken(Peer peer, Access access, String method, String without, String wrong, String right, String unset) {
        assertThat(said(withToken.judge(call(peer, access, method, null, OURS, null)))).isEqualTo(without);
        assertThat(said(withToken.judge(call(peer, access, method, "Bearer a-token-of-24-character", OURS, null)))).isEqualTo(wrong);
        assertThat(said(withToken.judge(call(peer, access, method, "Bearer " + TOKEN, OURS, null)))).isEqualTo(right);
        assertThat(said(withoutToken.judge(call(peer, access, method, null, OURS, null)))).isEqualTo(unset);
    }

    @ParameterizedTest
    @CsvSource({
        "GET,     allowed, 405",
        "HEAD,    allowed, 405",
        "POST,    405,     allowed",
        "PUT,     405,     405",
        "DELETE,  405,     405",
        "OPTIONS, 405,     405",
        "TRACE,   405,     405",
        "get,     405,     405",
    })
    void whatAPageTakes(String method, String reading, String changing) {
        for (Access access : new Access[] {Access.PROBE, Access.FIGURES, Access.INSIGHT}) {
            assertThat(said(withToken.judge(call(Peer.LOOPBACK, access, method, null, OURS, null)))).as(access.name()).isEqualTo(reading);
        }
        assertThat(said(withToken.judge(call(Peer.LOOPBACK, Access.CHANGE, method, "Bearer " + TOKEN, OURS, null)))).isEqualTo(changing);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1,            allowed",
        "127.0.0.1:9901,       allowed",
        "203.0.113.7:1,        allowed",
        "[::1]:9901,           allowed",
        "[::1],                allowed",
        "localhost,            allowed",
        "LocalHost:9901,       allowed",
        "admin.internal:9901,  allowed",
        "Admin.Internal,       allowed",
        "evil.example,         403",
        "evil.example:9901,    403",
        "localhost.evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "xadmin.internal,      403",
        "admin.internal.,      403",
        "127.1,                403",
        "2130706433,           403",
        "::1,                  403",
        "[evil],               403",
        "[::1]evil:9901,       403",
        "'',                   403",
        "':9901',              403",
    })
    void theHostMustBeOneThatNoStrangerCanGiveUs(String host, String verdict) {
        for (Access access : new Access[] {Access.FIGURES, Access.INSIGHT}) {
            assertThat(said(withToken.judge(call(Peer.LOOPBACK, access, "GET", null, host, null)))).isEqualTo(verdict);
        }
        assertThat(said(withToken.judge(call(Peer.LOOPBACK, Access.PROBE, "GET", null, host, null)))).as("a probe").isEqualTo("allowed");
        assertThat(said(withToken.judge(call(Peer.UNIX, Access.INSIGHT, "GET", null, host, null)))).as("no browser gets there").isEqualTo("allowed");
        assertThat(said(withToken.judge(call(Peer.OTHER, Access.INSIGHT, "GET", "Bearer " + TOKEN, host, null)))).as("with the token").isEqualTo("allowed");
    }

    @Test
    void anUnboundNameIsNoEmptyName() {
        assertThat(said(withoutToken.judge(call(Peer.LOOPBACK, Access.INSIGHT, "GET", null, "", null)))).isEqualTo("403");
    }

    @Test
    void callersWithoutHostSpeakNoHttpThatABrowserDoes() {
        assertThat(said(withToken.judge(call(Peer.LOOPBACK, Access.INSIGHT, "GET", null, null, null)))).isEqualTo("allowed");
        assertThat(said(withToken.judge(call(Peer.LOOPBACK, Access.INSIGHT, "GET", null, null, "http://127.0.0.1:9901")))).isEqualTo("403");
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:9901,  allowed",
        "https://127.0.0.1:9901, allowed",
        "HTTP://127.0.0.1:9901,  allowed",
        "http://127.0.0.1,       403",
        "http://127.0.0.1:99011, 403",
        "http://localhost:9901,  403",
        "http://evil.example,    403",
        "null,                   403",
        "127.0.0.1:9901,         403",
        "://127.0.0.1:9901,      403",
        "'',                     403",
    })
    void pagesOfOtherOriginsAreRefusedWhereverTheyAreReadAndWhateverTheyKnow(String origin, String verdict) {
        for (Peer peer : Peer.values()) {
            assertThat(said(withToken.judge(call(peer, Access.INSIGHT, "GET", "Bearer " + TOKEN, OURS, origin)))).isEqualTo(verdict);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Bearer a-token-of-24-characters,  allowed",
        "bearer a-token-of-24-characters,  allowed",
        "BEARER  a-token-of-24-characters, allowed",
        "a-token-of-24-characters,         401 counted",
        "Basic a-token-of-24-characters,   401 counted",
        "Bearer,                           401 counted",
        "Bearer A-token-of-24-characters,  401 counted",
        "Bearer a-token-of-24-characters2, 401 counted",
    })
    void howTheTokenIsSent(String authorization, String verdict) {
        assertThat(said(withToken.judge(call(Peer.OTHER, Access.INSIGHT, "GET", authorization, OURS, null)))).isEqualTo(verdict);
    }

    @Test
    void refusalsSayWhatToDo() {
        assertThat(why(withoutToken, call(Peer.OTHER, Access.INSIGHT, "GET", null, OURS, null))).contains("set admin.token", "Unix socket");
        assertThat(why(withToken, call(Peer.OTHER, Access.INSIGHT, "GET", null, OURS, null))).contains("Authorization: Bearer");
        assertThat(why(withToken, call(Peer.LOOPBACK, Access.INSIGHT, "GET", null, "weir.example", null))).contains("IP address", "localhost");
        assertThat(why(withToken, call(Peer.LOOPBACK, Access.INSIGHT, "PUT", null, OURS, null))).contains("GET, HEAD");
    }

    private static String why(AccessRules rules, AccessRules.Call call) {
        return ((Verdict.Refused) rules.judge(call)).why();
    }
}
