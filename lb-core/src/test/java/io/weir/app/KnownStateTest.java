package io.weir.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.control.Latches;
import io.weir.health.Contact;
import io.weir.health.Health;
import io.weir.health.HealthMemo;
import io.weir.health.HealthTransition.Cause;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What one process tells the next. */
class KnownStateTest {
    private static final HealthMemo WORKER = new HealthMemo(
            new Worker("orders", "r1", "r1a", WorkerAddress.parse("[::1]:80")),
            Health.UNHEALTHY,
            Cause.FAILURES,
            "5 failures in a row\nand more",
            Contact.SILENT,
            true,
            1,
            9_999_999_999L,
            2,
            1);

    @Test
    void isReadAsItWasWritten() throws IOException {
        Latches latches = Latches.parse(List.of("orders plan r1 r1 holding 0.0 1.0 PT4S PT56S PT1M PT0S - -"));
        KnownState read = KnownState.parse(new KnownState(latches, List.of(WORKER)).print());
        assertThat(read.latches()).isEqualTo(latches);
        assertThat(read.health()).singleElement().satisfies(worker -> {
            assertThat(worker.detail()).isEqualTo("5 failures in a row and more");
            assertThat(worker).usingRecursiveComparison().ignoringFields("detail").isEqualTo(WORKER);
        });
    }

    @Test
    void nothingIsNothing() throws IOException {
        assertThat(KnownState.parse(new byte[0])).isEqualTo(KnownState.NONE);
        assertThat(KnownState.parse(KnownState.NONE.print()).health()).isEmpty();
    }

    @Test
    void whatAnotherVersionSaysIsRefusedWithTheReason() {
        byte[] said = new KnownState(Latches.NONE, List.of(WORKER)).print();
        assertThatThrownBy(() -> KnownState.parse("weir-known 2\n".getBytes(UTF_8))).isInstanceOf(IOException.class);
        said[20] ^= 1;
        assertThatThrownBy(() -> KnownState.parse(said)).isInstanceOf(IOException.class).hasMessageContaining("checksum");
    }
}
