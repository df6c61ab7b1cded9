package io.weir.telemetry.metrics;

import io.weir.balancing.Target;
import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.Reason;
import io.weir.routing.Route;
import io.weir.upstream.AttemptFailure;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Counts what the exchanges of one event loop do. Its loop writes, any thread reads; nothing is locked. */
final class LoopMetrics implements ExchangeListener {
    private final AppLabels labels;
    private final CountsBy<Reason> reasons = new CountsBy<>(Reason.class);
    private final CountsBy<AttemptFailure> failures = new CountsBy<>(AttemptFailure.class);
    private final CountsBy<UpgradeOutcome> upgrades = new CountsBy<>(UpgradeOutcome.class);
    private final Counts upgradesOver = new Counts(1);
    private final LoopDurations exchanges = new LoopDurations();
    private final LoopDurations attempts = new LoopDurations();
    private final Map<String, AppCounts> apps = new ConcurrentHashMap<>();
    private final AppCounts others = new AppCounts();

    LoopMetrics(AppLabels labels) {
        this.labels = labels;
    }

    @Override
    public void upgraded(Exchange exchange) {
        upgrades.add(UpgradeOutcome.UPGRADED);
    }

    @Override
    public void settled(Exchange exchange) {
        // How long people keep an upgraded connection open says nothing of how fast they are served.
        long nanos = exchange.upgraded() ? exchange.times().untilAnswered() : exchange.times().total();
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        UpgradeOutcome upgrade = UpgradeOutcome.of(exchange);
        if (upgrade == UpgradeOutcome.UPGRADED) {
            upgradesOver.add(0, 1);
        } else if (upgrade != null) {
            upgrades.add(upgrade);
        }
        reasons.add(exchange.reason());
        exchanges.record(StatusClass.of(exchange.status()), micros);
        Route to = exchange.to();
        if (to != null) {
            of(to.app().name()).settled(exchange, micros);
        }
    }

    @Override
    public void attempted(Exchange exchange, Target target, @Nullable AttemptFailure failure, long nanos) {
        if (failure != null) {
            failures.add(failure);
        }
        if (nanos >= 0) {
            long counted = exchange.upgraded() ? exchange.times().firstByte() : nanos;
            attempts.record(failure == null ? StatusClass.of(exchange.response().status()) : StatusClass.NONE, TimeUnit.NANOSECONDS.toMicros(counted));
        }
        Route to = exchange.to();
        if (to != null) {
            AppCounts app = of(to.app().name());
            if (app != others) {
                app.attempted(target, Outcome.of(failure != null, exchange.answered()));
            }
        }
    }

    private AppCounts of(String app) {
        AppCounts known = apps.get(app);
        if (known != null) {
            return known;
        }
        if (!labels.has(app)) {
            return others;
        }
        AppCounts first = new AppCounts();
        apps.put(app, first);
        return first;
    }

    long ended(Reason reason) {
        return reasons.get(reason);
    }

    long failed(AttemptFailure failure) {
        return failures.get(failure);
    }

    long upgrades(UpgradeOutcome outcome) {
        return upgrades.get(outcome);
    }

    /** Upgraded connections that are open. Read from another thread it may miss a few. */
    long openUpgrades() {
        long over = upgradesOver.get(0); // first, so that it is never more than were opened
        return upgrades(UpgradeOutcome.UPGRADED) - over;
    }

    /** How long exchanges took, from the first byte of the request to the end. */
    LoopDurations exchanges() {
        return exchanges;
    }

    /** How long attempts took, from their connection to their end; those without status failed. */
    LoopDurations attempts() {
        return attempts;
    }

    Map<String, AppCounts> apps() {
        return apps;
    }

    /** Of the apps that have no series of their own. */
    AppCounts others() {
        return others;
    }
}
