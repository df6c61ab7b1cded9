package io.weir.frontend;

import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.Peers;
import io.weir.http.HeadLimits;
import io.weir.http.HeadWriter;
import io.weir.http.RequestParser;
import io.weir.loop.EventLoops;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the client connections of one event loop share. Touched by that loop only. */
public final class FrontendLoop {
    private final EventLoops.Loop loop;
    private final ExchangeLoop exchanges;
    private final ConnectionLimit limit;
    private final Peers peers;
    private final RequestParser parser;
    private final HeadWriter headWriter = new HeadWriter();
    private final DateLine dateLine = new DateLine(InstantSource.system());
    private @Nullable ClientConnection first;
    private boolean draining;

    public FrontendLoop(EventLoops.Loop loop, ExchangeLoop exchanges, ConnectionLimit limit, HeadLimits requestLimits, Peers peers) {
        this.loop = loop;
        this.exchanges = exchanges;
        this.limit = limit;
        this.peers = peers;
        this.parser = new RequestParser(requestLimits);
    }

    public EventLoops.Loop loop() {
        return loop;
    }

    ExchangeLoop exchanges() {
        return exchanges;
    }

    ConnectionLimit limit() {
        return limit;
    }

    Peers peers() {
        return peers;
    }

    RequestParser parser() {
        return parser;
    }

    HeadWriter headWriter() {
        return headWriter;
    }

    DateLine dateLine() {
        return dateLine;
    }

    boolean draining() {
        return draining;
    }

    void add(ClientConnection connection) {
        ClientConnection next = first;
        connection.next = next;
        if (next != null) {
            next.previous = connection;
        }
        first = connection;
    }

    void remove(ClientConnection connection) {
        ClientConnection next = connection.next;
        ClientConnection previous = connection.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else if (first == connection) {
            first = next;
        }
        connection.next = connection.previous = null;
    }

    private void each(Consumer<ClientConnection> action) {
        for (ClientConnection connection = first; connection != null; ) {
            ClientConnection next = connection.next;
            action.accept(connection);
            connection = next;
        }
    }

    /** From now on answers say that the connection is closed behind them, and connections that stay idle for {@code grace} ns are. */
    public void drain(long grace) {
        draining = true;
        each(connection -> connection.drain(grace));
    }

    /** What has no answer yet gets 503, and everything is closed. */
    public void endDrain() {
        each(ClientConnection::endDrain);
    }

    /** Open connections. */
    public int connections() {
        int[] n = {0};
        each(_ -> n[0]++);
        return n[0];
    }
}
