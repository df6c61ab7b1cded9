package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.upstream.AttemptFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Back-pressure: whoever can't be written to keeps the other one from being read. */
class ExchangeFlowTest {
    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    @Test
    void aWorkerThatDoesNotKeepUpStopsTheClientUntilItDoes() {
        ScriptedClient client = rig.upload("POST");
        ScriptedWorker worker = rig.connector.worker();
        rig.body("a");
        assertThat(client.isDemanded()).isTrue();
        worker.quietlyWritable(false);
        rig.body("b");
        assertThat(client.isDemanded()).isFalse();
        worker.writable(true);
        assertThat(client.isDemanded()).isTrue();
        rig.ended();
        worker.answer("");
    }

    @Test
    void aWorkerThatSaysItDoesNotKeepUpStopsTheClientAtOnce() {
        ScriptedClient client = rig.upload("POST");
        rig.connector.worker().writable(false);
        assertThat(client.isDemanded()).isFalse();
        rig.connector.worker().writable(true);
        assertThat(client.isDemanded()).isTrue();
        rig.ended();
        rig.connector.worker().answer("");
    }

    @Test
    void aWorkersPaceDoesNotMatterOnceTheRequestIsWhole() {
        ScriptedClient client = rig.get();
        rig.connector.worker().writable(false);
        assertThat(client.isDemanded()).isTrue();
        rig.connector.worker().writable(true);
        rig.connector.worker().answer("");
    }

    @Test
    void aClientThatDoesNotKeepUpStopsTheWorkerUntilItDoes() {
        ScriptedClient client = rig.get();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK").body("a").pause();
        assertThat(worker.isDemanded()).isTrue();
        client.writable(false);
        worker.body("b").pause();
        assertThat(worker.isDemanded()).isFalse();
        rig.clientWritable(true);
        assertThat(worker.isDemanded()).isTrue();
        worker.end();
    }

    @Test
    void aClientThatSaysItDoesNotKeepUpStopsTheWorkerAtOnce() {
        rig.get();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK").body("a");
        rig.clientWritable(false);
        assertThat(worker.isDemanded()).isFalse();
        rig.clientWritable(true);
        assertThat(worker.isDemanded()).isTrue();
        worker.end();
    }

    @Test
    void aClientThatDoesNotKeepUpStopsInterimResponsesToo() {
        rig.connector.later();
        rig.get();
        rig.clientWritable(false);
        ScriptedWorker worker = rig.connector.waiting().connect();
        worker.head("HTTP/1.1 103 Early Hints");
        assertThat(worker.isDemanded()).isFalse();
        rig.clientWritable(true);
        assertThat(worker.isDemanded()).isTrue();
        worker.answer("");
    }

    @Test
    void whatComesWhileAConnectionIsMadeIsHeld() {
        rig.connector.later();
        ScriptedClient client = rig.upload("POST");
        rig.body("early ").body("body ");
        assertThat(client.isDemanded()).isTrue();
        ScriptedWorker worker = rig.connector.waiting().connect();
        assertThat(worker.body()).isEqualTo("early body ");
        assertThat(worker.isUnflushed()).isFalse();
        rig.body("later").ended();
        assertThat(worker.body()).isEqualTo("early body later");
        worker.answer("");
    }

    @Test
    void aClientIsStoppedWhenSixtyFourKibAreHeldAndGoesOnWithTheConnection() {
        rig.connector.later();
        ScriptedClient client = rig.upload("POST");
        rig.body(63 * 1024);
        assertThat(client.isDemanded()).isTrue();
        rig.body(1024);
        assertThat(client.isDemanded()).isFalse();
        ScriptedWorker worker = rig.connector.waiting().connect();
        assertThat(client.isDemanded()).isTrue();
        assertThat(worker.body()).hasSize(64 * 1024);
        assertThat(rig.alloc.metric().usedHeapMemory()).as("a POST is not held any longer").isZero();
        rig.ended();
        worker.answer("");
    }

    @Test
    void aStoppedClientStaysStoppedIfTheNewWorkerDoesNotKeepUp() {
        rig.connector.later().atOnce();
        ScriptedClient client = rig.upload("POST");
        rig.body(64 * 1024);
        rig.connector.waiting().fail(AttemptFailure.CONNECT_REFUSED);
        ScriptedWorker worker = rig.connector.worker();
        assertThat(worker.body()).hasSize(64 * 1024);
        worker.writable(false);
        assertThat(client.isDemanded()).isFalse();
        worker.writable(true);
        assertThat(client.isDemanded()).isTrue();
        rig.ended();
        worker.answer("");
    }

    @Test
    void aRetryReadsOnFromAClientThatTheLastWorkerStopped() {
        rig.connector.atOnce().later();
        ScriptedClient client = rig.upload("PUT");
        ScriptedWorker first = rig.connector.worker();
        first.quietlyWritable(false);
        rig.body("x");
        assertThat(client.isDemanded()).isFalse();
        first.fail(AttemptFailure.RESET);
        rig.connector.waiting().connect();
        assertThat(client.isDemanded()).isTrue();
        rig.ended();
        rig.connector.worker().answer("");
    }

    @Test
    void memoryIsBoundedWhateverTheBodysSize() {
        rig.connector.later();
        rig.upload("PUT");
        for (int i = 0; i < 4; i++) {
            rig.body(16 * 1024);
        }
        rig.connector.waiting().connect();
        long most = 0;
        for (int i = 0; i < 200; i++) {
            rig.body(16 * 1024);
            most = Math.max(most, rig.alloc.metric().usedHeapMemory());
        }
        assertThat(most).isLessThanOrEqualTo(64 * 1024);
        rig.ended();
        assertThat(rig.connector.worker().body()).hasSize(204 * 16 * 1024);
        rig.connector.worker().answer("");
    }
}
