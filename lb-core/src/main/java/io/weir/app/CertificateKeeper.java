package io.weir.app;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.weir.config.AppSettings;
import io.weir.config.ListenerSettings;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificates of all listeners and of connections to workers, and the thread that looks whether their files have changed. Without any TLS there is neither. */
final class CertificateKeeper implements OutboundTls, AutoCloseable {
    /** How often files are looked at. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(CertificateKeeper.class);

    private final Map<ListenerSettings, ServerTls> byListener = new HashMap<>();
    private final @Nullable Certificates certificates;
    private final @Nullable ScheduledExecutorService thread;

    private CertificateKeeper(Settings settings, CertificateListener listener) throws CannotServeTlsException {
        if (settings.listeners().stream().allMatch(each -> each.tls() == null) && outbound(settings).isEmpty()) {
            certificates = null;
            thread = null;
            return;
        }
        Certificates all = new Certificates(InstantSource.system(), listener);
        List<String> problems = read(settings, all, byListener);
        if (!problems.isEmpty()) {
            all.close();
            throw new CannotServeTlsException(problems);
        }
        certificates = all;
        thread = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("weir-certificates", true));
        var _ = thread.scheduleWithFixedDelay(() -> look(all), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
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
        if (settings.listeners().stream().allMatch(each -> each.tls() == null) && outbound(settings).isEmpty()) {
            return new Findings(List.of(), List.of());
        }
        Certificates all = new Certificates(InstantSource.system(), CertificateListener.NONE);
        List<String> problems = read(settings, all, new HashMap<>());
        List<String> warnings = weaknesses(all);
        all.close();
        return new Findings(problems, warnings);
    }

    /** What was found in files. */
    record Findings(List<String> problems, List<String> warnings) {}

    private static List<String> read(Settings settings, Certificates all, Map<ListenerSettings, ServerTls> into) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < settings.listeners().size(); i++) {
            ListenerSettings each = settings.listeners().get(i);
            if (each.tls() != null) {
                try {
                    into.put(each, all.serve(each.tls(), each.bind().toString()));
                } catch (BadPairException e) {
                    problems.add("listeners[" + i + "].tls: " + e.getMessage());
                }
            }
        }
        outbound(settings).forEach((tls, place) -> {
            try {
                all.connect(tls);
            } catch (BadPairException e) {
                problems.add(place + ": " + e.getMessage());
            }
        });
        return problems;
    }

    /** All that connections to workers and gateways need, each with the first place that it stands at. */
    private static Map<UpstreamTls, String> outbound(Settings settings) {
        Map<UpstreamTls, String> places = new LinkedHashMap<>();
        for (AppSettings app : settings.apps().values()) {
            UpstreamTls tls = app.upstream().tls();
            if (tls != null) {
                places.putIfAbsent(tls.as(null), "apps." + app.name() + ".upstream.tls");
            }
            for (PoolSettings pool : app.pools().values()) {
                if (pool.gatewayTls() != null) {
                    places.putIfAbsent(pool.gatewayTls().as(null), "apps." + app.name() + ".pools." + pool.region() + ".gateway.tls");
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
        return certificates == null ? List.of() : weaknesses(certificates);
    }

    /** For the metrics. */
    List<Family> families() {
        if (certificates == null) {
            return List.of();
        }
        Family handshakes = new Family("weir_tls_handshakes", Family.Type.COUNTER, "TLS handshakes with clients that are over, by how they ended.");
        certificates.handshakes().forEach((outcome, count) -> handshakes.count(count, "outcome", outcome.word()));
        Family ends = new Family("weir_certificate_not_after_seconds", Family.Type.GAUGE, "When a certificate ends, in s since 1970.");
        Family updates = new Family("weir_certificate_ocsp_next_update_seconds", Family.Type.GAUGE, "When a certificate's OCSP response ends, in s since 1970.");
        for (Pair pair : certificates.pairs()) {
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
        if (thread != null && certificates != null) {
            thread.execute(certificates::close);
            thread.shutdown();
        }
    }

    /** Certificates of the config can't be used; the message has a line for each. */
    static final class CannotServeTlsException extends Exception {
        private static final long serialVersionUID = 1;

        CannotServeTlsException(List<String> problems) {
            super(String.join("\n", problems));
        }
    }
}
