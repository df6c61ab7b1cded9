package io.weir.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.weir.topology.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.test.scheduler.VirtualTimeScheduler;

class LastKnownGoodTest {
    private static final Service ORDERS = new Service(Service.Kind.DNS_A, "orders.internal");
    private static final Service STOCK = new Service(Service.Kind.DNS_SRV, "_http._tcp.stock.internal");
    private static final Instant AT = Instant.parse("2026-11-28T05:00:00Z");
    private static final Map<Service, Kept> ALL = Map.of(
            ORDERS, new Kept(BeliefTest.workers(0, 3), AT, Duration.ofSeconds(30)),
            STOCK,
            new Kept(
                    List.of(new FoundWorker(new Place(IpAddress.parse("2001:db8::1"), 8080), 256)),
                    AT.plusMillis(1),
                    Duration.ofMillis(5500)));

    @TempDir
    Path folder;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final DiscoveryEvents events = new DiscoveryEvents();
    private LastKnownGood kept;

    @BeforeEach
    void open() {
        kept = new LastKnownGood(folder.resolve("state"), time, events);
    }

    @AfterEach
    void close() {
        kept.close();
    }

    private void write(byte[] bytes) throws IOException {
        Files.createDirectories(kept.path().getParent());
        Files.write(kept.path(), bytes);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(kept.path().getParent())) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void withoutAFileNothingIsKnown() {
        assertThat(kept.read()).isEmpty();
        assertThat(events.take()).isEmpty();
    }

    @Test
    void whatIsKeptIsRead() throws IOException {
        kept.keep(() -> ALL, Duration.ofSeconds(1));
        assertThat(kept.path()).doesNotExist();
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(kept.read()).isEqualTo(ALL);
        assertThat(files()).containsExactly("discovered");
        assertThat(Files.readString(kept.path())).startsWith("""
                weir-discovered 1
                dns-a orders.internal 2026-11-28T05:00:00Z PT30S 10.0.0.1/0/1 10.0.0.2/0/1 10.0.0.3/0/1
                dns-srv _http._tcp.stock.internal 2026-11-28T05:00:00.001Z PT5.5S 2001:db8::1/8080/256
                crc32c\s""");
    }

    @Test
    void manyChangesAreWrittenOnceAndAnUrgentOneBringsAllForward() {
        AtomicInteger writes = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            kept.keep(() -> { writes.incrementAndGet(); return ALL; }, Duration.ofMinutes(1));
        }
        kept.keep(() -> { writes.incrementAndGet(); return ALL; }, Duration.ofSeconds(1));
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(writes).hasValue(1);
        time.advanceTimeBy(Duration.ofMinutes(5));

        assertThat(writes).hasValue(1);
    }

    @Test
    void whatIsNotWrittenYetIsWrittenAtTheEnd() {
        kept.keep(() -> ALL, Duration.ofMinutes(1));
        kept.close();

        assertThat(kept.read()).isEqualTo(ALL);
    }

    @Test
    void everyCutIsRefused() {
        byte[] whole = LastKnownGood.print(ALL);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatIOException().as("%d bytes", length).isThrownBy(() -> LastKnownGood.parse(cut));
        }
    }

    @Test
    void everyBitThatFlipsIsRefused() {
        byte[] whole = LastKnownGood.print(ALL);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatIOException().as("bit %d", bit).isThrownBy(() -> LastKnownGood.parse(flipped));
        }
    }

    @Test
    void whatIsBrokenIsSaidAndPutAside() throws IOException {
        byte[] broken = Arrays.copyOf(LastKnownGood.print(ALL), 50);
        write(broken);

        assertThat(kept.read()).isEmpty();
        assertThat(events.take()).singleElement().asString().matches("not read discovered\\.broken-\\d+: it ends before its end");
        assertThat(files()).singleElement().asString().startsWith("discovered.broken-");
        assertThat(Files.readAllBytes(folder.resolve("state").resolve(files().getFirst()))).isEqualTo(broken);
        assertThat(kept.read()).isEmpty();
        assertThat(events.take()).isEmpty();
    }

    @Test
    void anotherVersionIsRefusedByName() throws IOException {
        String text = new String(LastKnownGood.print(Map.of()), StandardCharsets.UTF_8);
        String body = text.substring(0, text.indexOf("crc32c")).replace("discovered 1", "discovered 2");
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        write((body + "crc32c " + String.format("%08x", crc.getValue()) + "\n").getBytes(StandardCharsets.UTF_8));

        assertThat(kept.read()).isEmpty();
        assertThat(events.take()).singleElement().asString().endsWith("it is of another version: it begins with weir-discovered 2");
    }

    @Test
    void aDiskThatTakesNothingIsSaidOnceAndTriedAgain() throws IOException {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");
        kept.keep(() -> ALL, Duration.ofSeconds(1));
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(events.take()).containsExactly("not kept discovered");
        time.advanceTimeBy(Duration.ofSeconds(100));
        assertThat(events.take()).isEmpty();

        Files.delete(folder.resolve("state"));
        kept.keep(() -> ALL, Duration.ofSeconds(1));
        time.advanceTimeBy(Duration.ofMinutes(5));

        assertThat(events.take()).containsExactly("kept again discovered");
        assertThat(kept.read()).isEqualTo(ALL);
    }
}
