package io.weir.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.Exchange.Phase;
import io.weir.http.BadMessage;
import io.weir.upstream.AttemptFailure;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The phases of an exchange, and what is added to its heads. */
class ExchangeTest {
    private final ExchangeRig rig = new ExchangeRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    // ---- admit

    @Test
    void aBadHeadIsAnsweredWithItsFault() {
        ScriptedClient client = rig.refused(Reason.HEAD_TOO_LARGE, BadMessage.TOO_MANY_FIELDS);
        assertThat(client.said).containsExactly("answer 431", "settled");
        assertThat(client.answer().body()).contains("head_too_large", BadMessage.TOO_MANY_FIELDS.sentence());
        assertThat(rig.listener.only()).isEqualTo(new RecordingListener.Settled(Reason.HEAD_TOO_LARGE, 431, "", "", 0, 0, 0));
    }

    @Test
    void aHeadThatDoesNotComeInTimeIsAnswered() {
        assertThat(rig.refused(Reason.REQUEST_TIMEOUT, null).outcome()).isEqualTo("answer 408");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT orders.test:80", "TRACE /"})
    void connectAndTraceAreNotServed(String line) {
        ScriptedClient client = rig.request(line + " HTTP/1.1", "Host: orders.test:80");
        assertThat(client.outcome()).isEqualTo("answer 405");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.METHOD_NOT_ALLOWED);
        assertThat(rig.connector.asked()).isEmpty();
    }

    @Test
    void aRequestThatGoesRoundInACircleEnds() {
        ScriptedClient client = rig.request("GET / HTTP/1.1", "Host: orders.test", "Via: 1.1 weir, 1.0 other" + ", 1.1 weir".repeat(6));
        rig.connector.worker().answer("");
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
        client = rig.request("GET / HTTP/1.1", "Host: orders.test", "Via: 1.1 weir" + ", 1.1 weir".repeat(6), "Via: 1.1 weir");
        assertThat(client.outcome()).isEqualTo("answer 508");
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK, Reason.LOOP);
        assertThat(rig.connector.workers()).hasSize(1);
    }

    @Test
    void aBodyOverTheLimitIsRefusedByItsLength() {
        rig.bodyLimit = 100;
        assertThat(rig.request("POST / HTTP/1.1", "Host: orders.test", "Content-Length: 101").outcome()).isEqualTo("answer 413");
        assertThat(rig.connector.asked()).isEmpty();
    }

    @Test
    void aBodyOverTheLimitIsRefusedWhileItStreams() {
        rig.bodyLimit = 100;
        ScriptedClient client = rig.upload("POST");
        rig.body(100);
        assertThat(client.said).isEmpty();
        rig.body(1);
        assertThat(client.said).containsExactly("answer 413", "settled");
        assertThat(rig.connector.worker().isAborted()).isTrue();
        assertThat(rig.listener.only().requestBytes()).isEqualTo(101);
    }

    @Test
    void aBodyOverTheLimitThatIsAnsweredAlreadyIsCutAndNotAnsweredTwice() {
        rig.bodyLimit = 100;
        ScriptedClient client = rig.upload("POST");
        rig.connector.worker().head("HTTP/1.1 200 OK");
        rig.body(101);
        assertThat(client.said).containsExactly("head 200", "abort", "settled");
        assertThat(rig.listener.reasons()).containsExactly(Reason.BODY_TOO_LARGE);
    }

    @Test
    void aBodyWithinTheLimitPasses() {
        rig.bodyLimit = 100;
        rig.request("POST / HTTP/1.1", "Host: orders.test", "Content-Length: 100");
        rig.body(100).ended();
        rig.connector.worker().answer("ok");
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
    }

    // ---- resolve

    @Test
    void anUnknownHostIsNotFound() {
        assertThat(rig.request("GET / HTTP/1.1", "Host: other.test").outcome()).isEqualTo("answer 404");
        assertThat(rig.listener.only()).isEqualTo(new RecordingListener.Settled(Reason.NO_ROUTE, 404, "", "", 0, 0, 0));
    }

    @Test
    void anAppWithoutWorkersInTheNamedRegionIsMisdirected() {
        assertThat(rig.request("GET / HTTP/1.1", "Host: orders.us-e1.test").outcome()).isEqualTo("answer 421");
        assertThat(rig.listener.only().app()).isEqualTo("orders");
    }

    @Test
    void thePortOfTheHostDoesNotMatter() {
        rig.request("GET / HTTP/1.1", "Host: orders.test:8443");
        rig.connector.worker().answer("");
        assertThat(rig.listener.reasons()).containsExactly(Reason.OK);
    }

    // ---- pick

    @Test
    void withoutATargetThereAreNoWorkers() {
        rig.targets(0);
        ScriptedClient client = rig.get();
        assertThat(client.outcome()).isEqualTo("answer 503");
        assertThat(client.answer().retryAfter()).isPositive();
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.NO_WORKERS);
    }

    @Test
    void targetsTakeTurns() {
        for (int i = 0; i < 7; i++) {
            rig.get();
            rig.connector.worker().answer("");
        }
        assertThat(rig.connector.asked()).containsExactly("a", "b", "c", "d", "e", "f", "a");
    }

    // ---- connect and relay

    @Test
    void aRequestGoesThroughAllPhases() {
        rig.connector.later();
        ScriptedClient client = rig.upload("POST");
        assertThat(rig.phase()).isEqualTo(Phase.CONNECT);
        assertThat(rig.targets.getFirst().inFlight()).isOne();
        ScriptedWorker worker = rig.connector.waiting().connect();
        assertThat(rig.phase()).isEqualTo(Phase.RELAY);
        rig.body("hello").ended("Digest: 1\r\n");
        assertThat(worker.body()).isEqualTo("hello");
        assertThat(worker.trailers()).isEqualTo("Digest: 1\r\n");
        worker.head("HTTP/1.1 201 Made", "Location: /1").body("wor").pause().body("ld").end("Sum: 2\r\n");
        assertThat(client.said).containsExactly("head 201", "body wor", "body ld", "end Sum: 2", "settled");
        assertThat(client.head()).isEqualTo("HTTP/1.1 201 Made\r\nLocation: /1\r\n");
        assertThat(rig.listener.only()).isEqualTo(new RecordingListener.Settled(Reason.OK, 201, "orders", "a", 1, 5, 5));
    }

    @Test
    void aRequestWithoutBodyIsWholeAtOnce() {
        ScriptedClient client = rig.get();
        assertThat(rig.connector.worker().hasWholeRequest()).isTrue();
        rig.connector.worker().answer("");
        assertThat(client.said).containsExactly("head 200", "end", "settled");
    }

    @Test
    void everyPieceOfAResponseIsFlushedBeforeTheNextIsWaitedFor() {
        ScriptedClient client = rig.get();
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK").body("a");
        assertThat(client.isUnflushed()).isTrue();
        worker.pause();
        assertThat(client.isUnflushed()).isFalse();
        worker.end();
    }

    @Test
    void everyPieceOfARequestIsFlushedBeforeTheNextIsWaitedFor() {
        rig.upload("POST");
        ScriptedWorker worker = rig.connector.worker();
        assertThat(worker.isUnflushed()).isFalse();
        rig.body("a");
        assertThat(worker.isUnflushed()).isFalse();
        rig.ended();
        worker.answer("");
    }

    @Test
    void anEarlyFinalResponseEndsTheUpload() {
        ScriptedClient client = rig.upload("POST");
        rig.body("some");
        rig.connector.worker().head("HTTP/1.1 413 Too much", "Content-Length: 0").end();
        assertThat(client.said).containsExactly("head 413", "end", "settled");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.OK);
    }

    @Test
    void theUploadGoesOnWhileAResponseStreams() {
        ScriptedClient client = rig.upload("POST");
        ScriptedWorker worker = rig.connector.worker().head("HTTP/1.1 200 OK").body("1");
        rig.body("a").body("b").ended();
        worker.body("2").end();
        assertThat(worker.body()).isEqualTo("ab");
        assertThat(client.body()).isEqualTo("12");
    }

    @Test
    void aResponseThatBreaksOffIsCutVisibly() {
        ScriptedClient client = rig.get();
        rig.connector.worker().head("HTTP/1.1 200 OK", "Content-Length: 5").body("ab").fail(AttemptFailure.CUT);
        assertThat(client.said).containsExactly("head 200", "body ab", "abort", "settled");
        assertThat(rig.listener.only()).isEqualTo(new RecordingListener.Settled(Reason.RESPONSE_CUT, 200, "orders", "a", 1, 0, 2));
    }

    // ---- interim responses

    @Test
    void interimResponsesPassOn() {
        ScriptedClient client = rig.get();
        rig.connector.worker().head("HTTP/1.1 103 Early Hints", "Link: </x>").head("HTTP/1.1 102 Processing").answer("");
        assertThat(client.said).containsExactly("interim 103", "interim 102", "head 200", "end", "settled");
    }

    @Test
    void continueGoesToThoseWhoAskedAlone() {
        ScriptedClient asked = rig.request("POST / HTTP/1.1", "Host: orders.test", "Content-Length: 1", "Expect: 100-continue");
        rig.connector.worker().head("HTTP/1.1 100 Continue");
        rig.body("x").ended();
        rig.connector.worker().answer("");
        assertThat(asked.said).containsExactly("interim 100", "head 200", "end", "settled");

        ScriptedClient did = rig.upload("POST");
        rig.ended();
        rig.connector.worker().head("HTTP/1.1 100 Continue").answer("");
        assertThat(did.said).containsExactly("head 200", "end", "settled");
    }

    @Test
    void clientsOfHttp10GetNoInterimResponse() {
        ScriptedClient client = rig.request("GET / HTTP/1.0", "Host: orders.test");
        rig.connector.worker().head("HTTP/1.1 103 Early Hints").answer("");
        assertThat(client.said).containsExactly("head 200", "end", "settled");
    }

    // ---- the client goes away

    @Test
    void aClientThatGoesWhileAConnectionIsMadeCancelsIt() {
        rig.connector.later();
        ScriptedClient client = rig.upload("POST");
        rig.body("held").clientGone();
        assertThat(client.said).containsExactly("settled");
        assertThat(rig.connector.cancelled()).isOne();
        assertThat(rig.listener.only()).isEqualTo(new RecordingListener.Settled(Reason.CLIENT_GONE, 499, "orders", "a", 1, 4, 0));
    }

    @Test
    void aClientThatGoesBeforeTheResponseAbortsTheWorker() {
        rig.upload("PUT");
        rig.body("held").clientGone();
        assertThat(rig.connector.worker().isAborted()).isTrue();
    }

    @Test
    void aClientThatGoesDuringTheResponseAbortsTheWorker() {
        ScriptedClient client = rig.get();
        rig.connector.worker().head("HTTP/1.1 200 OK").body("x");
        rig.clientGone();
        assertThat(rig.connector.worker().isAborted()).isTrue();
        assertThat(client.said).containsExactly("head 200", "body x", "settled");
        assertThat(rig.listener.only().reason()).isEqualTo(Reason.CLIENT_GONE);
    }

    // ---- the request goes wrong

    @Test
    void aBadBodyIsAnsweredAndTheWorkerAborted() {
        ScriptedClient client = rig.upload("POST");
        rig.requestFailed(Reason.BAD_REQUEST, BadMessage.BAD_CHUNK_SIZE);
        assertThat(client.outcome()).isEqualTo("answer 400");
        assertThat(client.answer().body()).contains(BadMessage.BAD_CHUNK_SIZE.sentence());
        assertThat(rig.connector.worker().isAborted()).isTrue();
    }

    @Test
    void aBadBodyBehindTheHeadOfTheResponseCutsTheResponse() {
        ScriptedClient client = rig.upload("POST");
        rig.connector.worker().head("HTTP/1.1 200 OK");
        rig.requestFailed(Reason.BAD_REQUEST, BadMessage.BAD_CHUNK_SIZE);
        assertThat(client.said).containsExactly("head 200", "abort", "settled");
        assertThat(rig.connector.worker().isAborted()).isTrue();
    }

    @Test
    void whatIsNotAnsweredWhenTheDrainEndsGetsAnAnswer() {
        ScriptedClient client = rig.get();
        rig.drained();
        assertThat(client.outcome()).isEqualTo("answer 503");
        assertThat(client.answer().body()).contains("draining");
    }

    @Test
    void whatIsBeingAnsweredWhenTheDrainEndsIsCut() {
        ScriptedClient client = rig.get();
        rig.connector.worker().head("HTTP/1.1 200 OK");
        rig.drained();
        assertThat(client.said).containsExactly("head 200", "abort", "settled");
    }

    // ---- what workers get

    @Test
    void theWorkerLearnsTheClientsHostAndConnection() {
        rig.request("GET /x?y HTTP/1.1", "Host: Orders.test:81", "Connection: keep-alive", "X-Forwarded-Host: forged", "Accept: */*");
        ScriptedWorker worker = rig.connector.worker();
        assertThat(worker.head())
                .startsWith("GET /x?y HTTP/1.1\r\nHost: Orders.test:81\r\nAccept: */*\r\n")
                .contains("Via: 1.1 weir\r\n", "X-Forwarded-Host: Orders.test:81\r\n")
                .doesNotContain("keep-alive", "forged");
        worker.answer("");
    }

    @Test
    void everyRequestHasAnIdOfItsOwn() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            rig.get();
            String head = rig.connector.worker().head();
            String id = head.substring(head.indexOf("X-Request-Id: ") + 14, head.indexOf("X-Request-Id: ") + 46);
            assertThat(id).matches("[0-9a-f]{32}").isEqualTo(rig.exchange().requestId());
            ids.add(id);
            rig.connector.worker().answer("");
        }
        assertThat(ids).hasSize(200);
    }

    @Test
    void allAttemptsOfARequestHaveTheSameId() {
        rig.get();
        rig.connector.worker().fail(AttemptFailure.RESET);
        rig.connector.worker().answer("");
        assertThat(rig.connector.workers()).hasSize(2);
        assertThat(rig.connector.workers().get(0).head()).isEqualTo(rig.connector.workers().get(1).head());
    }

    @Test
    void onlyClientsThatTakeTrailersAskWorkersForThem() {
        rig.request("GET / HTTP/1.1", "Host: orders.test", "TE: deflate, trailers");
        assertThat(rig.connector.worker().head()).contains("TE: trailers\r\nConnection: TE\r\n").doesNotContain("deflate");
        rig.connector.worker().answer("");
        rig.request("GET / HTTP/1.1", "Host: orders.test", "TE: deflate");
        assertThat(rig.connector.worker().head()).doesNotContain("TE:");
        rig.connector.worker().answer("");
    }

    @Test
    void aRequestOfHttp10WithoutHostGetsTheWorkersOwn() {
        rig.request("GET / HTTP/1.0");
        assertThat(rig.connector.worker().head())
                .startsWith("GET / HTTP/1.1\r\n")
                .contains("Host: a\r\n")
                .doesNotContain("X-Forwarded-Host");
        rig.connector.worker().answer("");
    }

    // ---- used again

    @Test
    void anExchangeThatIsOverServesTheNextRequestAsIfItWereNew() {
        rig.upload("POST");
        Exchange used = rig.exchange();
        rig.body("first").ended();
        rig.connector.worker().head("HTTP/1.1 500 No").body("xyz").end();
        ScriptedClient second = rig.get();
        assertThat(rig.exchange()).isSameAs(used);
        rig.connector.worker().answer("");
        assertThat(second.said).containsExactly("head 200", "end", "settled");
        assertThat(rig.connector.worker().body()).isEmpty();
        assertThat(rig.listener.all().getLast()).isEqualTo(new RecordingListener.Settled(Reason.OK, 200, "orders", "b", 1, 0, 0));
    }

    @Test
    void theNextRequestMayBeginInsideSettled() {
        ScriptedClient second = new ScriptedClient();
        ScriptedClient first = new ScriptedClient(() -> rig.request(second, "GET /2 HTTP/1.1", "Host: orders.test"));
        rig.request(first, "GET /1 HTTP/1.1", "Host: orders.test");
        ScriptedWorker worker = rig.connector.worker();
        worker.answer("one");
        assertThat(rig.connector.worker()).isNotSameAs(worker);
        rig.connector.worker().answer("two");
        assertThat(second.body()).isEqualTo("two");
        assertThat(Objects.requireNonNull(rig.clients.getFirst().head())).startsWith("HTTP/1.1 200");
    }

    // ---- listeners

    @Test
    void aListenerThatFailsDoesNotKeepAnExchangeFromItsEnd() {
        rig.failingListener = true;
        ScriptedClient client = rig.get();
        rig.connector.worker().answer("ok");
        assertThat(client.outcome()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(client.isSettled()).isTrue();
        assertThat(rig.listener.reasons()).as("the others are told").containsExactly(Reason.OK);
    }
}
