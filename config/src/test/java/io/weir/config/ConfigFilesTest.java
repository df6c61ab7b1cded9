package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A config that is read again is what a first reading would make of it, and what has not changed is the same object. */
class ConfigFilesTest {

    private static final String STOCK = Configs.ORDERS.replace("orders", "stock");
    /** Far enough in the past that stamps are believed. */
    private static final long LONG_AGO = 1_000_000_000_000L;

    private final Map<String, String> environment = Map.of("ZONE", "ca-c1b", "WEIGHT", "7");
    private final AtomicLong ahead = new AtomicLong();
    private final AtomicInteger edits = new AtomicInteger();
    private boolean telling;
    /** Whether more has happened than that plain files in {@link #touched} were written to. */
    private boolean untold = true;

    private final Set<Path> touched = new HashSet<>();
    private Path folder = Path.of("");
    private ConfigFiles files = new ConfigFiles(folder);

    @BeforeEach
    void setUp(@TempDir Path temp) throws IOException {
        folder = Files.createDirectory(temp.resolve("conf.d"));
        files = files(folder);
        write("10-base.yaml", Configs.LEAST);
    }

    private ConfigFiles files(Path path) {
        return new ConfigFiles(path, environment::get, () -> System.currentTimeMillis() + ahead.get());
    }

    @Test
    void anAppIsTheSameObjectWhileItsSettingsAreTheSame() throws Exception {
        write("20-orders.yaml", Configs.ORDERS);
        write("30-stock.yaml", STOCK);
        LoadedConfig first = files.read();

        write("30-stock.yaml", STOCK + "    panic: 30%\n  more:\n    pools: {us-e1: {workers: [{address: \"127.0.0.1:1\", zone: us-e1a}]}}\n");
        LoadedConfig second = files.read();
        write("30-stock.yaml", STOCK + "    panic: 30%\n");
        LoadedConfig third = files.read();

        assertThat(app(second, "orders")).isSameAs(app(first, "orders"));
        assertThat(app(second, "stock")).isNotEqualTo(app(first, "stock"));
        assertThat(second.settings().apps().keySet()).containsExactly("orders", "stock", "more");
        assertThat(app(third, "stock")).as("of a file that was parsed again").isSameAs(app(second, "stock"));
        assertThat(third.settings().apps().keySet()).containsExactly("orders", "stock");
    }

    @Test
    void nothingNewIsTheSameConfig() throws Exception {
        write("20-orders.yaml", Configs.ORDERS);
        LoadedConfig first = files.read();
        write("20-orders.yaml", Configs.ORDERS);

        assertThat(files.read()).isSameAs(first);
    }

    @Test
    void whatStandsElsewhereIsLookedUpAgain() throws Exception {
        write("weight", "3");
        write("20-orders.yaml", Configs.ORDERS.replace("zone: ca-c1a", "zone: ca-c1a, weight: \"${file:weight}\"") + STOCK.replace("apps:\n", ""));
        LoadedConfig first = files.read();
        LoadedConfig again = files.read();
        write("weight", "4");
        LoadedConfig changed = files.read();

        assertThat(app(again, "orders")).isSameAs(app(first, "orders"));
        assertThat(app(changed, "orders").pools().values().iterator().next().workers().getFirst().weight()).isEqualTo(4);
        assertThat(app(changed, "stock")).isSameAs(app(first, "stock"));
        assertThat(changed.checksum()).isEqualTo(first.checksum());

        write("weight", "many");
        assertSame();
        Files.delete(folder.resolve("weight"));
        assertSame();
    }

    @Test
    void appsAreHeldAgainstRegionsThatHaveChanged() throws Exception {
        write("20-orders.yaml", Configs.ORDERS);
        files.read();
        write("10-base.yaml", Configs.LEAST.replace("ca-c1a, ca-c1b", "ca-c1b, ca-c1c").replace("zone: ca-c1a", "zone: ca-c1b"));

        assertThatExceptionOfType(ConfigProblemsException.class).isThrownBy(files::read).withMessageContaining("region ca-c1 has no zone ca-c1a");
        write("10-base.yaml", Configs.LEAST.replace("ca-c1a, ca-c1b", "ca-c1b, ca-c1a"));
        assertSame();
    }

    @Test
    void aGatewayIsHeldAgainstWhereTheProcessRuns() throws Exception {
        write("20-orders.yaml", "apps: {orders: {pools: {us-e1: {gateway: {address: \"10.0.0.1:80\"}}}}}\n");
        files.read();
        write("10-base.yaml", Configs.LEAST.replace("{region: ca-c1, zone: ca-c1a}", "{region: us-e1, zone: us-e1a}"));

        assertThatExceptionOfType(ConfigProblemsException.class).isThrownBy(files::read).withMessageContaining("us-e1 is where this process runs");
    }

    @Test
    void afterAProblemWhatWasRightIsStillKnown() throws Exception {
        write("20-orders.yaml", Configs.ORDERS);
        LoadedConfig first = files.read();
        write("30-stock.yaml", "apps: [\n");
        assertSame();
        write("30-stock.yaml", STOCK);

        assertThat(app(files.read(), "orders")).isSameAs(app(first, "orders"));
    }

    @Test
    void aFolderThatHasBecomeEmptyIsNoConfig() throws Exception {
        files.read();
        Files.delete(folder.resolve("10-base.yaml"));

        assertSame();
        assertSame();
    }

    @Test
    void aFileThatHasBecomeAFolderAndTheOtherWayRound() throws Exception {
        write("key.pem", "");
        String app = Configs.ORDERS + "    upstream: {tls: {ca: ca.pem}}\n";
        Path path = folder.resolve("config");
        files = files(path);
        Files.writeString(path, Configs.LEAST + app);
        LoadedConfig file = files.read();
        Files.delete(path);
        Files.createDirectory(path);
        Files.writeString(path.resolve("all.yaml"), Configs.LEAST + app);

        assertThat(Objects.requireNonNull(app(files.read(), "orders").upstream().tls()).ca()).isEqualTo(path.resolve("ca.pem"));
        assertThat(Objects.requireNonNull(app(file, "orders").upstream().tls()).ca()).isEqualTo(folder.resolve("ca.pem"));
        assertSame(path);
    }

    @Test
    void aChangeRightAfterAReadingIsSeenThoughNothingElseDiffers() throws Exception {
        Path file = folder.resolve("20-orders.yaml");
        write("20-orders.yaml", Configs.ORDERS);
        files.read();
        FileTime time = Files.getLastModifiedTime(file);
        write("20-orders.yaml", Configs.ORDERS.replace("9001", "9002"));
        Files.setLastModifiedTime(file, time);

        assertSame();
    }

    @Test
    void manyMappingsAreNotKeptAndReadAgain() throws Exception {
        var text = new StringBuilder(Configs.ORDERS).append("mappings:\n");
        for (int i = 0; i < 30_000; i++) {
            text.append("  - {host: h").append(i).append(".example.com, path: /, app: orders}\n");
        }
        write("20-many.yaml", text.toString());
        LoadedConfig first = files.read();

        assertThat(files.read()).isSameAs(first);
        write("30-stock.yaml", STOCK);
        assertThat(app(files.read(), "orders")).isSameAs(app(first, "orders"));
        assertSame();
    }

    @Test
    void everyKeyInOneFile() throws Exception {
        Path file = folder.resolve("all.yaml");
        files = files(file);
        write("all.yaml", SettingsKeysTest.EVERY_KEY);
        LoadedConfig first = files.read();
        write("all.yaml", SettingsKeysTest.EVERY_KEY.replace("lb-1.us-e1", "lb-2.us-e1"));

        LoadedConfig second = files.read();
        assertThat(app(second, "stock")).isSameAs(app(first, "stock"));
        assertThat(second.settings().gateways().instance()).isEqualTo("lb-2.us-e1");
        assertSame(file);
    }

    /** With stamps that are not believed, so that digests are compared, and with such that are. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverIsDoneToTheFolder(int seed) throws Exception {
        boolean believed = seed % 2 == 0;
        ahead.set(believed ? 3_600_000 : 0);
        var random = new Random(seed);
        write("weight", "1");
        int good = 0;
        for (int i = 0; i < 250; i++) {
            for (int edit = random.nextInt(3); edit >= 0; edit--) {
                edit(random);
            }
            if (assertSame()) {
                good++;
            } else if (random.nextInt(3) == 0) {
                mend();
            }
        }
        assertThat(good).as("configs without problems").isBetween(40, 245);
    }

    /** Each change of a plain file is told, as {@link ConfigWatch} does; of others, that anything may have changed. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void whateverIsDoneToTheFolderAndTold(int seed) throws Exception {
        telling = true;
        whateverIsDoneToTheFolder(seed);
    }

    @Test
    void whatIsNotTouchedIsNotLookedAtWhereChangesAreTold() throws Exception {
        write("20-orders.yaml", Configs.ORDERS);
        write("30-stock.yaml", STOCK);
        files.read(ConfigChange.ANY);
        write("20-orders.yaml", Configs.ORDERS + "    panic: 30%\n");
        write("30-stock.yaml", STOCK + "    panic: 30%\n");

        LoadedConfig told = files.read(new ConfigChange(Set.of(folder.resolve("20-orders.yaml"))));
        assertThat(app(told, "orders").failover().panic()).isEqualTo(0.3);
        assertThat(app(told, "stock").failover().panic()).as("of which nothing was told").isNotEqualTo(0.3);

        assertThat(app(files.read(), "stock").failover().panic()).isEqualTo(0.3);
        write("30-stock.yaml", STOCK);
        assertThat(app(files.read(new ConfigChange(Set.of(folder.resolve("none.yaml")))), "stock").failover().panic())
                .as("after a reading that nobody told of anything for")
                .isNotEqualTo(0.3);
    }

    @Test
    void aFolderOfManyFilesOfOneApp() throws Exception {
        for (int i = 0; i < 300; i++) {
            write("20-%04d.yaml".formatted(i), STOCK.replace("stock", "app" + i));
        }
        LoadedConfig first = files.read(ConfigChange.ANY);
        assertSame();
        files.read(ConfigChange.ANY);

        Path changed = folder.resolve("20-0123.yaml");
        writeTo(changed, STOCK.replace("stock", "app123") + "    panic: 30%\n");
        LoadedConfig second = files.read(new ConfigChange(Set.of(changed)));

        assertThat(ByName.changes(first.settings().apps(), second.settings().apps())).extracting(ByName.Change::name).containsExactly("app123");
        assertThat(second).isEqualTo(ConfigReader.read(folder));
        writeTo(changed, STOCK.replace("stock", "app7"));
        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> files.read(new ConfigChange(Set.of(changed))))
                .withMessageContaining("is given twice");
    }

    @Test
    void anAppOfOneFileIsTheSameObjectWhileItsSettingsAreTheSame() throws Exception {
        Path file = folder.resolve("10-base.yaml");
        files = files(file);
        String both = Configs.LEAST + Configs.ORDERS + STOCK.replace("apps:\n", "");
        writeTo(file, both);
        LoadedConfig first = files.read();
        writeTo(file, both + "    panic: 30%\n");
        LoadedConfig second = files.read();
        writeTo(file, both.replace("zones: [ca-c1a, ca-c1b]", "zones: [ca-c1a, ca-c1b, ca-c1c]") + "    panic: 30%\n");
        assertSame(file);

        assertThat(app(second, "orders")).isSameAs(app(first, "orders"));
        assertThat(app(second, "stock").failover().panic()).isEqualTo(0.3);
    }

    private void mend() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            for (Path file : all.filter(file -> String.valueOf(file.getFileName()).startsWith("f")).toList()) {
                remove(file);
            }
        }
        write("weight", "2");
    }

    private void edit(Random random) throws IOException {
        String name = "f" + random.nextInt(5) + (random.nextBoolean() ? ".yaml" : ".yml");
        Path file = folder.resolve(name);
        switch (random.nextInt(14)) {
            case 0, 1 -> remove(file);
            case 2 -> {
                remove(file);
                Files.createDirectory(file);
            }
            case 3 -> {
                remove(file);
                Path target = folder.resolve("target" + random.nextInt(2));
                writeTo(target, apps(random));
                Files.createSymbolicLink(file, target);
                untold = true;
            }
            case 4 -> write("weight", random.nextInt(8) == 0 ? "x" : "" + (1 + random.nextInt(9)));
            case 5 -> write("10-base.yaml", base(random));
            case 6 -> {
                remove(file);
                write(name, List.of("apps: [", "a: b: c", "x: 1\n", "- 1\n", "# nothing\n", "\uFEFFapps: {}\n", "").get(random.nextInt(7)));
            }
            case 7 -> Files.write(folder.resolve(".hidden.yaml"), new byte[] {1});
            case 8 -> {
                remove(file);
                Path temporary = folder.resolve("temporary");
                writeTo(temporary, apps(random));
                Files.move(temporary, file);
            }
            default -> {
                if (Files.isDirectory(file)) {
                    remove(file);
                }
                write(name, apps(random));
            }
        }
    }

    private static String base(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> Configs.LEAST.replace("[ca-c1a, ca-c1b]", "[ca-c1a, ca-c1b, ca-c1c]");
            case 1 -> Configs.LEAST.replace("[ca-c1a, ca-c1b]", "[ca-c1b, ca-c1a]");
            case 2 -> Configs.LEAST.replace("zone: ca-c1a", "zone: \"${ZONE}\"");
            case 3 -> Configs.LEAST.replace(":8080", ":8081") + "limits: {head: 4KiB}\n";
            default -> Configs.LEAST;
        };
    }

    private static String apps(Random random) {
        var text = new StringBuilder("apps:\n");
        int apps = random.nextInt(3);
        for (int i = 0; i < apps; i++) {
            String name = "app" + random.nextInt(400);
            text.append("  ").append(name).append(": ").append(i == 0 ? "&first\n" : "\n");
            String zone = random.nextInt(30) == 0 ? "ca-c1x" : random.nextBoolean() ? "ca-c1a" : "ca-c1b";
            String weight = List.of("1", "2", "\"${file:weight}\"", "\"${WEIGHT}\"").get(random.nextInt(4));
            text.append("    pools: {ca-c1: {workers: [{address: \"127.0.0.1:").append(9000 + random.nextInt(3))
                    .append("\", zone: ").append(zone).append(", weight: ").append(weight).append("}]}}\n");
            if (random.nextInt(3) == 0) {
                text.append("    panic: ").append(random.nextInt(10) * 11).append("%\n");
            }
        }
        if (apps > 0 && random.nextInt(4) == 0) {
            text.append("  alias").append(random.nextInt(200)).append(": *first\n");
        }
        if (apps == 0) {
            text.append("  {}\n");
        }
        if (random.nextInt(4) == 0) {
            text.append("mappings: [{host: h").append(random.nextInt(9)).append(".example.com, ").append(random.nextInt(8) == 0 ? "app: app7" : "respond: 404").append("}]\n");
        }
        return text.toString();
    }

    private void remove(Path file) throws IOException {
        touched.add(file);
        Files.deleteIfExists(file);
    }

    private void write(String name, String text) throws IOException {
        writeTo(folder.resolve(name), text);
    }

    private void writeTo(Path file, String text) throws IOException {
        touched.add(file);
        untold |= Files.isSymbolicLink(file);
        Files.writeString(file, text);
        if (ahead.get() > 0) {
            // Two changes within one tick of the file system's clock differ all the same.
            Files.setLastModifiedTime(file, FileTime.fromMillis(LONG_AGO + 1000L * edits.incrementAndGet()));
        }
    }

    private static AppSettings app(LoadedConfig config, String name) {
        return Objects.requireNonNull(config.settings().apps().get(name));
    }

    private boolean assertSame() throws Exception {
        return assertSame(folder);
    }

    /** That a first reading makes the same of it; whether it is good. */
    private boolean assertSame(Path path) throws IOException {
        ConfigChange told = told();
        Outcome again = Outcome.of(() -> telling ? files.read(told) : files.read());
        Outcome first = Outcome.of(() -> ConfigReader.read(path, environment::get));
        assertThat(again).isEqualTo(first);
        return again.config != null;
    }

    private ConfigChange told() throws IOException {
        ConfigChange told = untold ? ConfigChange.ANY : new ConfigChange(touched);
        touched.clear();
        try (Stream<Path> all = Files.list(folder)) {
            untold = all.anyMatch(Files::isSymbolicLink); // what happens to its target is told of neither
        }
        return told;
    }

    private interface Read {
        LoadedConfig read() throws ConfigProblemsException;
    }

    private record Outcome(@Nullable LoadedConfig config, List<String> apps, List<Problem> problems, List<String> excerpts) {
        static Outcome of(Read read) {
            try {
                LoadedConfig config = read.read();
                return new Outcome(config, List.copyOf(config.settings().apps().keySet()), List.of(), List.of());
            } catch (ConfigProblemsException e) {
                var excerpts = new ArrayList<String>();
                e.problems().forEach(problem -> excerpts.add(String.valueOf(e.excerpt(problem))));
                return new Outcome(null, List.of(), e.problems(), excerpts);
            }
        }
    }
}
