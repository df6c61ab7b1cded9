package io.weir.tls;

import io.weir.config.CertificateSettings;
import io.weir.config.ClientAuthSettings;
import io.weir.config.ClientAuthSettings.Mode;
import io.weir.config.Misfit;
import io.weir.config.TlsSettings;
import io.weir.config.UpstreamTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * All certificates of a process with the listeners, and the connections to workers, that use them. {@link #look} sees whether files have changed, and renews; a pair that has
 * become bad is told of, and the one before it stays. All of it belongs to one thread at a time; pages may ask for {@link #pairs} at any time.
 */
public final class Certificates {
    /** Keys of tickets are used for so long; three of them are kept. */
    private static final Duration TICKET_KEY = Duration.ofHours(12);

    /** From here on it is said that a certificate ends soon. */
    private static final Duration SOON = Duration.ofDays(21);

    private static final Duration REMINDED = Duration.ofDays(1);

    private final InstantSource time;
    private final CertificateListener listener;
    private final Handshakes handshakes = new Handshakes();
    private final TicketKeys tickets;
    private final Map<CertificateSettings, Kept> kept = new LinkedHashMap<>();
    private final Map<ClientAuthSettings, KeptTrust> trusts = new HashMap<>();
    private final List<ServerTls> served = new ArrayList<>();
    /** By their settings without a name to be asked for. */
    private final Map<UpstreamTls, KeptWorkers> outbound = new ConcurrentHashMap<>();
    /** Releases contexts that loops may still have been looking at when they were replaced. */
    private List<Runnable> retired = List.of();

    private volatile List<Pair> pairs = List.of();
    private Instant ticketsSince;

    /** A pair with the state of its files when it was read. */
    private static final class Kept {
        private Pair pair;
        private List<Object> read;
        /** What was found bad last. */
        private @Nullable List<Object> bad;
        /** Whether that was said. */
        private boolean told;

        private Instant reminded = Instant.MIN;
        /** Of which it was said that its OCSP response is not served. */
        private @Nullable Pair unstapled;

        Kept(Pair pair, List<Object> read) {
            this.pair = pair;
            this.read = read;
        }
    }

    /** Whose client certificates are believed, the same way. */
    private static final class KeptTrust {
        private ClientTrust trust;
        private List<Object> read;

        KeptTrust(ClientTrust trust, List<Object> read) {
            this.trust = trust;
            this.read = read;
        }
    }

    /** How workers are reached, the same way. */
    private static final class KeptWorkers {
        private final WorkerTls tls;
        private @Nullable X509ExtendedTrustManager trust;
        private List<Object> read;

        KeptWorkers(WorkerTls tls, @Nullable X509ExtendedTrustManager trust, List<Object> read) {
            this.tls = tls;
            this.trust = trust;
            this.read = read;
        }
    }

    public Certificates(InstantSource time, CertificateListener listener) {
        this.time = time;
        this.listener = listener;
        this.tickets = new TicketKeys(new SecureRandom());
        this.ticketsSince = time.instant();
    }

    /** Reads the files that a listener needs, and returns what is wrong with them; the keys are those in its {@code tls}. */
    public List<Misfit> read(TlsSettings settings) {
        List<Misfit> problems = new ArrayList<>();
        for (int i = 0; i < settings.certificates().size(); i++) {
            CertificateSettings each = settings.certificates().get(i);
            note(problems, List.of("certificates", i), () -> keep(each));
        }
        note(problems, List.of("client-auth"), () -> keep(settings.clientAuth()));
        settings.hosts().forEach((host, each) -> note(problems, List.of("hosts", host, "client-auth"), () -> keep(each)));
        return problems;
    }

    /** Reads a file, or refuses it. */
    @FunctionalInterface
    private interface Attempt {
        void run() throws BadPairException;
    }

    private static void note(List<Misfit> problems, List<Object> keys, Attempt attempt) {
        try {
            attempt.run();
        } catch (BadPairException e) {
            problems.add(new Misfit(keys, String.valueOf(e.getMessage())));
        }
    }

    /**
     * What a listener needs; files that have not been read yet are.
     *
     * @param scope the listener's name
     * @throws BadPairException if a pair can't be used
     */
    public ServerTls serve(TlsSettings settings, String scope) throws BadPairException {
        for (CertificateSettings each : settings.certificates()) {
            keep(each);
        }
        for (ClientAuthSettings each : ServerTls.policies(settings)) {
            keep(each);
        }
        ServerTls tls = new ServerTls(settings, scope, known(), trusted(), tickets, handshakes);
        served.add(tls);
        publish();
        return tls;
    }

    /** Reads the files that connections to workers need, and returns what is wrong with them; the keys are those in their {@code tls}. */
    public List<Misfit> read(UpstreamTls settings) {
        UpstreamTls key = settings.as(null);
        CertificateSettings own = key.own();
        List<Misfit> problems = new ArrayList<>();
        if (outbound.containsKey(key)) {
            return problems;
        }
        if (own != null) {
            note(problems, List.of("cert"), () -> keep(own));
        }
        List<Object> state = state(key.ca());
        try {
            X509ExtendedTrustManager trust = WorkerTls.trust(key);
            if (problems.isEmpty()) {
                note(problems, List.of(), () -> connect(key, trust, state));
            }
        } catch (BadPairException e) {
            problems.add(new Misfit(key.ca() == null ? List.of() : List.of("ca"), String.valueOf(e.getMessage())));
        }
        return problems;
    }

    /**
     * Reads what connections to workers need, if it has not been read yet.
     *
     * @throws BadPairException if a file can't be used
     */
    public void connect(UpstreamTls settings) throws BadPairException {
        UpstreamTls key = settings.as(null);
        if (outbound.containsKey(key)) {
            return;
        }
        if (key.own() != null) {
            keep(key.own());
        }
        List<Object> state = state(key.ca());
        connect(key, WorkerTls.trust(key), state);
    }

    private void connect(UpstreamTls key, @Nullable X509ExtendedTrustManager trust, List<Object> state) throws BadPairException {
        outbound.put(key, new KeptWorkers(new WorkerTls(key, trust, own(key)), trust, state));
        publish();
    }

    /** For connections with settings that were read. For any thread. */
    public WorkerTls outbound(UpstreamTls settings) {
        return Objects.requireNonNull(outbound.get(settings.as(null)), "TLS to workers that was not read").tls;
    }

    /**
     * From now on only these listeners, and connections to workers by these settings, need something: what is left over is forgotten, and released
     * when no loop can be looking at it any more. Connections that are open go on.
     */
    public void keepOnly(Set<ServerTls> listeners, Set<UpstreamTls> workers) {
        List<Runnable> over = new ArrayList<>(retired);
        served.stream().filter(tls -> !listeners.contains(tls)).forEach(tls -> over.add(tls::release));
        served.removeIf(tls -> !listeners.contains(tls));
        outbound.forEach((settings, each) -> {
            if (!workers.contains(settings)) {
                over.add(each.tls::release);
            }
        });
        outbound.keySet().retainAll(workers);
        Set<CertificateSettings> files = new HashSet<>();
        Set<ClientAuthSettings> policies = new HashSet<>();
        for (ServerTls tls : served) {
            files.addAll(tls.settings().certificates());
            policies.addAll(ServerTls.policies(tls.settings()));
        }
        outbound.keySet().stream().map(UpstreamTls::own).filter(Objects::nonNull).forEach(files::add);
        kept.keySet().retainAll(files);
        trusts.keySet().retainAll(policies);
        retired = over;
        publish();
    }

    private @Nullable Pair own(UpstreamTls settings) {
        return settings.own() == null ? null : Objects.requireNonNull(kept.get(settings.own())).pair;
    }

    private void keep(CertificateSettings files) throws BadPairException {
        if (!kept.containsKey(files)) {
            List<Object> state = state(files);
            Kept made = new Kept(Pair.read(files), state);
            if (made.pair.staple(time.instant())) {
                made.unstapled = made.pair; // a weakness that is told of at the start
            }
            kept.put(files, made);
        }
    }

    private void keep(ClientAuthSettings policy) throws BadPairException {
        if (policy.mode() != Mode.OFF && !trusts.containsKey(policy)) {
            List<Object> state = state(policy.ca(), policy.crl());
            trusts.put(policy, new KeptTrust(ClientTrust.read(policy), state));
        }
    }

    private Map<CertificateSettings, Pair> known() {
        Map<CertificateSettings, Pair> known = new LinkedHashMap<>();
        kept.forEach((files, each) -> known.put(files, each.pair));
        return known;
    }

    private Map<ClientAuthSettings, ClientTrust> trusted() {
        Map<ClientAuthSettings, ClientTrust> trusted = new HashMap<>();
        trusts.forEach((settings, each) -> trusted.put(settings, each.trust));
        return trusted;
    }

    private void publish() {
        pairs = kept.values().stream().map(each -> each.pair).toList();
    }

    /** Those that are served now. For any thread. */
    public List<Pair> pairs() {
        return pairs;
    }

    public Handshakes handshakes() {
        return handshakes;
    }

    /** Looks at files and clock. To be called now and then, some seconds apart. */
    public void look() {
        retired.forEach(Runnable::run); // a loop's look-up is over within a turn
        retired = List.of();
        List<Runnable> replaced = new ArrayList<>();
        kept.forEach((files, each) -> renew(files, each, replaced));
        trusts.forEach((settings, each) -> renew(settings, each, replaced));
        outbound.forEach((settings, each) -> renew(settings, each, replaced));
        retired = replaced;
        publish();
        Instant now = time.instant();
        if (Duration.between(ticketsSince, now).compareTo(TICKET_KEY) >= 0) {
            ticketsSince = now;
            tickets.rotate();
            served.forEach(ServerTls::ticketsRotated);
        }
        kept.values().forEach(each -> staple(each, now));
        kept.values().forEach(each -> remind(each, now));
    }

    private void renew(CertificateSettings files, Kept it, List<Runnable> replaced) {
        List<Object> state = state(files);
        if (state.equals(it.read)) {
            it.bad = null;
            return;
        }
        Pair before = it.pair;
        try {
            BadOcspException unstapled = readAnew(files, it, state);
            var _ = it.pair.staple(time.instant());
            if (it.pair.notAfter().isBefore(time.instant())) {
                throw new BadPairException(files.cert(), "the new certificate has expired, on " + it.pair.notAfter() + "; the one before it stays");
            }
            Map<CertificateSettings, Pair> known = known();
            for (ServerTls tls : served) {
                if (tls.settings().certificates().contains(files)) {
                    tls.renew(known, trusted()).forEach(old -> replaced.add(old::release));
                }
            }
            for (KeptWorkers workers : outbound.values()) {
                if (files.equals(workers.tls.settings().own())) {
                    replaced.add(workers.tls.renew(workers.trust, it.pair));
                }
            }
            it.read = state;
            it.bad = null;
            listener.renewed(it.pair);
            if (unstapled != null) {
                listener.notStapled(it.pair, Objects.requireNonNull(unstapled.getMessage()));
            }
        } catch (BadPairException e) {
            it.pair = before;
            boolean again = state.equals(it.bad); // at first sight one of the two files may just not be there yet
            if (again && !it.told) {
                listener.notRenewed(before, Objects.requireNonNull(e.getMessage()));
            }
            it.told = again;
            it.bad = state;
        }
    }

    /** A certificate that is new does not wait for its OCSP response longer than for its key; what is wrong with that is returned. */
    private static @Nullable BadOcspException readAnew(CertificateSettings files, Kept it, List<Object> state) throws BadPairException {
        try {
            it.pair = Pair.read(files);
            return null;
        } catch (BadOcspException e) {
            Pair without = Pair.readUnstapled(files);
            if (!state.equals(it.bad) || without.chain().getFirst().equals(it.pair.chain().getFirst())) {
                throw e;
            }
            it.pair = without;
            return e;
        }
    }

    private void renew(ClientAuthSettings settings, KeptTrust it, List<Runnable> replaced) {
        List<Object> state = state(settings.ca(), settings.crl());
        if (state.equals(it.read)) {
            return;
        }
        ClientTrust before = it.trust;
        it.read = state;
        try {
            it.trust = ClientTrust.read(settings);
            for (ServerTls tls : served) {
                if (ServerTls.policies(tls.settings()).contains(settings)) {
                    tls.renew(known(), trusted()).forEach(old -> replaced.add(old::release));
                }
            }
            listener.trustRenewed(settings);
        } catch (BadPairException e) {
            it.trust = before;
            listener.trustNotRenewed(Objects.requireNonNull(e.getMessage()));
        }
    }

    private void renew(UpstreamTls settings, KeptWorkers it, List<Runnable> replaced) {
        List<Object> state = state(settings.ca());
        if (state.equals(it.read)) {
            return;
        }
        it.read = state;
        try {
            X509ExtendedTrustManager trust = WorkerTls.trust(settings);
            replaced.add(it.tls.renew(trust, own(settings)));
            it.trust = trust;
            listener.workersTrustRenewed(settings);
        } catch (BadPairException e) {
            listener.workersTrustNotRenewed(Objects.requireNonNull(e.getMessage()));
        }
    }

    private void staple(Kept it, Instant now) {
        if (it.pair.staple(now) && it.unstapled != it.pair) {
            it.unstapled = it.pair;
            listener.notStapled(it.pair, Objects.requireNonNull(it.pair.staleness(now)));
        }
    }

    private void remind(Kept it, Instant now) {
        Duration left = Duration.between(now, it.pair.notAfter());
        if (left.compareTo(SOON) < 0 && Duration.between(it.reminded, now).compareTo(REMINDED) >= 0) {
            it.reminded = now;
            listener.endsSoon(it.pair, left);
        }
    }

    /** By which a change of the files is seen. */
    private static List<Object> state(CertificateSettings files) {
        return state(files.cert(), files.key(), files.ocsp());
    }

    private static List<Object> state(@Nullable Path... files) {
        List<Object> state = new ArrayList<>();
        for (Path file : files) {
            if (file != null) {
                try {
                    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                    state.add(List.of(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey())));
                } catch (IOException _) {
                    state.add("none");
                }
            }
        }
        return state;
    }

    /** Connections that are open go on. */
    public void close() {
        retired.forEach(Runnable::run);
        retired = List.of();
        served.forEach(ServerTls::release);
        served.clear();
        outbound.values().forEach(each -> each.tls.release());
        outbound.clear();
    }
}
