package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may connect, and who is believed to speak for whom. */
class ListenerProblemsTest {

    private static void assertListenerProblems(String keys, String... problems) {
        assertProblems(LEAST.replace("\":8080\"", "\":8080\", " + keys), problems);
    }

    @Test
    void whoIsBelievedMustBeSaid() {
        assertListenerProblems("proxy-protocol: {accept: required}", "6:45: listeners[0].proxy-protocol.from: is missing");
        assertListenerProblems("proxy-protocol: {from: [10.0.0.1]}", "6:45: listeners[0].proxy-protocol.accept: is missing");
        assertListenerProblems(
                "proxy-protocol: {accept: optional, from: []}",
                "6:70: listeners[0].proxy-protocol.from: is empty; at least one block of addresses is needed");
        assertListenerProblems(
                "proxy-protocol: {accept: v2, from: [10.0.0.1]}",
                "6:54: listeners[0].proxy-protocol.accept: cannot be \"v2\"; write one of required, optional");
    }

    @Test
    void whoMayConnectIsSaidOnce() {
        assertListenerProblems("allow: []", "6:36: listeners[0].allow: is empty; at least one block of addresses is needed");
        assertListenerProblems(
                "allow: [10.0.0.1, \"::ffff:10.0.0.1\"]", "6:47: listeners[0].allow[1]: 10.0.0.1 is given twice; the first is in line 6");
        assertListenerProblems("allow: [localhost]", "6:37: listeners[0].allow[0]: \"localhost\" is not an IP address, as in 10.0.0.0/8, 192.0.2.7, 2001:db8::/32");
    }

    /** A port that is for checks alone is asked without. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
        "                                       | V2",
        "check: http: {path: /}                 | V2",
        "check: {tcp: {}, port: 81}             | none",
    })
    void checksSpeakWhatWorkersWant(String check, ProxyVersion spoken) {
        String lines = "    upstream: {proxy-protocol: v2}\n" + (check == null ? "" : "    " + check.replace("check: http: {path: /}", "check: {http: {path: /}}") + "\n");

        AppSettings orders = Objects.requireNonNull(Configs.read(LEAST + ORDERS + lines).apps().get("orders"));

        assertThat(Objects.requireNonNull(orders.health().check()).proxyProtocol()).isEqualTo(spoken);
    }
}
