package io.weir.exchange;

import io.weir.http.HandOver;
import io.weir.http.RequestHead;
import io.weir.http.Step;
import io.weir.routing.Answer;
import io.weir.routing.Destination;
import io.weir.routing.Route;
import org.jspecify.annotations.Nullable;

/**
 * Where a request leads: to the route that its host and path say, or the load balancer that hands it over; and through the gates of that
 * route, one after the other, each of which may make it wait.
 *
 * <p>One for each exchange, used again with it; touched by its loop alone.
 */
final class Resolution {
    private final Exchange exchange;
    private final ExchangeLoop loop;
    private final RequestHead request;
    private final Forwarding forwarding;
    private int gate;
    /** Changes whenever it is used again, for gates that decide late. */
    private int generation;

    Resolution(Exchange exchange, ExchangeLoop loop, Forwarding forwarding) {
        this.exchange = exchange;
        this.loop = loop;
        this.request = exchange.requestHead();
        this.forwarding = forwarding;
    }

    /** Finds the route, and has the exchange follow it or answer. */
    void resolve() {
        HandOver handOver = forwarding.handOver();
        if (handOver != null) {
            takeOver(handOver);
            return;
        }
        if (forwarding.peer().gateway() && Gateways.asks(request)) {
            exchange.answer(Reason.RESPONDED, forwarding.peer().rules().others().answer(request));
            return;
        }
        SecurePort secure = exchange.client().securePort();
        switch (loop.table().resolve(request)) {
            case null -> exchange.refuse(Reason.NO_ROUTE, null);
            case Destination _ when secure != null && !forwarding.cameWithTls() -> redirect(secure.url(request));
            case Route to -> exchange.follow(to);
            case Answer given -> {
                Reason why = given.location() == null ? Reason.RESPONDED : Reason.REDIRECTED;
                exchange.answer(why, OwnAnswer.of(given, exchange.requestId(), request));
            }
        }
    }

    private void redirect(@Nullable String secureUrl) {
        if (secureUrl == null) {
            exchange.refuse(Reason.BAD_REQUEST, Reason.BAD_REQUEST.status(), "There is no host to redirect to https");
        } else {
            exchange.answer(Reason.REDIRECTED, OwnAnswer.redirect(secureUrl));
        }
    }

    private void takeOver(HandOver from) {
        if (!from.wellFormed()) {
            exchange.refuse(Reason.BAD_REQUEST, Reason.BAD_REQUEST.status(), "Weir-Hop is malformed");
        } else if (from.isBy(forwarding.peer().rules().instance(), request)) {
            exchange.refuse(Reason.LOOP, null);
        } else {
            Route own = loop.table().own(request.bytes(), from.poolStart(), from.poolEnd());
            if (own != null) {
                exchange.follow(own);
            } else {
                boolean known = loop.table().knows(request.bytes(), from.appStart(), from.poolEnd());
                exchange.refuse(known ? Reason.WRONG_REGION : Reason.NO_WORKERS, null);
            }
        }
    }

    /** Passes the gates that are left; the exchange picks behind the last one, or answers. */
    void passGates(Step.Chain steps) {
        while (gate < steps.gateCount()) {
            Step.Gate next = steps.gate(gate);
            int now = generation;
            int before = gate;
            switch (next.check(request, verdict -> decided(now, steps, next, verdict))) {
                case PASS -> gate++;
                case ANSWER -> {
                    exchange.refuse(Reason.REFUSED, next.answerStatus(), null);
                    return;
                }
                case WAIT -> {
                    if (isUnderWay(now) && gate == before) { // else it has decided meanwhile
                        exchange.client().demand(false);
                    }
                    return;
                }
            }
        }
        exchange.pick();
    }

    private boolean isUnderWay(int since) {
        return since == generation && exchange.phase() == Exchange.Phase.RESOLVE;
    }

    private void decided(int asked, Step.Chain steps, Step.Gate by, Step.Gate.Verdict verdict) {
        if (!isUnderWay(asked)) {
            return;
        }
        loop.clock().refresh();
        switch (verdict) {
            case PASS -> {
                gate++;
                exchange.client().demand(true);
                passGates(steps);
            }
            case ANSWER -> exchange.refuse(Reason.REFUSED, by.answerStatus(), null);
            case WAIT -> throw new IllegalArgumentException("a gate can't decide to wait for longer");
        }
    }

    /** Makes it new, for the next request. */
    void reset() {
        generation++;
        gate = 0;
    }
}
