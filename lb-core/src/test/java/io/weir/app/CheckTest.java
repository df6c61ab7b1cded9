package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code weir check} says, and the code that it ends with. */
class CheckTest {

    private static final String LEAST = """
            domains: [cloudhub.example]
            here: {region: ca-c1, zone: ca-c1a}
            regions: {ca-c1: {jurisdiction: CA, zones: [ca-c1a]}}
            listeners: [{bind: "127.0.0.1:8080"}]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void aGoodConfigIsSaidToBe() throws IOException {
        Path file = write("weir.yaml", LEAST + "apps: {a: {pools: {ca-c1: {workers: [{address: \"a:1\", zone: ca-c1a}, {address: \"b:1\", zone: ca-c1a}]}}}}\n");

        assertThat(check(file, Check.Format.TEXT)).isZero();
        assertThat(text(out)).matches("ok: 1 app, 2 workers, [0-9a-f]{12}\n");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void aFolderIsOneConfig() throws IOException {
        write("10-base.yaml", LEAST);
        write("20-app.yaml", "apps: {a: {pools: {ca-c1: {workers: [{address: \"a:1\", zone: ca-c1a}]}}}}\n");

        assertThat(check(folder, Check.Format.TEXT)).isZero();
        assertThat(text(out)).startsWith("ok: 1 app, 1 worker, ");
    }

    @Test
    void whereNobodyCouldBeConnectedToIsSaid() throws IOException {
        String listeners = "{bind: \":0\", tcp: b.cloudhub.example}, {bind: \":0\", tcp: a.us-e1.cloudhub.example}, "
                + "{bind: \":0\", tcp: old.example}, {bind: \":0\", tcp: a.cloudhub.example}, {bind: \":0\", tcp: sni}, ";
        Path file = write("weir.yaml", LEAST.replace("zones: [ca-c1a]}", "zones: [ca-c1a]}, us-e1: {jurisdiction: US, zones: [us-e1a]}").replace("listeners: [", "listeners: [" + listeners)
                + "apps: {a: {pools: {ca-c1: {workers: [{address: \"a:1\", zone: ca-c1a}]}}}}\nmappings: [{host: old.example, respond: 410}]\n");
        String remedy = ", so each connection will be reset; name the domain of an app, or a host that is mapped to one\n";

        assertThat(check(file, Check.Format.TEXT)).isZero();
        assertThat(text(err)).isEqualTo("warning: listeners[0].tcp: no app and no mapping is at b.cloudhub.example" + remedy
                + "warning: listeners[1].tcp: the app has no pool in the region that a.us-e1.cloudhub.example names" + remedy
                + "warning: listeners[2].tcp: a mapping answers at old.example, by HTTP" + remedy);
    }

    @Test
    void problemsAreSaidWithTheirLinesAndCounted() throws IOException {
        Path file = write("weir.yaml", LEAST + "limits: {haed: 8KiB}\nruntime: {drain: 5}\n");

        assertThat(check(file, Check.Format.TEXT)).isEqualTo(1);
        assertThat(text(out)).isEmpty();
        assertThat(text(err)).isEqualTo(
                file + ":5:10: limits.haed: unknown key; did you mean head?\n"
                        + "    limits: {haed: 8KiB}\n"
                        + "             ^\n"
                        + file + ":6:18: runtime.drain: has no unit: 5; write a whole number with a unit: 500ms, 30s, 5m, 1h\n"
                        + "    runtime: {drain: 5}\n"
                        + "                     ^\n"
                        + "weir: 2 problems in " + file + "\n");
    }

    @Test
    void forMachinesProblemsAreAnArray() throws IOException {
        Path file = write("weir.yaml", LEAST + "limits: {head: \"\\\"\"}\n");

        assertThat(check(file, Check.Format.JSON)).isEqualTo(1);
        assertThat(text(err)).isEmpty();
        assertThat(text(out)).isEqualTo("""
                [
                  {
                    "file": "%s",
                    "line": 5,
                    "column": 16,
                    "path": "limits.head",
                    "what": "is not a size: \\"\\"\\"",
                    "hint": "write a whole number of bytes, or one with a unit of 1024: 64KiB, 8MiB, 1GiB"
                  }
                ]
                """.formatted(file));
    }

    @Test
    void everyFileThatCannotBeUsedIsSaidWithThePlaceThatNamesIt() throws IOException {
        Path file = write("weir.yaml", LEAST.replace("listeners: [{bind: \"127.0.0.1:8080\"}]", """
                listeners:
                  - bind: "127.0.0.1:8443"
                    tls:
                      certificates: [{cert: a.pem, key: a.key}, {cert: b.pem, key: b.key}]
                      client-auth: {mode: required, ca: ca.pem}""")
                + "apps: {a: {upstream: {tls: {ca: workers.pem}}, pools: {ca-c1: {workers: [{address: \"a:1\", zone: ca-c1a}]}}}}\n");

        assertThat(check(file, Check.Format.TEXT)).isEqualTo(1);
        assertThat(text(err)).contains(
                file + ":7:22: listeners[0].tls.certificates[0]: " + folder.resolve("a.pem"),
                file + ":7:49: listeners[0].tls.certificates[1]: " + folder.resolve("b.pem"),
                file + ":8:20: listeners[0].tls.client-auth: " + folder.resolve("ca.pem"),
                file + ":9:33: apps.a.upstream.tls.ca: " + folder.resolve("workers.pem"),
                "weir: 4 problems in " + file);
    }

    @Test
    void inAFolderTheFileIsNamedThatNamesIt() throws IOException {
        write("10-base.yaml", LEAST);
        Path second = write("20-tls.yaml", "listeners: [{bind: \":8443\", tls: {certificates: [{cert: a.pem, key: a.key}]}}]\n");

        assertThat(check(folder, Check.Format.JSON)).isEqualTo(1);
        assertThat(text(out)).contains("\"file\": \"" + second + "\"", "\"path\": \"listeners[0].tls.certificates[0]\"");
    }

    @Test
    void aGoodConfigIsAnEmptyArrayForMachines() throws IOException {
        assertThat(check(write("weir.yaml", LEAST), Check.Format.JSON)).isZero();
        assertThat(text(out)).isEqualTo("[]\n");
    }

    @Test
    void limitsThatTheDescriptorsCannotHoldAreAWarning() throws IOException {
        Path file = write("weir.yaml", LEAST + "limits: {connections: 1000000}\n");

        assertThat(check(file, Check.Format.TEXT)).isZero();
        assertThat(text(out)).startsWith("ok: ");
        assertThat(text(err)).satisfiesAnyOf(
                line -> assertThat(line).startsWith("warning: limits.connections: 1000000 connections with their workers' need 2000200 descriptors"),
                line -> assertThat(line).as("a machine with as many").isEmpty());
    }

    @Test
    void noPortIsOpened() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = write("weir.yaml", LEAST.replace("8080", String.valueOf(taken.getLocalPort())));

            assertThat(check(file, Check.Format.TEXT)).isZero();
        }
    }

    @Test
    void whatIsNotThereIsAProblemAndNotAStackTrace() {
        Path file = folder.resolve("none.yaml");

        assertThat(check(file, Check.Format.TEXT)).isEqualTo(1);
        assertThat(text(err)).isEqualTo(file + ":1:1: there is no such file\nweir: 1 problem in " + file + "\n");
    }

    @Test
    void theCommandLineIsCheckedToo() throws IOException {
        String file = write("weir.yaml", LEAST).toString();

        assertThat(Main.execute("check", file)).isZero();
        assertThat(Main.execute("check", "--format", "json", file)).isZero();
        assertThat(Main.execute("check", "--schema")).isZero();
        assertThat(Main.execute("check", folder.resolve("none").toString())).isEqualTo(1);
        assertThat(Main.execute("check")).isEqualTo(2);
        assertThat(Main.execute("check", "--format", "xml", file)).isEqualTo(2);
        assertThat(Main.execute("check", "--schema", file)).isEqualTo(2);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private int check(Path path, Check.Format format) {
        return Check.check(path, format, new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
