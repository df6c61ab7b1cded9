package io.weir.app;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weir.config.AppSettings;
import io.weir.config.AppsThat;
import io.weir.config.ListenerSettings;
import io.weir.config.Misfit;
import io.weir.config.PoolSettings;
import io.weir.config.Settings;
import io.weir.config.UpstreamTls;
import io.weir.health.check.OutboundTls;
import io.weir.telemetry.metrics.Family;
import io.weir.tls.BadPairException;
import io.weir.tls.CertificateListener;
import io.weir.tls.Certificates;
import io.weir.tls.Pair;
import io.weir.tls.ServerTls;
import io.weir.tls.WorkerTls;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates of all listeners and of connections to workers, and the thread that looks whether their files have changed. Without any TLS there is neither. */
final class CertificateKeeper implements OutboundTls, AutoCloseable {
    /** How often files are looked at. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);

    private final CertificateListener listener;
    private final AppsThat secured = new AppsThat(CertificateKeeper::isSecured);
    /** What connections to workers need that are in force. */
    private volatile Set<UpstreamTls> inUse = Set.of();
    private volatile Map<ListenerSettings, ServerTls> byListener = Map.of();
    private volatile @Nullable Certificates certificates;
    private volatile @Nullable ScheduledExecutorService thread;

    private CertificateKeeper(Settings settings, CertificateListener listener) throws CannotServeTlsException {
        this.listener = listener;
        Map<UpstreamTls, List<Object>> outbound = outbound(secured.of(settings));
        if (needsNone(settings, outbound)) {
            return;
        }
        Certificates all = new Certificates(InstantSource.system(), listener);
        Map<ListenerSettings, ServerTls> read = new HashMap<>();
        List<Misfit> problems = read(settings, outbound, all, read);
        if (!problems.isEmpty()) {
            all.close();
            throw new CannotServeTlsException(problems);
        }
        byListener = read;
        inUse = outbound.keySet();
        var _ = begin(all);
    }

    private static boolean needsNone(Settings settings, Map<UpstreamTls, List<Object>> outbound) {
        return settings.listeners().stream().allMatch(each -> each.tls() == null) && outbound.isEmpty();
    }

    /** Whether connections to its workers or gateways are by TLS. */
    private static boolean isSecured(AppSettings app) {
        return app.upstream().tls() != null || app.pools().values().stream().anyMatch(pool -> pool.gatewayTls() != null);
    }

    private ScheduledExecutorService begin(Certificates all) {
        certificates = all;
        ScheduledExecutorService begun = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("weir-certificates", true));
        var _ = begun.scheduleWithFixedDelay(() -> look(all), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        thread = begun;
        return begun;
    }

    /**
     * Reads what other settings need beside, and looks whether files have changed. Until {@link #become} nothing that is served is another.
     *
     * @throws CannotServeTlsException if a pair can't be used; then nothing of it is kept
     */
    Prepared prepare(Settings settings) throws CannotServeTlsException {
        Certificates known = certificates;
        Map<UpstreamTls, List<Object>> outbound = outbound(secured.of(settings));
        if (known == null && needsNone(settings, outbound)) {
            return new Prepared(Map.of(), Set.of());
        }
        Certificates all = known == null ? new Certificates(InstantSource.system(), listener) : known;
        ScheduledExecutorService on = thread == null ? begin(all) : Objects.requireNonNull(thread);
        Prepared next = new Prepared(new HashMap<>(), outbound.keySet());
        List<Misfit> problems = CompletableFuture.supplyAsync(() -> {
                    if (known != null) {
                        look(all);
                    }
                    List<Misfit> found = read(settings, outbound, all, next.byListener);
                    if (!found.isEmpty()) {
                        all.keepOnly(Set.copyOf(byListener.values()), inUse);
                    }
                    return found;
                }, on)
                .join();
        if (!problems.isEmpty()) {
            throw new CannotServeTlsException(problems);
        }
        return next;
    }

    /** From now on these are in force. */
    void become(Prepared next) {
        byListener = Map.copyOf(next.byListener);
        inUse = next.workers;
    }

    /** Only what is in force is needed any more. */
    void forgetOthers() {
        Set<UpstreamTls> workers = inUse;
        Certificates all = certificates;
        ScheduledExecutorService on = thread;
        if (all != null && on != null) {
            on.execute(() -> all.keepOnly(Set.copyOf(byListener.values()), workers));
        }
    }

    /** What other settings need. */
    record Prepared(Map<ListenerSettings, ServerTls> byListener, Set<UpstreamTls> workers) {
        /** The TLS of a listener, or null if it has none. */
        @Nullable ServerTls of(ListenerSettings settings) {
            return byListener.get(settings);
        }
    }

    /**
     * Reads what the settings name.
     *
     * @throws CannotServeTlsException if a pair can't be used
     */
    static CertificateKeeper start(Settings settings, CertificateListener listener) throws CannotServeTlsException {
        return new CertificateKeeper(settings, listener);
    }

    /** Every problem of the files that the settings name, and what is weak about them; nothing is kept. */
    static Findings check(Settings settings) {
        Map<UpstreamTls, List<Object>> outbound = outbound(new AppsThat(CertificateKeeper::isSecured).of(settings));
        if (needsNone(settings, outbound)) {
            return new Findings(List.of(), List.of());
        }
        Certificates all = new Certificates(InstantSource.system(), CertificateListener.NONE);
        List<Misfit> problems = read(settings, outbound, all, Map.of(), new HashMap<>());
        List<String> warnings = weaknesses(all);
        all.close();
        return new Findings(problems, warnings);
    }

    /** What was found in files. */
    record Findings(List<Misfit> problems, List<String> warnings) {}

    private List<Misfit> read(
            Settings settings, Map<UpstreamTls, List<Object>> outbound, Certificates all, Map<ListenerSettings, ServerTls> into) {
        return read(settings, outbound, all, byListener, into);
    }

    /** {@code known}: those that need not be made anew. */
    private static List<Misfit> read(
            Settings settings,
            Map<UpstreamTls, List<Object>> outbound,
            Certificates all,
            Map<ListenerSettings, ServerTls> known,
            Map<ListenerSettings, ServerTls> into) {
        List<Misfit> problems = new ArrayList<>();
        for (int i = 0; i < settings.listeners().size(); i++) {
            ListenerSettings each = settings.listeners().get(i);
            if (each.tls() != null) {
                List<Object> keys = List.of("listeners", i, "tls");
                ServerTls same = same(each, known);
                List<Misfit> its = same != null ? List.of() : all.read(each.tls());
                its.forEach(problem -> problems.add(Misfit.under(keys, problem.keys(), problem.what())));
                try {
                    if (its.isEmpty()) {
                        into.put(each, same != null ? same : all.serve(each.tls(), each.bind().toString()));
                    }
                } catch (BadPairException e) {
                    problems.add(new Misfit(keys, String.valueOf(e.getMessage())));
                }
            }
        }
        outbound.forEach((tls, keys) ->
                all.read(tls).forEach(problem -> problems.add(Misfit.under(keys, problem.keys(), problem.what()))));
        return problems;
    }

    /** That of a listener at the same address with the same TLS, whatever else may be different; or null. */
    private static @Nullable ServerTls same(ListenerSettings listener, Map<ListenerSettings, ServerTls> known) {
        for (Map.Entry<ListenerSettings, ServerTls> each : known.entrySet()) {
            if (each.getKey().bind().equals(listener.bind()) && Objects.equals(each.getKey().tls(), listener.tls())) {
                return each.getValue();
            }
        }
        return null;
    }

    /** All that connections to workers and gateways need, each with the first place that it stands at. */
    private static Map<UpstreamTls, List<Object>> outbound(Collection<AppSettings> secured) {
        Map<UpstreamTls, List<Object>> places = new LinkedHashMap<>();
        for (AppSettings app : secured) {
            UpstreamTls tls = app.upstream().tls();
            if (tls != null) {
                places.putIfAbsent(tls.as(null), List.of("apps", app.name(), "upstream", "tls"));
            }
            for (PoolSettings pool : app.pools().values()) {
                if (pool.gatewayTls() != null) {
                    places.putIfAbsent(pool.gatewayTls().as(null), List.of("apps", app.name(), "pools", pool.region(), "gateway", "tls"));
                }
            }
        }
        return places;
    }

    private static List<String> weaknesses(Certificates all) {
        return all.pairs().stream().flatMap(pair -> pair.weaknesses(InstantSource.system().instant()).stream()).toList();
    }

    private static void look(Certificates all) {
        try {
            all.look();
        } catch (RuntimeException e) {
            LOG.error("certificates could not be looked at", e);
        }
    }

    /** The TLS of a listener, or null if it has none. */
    @Nullable ServerTls of(ListenerSettings listener) {
        return byListener.get(listener);
    }

    /** Of connections to workers that go by {@code settings}. */
    WorkerTls outbound(UpstreamTls settings) {
        return Objects.requireNonNull(certificates).outbound(settings);
    }

    @Override
    public SslHandler handler(UpstreamTls settings, WorkerAddress worker, Channel channel, boolean http2) {
        return outbound(settings).checkHandler(worker, settings.serverName(), http2, channel.alloc());
    }

    /** For the start-up lines. */
    List<String> warnings() {
        Certificates all = certificates;
        return all == null ? List.of() : weaknesses(all);
    }

    /** For the metrics. */
    List<Family> families() {
        Certificates all = certificates;
        if (all == null) {
            return List.of();
        }
        Family handshakes = new Family("weir_tls_handshakes", Family.Type.COUNTER, "TLS handshakes with clients that are over, by how they ended.");
        all.handshakes().forEach((outcome, count) -> handshakes.count(count, "outcome", outcome.word()));
        Family ends = new Family("weir_certificate_not_after_seconds", Family.Type.GAUGE, "When a certificate ends, in s since 1970.");
        Family updates = new Family("weir_certificate_ocsp_next_update_seconds", Family.Type.GAUGE, "When a certificate's OCSP response ends, in s since 1970.");
        for (Pair pair : all.pairs()) {
            Instant update = pair.nextUpdate();
            if (update != null) {
                updates.count(update.getEpochSecond(), "file", String.valueOf(pair.files().ocsp()), "certificate", pair.name());
            }
            ends.count(pair.notAfter().getEpochSecond(), "file", pair.files().cert().toString(), "certificate", pair.name());
        }
        return List.of(handshakes, ends, updates);
    }

    @Override
    public void close() {
        Certificates all = certificates;
        ScheduledExecutorService on = thread;
        if (on != null && all != null) {
            on.execute(all::close);
            on.shutdown();
        }
    }

    /** Certificates of the config can't be used; the message has a line for each. */
    static final class CannotServeTlsException extends Exception {
        private static final long serialVersionUID = 1;

        private final transient List<Misfit> misfits;

        CannotServeTlsException(List<Misfit> misfits) {
            super(misfits.stream().map(Misfit::toString).collect(Collectors.joining("\n")));
            this.misfits = List.copyOf(misfits);
        }

        /** At least one. */
        List<Misfit> misfits() {
            return misfits;
        }
    }
}
