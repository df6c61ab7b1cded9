package io.weir.frontend;

import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.Peers;
import io.weir.http.HeadLimits;
import io.weir.http.HeadWriter;
import io.weir.http.RequestParser;
import io.weir.loop.EventLoops;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the client connections of one event loop share. Touched by that loop only. */
public final class FrontendLoop {
    private final EventLoops.Loop loop;
    private final ExchangeLoop exchanges;
    private final ConnectionLimit limit;
    private Peers peers;
    private HeadLimits limits;
    private RequestParser parser;
    private final HeadWriter headWriter = new HeadWriter();
    private final DateLine dateLine = new DateLine(InstantSource.system());
    private final Http1Heads http1Heads = new Http1Heads(headWriter, dateLine);
    private @Nullable ClientConnection first;
    private final Set<Http2ClientConnection> http2 = new LinkedHashSet<>();
    private final Set<TcpConnection> tcp = new LinkedHashSet<>();
    private @Nullable Http2Heads http2Heads;
    private boolean draining;

    public FrontendLoop(EventLoops.Loop loop, ExchangeLoop exchanges, ConnectionLimit limit, HeadLimits requestLimits, Peers peers) {
        this.loop = loop;
        this.exchanges = exchanges;
        this.limit = limit;
        this.peers = peers;
        this.limits = requestLimits;
        this.parser = new RequestParser(requestLimits);
    }

    public EventLoops.Loop loop() {
        return loop;
    }

    public ExchangeLoop exchanges() {
        return exchanges;
    }

    /** Connections that are accepted from now on have these peers, and requests that begin have heads within these limits. */
    public void become(Peers nextPeers, HeadLimits requestLimits) {
        peers = nextPeers;
        if (!limits.equals(requestLimits)) {
            limits = requestLimits;
            parser = new RequestParser(requestLimits);
        }
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

    Http1Heads http1Heads() {
        return http1Heads;
    }

    /** Made when the first client speaks HTTP/2. */
    Http2Heads http2Heads() {
        Http2Heads heads = http2Heads;
        if (heads == null) {
            heads = new Http2Heads();
            http2Heads = heads;
        }
        return heads;
    }

    /** How large a head may be. */
    HeadLimits limits() {
        return limits;
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

    void add(Http2ClientConnection connection) {
        http2.add(connection);
    }

    void remove(Http2ClientConnection connection) {
        http2.remove(connection);
    }

    void add(TcpConnection connection) {
        tcp.add(connection);
    }

    void remove(TcpConnection connection) {
        tcp.remove(connection);
    }

    private void each(Consumer<ClientConnection> action) {
        for (ClientConnection connection = first; connection != null; ) {
            ClientConnection next = connection.next;
            action.accept(connection);
            connection = next;
        }
    }

    /**
     * From now on clients are told to go, by their answers or by GOAWAY, and connections that stay idle for {@code grace} ns are closed.
     */
    public void drain(long grace) {
        draining = true;
        each(connection -> connection.drain(grace));
        List.copyOf(http2).forEach(connection -> connection.drain(grace));
        tcp.forEach(connection -> connection.drain(grace));
    }

    /** What has no answer yet gets 503, and everything is closed. */
    public void endDrain() {
        each(ClientConnection::endDrain);
        List.copyOf(http2).forEach(Http2ClientConnection::endDrain);
        List.copyOf(tcp).forEach(TcpConnection::endDrain);
    }

    /**
     * What goes away with a config is asked to go: connections by rules among {@code leaving} as in a {@link #drain}, and exchanges at targets
     * that {@linkplain io.weir.balancing.Target#leave leave}. Whatever has not ended by itself within {@code window} ns is ended, streams
     * without an end spread over that time. Returns how many of those there are.
     */
    public Departure depart(Set<ListenerRules> leaving, long window) {
        return Departure.begin(this, leaving, window);
    }

    /** All of HTTP/1.1, of HTTP/2, and of bytes alone. */
    void eachConnection(Consumer<ClientConnection> http1, Consumer<Http2ClientConnection> http2Ones, Consumer<TcpConnection> tcpOnes) {
        each(http1);
        List.copyOf(http2).forEach(http2Ones);
        List.copyOf(tcp).forEach(tcpOnes);
    }

    /** Open connections. */
    public int connections() {
        int[] n = {http2.size() + tcp.size()};
        each(_ -> n[0]++);
        return n[0];
    }
}
