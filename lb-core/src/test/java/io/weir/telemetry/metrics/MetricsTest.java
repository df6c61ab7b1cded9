package io.weir.telemetry.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.weir.app.ControlFigures;
import io.weir.balancing.StandInTarget;
import io.weir.control.ControlRig;
import io.weir.exchange.ExchangeRig;
import io.weir.exchange.Reason;
import io.weir.failover.Scope;
import io.weir.health.CheckCounts;
import io.weir.health.Health;
import io.weir.upstream.AttemptFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page, after exchanges that were really had, with clients and workers in memory. */
class MetricsTest {
    private static final Duration BEYOND_RESPONSE = Duration.ofSeconds(11);

    private final ExchangeRig rig = new ExchangeRig();

    private Metrics watch(int loops, int apps) {
        return watch(loops, apps, FurtherSeries.NONE);
    }

    private Metrics watch(int loops, int apps, FurtherSeries further) {
        ProcessState process = new ProcessState("1.2.3", () -> true, () -> 7, () -> 9, () -> 2, () -> 11, () -> 3);
        Metrics metrics = new Metrics(loops, apps, process, further);
        rig.watching.add(metrics.onLoop(0));
        return metrics;
    }

    private static String page(Metrics metrics, String accept) {
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        try {
            metrics.write(accept, page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return page.toString(StandardCharsets.UTF_8);
    }

    private static void page(Metrics metrics, OutputStream to) {
        try {
            metrics.write("", to);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> series(Metrics metrics, String name) {
        return page(metrics, "").lines().filter(line -> line.startsWith(name + "{") || line.startsWith(name + " ")).toList();
    }

    private void exchange(Duration time, String status, String body) {
        rig.get();
        rig.pass(time);
        rig.connector.worker().head("HTTP/1.1 " + status, "Content-Length: " + body.length()).body(body).end();
    }

    @Test
    void exchangesAreTimedByTheClassOfTheirStatus() {
        Metrics metrics = watch(1, 10);
        exchange(Duration.ofMillis(5), "200 OK", "hello");
        exchange(Duration.ofMillis(7), "204 No Content", "");
        exchange(Duration.ofMillis(2), "503 Service Unavailable", "no");

        String name = "http_server_request_duration_seconds";
        assertThat(series(metrics, name + "_count")).containsExactly(
                name + "_count{status_class=\"2xx\"} 2", name + "_count{status_class=\"5xx\"} 1");
        assertThat(series(metrics, name + "_bucket")).contains(
                name + "_bucket{status_class=\"2xx\",le=\"0.0048\"} 0",
                name + "_bucket{status_class=\"2xx\",le=\"0.0064\"} 1",
                name + "_bucket{status_class=\"2xx\",le=\"0.0096\"} 2",
                name + "_bucket{status_class=\"2xx\",le=\"+Inf\"} 2");
        assertThat(series(metrics, name + "_sum")).first().asString().startsWith(name + "_sum{status_class=\"2xx\"} 0.012");
        assertThat(metrics.durations().getTotalCount()).isEqualTo(3);
        assertThat(metrics.exchangesSettled()).isEqualTo(3);
    }

    @Test
    void nothingIsForgottenOrCountedTwiceByScraping() {
        Metrics metrics = watch(1, 10);
        exchange(Duration.ofMillis(5), "200 OK", "");
        page(metrics, "");
        exchange(Duration.ofMillis(5), "200 OK", "");
        page(metrics, "");

        assertThat(series(metrics, "http_server_request_duration_seconds_count")).containsExactly(
                "http_server_request_duration_seconds_count{status_class=\"2xx\"} 2");
    }

    @Test
    void anAppHasItsOwnSeries() {
        Metrics metrics = watch(1, 10);
        rig.upload("POST");
        rig.body("x".repeat(300)).ended();
        rig.pass(Duration.ofMillis(1));
        rig.connector.worker().answer("hello");
        exchange(Duration.ofMillis(5), "404 Not Found", "");

        assertThat(series(metrics, "weir_app_requests_total")).containsExactly(
                "weir_app_requests_total{app=\"orders\",status_class=\"2xx\"} 1.0", "weir_app_requests_total{app=\"orders\",status_class=\"4xx\"} 1.0");
        assertThat(series(metrics, "weir_app_request_duration_seconds_count")).containsExactly("weir_app_request_duration_seconds_count{app=\"orders\"} 2");
        assertThat(series(metrics, "weir_app_request_duration_seconds_bucket"))
                .contains("weir_app_request_duration_seconds_bucket{app=\"orders\",le=\"0.0012\"} 1");
        assertThat(series(metrics, "weir_app_request_body_bytes_total")).containsExactly("weir_app_request_body_bytes_total{app=\"orders\"} 300.0");
        assertThat(series(metrics, "weir_app_response_body_bytes_total")).containsExactly("weir_app_response_body_bytes_total{app=\"orders\"} 5.0");
        assertThat(series(metrics, "weir_worker_attempts_total")).contains(
                "weir_worker_attempts_total{app=\"orders\",outcome=\"answered\",worker=\"a\",zone=\"z1\"} 1.0");
    }

    @Test
    void anAppBeyondTheBoundIsCountedAsOther() {
        Metrics metrics = watch(1, 0);
        exchange(Duration.ofMillis(5), "200 OK", "");

        assertThat(series(metrics, "weir_app_requests_total")).containsExactly("weir_app_requests_total{app=\"other\",status_class=\"2xx\"} 1.0");
        assertThat(page(metrics, "")).doesNotContain("orders", "worker=");
    }

    @Test
    void attemptsThatFailAreCountedByHowAndWhere() {
        Metrics metrics = watch(1, 10);
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED);
        rig.get();
        rig.pass(Duration.ofMillis(3));
        rig.connector.worker().fail(AttemptFailure.RESET);
        rig.pass(Duration.ofMillis(100));
        rig.connector.worker().answer("");

        assertThat(series(metrics, "weir_attempt_failures_total")).contains(
                "weir_attempt_failures_total{failure=\"connect_refused\"} 1.0",
                "weir_attempt_failures_total{failure=\"reset\"} 1.0",
                "weir_attempt_failures_total{failure=\"cut\"} 0.0");
        assertThat(series(metrics, "weir_app_retries_total")).containsExactly("weir_app_retries_total{app=\"orders\"} 2.0");
        assertThat(series(metrics, "http_client_request_duration_seconds_count")).containsExactlyInAnyOrder(
                "http_client_request_duration_seconds_count{status_class=\"none\"} 1",
                "http_client_request_duration_seconds_count{status_class=\"2xx\"} 1");
        assertThat(series(metrics, "weir_worker_attempts_total")).hasSize(9).contains(
                "weir_worker_attempts_total{app=\"orders\",outcome=\"failed\",worker=\"a\",zone=\"z1\"} 1.0");
    }

    @Test
    void anAnswerOfOurOwnIsNotTheWorkers() {
        Metrics metrics = watch(1, 10);
        rig.get();
        rig.pass(BEYOND_RESPONSE);
        for (int i = 0; i < 5 && series(metrics, "http_server_request_duration_seconds_count").isEmpty(); i++) {
            rig.pass(BEYOND_RESPONSE);
        }

        assertThat(series(metrics, "http_server_request_duration_seconds_count")).containsExactly(
                "http_server_request_duration_seconds_count{status_class=\"5xx\"} 1");
        assertThat(series(metrics, "http_client_request_duration_seconds_count")).containsExactly(
                "http_client_request_duration_seconds_count{status_class=\"none\"} 3");
    }

    @Test
    void aWorkerThatHangsUntilTheWholeTookTooLongHasFailed() {
        rig.total = Duration.ofSeconds(1);
        Metrics metrics = watch(1, 10);
        rig.get();
        rig.pass(Duration.ofSeconds(2));

        assertThat(series(metrics, "weir_exchanges_total")).contains("weir_exchanges_total{reason=\"total_timeout\"} 1.0");
        assertThat(series(metrics, "weir_attempt_failures_total")).contains("weir_attempt_failures_total{failure=\"response_timeout\"} 1.0");
        assertThat(series(metrics, "weir_worker_attempts_total")).contains(
                "weir_worker_attempts_total{app=\"orders\",outcome=\"failed\",worker=\"a\",zone=\"z1\"} 1.0");
    }

    @Test
    void aWorkerWhoseClientLeftBeforeItCouldAnswerHasNeitherAnsweredNorFailed() {
        Metrics metrics = watch(1, 10);
        rig.get();
        rig.clientGone();

        assertThat(series(metrics, "weir_worker_attempts_total")).containsExactlyInAnyOrder(
                "weir_worker_attempts_total{app=\"orders\",outcome=\"answered\",worker=\"a\",zone=\"z1\"} 0.0",
                "weir_worker_attempts_total{app=\"orders\",outcome=\"failed\",worker=\"a\",zone=\"z1\"} 0.0",
                "weir_worker_attempts_total{app=\"orders\",outcome=\"abandoned\",worker=\"a\",zone=\"z1\"} 1.0");
    }

    /** A collector that is slow to take the page. */
    @Test
    void whoTakesThePageSlowlyHoldsUpNobodyElse() throws Exception {
        Metrics metrics = watch(1, 10);
        exchange(Duration.ofMillis(5), "200 OK", "");
        CountDownLatch taking = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread slow = Thread.ofPlatform().start(() -> page(metrics, new OutputStream() {
            @Override
            public void write(int b) {
                taking.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }));
        taking.await();
        assertThat(metrics.durations().getTotalCount()).isEqualTo(1); // would wait for ever
        go.countDown();
        slow.join();
    }

    @Test
    void reasonsAreThereFromTheStart() {
        Metrics metrics = watch(1, 10);
        assertThat(series(metrics, "weir_exchanges_total")).hasSameSizeAs(Reason.values());
        rig.request("GET / HTTP/1.1", "Host: nobody.test");
        rig.get();
        rig.clientGone();

        assertThat(series(metrics, "weir_exchanges_total")).contains(
                "weir_exchanges_total{reason=\"no_route\"} 1.0", "weir_exchanges_total{reason=\"client_gone\"} 1.0", "weir_exchanges_total{reason=\"ok\"} 0.0");
    }

    @Test
    void theProcessTellsOfItself() {
        String page = page(watch(1, 10), "");
        assertThat(page).contains(
                "weir_build_info{version=\"1.2.3\"} 1",
                "weir_ready 1.0",
                "weir_client_connections 7.0",
                "weir_client_connections_accepted_total 9.0",
                "weir_loop_stalls_total 2.0",
                "weir_access_log_lines_total{outcome=\"written\"} 11.0",
                "weir_access_log_lines_total{outcome=\"dropped\"} 3.0",
                "\njvm_memory_used_bytes{",
                "\nprocess_open_fds ");
    }

    @Test
    void theMemoryOfThePoolIsThatOfTheAllocatorThatIsUsed() {
        ByteBuf held = ByteBufAllocator.DEFAULT.directBuffer(1 << 20);
        try {
            String line = series(watch(1, 10), "weir_buffer_pool_bytes").getFirst();
            assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' ')))).isGreaterThanOrEqualTo(1 << 20);
        } finally {
            held.release();
        }
    }

    @Test
    void loopsAreSummedUp() {
        Metrics metrics = new Metrics(2, 10, new ProcessState("1", () -> false, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0));
        rig.watching.add(metrics.onLoop(0));
        exchange(Duration.ofMillis(5), "200 OK", "");
        rig.watching.set(0, metrics.onLoop(1));
        exchange(Duration.ofMillis(5), "200 OK", "");

        assertThat(series(metrics, "weir_app_requests_total")).containsExactly("weir_app_requests_total{app=\"orders\",status_class=\"2xx\"} 2.0");
        assertThat(series(metrics, "http_server_request_duration_seconds_count")).containsExactly(
                "http_server_request_duration_seconds_count{status_class=\"2xx\"} 2");
        assertThat(series(metrics, "weir_ready")).containsExactly("weir_ready 0.0");
    }

    @Test
    void openMetricsIsSpokenToWhoAsksForIt() {
        Metrics metrics = watch(1, 10);
        String accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3";
        assertThat(metrics.contentType(accept)).startsWith("application/openmetrics-text");
        assertThat(page(metrics, accept)).endsWith("# EOF\n");
        assertThat(metrics.contentType("*/*")).startsWith("text/plain");
        assertThat(page(metrics, "*/*")).doesNotContain("# EOF");
    }

    @Test
    void whatOthersHaveToSayStandsOnThePage() {
        Metrics metrics = watch(1, 10, (apps, _) -> {
            Family gauge = new Family("weir_app_share", Family.Type.GAUGE, "A gauge.");
            apps.forEach(app -> gauge.add(0.25, "app", app));
            apps.forEach(app -> gauge.add(0.75, "app", app)); // a series that is there already
            Family counter = new Family("weir_turns", Family.Type.COUNTER, "A counter.");
            counter.count(7);
            Family summary = new Family("weir_duration_seconds", Family.Type.SUMMARY, "A summary.");
            summary.summary(1.5, 3, "outcome", "moved");
            return List.of(gauge, counter, summary);
        });
        exchange(Duration.ofMillis(5), "200 OK", "");

        assertThat(series(metrics, "weir_app_share")).containsExactly("weir_app_share{app=\"orders\"} 0.25");
        assertThat(series(metrics, "weir_turns_total")).containsExactly("weir_turns_total 7.0");
        assertThat(series(metrics, "weir_duration_seconds_sum")).containsExactly("weir_duration_seconds_sum{outcome=\"moved\"} 1.5");
        assertThat(series(metrics, "weir_duration_seconds_count")).containsExactly("weir_duration_seconds_count{outcome=\"moved\"} 3");
    }

    /** Every app that may have series of its own, each of the longest name, with more workers than there is room for. */
    @Test
    void thePageStaysBelowTenMegabytes() {
        List<String> names = IntStream.range(0, 1500).mapToObj(i -> "a".repeat(59) + "%04d".formatted(i)).toList();
        ControlRig control = new ControlRig(apps(names));
        control.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        control.pass(Duration.ofSeconds(5));
        ControlFigures figures = new ControlFigures(control.control, new CheckCounts(), control::now);
        Metrics metrics = watch(1, 1500, (_, room) -> figures.families(Set.copyOf(names), room));
        exchange(Duration.ofMillis(5), "200 OK", ""); // whose app is one of them
        LoopMetrics loop = (LoopMetrics) metrics.onLoop(0);
        AppCounts counts = Objects.requireNonNull(loop.apps().get("orders"));
        for (int i = 0; i < 8; i++) {
            counts.attempted(new StandInTarget("[2001:db8:1111:2222:3333:4444:5555:%04d]:65535".formatted(i), "a-zone-of-some-length", 1), Outcome.ANSWERED);
        }
        names.forEach(name -> loop.apps().put(name, counts));

        assertThat(page(metrics, "").length()).isBetween(8_000_000, 10_000_000);
        assertThat(page(metrics, "application/openmetrics-text").length()).isLessThan(10_000_000);

        names.subList(1000, 1500).forEach(loop.apps()::remove); // as many as there may be by default
        assertThat(page(metrics, "").length()).isBetween(8_000_000, 10_000_000);
        assertThat(series(metrics, "weir_app_tier_share")).hasSize(1500);
        assertThat(series(metrics, "weir_worker_health")).hasSizeGreaterThan(8000);
    }

    private static String apps(List<String> names) {
        StringBuilder config = new StringBuilder("""
                domains: [cloudhub.example]
                here: { region: ca-c1, zone: a-zone-of-some-length }
                listeners: [ { bind: ":8080" } ]
                regions: { ca-c1: { jurisdiction: CA, zones: [a-zone-of-some-length] } }
                apps:
                """);
        for (int i = 0; i < names.size(); i++) {
            config.append("  ").append(names.get(i)).append(": { pools: { ca-c1: { workers: [");
            for (int worker = 0; worker < 8; worker++) {
                config.append("{ address: \"10.%d.%d.%d:65535\", zone: a-zone-of-some-length },".formatted(i / 250, i % 250, worker));
            }
            config.append("] } } }\n");
        }
        return config.toString();
    }

    /** The dashboard, the alert rules and the page of reference name no series that there is not. */
    @ParameterizedTest
    @ValueSource(strings = {"monitoring/weir-dashboard.json", "monitoring/weir-alerts.yaml", "telemetry.md"})
    void everySeriesThatTheDocsNameIsThere(String file) throws IOException {
        ControlRig control = new ControlRig(apps(List.of("orders")));
        control.become(Health.HEALTHY, Duration.ZERO, _ -> true);
        control.evacuate(Scope.parse("region=ca-c1"), Duration.ofMinutes(5));
        control.become(Health.UNHEALTHY, Duration.ZERO, _ -> true);
        control.pass(Duration.ofSeconds(20));
        Metrics metrics = watch(1, 10, new ControlFigures(control.control, new CheckCounts(), control::now));
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED);
        exchange(Duration.ofMillis(5), "200 OK", "");
        Set<String> there = page(metrics, "").lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.indexOf(line.contains("{") ? '{' : ' ')))
                .collect(Collectors.toSet());
        there.add("weir_worker_connections"); // which targets in memory have none of
        there.add("weir_failover_last_duration_seconds"); // which is there after the first one
        there.add("weir_client_connections_refused_total"); // which listeners count: ProxyProtocolTest sees it
        there.addAll(Set.of("weir_config_generation", "weir_config_loaded_seconds", "weir_config_reloads_total", "weir_config_generations_leaving", "weir_discovery_workers", "weir_discovery_age_seconds", "weir_discovery_failing")); // of a process with a config: ReloadTest sees them
        there.add("weir_accept_failures_total"); // the same: the check 62-starved sees it
        there.addAll(Set.of("weir_tls_handshakes_total", "weir_certificate_not_after_seconds", "weir_certificate_ocsp_next_update_seconds")); // with a listener that has TLS: TlsTest sees them
        there.addAll(Set.of("weir_failover_duration_seconds", "http_server_request_duration_seconds", "http_client_request_duration_seconds", "weir_app_request_duration_seconds"));

        List<String> named = Pattern.compile("\\b(weir|http_server|http_client|jvm|process)_[a-z_]*[a-z]\\b")
                .matcher(Files.readString(Path.of("..", "docs", file)))
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();

        assertThat(named).hasSizeGreaterThan(5);
        assertThat(there).containsAll(named);
    }
}
