package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API over real sockets: methods, forms, streams, and what it does with those who misbehave. */
@Timeout(60)
class AdminServerTest {
    /** Ten megabytes, or, while {@code /metrics} is held, nothing until it is let go. */
    private static final class HeldMetrics implements MetricsPage {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);
        private volatile boolean held;

        @Override
        public String contentType(String accept) {
            return accept.contains("openmetrics") ? "application/openmetrics-text; version=1.0.0" : "text/plain; version=0.0.4";
        }

        @Override
        public void write(String accept, OutputStream to) throws IOException {
            begun.countDown();
            if (held) {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            byte[] line = ("weir_requests_total{app=\"" + "x".repeat(74) + "\"} 1\n").getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 100_000; i++) {
                to.write(line);
            }
        }
    }

    private final HeldMetrics metrics = new HeldMetrics();

    @TempDir
    private Path folder;

    private AdminRig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new AdminRig(metrics);
    }

    @AfterEach
    void stop() {
        metrics.go.countDown();
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live", "/ready", "/status", "/workers", "/routes", "/config"})
    void everyPageHasBothFormsAndAHead(String page) throws Exception {
        rig.settle();
        String text = rig.get(page);
        assertThat(text).startsWith("HTTP/1.1 200 OK\r\n").contains("content-type: text/plain; charset=utf-8\r\n", "cache-control: no-store\r\n", "server: weir/1.2.3\r\n");

        String json = rig.get(page, "Accept: application/json\r\n");
        assertThat(json).startsWith("HTTP/1.1 200 OK\r\n").contains("content-type: application/json\r\n");
        assertThat(AdminRig.body(json)).startsWith("{").endsWith("}\n");
        assertThat(withoutTime(rig.get(page + "?format=json"))).isEqualTo(withoutTime(json));
        assertThat(withoutTime(rig.get(page + "?format=text", "Accept: application/json\r\n"))).isEqualTo(withoutTime(text));

        String head = rig.ask("HEAD " + page + " HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n");
        assertThat(head).startsWith("HTTP/1.1 200 OK\r\n").contains("content-type: text/plain; charset=utf-8\r\n").endsWith("\r\n\r\n");
    }

    private static String request(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    }

    private static String withoutTime(String response) {
        return response.replaceAll("uptime.*|content-length.*", "");
    }

    @Test
    void readinessIsSaidByStatus() throws IOException {
        rig.readiness = Readiness.DRAINING;

        assertThat(rig.get("/ready")).startsWith("HTTP/1.1 503 Service Unavailable\r\n").endsWith("\r\n\r\ndraining\n");
        assertThat(rig.get("/ready?format=json")).startsWith("HTTP/1.1 503 ").endsWith("\r\n\r\n{\"readiness\":\"draining\"}\n");
        assertThat(rig.get("/live")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nlive\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/nope                 | 404 | there is no page /nope; there are /, /live, /ready, /status,",
        "/workers?lmit=1       | 400 | there is no parameter lmit; known here: app, limit, format",
        "/live/                | 404 | there is no page /live/",
        "/status?limit=0       | 400 | limit must be a number from 1 to 10000, is 0",
        "/status?limit=many    | 400 | limit must be a number from 1 to 10000, is many",
        "/routes?app=nix       | 404 | there is no app nix among 2",
        "/config?app=nix       | 404 | there is no app nix",
        "/live?format=xml      | 400 | there is no format xml; write text or json",
        "/events?after=x       | 400 | an event's id is a number, is x",
        "/%zz                  | 400 | the request's target is malformed",
    })
    void mistakesAreNamed(String target, int status, String words) throws IOException {
        String response = rig.get(target);

        assertThat(response).startsWith("HTTP/1.1 " + status + " ");
        assertThat(AdminRig.body(response)).startsWith(words);
        if (!target.contains("format") && !target.contains("%")) { // of these it is not known in which form
            assertThat(AdminRig.body(rig.get(target, "Accept: application/json\r\n"))).startsWith("{\"error\":\"").contains(words.substring(0, 9));
        }
    }

    @Test
    void otherMethodsAreRefusedWithThoseThatThereAre() throws IOException {
        assertThat(rig.ask("POST /config HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"))
                .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
                .contains("allow: GET, HEAD\r\n");
        assertThat(rig.ask("DELETE /nope HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 405 ");
    }

    @Test
    void strangersAreRefused() throws IOException {
        assertThat(rig.ask("GET /config HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 403 Forbidden\r\n");
        assertThat(rig.get("/config", "Origin: http://evil.example\r\n")).startsWith("HTTP/1.1 403 Forbidden\r\n");
        assertThat(rig.ask("GET /config HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nAuthorization: Bearer " + AdminRig.TOKEN + "\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(rig.ask("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 Bad Request\r\n").contains("connection: close\r\n").endsWith("this is not HTTP\n");
    }

    @Test
    void guessesAtTheTokenAreCounted() throws IOException {
        AccessRules.Call guess = new AccessRules.Call(Peer.OTHER, Access.INSIGHT, "GET", "Bearer guess", "10.0.0.1", null);
        assertThat(rig.server.judge(guess)).isInstanceOf(Verdict.Refused.class);
        assertThat(rig.server.judge(guess)).isInstanceOf(Verdict.Refused.class);

        assertThat(rig.get("/status?format=json")).contains("\"wrong_tokens\" : 2,");
    }

    @Test
    void theTokenIsShownNowhere() throws IOException {
        assertThat(rig.get("/config")).contains("token: \"(redacted)\"").doesNotContain(AdminRig.TOKEN);
        assertThat(rig.get("/config?format=json")).contains("\"token\" : \"(redacted)\"").doesNotContain(AdminRig.TOKEN);
    }

    @Test
    void overAUnixSocketNothingElseIsNeeded() throws Exception {
        Path socket = folder.resolve("a.sock");
        rig.listen(socket);

        try (AdminClient client = new AdminClient(Duration.ofSeconds(20), null)) {
            AdminClient.Response status = client.get(new AdminAddress.Unix(socket), "/status");
            assertThat(status.status()).isEqualTo(200);
            assertThat(status.isWeir()).isTrue();
            assertThat(status.body()).contains("127.0.0.1:" + rig.port + ", " + socket);
            assertThat(client.get(new AdminAddress.Tcp("127.0.0.1", rig.port), "/live").body()).isEqualTo("live\n");
        }
        rig.server.close();
        assertThat(socket).doesNotExist();
    }

    @Test
    void requestsInARowAreAnsweredInTheirOrder() throws IOException {
        String requests = String.join("", List.of(request("/status"), request("/live"), request("/workers")));

        String responses = rig.ask(requests + "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(responses).containsSubsequence("weir          1.2.3", "live\n", "WORKER", "ready\n");
        assertThat(responses.split("HTTP/1.1 200 OK", -1)).hasSize(5);
    }

    @Test
    void aCallerThatAsksWithoutReadingIsCutOff() throws IOException {
        metrics.held = true;
        try (Socket socket = rig.connect()) {
            socket.getOutputStream().write(request("/metrics").repeat(20).getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException _) {
            // reset: as good
        }
        metrics.go.countDown();
    }

    @Test
    void whereThereAreTooManyTheOldestMakesRoom() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < AdminServer.MOST_CONNECTIONS; i++) {
                Socket socket = rig.connect();
                sockets.add(socket);
                socket.getOutputStream().write(request("/live").getBytes(StandardCharsets.US_ASCII));
                assertThat(AdminRig.readUntil(socket.getInputStream(), "live\n")).endsWith("live\n");
            }
            assertThat(rig.get("/ready")).endsWith("ready\n");
            assertThat(sockets.getFirst().getInputStream().read()).as("the oldest was closed").isEqualTo(-1);
            sockets.getLast().getOutputStream().write(request("/live").getBytes(StandardCharsets.US_ASCII));
            assertThat(AdminRig.readUntil(sockets.getLast().getInputStream(), "live\n")).endsWith("live\n");
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aConnectionWithoutAByteEitherWayIsClosed() {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        rig.server.accept(channel);

        channel.advanceTimeBy(AdminServer.IDLE_SECONDS - 1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isTrue();
        channel.advanceTimeBy(1, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aLongPageComesInChunksAndIsWhole() throws IOException {
        String response = rig.get("/metrics");

        assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").contains("transfer-encoding: chunked\r\n", "content-type: text/plain; version=0.0.4\r\n");
        assertThat(response).endsWith("\r\n0\r\n\r\n");
        assertThat(response.length()).isGreaterThan(10_000_000);
    }

    @Test
    void httpOfBeforeChunksGetsItUpToTheEnd() throws IOException {
        String response = rig.ask("GET /metrics HTTP/1.0\r\nAccept: application/openmetrics-text\r\nConnection: keep-alive\r\n\r\n");

        assertThat(response).contains("content-type: application/openmetrics-text; version=1.0.0\r\n").doesNotContain("chunked");
        assertThat(AdminRig.body(response)).hasSize(100_000 * 104);
        assertThat(rig.ask("GET /status HTTP/1.0\r\n\r\n")).contains("content-length: ");
    }

    @Test
    void aScrapeHoldsUpNothingButAnotherScrape() throws Exception {
        metrics.held = true;
        Thread scrape = Thread.ofPlatform().start(() -> askQuietly("/metrics"));
        assertThat(metrics.begun.await(20, TimeUnit.SECONDS)).isTrue();

        assertThat(rig.get("/metrics")).startsWith("HTTP/1.1 503 ").contains("retry-after: 1\r\n").endsWith("ask again in a second\n");
        assertThat(rig.get("/live")).endsWith("live\n");
        assertThat(rig.get("/status")).startsWith("HTTP/1.1 200 OK\r\n");

        metrics.go.countDown();
        scrape.join();
        assertThat(rig.get("/metrics")).startsWith("HTTP/1.1 200 OK\r\n");
    }

    private void askQuietly(String target) {
        try {
            rig.get(target);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void whereNothingIsCountedThereAreNoMetrics() throws Exception {
        try (AdminRig uncounted = new AdminRig(null)) {
            assertThat(uncounted.get("/metrics")).startsWith("HTTP/1.1 404 ").endsWith("it has no metrics\n");
        }
    }

    @Test
    void aPageThatFailsSaysSo() throws Exception {
        MetricsPage failing = new MetricsPage() {
            @Override
            public String contentType(String accept) {
                return "text/plain";
            }

            @Override
            public void write(String accept, OutputStream to) throws IOException {
                to.write("some".getBytes(StandardCharsets.US_ASCII));
                throw new IllegalStateException("broken");
            }
        };
        try (AdminRig broken = new AdminRig(failing)) {
            assertThat(broken.get("/metrics")).startsWith("HTTP/1.1 500 ").endsWith("this page failed: java.lang.IllegalStateException: broken\n");
            assertThat(broken.get("/metrics")).as("and is not taken for busy").startsWith("HTTP/1.1 500 ");
        }
    }

    @Test
    void eventsComeAsTheyHappenAndGoOnWhereAReaderLeftOff() throws IOException {
        rig.feed.publish(Event.of("one"));
        rig.feed.publish(Event.of("two", "endpoint", "127.0.0.1:1", "cause", "connect_refused"));
        try (Socket socket = rig.connect()) {
            socket.getOutputStream().write("GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nLast-Event-ID: 1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();

            assertThat(AdminRig.readUntil(in, "\r\n\r\n")).contains("content-type: text/event-stream\r\n", "cache-control: no-store\r\n");
            assertThat(AdminRig.readUntil(in, "}\n\n")).doesNotContain("event: one")
                    .endsWith("id: 2\nevent: two\ndata: {\"at\":\"2026-11-23T12:00:00Z\",\"endpoint\":\"127.0.0.1:1\",\"cause\":\"connect_refused\"}\n\n");
            rig.feed.publish(Event.of("three"));
            assertThat(AdminRig.readUntil(in, "}\n\n")).endsWith("id: 3\nevent: three\ndata: {\"at\":\"2026-11-23T12:00:00Z\"}\n\n");
        }
    }

    @Test
    void eventsAreAListForThoseWhoAskForOne() throws IOException {
        rig.feed.publish(Event.of("ready"));
        rig.feed.publish(Event.of("endpoint_back", "endpoint", "127.0.0.1:1"));

        assertThat(AdminRig.body(rig.get("/events?format=text&after=1"))).isEqualTo("""
                ID  AT                    EVENT          FACTS
                2   2026-11-23T12:00:00Z  endpoint_back  endpoint 127.0.0.1:1
                """);
        assertThat(rig.get("/events", "Accept: application/json\r\n")).contains("\"event\" : \"ready\"", "\"event\" : \"endpoint_back\"");
    }

    @Test
    void aReaderOfEventsThatTakesNoneIsCutOff() throws IOException {
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), rig.port));
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request("/events").getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            rig.feed.publish(Event.of("begun"));
            AdminRig.readUntil(in, "begun"); // it listens: one that came behind the flood would be given what is remembered, and wait
            String fact = "x".repeat(10_000);
            int published = 12_000; // more than the kernel, the channel and the queue hold
            for (int i = 0; i < published; i++) {
                rig.feed.publish(Event.of("flood", "fact", fact));
            }
            long taken = 0;
            try {
                taken = in.readAllBytes().length;
            } catch (SocketException _) {
                // reset: as good
            }
            assertThat(taken).isLessThan((long) published * fact.length());
        }
        assertThat(rig.get("/live")).endsWith("live\n");
    }

    @Test
    void aReaderOfALongPageThatTakesNoneHoldsUpNobodyElse() throws IOException {
        try (Socket socket = rig.connect()) {
            socket.getOutputStream().write(request("/metrics").getBytes(StandardCharsets.US_ASCII));
            AdminRig.readUntil(socket.getInputStream(), "\r\n\r\n");

            assertThat(rig.get("/live")).endsWith("live\n");
            assertThat(rig.get("/status")).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }
}
