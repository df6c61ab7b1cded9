package io.weir.app;

import io.weir.balancing.Target;
import io.weir.config.Settings;
import io.weir.control.AppChange;
import io.weir.control.Tables;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.Gateways;
import io.weir.exchange.Peers;
import io.weir.frontend.ConnectionLimit;
import io.weir.frontend.Departure;
import io.weir.frontend.FrontendLoop;
import io.weir.frontend.ListenerRules;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.routing.RoutingTable;
import io.weir.telemetry.Telemetry;
import io.weir.telemetry.log.AccessLog;
import io.weir.upstream.EndpointTarget;
import io.weir.upstream.Endpoints;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings another config into force while requests run: first everything that can fail, of which nobody notices anything, then all that can't. What
 * the change does not touch is the same objects afterwards. One thread at a time.
 */
final class Reconfiguration {
    private final EventLoops loops;
    private final Endpoints endpoints;
    private final ConnectionLimit connections;
    private final Telemetry telemetry;
    private final List<FrontendLoop> frontends;
    private final CertificateKeeper certificates;
    private final ControlPlane control;
    private final Doors doors;
    private final Tables tables;
    private final String instance;
    private final BiFunction<Settings, EventLoops.Loop, List<ExchangeListener>> listeners;
    private final Consumer<RoutingTable> inForce;
    private Tables.Built built;

    /**
     * @param listeners of the exchanges of a loop, as settings want them
     * @param inForce takes the table that requests read from then on
     */
    Reconfiguration(
            EventLoops loops,
            Endpoints endpoints,
            ConnectionLimit connections,
            Telemetry telemetry,
            List<FrontendLoop> frontends,
            CertificateKeeper certificates,
            ControlPlane control,
            Doors doors,
            Tables tables,
            Tables.Built built,
            String instance,
            BiFunction<Settings, EventLoops.Loop, List<ExchangeListener>> listeners,
            Consumer<RoutingTable> inForce) {
        this.loops = loops;
        this.endpoints = endpoints;
        this.connections = connections;
        this.telemetry = telemetry;
        this.frontends = frontends;
        this.certificates = certificates;
        this.control = control;
        this.doors = doors;
        this.tables = tables;
        this.built = built;
        this.instance = instance;
        this.listeners = listeners;
        this.inForce = inForce;
    }

    /**
     * What is still on its way out.
     *
     * @param over done when nothing of it is left
     * @param streams that had no end that anybody knew of when it began
     */
    record Outcome(CompletableFuture<Void> over, int streams, List<AppChange> changes) {}

    /** The settings that are in force. */
    Settings settings() {
        return built.settings();
    }

    /**
     * What settings need beside what there is.
     *
     * @param log where another is to be written
     */
    record Prepared(CertificateKeeper.Prepared tls, Doors.Prepared entries, boolean otherLog, @Nullable AccessLog log) {}

    /**
     * Does all that can fail, of which nobody notices anything.
     *
     * @throws LoadBalancer.CannotListenException if an address can't be had; then nothing has changed, and likewise
     * @throws LoadBalancer.CannotLogException if the access log can't be written
     * @throws CertificateKeeper.CannotServeTlsException if a certificate can't be used
     */
    Prepared prepare(Settings next) throws LoadBalancer.CannotListenException, LoadBalancer.CannotLogException, CertificateKeeper.CannotServeTlsException {
        CertificateKeeper.Prepared tls = certificates.prepare(next);
        Doors.Prepared entries;
        try {
            entries = doors.prepare(next, tls::of);
        } catch (LoadBalancer.CannotListenException e) {
            certificates.forgetOthers();
            throw e;
        }
        if (next.accessLog().equals(built.settings().accessLog())) {
            return new Prepared(tls, entries, false, null);
        }
        try {
            return new Prepared(tls, entries, true, telemetry.openLog(next.accessLog()));
        } catch (IOException e) {
            entries.discard();
            certificates.forgetOthers();
            throw new LoadBalancer.CannotLogException(next.accessLog().path(), e);
        }
    }

    /**
     * These settings are in force when it returns. It can't fail.
     *
     * @param prepared for the same, whatever their workers
     * @param window how long what goes away may take
     */
    Outcome become(Prepared prepared, Settings next, Duration window) {
        certificates.become(prepared.tls);
        endpoints.limit(responseLimits(next));
        Tables.Rebuilt rebuilt = tables.rebuild(built, next, System.nanoTime(), control.control().evacuations());
        built = rebuilt.built();
        List<Target> left = rebuilt.changes().stream().flatMap(change -> change.left().stream()).toList();
        control.replace(rebuilt, () -> inForce.accept(rebuilt.built().table()));
        left.forEach(Target::leave);
        AccessLog oldLog = prepared.otherLog ? telemetry.become(prepared.log) : null;
        connections.become(next.limits().connections());
        Set<ListenerRules> leaving = doors.become(prepared.entries);
        List<Departure> departures = onLoops(next, leaving, window);
        if (oldLog != null) {
            oldLog.close();
        }
        for (Target target : left) {
            if (target instanceof EndpointTarget gone) {
                endpoints.leave(gone.endpoint());
            }
        }
        certificates.forgetOthers();
        return new Outcome(
                CompletableFuture.allOf(departures.stream().map(Departure::over).toArray(CompletableFuture[]::new)),
                departures.stream().mapToInt(Departure::streams).sum(),
                rebuilt.changes());
    }

    /** What each loop does by itself. */
    private List<Departure> onLoops(Settings next, Set<ListenerRules> leaving, Duration window) {
        Peers peers = peers(next, instance, control);
        HeadLimits limits = requestLimits(next);
        List<CompletableFuture<Departure>> all = new ArrayList<>();
        for (int i = 0; i < frontends.size(); i++) {
            FrontendLoop frontend = frontends.get(i);
            EventLoops.Loop loop = loops.loops().get(i);
            all.add(CompletableFuture.supplyAsync(
                    () -> {
                        frontend.become(peers, limits);
                        frontend.exchanges().limitBodies(next.limits().body());
                        frontend.exchanges().listeners(listeners.apply(next, loop));
                        return frontend.depart(leaving, window.toNanos());
                    },
                    loop.executor()));
        }
        return all.stream().map(CompletableFuture::join).toList();
    }

    static Peers peers(Settings settings, String instance, ControlPlane control) {
        return new Peers(settings.forwarding(), new Gateways(settings.gateways().trusted(), instance, control.ownPools()));
    }

    static HeadLimits requestLimits(Settings settings) {
        var limits = settings.limits();
        return new HeadLimits(limits.requestLine(), Math.max(limits.head(), limits.requestLine()), limits.fields());
    }

    /** Workers are trusted with a status line as long as their head may be. */
    static HeadLimits responseLimits(Settings settings) {
        var limits = settings.limits();
        return new HeadLimits(limits.responseHead(), limits.responseHead(), limits.fields());
    }
}
