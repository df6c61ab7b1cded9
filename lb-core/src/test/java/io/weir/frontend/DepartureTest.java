package io.weir.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.exchange.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes away with a config. */
class DepartureTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: orders.test\r\n\r\n";
    private static final String ASK = String.join(
            "\r\n", "GET /chat HTTP/1.1", "Host: orders.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "\r\n");
    private static final String[] SWITCH = {"HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: x"};
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final FrontendRig rig = new FrontendRig();

    @AfterEach
    void nothingIsLeft() {
        rig.assertNothingLeft();
    }

    private Departure depart(Set<ListenerRules> leaving) {
        List<Departure> begun = new ArrayList<>();
        rig.turn(() -> begun.add(rig.frontend.depart(leaving, WINDOW.toNanos())));
        return begun.getFirst();
    }

    private SocketLikeChannel upgraded() {
        SocketLikeChannel client = rig.open();
        client.receive(ASK);
        rig.worker().head(SWITCH).pause();
        assertThat(client.sent()).startsWith("HTTP/1.1 101");
        return client;
    }

    @Test
    void withoutAnythingThatGoesItIsOverAtOnce() {
        SocketLikeChannel client = upgraded();
        Departure departure = depart(Set.of());
        assertThat(departure.over()).isDone();
        rig.pass(WINDOW.plusSeconds(5));
        assertThat(client.isOpen()).isTrue();
        client.endInput();
        rig.worker().end();
        rig.settle();
    }

    @Test
    void tunnelsAtAWorkerThatIsGoneEndOneAfterTheOther() {
        List<SocketLikeChannel> clients = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            clients.add(upgraded());
        }
        rig.target.leave();
        Departure departure = depart(Set.of());
        assertThat(departure.streams()).isEqualTo(9);
        List<Long> left = new ArrayList<>();
        for (int second = 0; second < 11; second++) {
            rig.pass(Duration.ofSeconds(1));
            left.add(clients.stream().filter(client -> !client.isEnded()).count());
        }
        assertThat(left).as("one each second").startsWith(8L, 7L, 6L, 5L, 4L, 3L, 2L, 1L, 0L);
        assertThat(departure.over()).isDone();
        assertThat(rig.listener.reasons()).hasSize(9).containsOnly(Reason.DRAINING);
        clients.forEach(SocketLikeChannel::endInput);
        rig.settle();
    }

    @Test
    void aRequestAtAWorkerThatIsGoneRunsToItsEndAndItsClientStays() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.target.leave();
        Departure departure = depart(Set.of());
        rig.pass(Duration.ofSeconds(9));
        assertThat(departure.over()).isNotDone();
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 2").body("hi").end();
        assertThat(client.sent()).endsWith("\r\n\r\nhi").doesNotContain("Connection: close");
        rig.pass(Duration.ofSeconds(2));
        assertThat(departure.over()).isDone();
        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void whatHasNoAnswerWhenTheTimeIsOverIsTold() {
        SocketLikeChannel client = rig.open();
        client.receive(GET);
        rig.target.leave();
        Departure departure = depart(Set.of());
        rig.pass(WINDOW.plusSeconds(1));
        assertThat(client.sent()).startsWith("HTTP/1.1 503 ");
        assertThat(departure.over()).isDone();
        assertThat(rig.listener.reasons()).containsExactly(Reason.DRAINING);
    }

    @Test
    void connectionsOfAListenerThatIsGoneEndBehindTheirNextAnswer() {
        SocketLikeChannel busy = rig.open();
        ListenerRules rules = rig.rules();
        busy.receive(GET);
        SocketLikeChannel idle = rig.open();
        idle.receive(GET);
        rig.worker().head("HTTP/1.1 200 OK", "Content-Length: 0").end();
        assertThat(idle.sent()).isNotEmpty();
        Departure departure = depart(Set.of(rules));
        assertThat(idle.isOpen()).as("a request may be on its way").isTrue();
        rig.pass(Duration.ofMillis(1200));
        assertThat(idle.isOpen()).isFalse();
        assertThat(busy.isOpen()).isTrue();
        rig.connector.workers().getFirst().head("HTTP/1.1 200 OK", "Content-Length: 0").end();
        assertThat(busy.sent()).contains("Connection: close");
        rig.pass(Duration.ofSeconds(7)); // the client does not close its own end
        assertThat(departure.over()).isDone();
    }
}
