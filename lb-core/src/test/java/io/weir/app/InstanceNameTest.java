package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.GatewaySettings;
import io.weir.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What load balancers are called that have no name of their own in the config. */
class InstanceNameTest {
    private static final String TRUSTING = "trusted-gateways: [10.0.0.0/8]";
    private static final String HANDING_OVER = "apps: { orders: { pools: { us-e1: { gateway: { address: \"10.0.0.1:80\" } } } } }";
    private static final String DRAWN = "weir-[0-9a-f]{16}";

    private final SplittableRandom random = new SplittableRandom(1);

    private static Settings settings(int port, String more) throws Exception {
        return ConfigReader.read("test", """
                domains: [example.com]
                here: { region: ca-c1, zone: ca-c1a }
                regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] }, us-e1: { jurisdiction: US, zones: [us-e1a] } }
                listeners: [ { bind: ":%d" } ]
                %s
                """.formatted(port, more)).settings();
    }

    private String name(Settings settings, @Nullable Path state, String host) {
        return InstanceName.of(settings, state, () -> host, random);
    }

    @Test
    void nobodyIsLookedUpWhereNothingIsHandedOver() throws Exception {
        String name = InstanceName.of(settings(8080, "trusted-proxies: [10.0.0.0/8]"), null, () -> {
            throw new AssertionError("the host's name was looked up");
        }, random);

        assertThat(name).isEqualTo("weir");
    }

    @ParameterizedTest
    @ValueSource(strings = {TRUSTING, HANDING_OVER})
    void theHostWithThePortIsTheName(String gateways) throws Exception {
        assertThat(name(settings(8080, gateways), null, "lb1\n")).isEqualTo("lb1:8080");
    }

    @Test
    void theConfigsWordIsTaken() throws Exception {
        assertThat(name(settings(8080, TRUSTING + "\ninstance: near"), null, "lb1")).isEqualTo("near");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST.localdomain", "localhost6", "", "\n", "(none)", "büro"})
    void machinesWithoutANameAreToldApart(String host) throws Exception {
        String one = name(settings(8080, TRUSTING), null, host);
        String other = name(settings(8080, TRUSTING), null, host);

        assertThat(one).matches(DRAWN + ":8080").isNotEqualTo(other);
        assertThat(GatewaySettings.isInstance(one)).isTrue();
    }

    @Test
    void whatWasDrawnIsKeptOverRestarts(@TempDir Path folder) throws Exception {
        Path state = folder.resolve("made");
        String first = name(settings(8080, TRUSTING), state, "localhost");

        assertThat(name(settings(8080, TRUSTING), state, "localhost")).isEqualTo(first).matches(DRAWN + ":8080");
        assertThat(name(settings(8081, TRUSTING), folder.resolve("of-another"), "localhost")).isNotEqualTo(first);
    }

    @Test
    void aFileThatSaysNothingIsWrittenAnew(@TempDir Path state) throws Exception {
        Files.writeString(state.resolve("instance"), "a;b\n");
        String first = name(settings(8080, TRUSTING), state, "localhost");

        assertThat(first).matches(DRAWN + ":8080");
        assertThat(name(settings(8080, TRUSTING), state, "localhost")).isEqualTo(first);
    }

    @Test
    void whereNothingCanBeKeptEachStartDraws(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("no-folder"));

        assertThat(name(settings(8080, TRUSTING), file.resolve("state"), "localhost")).matches(DRAWN + ":8080");
    }

    @Test
    void severalOfOneConfigMayRunWhereTheSystemChoosesThePort(@TempDir Path state) throws Exception {
        assertThat(name(settings(0, TRUSTING), state, "lb1")).isNotEqualTo(name(settings(0, TRUSTING), state, "lb1")).matches(DRAWN);
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void longNamesThatDifferAtTheirEndStayApart() throws Exception {
        String one = name(settings(65_535, TRUSTING), null, "a".repeat(60) + "1");
        String other = name(settings(65_535, TRUSTING), null, "a".repeat(60) + "2");

        assertThat(one).startsWith("aaaa").endsWith(":65535").isNotEqualTo(other);
        assertThat(GatewaySettings.isInstance(one)).isTrue();
    }
}
