package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.Setbacks;
import io.weir.config.UpstreamSettings;
import io.weir.exchange.ExchangeRig;
import io.weir.exchange.ScriptedClient;
import io.weir.exchange.ScriptedWorker;
import io.weir.health.TrafficReport;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.loop.TransportKind;
import io.weir.topology.Worker;
import io.weir.topology.WorkerAddress;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Endpoints;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What exchanges with one worker make its health hear. */
class TrafficSumsTest {
    private static EventLoops loops;
    private static Endpoints endpoints;

    private final ExchangeRig rig = new ExchangeRig();
    private int woken;
    private final TrafficSums sums = new TrafficSums(1, () -> woken++);

    @BeforeAll
    static void start() {
        loops = new EventLoops(TransportKind.NIO, 1);
        endpoints = new Endpoints(loops, new HeadLimits(8192, 65536, 100));
    }

    @AfterAll
    static void stop() {
        endpoints.close();
        assertThat(loops.shutDown().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
    }

    @BeforeEach
    void oneWorkerIsWatched() {
        rig.targets(0).targets.add(target(1, false));
        rig.watching.add(sums.onLoop(new EventLoops.Loop(0, loops.loops().getFirst().executor(), rig.clock)));
    }

    private EndpointTarget target(int port, boolean serverErrors) {
        WorkerAddress address = new WorkerAddress("127.0.0.1", port);
        Worker worker = new Worker("orders", "ca-c1", "z1", address);
        return new EndpointTarget(endpoints.at(address, UpstreamSettings.DEFAULTS), worker, 1, serverErrors, null, sums.touched());
    }

    private static Worker worker(int port) {
        return new Worker("orders", "ca-c1", "z1", new WorkerAddress("127.0.0.1", port));
    }

    private List<TrafficReport> collect() {
        return sums.collect(rig.clock.now());
    }

    private static TrafficReport report(int good, int bad, int streak, int silent) {
        return report(good, bad, streak, silent, 0);
    }

    private static TrafficReport report(int good, int bad, int streak, int silent, int refused) {
        return new TrafficReport(worker(1), good, bad, streak, silent, refused, false);
    }

    private ScriptedWorker post() {
        rig.request("POST / HTTP/1.1", "Host: orders.test");
        return rig.connector.worker();
    }

    @ParameterizedTest
    @CsvSource({"200, false", "404, false", "499, false", "500, false", "501, false", "502, true", "503, true", "504, true", "505, false", "599, false"})
    void gatewayErrorsAreBadAndWhatTheAppSaysIsNot(int status, boolean bad) {
        post().head("HTTP/1.1 " + status + " X").end();
        assertThat(collect()).containsExactly(bad ? report(0, 1, 1, 0) : report(1, 0, 0, 0));
        assertThat(woken).isEqualTo(bad ? 1 : 0);
    }

    @ParameterizedTest
    @CsvSource({"404, false", "499, false", "500, true", "503, true", "599, true"})
    void serverErrorsAreBadIfTheAppSaysSo(int status, boolean bad) {
        rig.targets(0).targets.add(target(1, true));
        post().head("HTTP/1.1 " + status + " X").end();
        assertThat(collect()).containsExactly(bad ? report(0, 1, 1, 0) : report(1, 0, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT_TIMEOUT", "CONNECT_UNREACHABLE", "CONNECT_GIVEN_UP", "STALE", "RESET", "RESPONSE_TIMEOUT", "GIVEN_BACK"})
    void anAttemptThatGotNoAnswerIsBadAndSilent(AttemptFailure failure) {
        rig.connector.later();
        rig.request("POST / HTTP/1.1", "Host: orders.test");
        rig.connector.waiting().fail(failure);
        assertThat(collect()).containsExactly(report(0, 1, 1, 1));
        assertThat(woken).isOne();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONNECT_REFUSED", "CONNECT_IMPOSSIBLE"})
    void aRefusedConnectionIsCountedAsThatToo(AttemptFailure failure) {
        rig.connector.later();
        rig.request("POST / HTTP/1.1", "Host: orders.test");
        rig.connector.waiting().fail(failure);
        assertThat(collect()).containsExactly(report(0, 1, 1, 1, 1));
        assertThat(woken).isOne();
    }

    @Test
    void aMalformedOrCutResponseIsBadAndNotSilent() {
        post().fail(AttemptFailure.BAD_RESPONSE);
        post().head("HTTP/1.1 200 OK").fail(AttemptFailure.CUT);
        assertThat(collect()).containsExactly(report(0, 2, 2, 0));
    }

    @Test
    void whatFailedBehindAGatewayIsBadAndNotSilent() {
        post().fail(AttemptFailure.FAILED_BEHIND);
        assertThat(collect()).containsExactly(report(0, 1, 1, 0));
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_SOCKET", "QUEUE_FULL", "QUEUE_TIMEOUT"})
    void limitsOfOurOwnSayNothingOfTheWorker(AttemptFailure failure) {
        rig.connector.failing(failure);
        rig.get();
        assertThat(collect()).isEmpty();
    }

    @Test
    void aClientThatGoesAwayBeforeTheAnswerSaysNothingOfTheWorker() {
        post();
        rig.clientGone();
        assertThat(collect()).isEmpty();
    }

    @Test
    void anAppsRequestsThatFailOrAreTriedAgainAreCounted() {
        List<Setbacks> setbacks = new ArrayList<>();
        rig.watching.add(exchange -> setbacks.add(Objects.requireNonNull(exchange.to()).app().setbacks()));
        rig.targets.add(target(2, false));

        rig.get();
        rig.connector.worker().answer("");
        assertThat(setbacks.getFirst().sums()).isEqualTo(new Setbacks.Sums(0, 0));
        rig.connector.failing(AttemptFailure.CONNECT_REFUSED);
        rig.get();
        rig.connector.worker().answer("");
        assertThat(setbacks.getFirst().sums()).isEqualTo(new Setbacks.Sums(0, 1));
        post().head("HTTP/1.1 503 X").end();
        post().fail(AttemptFailure.RESET);
        assertThat(setbacks.getFirst().sums()).isEqualTo(new Setbacks.Sums(2, 1));
        post().head("HTTP/1.1 404 X").end();
        post();
        rig.clientGone();
        assertThat(setbacks.getFirst().sums()).isEqualTo(new Setbacks.Sums(2, 1));
    }

    @Test
    void aResponseThatStandsStillIsTheWorkersFailure() {
        ScriptedWorker worker = post().head("HTTP/1.1 200 OK");
        worker.body("x").pause();
        rig.pass(Duration.ofSeconds(25));
        assertThat(worker.isAborted()).isTrue();
        assertThat(collect()).containsExactly(report(0, 1, 1, 0));
    }

    @Test
    void aResponseThatTheClientDoesNotTakeIsNot() {
        ScriptedClient client = rig.request("POST / HTTP/1.1", "Host: orders.test");
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        client.writable(false);
        worker.body("x").pause();
        rig.pass(Duration.ofSeconds(45));
        assertThat(worker.isAborted()).isTrue();
        assertThat(collect()).containsExactly(report(1, 0, 0, 0));
    }

    /** Who has the word is not known: the client sends nothing either. */
    @Test
    void norIsOneThatBeganBeforeTheRequestWasWhole() {
        rig.upload("POST");
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK");
        rig.pass(Duration.ofSeconds(25));
        assertThat(worker.isAborted()).isTrue();
        assertThat(collect()).containsExactly(report(1, 0, 0, 0));
    }

    /** As one attempt: the stale connection was no try of its own. */
    @Test
    void aStaleConnectionInPlaceOfWhichAnotherOneServedIsNotCounted() {
        rig.get();
        rig.connector.worker().fail(AttemptFailure.STALE);
        rig.connector.worker().answer("");
        assertThat(collect()).containsExactly(report(1, 0, 0, 0));
    }

    @Test
    void exchangesThatWaitTogetherAreSeenToWait() {
        for (int i = 0; i < 3; i++) {
            rig.get();
        }
        assertThat(collect()).isEmpty();
        rig.pass(Duration.ofMillis(300));
        assertThat(collect()).containsExactly(new TrafficReport(worker(1), 0, 0, 0, 0, 0, true));
        rig.connector.workers().forEach(worker -> worker.answer(""));
        rig.pass(Duration.ofMillis(100));
        assertThat(collect()).containsExactly(report(3, 0, 0, 0));
    }
}
