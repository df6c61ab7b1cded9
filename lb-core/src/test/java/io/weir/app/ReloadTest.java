package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.admin.ReloadReport;
import io.weir.admin.ReloadReport.Outcome;
import io.weir.config.ConfigFiles;
import io.weir.config.LoadedConfig;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole proxy on the loopback, while its config changes. */
class ReloadTest {
    private static final int SECONDS = 30;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
        threads.shutdownNow();
    }

    static Stream<TransportKind> transports() {
        return Stream.of(TransportKind.values()).filter(kind -> kind.unavailability() == null);
    }

    /** Answers with its name; a WebSocket gets back what it sends. */
    private final class Worker implements AutoCloseable {
        private final ServerSocket server;
        private final AtomicInteger connections = new AtomicInteger();
        private final ConcurrentLinkedQueue<Socket> sockets = new ConcurrentLinkedQueue<>();

        Worker() throws IOException {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            open.add(this);
            threads.execute(this::accept);
        }

        String at() {
            return "{ address: \"127.0.0.1:" + server.getLocalPort() + "\", zone: z1 }";
        }

        String name() {
            return "worker " + server.getLocalPort();
        }

        private void accept() {
            try {
                while (true) {
                    Socket next = server.accept();
                    sockets.add(next);
                    connections.incrementAndGet();
                    threads.execute(() -> serve(next));
                }
            } catch (IOException e) {
                // closed: the test is over
            }
        }

        private void serve(Socket socket) {
            try (socket) {
                InputStream in = socket.getInputStream();
                for (String head = head(in); !head.isEmpty(); head = head(in)) {
                    if (head.contains("Upgrade: websocket")) {
                        write(socket, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
                        in.transferTo(socket.getOutputStream());
                        return;
                    }
                    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: " + name().length() + "\r\n\r\n" + name());
                }
            } catch (IOException e) {
                // the other end is gone
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
            for (Socket each : sockets) {
                each.close();
            }
        }
    }

    private static void write(Socket to, String text) throws IOException {
        to.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Up to the empty line; empty at the end. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next;
            try {
                next = in.read();
            } catch (SocketException e) {
                return "";
            }
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static String config(String listeners, String apps, String more) {
        return """
                domains: [x.example]
                here: { region: r1, zone: z1 }
                regions: { r1: { jurisdiction: CA, zones: [z1] } }
                listeners: [ %s ]
                apps:
                %s
                runtime: { drain: 1s }
                %s
                """.formatted(listeners, apps.indent(2).stripTrailing(), more);
    }

    private static String app(String name, String more, String... workers) {
        return name + ":\n  pools: { r1: { workers: [ " + String.join(", ", workers) + " ] } }\n  check: off\n" + more.indent(2);
    }

    private final class Running {
        private final Path file = folder.resolve("weir.yaml");
        private final List<String> told = new ArrayList<>();
        private final LoadBalancer balancer;
        private final Reloads reloads;

        Running(TransportKind transport, String text) throws Exception {
            Files.writeString(file, text);
            ConfigFiles files = new ConfigFiles(file);
            LoadedConfig config = files.read();
            balancer = LoadBalancer.start(config.settings(), new TransportChoice(transport, "the test's"), 2);
            open.add(balancer);
            reloads = balancer.reloadFrom(files, new Reloads.Witness() {
                @Override
                public void begins() {}

                @Override
                public void over(String line) {}

                @Override
                public void tell(String line) {
                    told.add(line);
                }
            });
        }

        ReloadReport become(String text) throws Exception {
            Files.writeString(file, text);
            return reloads.reload("call").get(SECONDS, TimeUnit.SECONDS);
        }

        Socket connect(int listener) throws IOException {
            Socket client = new Socket(InetAddress.getLoopbackAddress(), balancer.addresses().get(listener).getPort());
            client.setSoTimeout(SECONDS * 1000);
            open.add(client);
            return client;
        }

        String ask(String app) throws IOException {
            return ReloadTest.ask(connect(0), app);
        }
    }

    private static String ask(Socket client, String app) throws IOException {
        write(client, "GET / HTTP/1.1\r\nHost: " + app + ".x.example\r\n\r\n");
        return answer(client);
    }

    /** The status, or the body if it is 200. */
    private static String answer(Socket client) throws IOException {
        String head = head(client.getInputStream());
        assertThat(head).isNotEmpty();
        int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
        byte[] body = client.getInputStream().readNBytes(Integer.parseInt(head.substring(at, head.indexOf('\r', at))));
        String status = head.substring(9, 12);
        return status.equals("200") ? new String(body, ISO_8859_1) : status;
    }

    private static Socket upgraded(Running process, String app) throws IOException {
        Socket client = process.connect(0);
        write(client, String.join(
                "\r\n", "GET / HTTP/1.1", "Host: " + app + ".x.example", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "\r\n"));
        assertThat(head(client.getInputStream())).startsWith("HTTP/1.1 101 ");
        return client;
    }

    private static void assertEchoes(Socket client, String text) throws IOException {
        write(client, text);
        assertThat(new String(client.getInputStream().readNBytes(text.length()), ISO_8859_1)).isEqualTo(text);
    }

    private static final String LISTENER = "{ bind: \"127.0.0.1:0\" }";

    @ParameterizedTest
    @MethodSource("transports")
    void whatIsNotTouchedNoticesNothing(TransportKind transport) throws Exception {
        Worker stays = new Worker();
        Worker goes = new Worker();
        Worker comes = new Worker();
        Running process = new Running(transport, config(LISTENER, app("stays", "", stays.at()) + app("goes", "", goes.at()), ""));
        Socket kept = process.connect(0);
        assertThat(ask(kept, "stays")).isEqualTo(stays.name());
        Socket webSocket = upgraded(process, "stays");
        assertThat(ask(kept, "stays")).as("on another connection, if the WebSocket took that one").isEqualTo(stays.name());
        assertThat(ask(kept, "goes")).isEqualTo(goes.name());
        int connections = stays.connections.get();
        for (int i = 0; i < 10; i++) {
            String other = i % 2 == 0 ? app("other", "", comes.at()) : app("goes", "", goes.at());
            ReloadReport report = process.become(config(LISTENER, app("stays", "", stays.at()) + other, ""));
            assertThat(report.outcome()).isEqualTo(Outcome.APPLIED);
            assertThat(report.generation()).isEqualTo(i + 2);
            assertThat(ask(kept, "stays")).isEqualTo(stays.name());
            assertThat(ask(kept, i % 2 == 0 ? "other" : "goes")).isEqualTo((i % 2 == 0 ? comes : goes).name());
            assertThat(ask(kept, i % 2 == 0 ? "goes" : "other")).isEqualTo("404");
            assertEchoes(webSocket, "again " + i);
        }
        assertThat(stays.connections.get()).as("the connection to its worker stays").isEqualTo(connections);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aWorkerThatIsGoneIsLeftInTime(TransportKind transport) throws Exception {
        Worker goes = new Worker();
        Worker comes = new Worker();
        Running process = new Running(transport, config(LISTENER, app("orders", "", goes.at()), ""));
        Socket webSocket = upgraded(process, "orders");
        assertEchoes(webSocket, "hello");
        assertThat(process.ask("orders")).isEqualTo(goes.name());
        process.become(config(LISTENER, app("orders", "", comes.at()), ""));
        assertThat(process.ask("orders")).isEqualTo(comes.name());
        assertThat(webSocket.getInputStream().read()).as("it ends within the drain").isEqualTo(-1);
        process.become(config(LISTENER, app("orders", "", goes.at()), ""));
        assertThat(process.ask("orders")).as("and may come back").isEqualTo(goes.name());
    }

    @ParameterizedTest
    @MethodSource("transports")
    void listenersComeAndGo(TransportKind transport) throws Exception {
        Worker worker = new Worker();
        String apps = app("orders", "", worker.at());
        String second = "{ bind: \"127.0.0.1:" + WebSocketTest.freePort() + "\" }";
        Running process = new Running(transport, config(LISTENER, apps, ""));
        Socket kept = process.connect(0);
        assertThat(ask(kept, "orders")).isEqualTo(worker.name());
        int port = process.balancer.addresses().getFirst().getPort();
        process.become(config(LISTENER + ", " + second, apps, ""));
        assertThat(process.balancer.addresses().getFirst().getPort()).as("keeps its sockets").isEqualTo(port);
        Socket leaves = process.connect(1);
        assertThat(ask(leaves, "orders")).isEqualTo(worker.name());
        process.become(config(LISTENER, apps, ""));
        assertThat(ask(kept, "orders")).isEqualTo(worker.name());
        assertThat(leaves.getInputStream().read()).as("closed while it is idle").isEqualTo(-1);
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(second.replaceAll("\\D*127.0.0.1:(\\d+).*", "$1"))).close())
                .isInstanceOf(IOException.class);
    }

    @Test
    void rulesOfAListenerChangeForWhoComesNext() throws Exception {
        Worker worker = new Worker();
        String apps = app("orders", "", worker.at());
        Running process = new Running(TransportKind.NIO, config(LISTENER, apps, ""));
        Socket kept = process.connect(0);
        assertThat(ask(kept, "orders")).isEqualTo(worker.name());
        process.become(config("{ bind: \"127.0.0.1:0\", timeouts: { idle: 7s } }", apps, "limits: { request-line: 256, head: 1KiB }"));
        assertThat(ask(kept, "orders")).as("a time-out is nothing that it came in by").isEqualTo(worker.name());
        Socket next = process.connect(0);
        write(next, "GET /" + "a".repeat(300) + " HTTP/1.1\r\nHost: orders.x.example\r\n\r\n");
        assertThat(answer(next)).isEqualTo("414");
        process.become(config("{ bind: \"127.0.0.1:0\", allow: [10.0.0.0/8] }", apps, ""));
        assertThat(process.connect(0).getInputStream().read()).as("nobody from here").isEqualTo(-1);
        assertThat(kept.getInputStream().read()).as("nor who came in before").isEqualTo(-1);
    }

    @Test
    void startUpLinesSayWhoIsLetInAndBelieved() throws Exception {
        String listeners = "{ bind: \"127.0.0.1:0\", allow: [127.0.0.0/8, 10.0.0.0/8] }, "
                + "{ bind: \"127.0.0.1:0\", proxy-protocol: { accept: required, from: [192.0.2.1] } }";
        Running process = new Running(TransportKind.NIO, config(listeners, app("orders", "", new Worker().at()), ""));
        TransportChoice transport = new TransportChoice(TransportKind.NIO, "the test's");
        assertThat(LoadBalancerProcess.story(process.balancer.config().settings(), RunFile.NONE, transport, 2, process.balancer))
                .containsPattern("listening at 127.0.0.1:\\d+, .*, for 127.0.0.0/8 and 1 more alone\n")
                .containsPattern("listening at 127.0.0.1:\\d+, .*, PROXY protocol required from 192.0.2.1\n");
    }

    @Test
    void aProblemKeepsWhatIsInForceAndNothingOfTheOther() throws Exception {
        Worker worker = new Worker();
        String apps = app("orders", "", worker.at());
        Running process = new Running(TransportKind.NIO, config(LISTENER, apps, ""));
        ReloadReport bad = process.become(config(LISTENER, apps, "lmits: {}"));
        assertThat(bad.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(bad.problems()).singleElement().asString().contains("weir.yaml:", "did you mean limits?");
        assertThat(bad.generation()).isEqualTo(1);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String second = "{ bind: \"127.0.0.1:" + WebSocketTest.freePort() + "\" }";
            ReloadReport noPort = process.become(config(
                    LISTENER + ", " + second + ", { bind: \"127.0.0.1:" + taken.getLocalPort() + "\" }", app("orders", "", "{ address: \"127.0.0.1:1\", zone: z1 }"), ""));
            assertThat(noPort.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(noPort.problems()).singleElement().asString().contains("can't listen at 127.0.0.1:" + taken.getLocalPort());
        }
        ReloadReport noLog = process.become(config(LISTENER, apps, "access-log: { path: /nowhere/at/all.log }"));
        assertThat(noLog.problems()).singleElement().asString().contains("can't write to /nowhere/at/all.log");
        ReloadReport noPair = process.become(
                config(LISTENER + ", { bind: \"127.0.0.1:0\", tls: { certificates: [ { cert: none.pem, key: none.key }, { cert: no.pem, key: no.key } ] } }", apps, ""));
        assertThat(noPair.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(noPair.problems()).hasSize(2);
        assertThat(noPair.problems().getFirst()).startsWith(process.file + ":4:").contains("listeners[1].tls.certificates[0]: ", "none.pem");
        assertThat(noPair.problems().getLast()).startsWith(process.file + ":4:").contains("listeners[1].tls.certificates[1]: ", "no.pem");
        assertThat(process.balancer.addresses()).hasSize(1);
        assertThat(process.ask("orders")).isEqualTo(worker.name());
        assertThat(process.become(config(LISTENER, apps, "# a remark")).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(process.balancer.config().generation()).isEqualTo(1);
    }

    @Test
    void programsAreToldProblemsByTheirParts() throws Exception {
        String admin = "admin: { bind: \"127.0.0.1:0\", token: 0123456789abcdef }";
        Running process = new Running(TransportKind.NIO, config(LISTENER, app("orders", "", new Worker().at()), admin));
        Files.writeString(process.file, config(LISTENER, app("orders", "", new Worker().at()), "lmits: {}"));
        String at = process.balancer.adminLines().getFirst().replaceAll("admin at ", "");
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + at + "/reload?format=json"))
                .header("Authorization", "Bearer 0123456789abcdef")
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.body())
                    .startsWith("{\"error\":\"the config is refused, and generation 1 stays in force:\\n")
                    .contains("\"problems\":[{\"file\":\"" + process.file + "\",\"line\":", "\"path\":\"lmits\",\"what\":\"unknown key\",\"hint\":\"did you mean limits?\"}]");
        }
    }

    @Test
    void whatNeedsARestartIsSaidAndTheRestHolds() throws Exception {
        Worker worker = new Worker();
        String apps = app("orders", "", worker.at());
        Running process = new Running(TransportKind.NIO, config(LISTENER, apps, ""));
        ReloadReport report = process.become(config(LISTENER, apps + app("more", "", worker.at()), "metrics: off"));
        assertThat(report.outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(report.notes()).singleElement().asString().startsWith("metrics is another from the next start on");
        assertThat(process.ask("more")).isEqualTo(worker.name());
    }

    @Test
    void tooManyWorkersAtATimeAreNotTakenAway() throws Exception {
        Worker one = new Worker();
        Worker two = new Worker();
        Running process = new Running(TransportKind.NIO, config(LISTENER, app("orders", "", one.at(), two.at()), "reload: { max-removed-workers: 30% }"));
        ReloadReport report = process.become(config(LISTENER, app("orders", "", one.at()), ""));
        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.problems()).singleElement().asString().contains("1 of 2 workers (50%)", "reload.max-removed-workers");
        assertThat(process.become(config(LISTENER, app("orders", "", one.at(), two.at()), "reload: { max-removed-workers: 50% }")).outcome()).isEqualTo(Outcome.APPLIED);
        assertThat(process.become(config(LISTENER, app("orders", "", one.at()), "")).outcome()).isEqualTo(Outcome.APPLIED);
    }

    @Test
    void whatFailsIsRolledBackAndNotTakenAgainByItself() throws Exception {
        Worker worker = new Worker();
        String watched = "reload: { watch: 1m, roll-back-if: errors>5% }";
        String good = config(LISTENER, app("orders", "", worker.at()), watched);
        String bad = config(LISTENER, app("orders", "", "{ address: \"127.0.0.1:" + WebSocketTest.freePort() + "\", zone: z1 }"), watched);
        Running process = new Running(TransportKind.NIO, good);
        assertThat(process.become(bad).outcome()).isEqualTo(Outcome.APPLIED);
        String refused = config(LISTENER, app("orders", "", worker.at()), "access-log: { path: /nowhere/at/all.log }");
        assertThat(process.become(refused).outcome()).as("and so that is still watched").isEqualTo(Outcome.REFUSED);
        assertThat(Files.writeString(process.file, bad)).exists();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        int asked = 0;
        while (process.balancer.config().generation() == 2 && System.nanoTime() < end) {
            asked += process.ask("orders").equals("502") ? 1 : 0;
        }
        assertThat(asked).isGreaterThanOrEqualTo(50);
        assertThat(process.ask("orders")).isEqualTo(worker.name());
        ReloadReport back = Objects.requireNonNull(process.reloads.last());
        assertThat(back.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(back.generation()).isEqualTo(3);
        assertThat(back.changes().getFirst()).contains("requests failed since (errors>5%)");
        ReloadReport again = process.reloads.reload(Reloads.CHANGE).get(SECONDS, TimeUnit.SECONDS);
        assertThat(again.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(process.reloads.reload("call").get(SECONDS, TimeUnit.SECONDS).outcome()).as("a person may").isEqualTo(Outcome.APPLIED);
    }
}
