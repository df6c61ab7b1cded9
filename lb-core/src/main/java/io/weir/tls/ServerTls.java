package io.weir.tls;

import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weir.config.CertificateSettings;
import io.weir.config.TlsSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a listener: gives each connection what it needs for its handshake. Loops use it; {@link Certificates}, which made it, renews it.
 */
public final class ServerTls {
    /** What is spoken inside (RFC 7301), most wanted first. */
    static final List<String> PROTOCOLS = List.of("http/1.1");

    static final Set<String> SPOKEN = Set.copyOf(PROTOCOLS);

    private final TlsSettings settings;
    private final String scope;
    private final TicketKeys tickets;
    private final Handshakes handshakes;
    /** Written by whoever renews it, read by loops. */
    private volatile CertificateBook book;

    /** @param scope its name among listeners */
    ServerTls(TlsSettings settings, String scope, Map<CertificateSettings, Pair> pairs, TicketKeys tickets, Handshakes handshakes) throws BadPairException {
        this.settings = settings;
        this.scope = scope;
        this.tickets = tickets;
        this.handshakes = handshakes;
        this.book = new CertificateBook(contexts(pairs, null));
    }

    /** Those of the pairs that have stayed are used again, with their sessions. */
    private List<PairContext> contexts(Map<CertificateSettings, Pair> pairs, @Nullable CertificateBook before) throws BadPairException {
        Map<Pair, PairContext> known = new HashMap<>();
        if (before != null) {
            before.all().forEach(context -> known.put(context.pair(), context));
        }
        List<PairContext> contexts = new ArrayList<>();
        try {
            for (CertificateSettings each : settings.certificates()) {
                Pair pair = pairs.get(each);
                if (pair != null) {
                    PairContext stayed = known.get(pair);
                    contexts.add(stayed == null ? PairContext.of(pair, settings.ciphers(), tickets, scope) : stayed);
                }
            }
        } catch (BadPairException e) {
            contexts.stream().filter(context -> !known.containsKey(context.pair())).forEach(PairContext::release);
            throw e;
        }
        return contexts;
    }

    /**
     * From now on, new connections get these. Returns what is no longer used, to be released when no loop can be looking at it any more.
     *
     * @throws BadPairException if one can't be used; then nothing changes
     */
    List<PairContext> renew(Map<CertificateSettings, Pair> pairs) throws BadPairException {
        CertificateBook before = book;
        CertificateBook next = new CertificateBook(contexts(pairs, before));
        book = next;
        return before.all().stream().filter(context -> !next.all().contains(context)).toList();
    }

    /** Has all contexts use the tickets' keys as they are now. */
    void ticketsRotated() {
        book.all().forEach(context -> tickets.applyTo(context.context()));
    }

    void release() {
        book.all().forEach(PairContext::release);
    }

    TlsSettings settings() {
        return settings;
    }

    CertificateBook book() {
        return book;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    /** What stands first in the pipeline of a new connection. It tells of {@link ClientTls}, and makes room for the engine. */
    public ChannelHandler firstHandler() {
        return new ClientHelloHandler(this);
    }

    /** A handshake is over. */
    public void ended(SslHandshakeCompletionEvent event) {
        handshakes.count(event.isSuccess() ? Handshakes.Outcome.DONE : Handshakes.outcome(event.cause()));
    }
}
