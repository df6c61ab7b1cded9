package io.weir.platform.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.platform.worker.RawClient.Response;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkerServerTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private WorkerServer server;
    private RawClient client;

    @BeforeEach
    void start() throws IOException {
        server = WorkerServer.open(new BindAddress("127.0.0.1", 0), new Identity("orders", "o1", "ca-c1", "ca-c1a", 4711));
        client = new RawClient(server.address());
    }

    @AfterEach
    void end() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void anEchoSaysWhoAnswersAndWhatWasAsked() throws IOException {
        client.send("PUT /lines?page=2 HTTP/1.1\nHost: a\nX-Tag: one\nX-Tag: two\nContent-Length: 5\n\nthree");

        Response response = client.response();

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.head()).containsIgnoringCase("content-type: application/json\r\n").contains("x-worker: o1\r\n");
        assertThat(response.body().replaceAll("\\s+", " ").strip()).isEqualTo("""
                { "app": "orders", "worker": "o1", "region": "ca-c1", "zone": "ca-c1a", "pid": 4711, \
                "address": "127.0.0.1:%d", "method": "PUT", "target": "/lines?page=2", "version": "HTTP/1.1", \
                "fields": {"host": "a", "x-tag": ["one", "two"], "content-length": "5"}, \
                "body": {"bytes": 5, "text": "three"} }""".formatted(server.address().getPort()));
    }

    @Test
    void aLongBodyIsCountedAndNotSaid() throws IOException {
        client.send("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n");
        String piece = "x".repeat(10_000);
        for (int i = 0; i < 100; i++) {
            client.send("2710\n" + piece + "\n");
        }
        client.send("0\n\n");

        assertThat(client.response().body()).contains("\"body\": {\"bytes\": 1000000}");
    }

    @Test
    void aBodyThatIsNoTextIsCountedAndNotSaid() throws IOException {
        client.send("POST / HTTP/1.1\nHost: a\nContent-Length: 2\n\né");
        assertThat(client.response().body()).contains("\"body\": {\"bytes\": 2, \"text\": \"é\"}");

        client.send("POST / HTTP/1.1\nHost: a\nContent-Length: 1\n\né"); // its first half; the second begins no request
        assertThat(client.response().body()).contains("\"body\": {\"bytes\": 1}");
    }

    @Test
    void aConnectionServesManyRequestsInTheirOrder() throws IOException {
        String request = "GET /%s HTTP/1.1\nHost: a\n\n";
        client.send(request.formatted("1?delay=50ms") + request.formatted("2") + request.formatted("3?delay=1ms") + request.formatted("4"));

        for (int i = 1; i <= 4; i++) {
            assertThat(client.response().body()).contains("\"target\": \"/" + i);
        }
    }

    @Test
    void manyRequestsBehindASlowOneAreAllAnswered() throws IOException {
        int many = 3_000;
        client.send("GET /slow?delay=50ms HTTP/1.1\nHost: a\n\n" + "GET / HTTP/1.1\nHost: a\n\n".repeat(many));

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i <= many; i++) {
            statuses.add(client.response().status());
        }

        assertThat(statuses).containsOnly(200);
    }

    @Test
    void headHasTheLengthAndNoBody() throws IOException {
        String head = client.ask("HEAD", "/").head();

        assertThat(head).containsPattern("(?i)content-length: [1-9]");
        assertThat(client.ask("GET", "/").status()).isEqualTo(200); // right behind it
    }

    @Test
    void aStatusMayBeAskedFor() throws IOException {
        assertThat(client.ask("GET", "/?status=404").status()).isEqualTo(404);
        Response empty = client.ask("GET", "/?status=204");
        assertThat(empty.status()).isEqualTo(204);
        assertThat(empty.head()).doesNotContainIgnoringCase("content-length");
        assertThat(client.ask("GET", "/?status=99").status()).isEqualTo(400);
        assertThat(client.ask("GET", "/?delay=soon").body()).contains("delay is a whole number with ms or s, as 200ms; it can't be \\\"soon\\\"");
    }

    @Test
    void aClientThatAsksWhetherToGoOnIsTold() throws IOException {
        client.send("POST / HTTP/1.1\nHost: a\nContent-Length: 2\nExpect: 100-continue\n\n");
        assertThat(client.head()).startsWith("HTTP/1.1 100 ");

        client.send("ok");
        assertThat(client.response().body()).contains("\"text\": \"ok\"");
    }

    @Test
    void aConnectionEndsWhenTheClientWantsItTo() throws IOException {
        client.send("GET / HTTP/1.1\nHost: a\nConnection: close\n\n");

        assertThat(client.response().head()).containsIgnoringCase("connection: close");
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void anOldClientsConnectionEndsUnlessItAsks() throws IOException {
        client.send("GET / HTTP/1.0\nConnection: keep-alive\n\n");
        assertThat(client.response().head()).containsIgnoringCase("connection: keep-alive");

        client.send("GET / HTTP/1.0\n\n");
        assertThat(client.response().status()).isEqualTo(200);
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void whatIsNoHttpIsRefused() throws IOException {
        client.send("hello\n\n");

        assertThat(client.response().status()).isEqualTo(400);
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void aHeadThatIsTooLongIsRefused() throws IOException {
        client.send("GET / HTTP/1.1\nX-Long: " + "x".repeat(9_000) + "\n\n");

        assertThat(client.response().status()).isEqualTo(431);
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void errorsAreDealtOutEvenly() throws IOException {
        assertThat(client.ask("POST", "/behave?errors=40%").body()).contains("\"errors\": \"40%\"");

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            statuses.add(client.ask("GET", "/").status());
        }

        assertThat(statuses).containsExactly(200, 200, 500, 200, 500, 200, 200, 500, 200, 500);
        assertThat(client.ask("GET", "/health").status()).isEqualTo(200);
    }

    @Test
    void healthIsAsTold() throws IOException {
        assertThat(client.ask("GET", "/health").body()).contains("\"health\": \"on\"");

        client.ask("POST", "/behave?health=off");

        assertThat(client.ask("GET", "/health").status()).isEqualTo(503);
        assertThat(client.ask("HEAD", "/health").status()).isEqualTo(503);
        assertThat(client.ask("GET", "/").status()).isEqualTo(200);
    }

    @Test
    void behaviourThatMakesNoSenseChangesNothing() throws IOException {
        client.ask("POST", "/behave?delay=1ms");

        Response refused = client.ask("POST", "/behave?health=off&errors=many");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.body()).contains("errors is a share from 0% to 100%; it can't be \\\"many\\\"");
        assertThat(client.ask("GET", "/behave").body()).contains("\"delay\": \"1ms\"", "\"errors\": \"0%\"", "\"health\": \"on\"");
    }

    @Test
    void otherMethodsAreToldWhichThereAre() throws IOException {
        assertThat(client.ask("DELETE", "/behave").head()).startsWith("HTTP/1.1 405").containsIgnoringCase("allow: GET, HEAD, POST\r\n");
        assertThat(client.ask("POST", "/health").head()).startsWith("HTTP/1.1 405").containsIgnoringCase("allow: GET, HEAD\r\n");
    }

    @Test
    void aDrainAnswersWhatIsUnderWayAndEndsTheRest() throws Exception {
        RawClient idle = new RawClient(server.address());
        assertThat(idle.ask("GET", "/").status()).isEqualTo(200);
        client.send("POST / HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 2\n\n");
        client.head(); // so that it is under way

        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(() -> server.drain(SOON));

        assertThat(idle.isEnded()).isTrue();
        assertThat(drained).isNotDone();
        client.send("ok");
        assertThat(client.response().head()).startsWith("HTTP/1.1 200").containsIgnoringCase("connection: close");
        assertThat(client.isEnded()).isTrue();
        assertThat(drained.get(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> new RawClient(server.address())).isInstanceOf(ConnectException.class);
        idle.close();
    }

    @Test
    void aDrainHasItsBound() throws Exception {
        client.send("POST / HTTP/1.1\nHost: a\nExpect: 100-continue\nContent-Length: 2\n\n");
        client.head();

        assertThat(server.drain(Duration.ofMillis(20))).isFalse();
    }

    @Test
    void anAddressThatIsTakenIsSaid() {
        assertThatThrownBy(() -> WorkerServer.open(
                        new BindAddress("127.0.0.1", server.address().getPort()), new Identity("orders", "o2", "ca-c1", "ca-c1a", 4712)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
    }
}
