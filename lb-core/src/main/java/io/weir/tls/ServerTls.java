package io.weir.tls;

import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weir.config.CertificateSettings;
import io.weir.config.ClientAuthSettings;
import io.weir.config.TlsSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a listener: gives each connection what it needs for its handshake. Loops use it; {@link Certificates}, which made it, renews it.
 */
public final class ServerTls {
    /** What is spoken inside (RFC 7301), most wanted first. */
    static final List<String> PROTOCOLS = List.of("h2", "http/1.1");

    static final Set<String> SPOKEN = Set.copyOf(PROTOCOLS);

    private final TlsSettings settings;
    private final String scope;
    private final TicketKeys tickets;
    private final Handshakes handshakes;
    private final HostPolicies policies;
    /** Written by whoever renews it, read by loops. */
    private volatile Map<ClientAuthSettings, CertificateBook<PairContext>> books;

    /** @param scope its name among listeners */
    ServerTls(
            TlsSettings settings,
            String scope,
            Map<CertificateSettings, Pair> pairs,
            Map<ClientAuthSettings, ClientTrust> trusts,
            TicketKeys tickets,
            Handshakes handshakes)
            throws BadPairException {
        this.settings = settings;
        this.scope = scope;
        this.tickets = tickets;
        this.handshakes = handshakes;
        this.policies = new HostPolicies(settings);
        this.books = Map.of();
        this.books = books(pairs, trusts);
    }

    /** What is asked of clients, on whatever host. */
    static Set<ClientAuthSettings> policies(TlsSettings settings) {
        Set<ClientAuthSettings> all = new LinkedHashSet<>(settings.hosts().values());
        all.add(settings.clientAuth());
        return all;
    }

    private record Use(Pair pair, @Nullable ClientTrust trust) {}

    /** A book for each policy. Contexts of what has stayed are used again, with their sessions. */
    private Map<ClientAuthSettings, CertificateBook<PairContext>> books(Map<CertificateSettings, Pair> pairs, Map<ClientAuthSettings, ClientTrust> trusts)
            throws BadPairException {
        Map<Use, PairContext> known = new HashMap<>();
        contexts().forEach(context -> known.put(new Use(context.pair(), context.trust()), context));
        Map<ClientAuthSettings, CertificateBook<PairContext>> next = new HashMap<>();
        List<PairContext> made = new ArrayList<>();
        try {
            for (ClientAuthSettings policy : policies(settings)) {
                List<PairContext> contexts = new ArrayList<>();
                for (CertificateSettings each : settings.certificates()) {
                    Use use = new Use(Objects.requireNonNull(pairs.get(each)), trusts.get(policy));
                    PairContext context = known.get(use);
                    if (context == null) {
                        context = PairContext.of(use.pair(), settings.ciphers(), use.trust(), tickets, scope);
                        made.add(context);
                        known.put(use, context);
                    }
                    contexts.add(context);
                }
                next.put(policy, new CertificateBook<>(contexts));
            }
            return next;
        } catch (BadPairException e) {
            made.forEach(PairContext::release);
            throw e;
        }
    }

    /** All that are in use. */
    private Set<PairContext> contexts() {
        Set<PairContext> all = new LinkedHashSet<>();
        books.values().forEach(book -> all.addAll(book.all()));
        return all;
    }

    /**
     * From now on, new connections get these. Returns what is no longer used, to be released when no loop can be looking at it any more.
     *
     * @throws BadPairException if one can't be used; then nothing changes
     */
    List<PairContext> renew(Map<CertificateSettings, Pair> pairs, Map<ClientAuthSettings, ClientTrust> trusts) throws BadPairException {
        Set<PairContext> before = contexts();
        books = books(pairs, trusts);
        before.removeAll(contexts());
        return List.copyOf(before);
    }

    /** Has all contexts use the tickets' keys as they are now. */
    void ticketsRotated() {
        contexts().forEach(context -> context.use(tickets));
    }

    void release() {
        contexts().forEach(PairContext::release);
    }

    TlsSettings settings() {
        return settings;
    }

    /** For a client, by the name that it asks for. */
    PairContext choose(ClientHello hello) {
        String name = hello.serverName();
        ClientAuthSettings policy = name == null ? policies.standard() : policies.of(name);
        return Objects.requireNonNull(books.get(policy)).choose(hello);
    }

    /** The names of the certificate that a client gets by the name that it asks for, or without one. For any thread. */
    public Set<String> certified(@Nullable String serverName) {
        return choose(ClientHello.asking(serverName)).names();
    }

    HostPolicies policies() {
        return policies;
    }

    Handshakes handshakes() {
        return handshakes;
    }

    /** What stands first in the pipeline of a new connection. It tells of {@link ClientTls}, and makes room for the engine. */
    public ChannelHandler firstHandler() {
        return new ClientHelloHandler(this);
    }

    /** A connection was closed before its handshake, since there are too many. */
    public void refused() {
        handshakes.count(Handshakes.Outcome.OVERLOADED);
    }

    /** A handshake is over. */
    public void ended(SslHandshakeCompletionEvent event) {
        handshakes.count(event.isSuccess() ? Handshakes.Outcome.DONE : Handshakes.outcome(event.cause()));
    }
}
