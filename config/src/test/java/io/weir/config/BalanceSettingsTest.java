package io.weir.config;

import static io.weir.config.Configs.LEAST;
import static io.weir.config.Configs.ORDERS;
import static io.weir.config.Configs.assertProblems;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BalanceSettingsTest {

    private static AppSettings orders(String line) {
        return Objects.requireNonNull(Configs.read(LEAST + ORDERS + "    " + line + "\n").apps().get("orders"));
    }

    @Test
    void everyPolicyHasItsWord() {
        assertThat(orders("balance: round-robin").balance()).isEqualTo(new BalanceSettings.RoundRobin());
        assertThat(orders("balance: least-request").balance()).isEqualTo(new BalanceSettings.LeastRequest());
        assertThat(orders("balance: peak-ewma").balance()).isEqualTo(new BalanceSettings.PeakEwma());
    }

    @Test
    void aHashHasAKey() {
        assertThat(orders("balance: {hash: {on: client-address}}").balance()).isEqualTo(new BalanceSettings.Hash(new HashKey.ClientAddress()));
        assertThat(orders("balance: {hash: {on: path}}").balance()).isEqualTo(new BalanceSettings.Hash(new HashKey.Path()));
        assertThat(orders("balance: {hash: {on: {header: X-User}}}").balance())
                .isEqualTo(new BalanceSettings.Hash(new HashKey.Header("x-user")));
        assertThat(orders("balance: {hash: {on: {cookie: SessionId}}}").balance())
                .isEqualTo(new BalanceSettings.Hash(new HashKey.Cookie("SessionId")));
    }

    @Test
    void affinityNamesItsCookie() {
        assertThat(orders("affinity: {cookie: weir}").affinity()).isEqualTo(new AffinitySettings("weir"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '@', quoteCharacter = '§', value = {
        "balance: fastest @ 14: apps.orders.balance: cannot be \"fastest\"; write one of round-robin, least-request, peak-ewma, or hash: {on: …}",
        "balance: {hash: {}} @ 21: apps.orders.balance.hash.on: is missing",
        "balance: {hush: {on: path}} @ 15: apps.orders.balance.hush: unknown key; did you mean hash?",
        "balance: {hash: {on: query}} @ 26: apps.orders.balance.hash.on: cannot be \"query\"; write one of client-address, path, {header: NAME}, {cookie: NAME}",
        "balance: {hash: {on: {}}} @ 26: apps.orders.balance.hash.on: names no header or cookie; write one of client-address, path, {header: NAME}, {cookie: NAME}",
        "balance: {hash: {on: {header: a, cookie: b}}} @ 26: apps.orders.balance.hash.on: names both a header and a cookie; write one of client-address, path, {header: NAME}, {cookie: NAME}",
        "balance: {hash: {on: {header: \"a b\"}}} @ 35: apps.orders.balance.hash.on.header: must be a token, is \"a b\"; use letters, digits and !#$%&'*+-.^_`|~",
        "affinity: {cookie: \"a;b\"} @ 24: apps.orders.affinity.cookie: must be a token, is \"a;b\"; use letters, digits and !#$%&'*+-.^_`|~",
        "affinity: {} @ 15: apps.orders.affinity.cookie: is missing",
    })
    void mistakesAreReportedWhereTheyStand(String line, String problem) {
        assertProblems(LEAST + ORDERS + "    " + line + "\n", "11:" + problem);
    }
}
