package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is printed of settings is a config that says them. */
class SettingsTreeTest {

    @Test
    void everyKeyComesBackAsTheSettingThatItWas() {
        Settings settings = Configs.read(SettingsKeysTest.EVERY_KEY.replace(", token: a-token-of-24-characters", ""));

        assertThat(Configs.read(JsonText.of(SettingsTree.of(settings)))).isEqualTo(settings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"least-request", "peak-ewma", "{hash: {on: client-address}}", "{hash: {on: path}}", "{hash: {on: {cookie: Id}}}"})
    void everyPolicyToo(String balance) {
        Settings settings = Configs.read(Configs.LEAST + Configs.ORDERS + "    balance: " + balance + "\n");

        assertThat(Configs.read(JsonText.of(SettingsTree.of(settings)))).isEqualTo(settings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "tls", "grpc", "{tls: {server-name: a.example}}", "{grpc: {service: \"$${a}\"}, port: 1}", "{http: {path: \"/$${a}\", body: \"$${b}\"}}"})
    void everyKindOfCheckToo(String check) {
        Settings settings = Configs.read(Configs.LEAST + Configs.ORDERS + "    check: " + check + "\n");

        assertThat(Configs.read(JsonText.of(SettingsTree.of(settings)))).isEqualTo(settings);
    }

    @Test
    void whatLooksLikeAReferenceStaysWhatItIs() {
        Settings settings = Configs.read(Configs.LEAST + Configs.ORDERS + "mappings: [{path: '/{app}/', app: orders, rewrite: '/$${app}'}]\n");

        String text = JsonText.of(SettingsTree.of(settings));

        assertThat(text).contains("\"/$${app}\"");
        assertThat(Configs.read(text)).isEqualTo(settings);
    }

    @Test
    void defaultsAreWritten() {
        String text = JsonText.of(SettingsTree.of(Configs.read(Configs.LEAST + Configs.ORDERS)));

        assertThat(text).contains("\"balance\": \"round-robin\"", "\"event-loops\": \"auto\"", "\"body\": \"off\"", "\"attempt\": \"off\"", "\"panic\": \"50%\"", "\"global\": \"active-passive\"");
        assertThat(Configs.read(text)).isEqualTo(Configs.read(Configs.LEAST + Configs.ORDERS));
    }

    @Test
    void aSecretIsNotAndWhatStandsInItsPlaceIsRefused() {
        String text = JsonText.of(SettingsTree.of(Configs.read(Configs.LEAST + "admin: {bind: \":9901\", token: a-token-of-24-characters}\n")));

        assertThat(text).contains("\"token\": \"(redacted)\"").doesNotContain("a-token");
        assertThatThrownBy(() -> ConfigReader.read("printed", text))
                .hasMessageContaining("admin.token: must be of 16 to 1024 characters, is of 10");
    }
}
