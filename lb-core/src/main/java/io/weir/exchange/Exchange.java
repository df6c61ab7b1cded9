package io.weir.exchange;

import io.netty.buffer.ByteBuf;
import io.weir.balancing.Draw;
import io.weir.balancing.Plan;
import io.weir.balancing.Target;
import io.weir.config.ProxyVersion;
import io.weir.http.BadMessage;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.Step;
import io.weir.routing.AffinityCookie;
import io.weir.routing.App;
import io.weir.routing.Route;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.Need;
import io.weir.upstream.WorkerSide;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, with all its tries, on one event loop. The phases are the product's verbs; <em>accept</em> belongs to the
 * frontend.
 *
 * <pre>
 *   phase     event                                          next
 *   ADMIT     bad head                                       SETTLED (4xx, 5xx)
 *   ADMIT     head, or a tunnel begins                       RESOLVE
 *   RESOLVE   no route, wrong region, a gate answers         SETTLED (404, 421, the gate's)
 *   RESOLVE   a mapping redirects or responds                SETTLED (its status)
 *   RESOLVE   a gate waits                                   RESOLVE
 *   RESOLVE   route                                          PICK
 *   PICK      no target left                                 SETTLED (503, or as the last attempt failed)
 *   PICK      target                                         CONNECT
 *   CONNECT   connection                                     RELAY
 *   CONNECT   failed                                         PICK, or SETTLED
 *   CONNECT   worker found silent, another could serve       PICK
 *   RELAY     failed before the response's head, may retry   PICK
 *   RELAY     failed before the response's head              SETTLED (502, 503, 504)
 *   RELAY     worker found silent, may retry elsewhere       PICK
 *   RELAY     another region's load balancer can't serve     PICK
 *   RELAY     its attempt failed, may retry                  PICK
 *   RELAY     response whole                                 SETTLED (ok)
 *   RELAY     worker switches protocols, or it is a tunnel   RELAY (upgraded)
 *   RELAY     upgraded: both sides have ended                SETTLED (ok)
 *   RELAY     upgraded: one side breaks                      SETTLED (client_gone, response_cut; ok if either had ended)
 *   RELAY     upgraded: silence                              SETTLED (upgrade_idle)
 *   RELAY     failed after the response's head               SETTLED (response_cut: the client sees it)
 *   any       client gone                                    SETTLED (client_gone)
 * </pre>
 *
 * A retry is a way back to PICK while nothing of a response has gone to the client: see {@link Retries}. {@link Resolution} finds the route,
 * {@link Attempt} is what is under way at a target, {@link Patience} bounds each wait.
 *
 * <p>A request that the load balancer of another region has handed over goes by what that says instead of by its host, to the app's own pool
 * alone, and is written once.
 *
 * <p>An upgraded exchange relays bytes instead of bodies, by the same calls: each direction flows and ends by itself, and the exchange is over
 * when both have.
 *
 * <p>A tunnel stands for a connection of a client that speaks no HTTP. It is upgraded from its worker's connection on, which is a new one, and
 * what would be answered is an abort.
 *
 * <p>Used again after it has settled; nothing may keep it beyond that.
 */
public final class Exchange implements AttemptEvents, HeadLines {
    /** Where an exchange stands. */
    public enum Phase {
        ADMIT,
        RESOLVE,
        PICK,
        CONNECT,
        RELAY,
        SETTLED
    }

    private static final int SUCCESS = 200;

    private final ExchangeLoop loop;
    private final RequestHead request = new RequestHead();
    private final ResponseHead response = new ResponseHead();
    private final Forwarding forwarding;
    private final Draw draw = new Draw();
    private final RequestBody body = new RequestBody();
    private final Timeline times = new Timeline();
    private final Attempt attempt;
    private final Patience patience;
    private final Retries retries;
    private final Resolution resolution;
    private final HeadLines responseLines = this::addToResponse;

    private Phase phase = Phase.ADMIT;
    private Reason reason = Reason.OK;
    private @Nullable ClientSide client;
    private @Nullable Route route;
    private boolean headPassed;
    private boolean upgraded;
    /** Whether a tunnel carries TLS that is not ours. */
    private boolean passesTls;
    /** Whether the worker of an upgraded exchange has ended what it sends. */
    private boolean workerEnded;
    private int status;
    private long responseBytes;

    Exchange(ExchangeLoop loop) {
        this.loop = loop;
        this.forwarding = new Forwarding(request, loop.ids());
        this.attempt = new Attempt(this, loop, times);
        this.patience = new Patience(this, loop, times);
        this.retries = new Retries(this, loop, attempt, body, patience);
        this.resolution = new Resolution(this, loop, forwarding);
    }

    // ---- admit

    /** It is taken for a request that begins now. */
    void begin(long now) {
        times.accepted(now);
    }

    /** The head that the request is read into. */
    public RequestHead requestHead() {
        return request;
    }

    /** The request's head is whole: go. A request without body is over with it. */
    public void start(ClientSide from) {
        begin(from);
        forwarding.admit();
        body.begin(request);
        Reason refusal = Admission.refusal(request, loop.bodyLimit());
        if (refusal != null) {
            refuse(refusal, null);
        } else if (!Admission.mayComeFrom(from.peer(), request)) {
            refuse(Reason.MISDIRECTED, null);
        } else {
            phase = Phase.RESOLVE;
            resolution.resolve();
        }
    }

    /** The request's head is bad, or did not come in time. */
    public void startRefused(ClientSide from, Reason why, @Nullable BadMessage fault) {
        begin(from);
        refuse(why, fault);
    }

    /**
     * A client that speaks no HTTP wants to be connected to {@code host}: go. Its bytes are the request's body.
     *
     * @param tls whether they are TLS, which the worker itself is to end
     */
    public void startTunnel(ClientSide from, byte[] host, boolean tls) {
        passesTls = tls;
        request.tunnelTo(host);
        begin(from);
        if (request.hasHost()) {
            body.beginTunnel();
            phase = Phase.RESOLVE;
            resolution.resolve();
        } else {
            refuse(Reason.NO_SERVER_NAME, null);
        }
    }

    /** A client that speaks no HTTP can't be connected, whatever it wants; {@code host} is empty if that is not known. */
    public void startTunnelRefused(ClientSide from, byte[] host, Reason why) {
        request.tunnelTo(host);
        begin(from);
        refuse(why, null);
    }

    private void begin(ClientSide from) {
        client = from;
        times.admitted(loop.clock().now());
        forwarding.begin(from.peer());
    }

    // ---- resolve

    /** Its route is known. */
    void follow(Route found) {
        route = found;
        App.RegionPlan plan = found.plan();
        if (plan == null || !Admission.serves(found, client().onlyRegion())) {
            refuse(Reason.WRONG_REGION, null);
        } else {
            App app = found.app();
            if (app.sendsWorkersHost()) {
                request.cutHost();
            }
            app.budget(loop.index()).request(times.admittedAt());
            Admission.draw(app, request, forwarding.client(), plan.nextTurn(), loop.random().nextLong(), draw);
            patience.goBy(app.timeouts());
            if (GrpcCall.is(request)) {
                goByDeadline(GrpcCall.timeout(request));
            }
            if (found.steps() == null) {
                pick();
            } else {
                resolution.passGates(found.steps());
            }
        }
    }

    // ---- choose and pick

    /** Chooses the target of an attempt and asks for a connection to it; without one, the exchange is answered. */
    void pick() {
        phase = Phase.PICK;
        Target next = decide();
        if (next == null) {
            boolean stopped = Objects.requireNonNull(route().plan()).stoppedByResidency();
            Reason nobody = stopped ? Reason.RESIDENCY : Reason.NO_WORKERS;
            AttemptFailure last = attempt.lastFailure();
            refuse(last == null ? nobody : Reason.of(last), null);
            return;
        }
        attempt.begin(next);
        patience.renewGrace();
        connect(next, false);
    }

    private void goByDeadline(long timeout) {
        if (timeout != GrpcCall.NO_TIMEOUT) {
            patience.boundTotal(timeout);
        }
    }

    /** Where the next attempt goes, or null if there can be none. */
    @Nullable Target decide() {
        Plan plan = Objects.requireNonNull(route().plan()).plan();
        Target next = attempt.next(plan, draw);
        while (next != null && request.isTunnel() && next.handOver() != null) { // another load balancer is told of requests only by HTTP
            attempt.passBy(next);
            next = attempt.next(plan, draw);
        }
        return next;
    }

    // ---- connect

    void connect(Target to, boolean fresh) {
        phase = Phase.CONNECT;
        WorkerSide side = attempt.connect(to, route().app().timeouts().connect(), need(), fresh);
        if (side != null) {
            relay(side);
        } else if (attempt.isConnecting()) { // else it has failed already, and what follows from that is done
            patience.forConnection();
        }
    }

    private Need need() {
        if (request.isTunnel()) {
            return passesTls ? Need.PASSTHROUGH : Need.TUNNEL;
        }
        return request.asksWebSocket() ? Need.SWITCH : Need.REQUEST;
    }

    @Override
    public void connected(WorkerSide side) {
        relay(side);
    }

    // ---- relay: the request

    private void relay(WorkerSide side) {
        phase = Phase.RELAY;
        attempt.connected(side);
        if (request.isTunnel()) {
            tunnel(side);
            return;
        }
        Step.Chain steps = route().steps();
        if (steps != null) {
            steps.editRequest(request, loop.edited().begin()); // before the head is written, since it may cut fields
        }
        side.head(request, this);
        body.sendTo(side, side.mayRefuse() || target().handOver() != null);
        if (body.isWhole()) {
            patience.forResponse();
            side.end(body.trailers()); // last, since whatever is flushed may fail at once
        } else {
            if (request.expectsContinue() && body.bytes() == 0) {
                patience.forResponse(); // the worker has the word
            } else {
                patience.forRequest();
            }
            side.flush();
            demandOfClient();
        }
    }

    /** Bytes go both ways from now on, those first that the client has sent already. */
    private void tunnel(WorkerSide side) {
        headPassed = true;
        upgraded = true;
        times.answered(loop.clock().now());
        target().answered(loop.index(), times.connect());
        patience.forUpgraded();
        side.tunnel();
        body.sendTo(side, false);
        if (body.isWhole()) {
            side.end(null); // last, since whatever is flushed may fail at once
        } else {
            side.flush();
            demandOfClient();
        }
    }

    /** Lines that workers get beside the client's own. */
    @Override
    public void writeTo(HeadWriter out) {
        boolean ownHost = route().app().sendsWorkersHost() || !request.hasHost(); // HTTP/1.1 must have one; HTTP/1.0 need not
        forwarding.writeTo(out, ownHost ? target().name() : null);
        byte[] handOver = target().handOver();
        if (handOver != null) {
            out.literal(handOver);
        }
        if (route().steps() != null) {
            out.append(loop.edited());
        }
    }

    /** A piece of the request's body. Takes it over. */
    public void requestBody(ByteBuf data) {
        boolean tooLarge = body.exceeds(upgraded || request.isTunnel() ? -1 : loop.bodyLimit(), data);
        if (phase == Phase.SETTLED || phase == Phase.ADMIT) {
            data.release();
            return;
        }
        if (tooLarge) {
            data.release();
            requestFailed(Reason.BODY_TOO_LARGE, null);
            return;
        }
        Step.Chain steps = route().steps();
        if (steps != null) {
            steps.tapRequest(data);
        }
        WorkerSide to = phase == Phase.RELAY ? attempt.worker() : null;
        if (to == null) {
            if (body.hold(data)) {
                client().demand(false);
            }
            return;
        }
        body.keep(data);
        patience.forRequest();
        to.body(data);
    }

    /** The request is whole, or the client has ended what it sends on an upgraded connection; {@code trailers} are clean field lines. */
    public void requestEnded(byte @Nullable [] trailers) {
        body.ended(trailers);
        WorkerSide to = attempt.worker();
        if (phase == Phase.RELAY && to != null) {
            boolean over = workerEnded;
            if (over) {
                attempt.answered();
            } else if (upgraded) {
                patience.forBody();
            } else if (!headPassed) {
                patience.forResponse();
            }
            to.end(trailers);
            if (over) {
                settle(Reason.OK);
            }
        }
    }

    /** All of the request that was there to be read has been told. */
    public void requestPaused() {
        WorkerSide to = attempt.worker();
        if (phase == Phase.RELAY && to != null && !body.isWhole()) {
            to.flush();
            demandOfClient();
        }
    }

    /** The client is read while the worker keeps up. */
    private void demandOfClient() {
        WorkerSide to = attempt.worker();
        if (to != null) {
            client().demand(to.isWritable());
        }
    }

    @Override
    public void workerWritable(boolean writable) {
        patience.renewGrace();
        if (phase == Phase.RELAY && !body.isWhole()) {
            client().demand(writable);
            patience.forRequest();
        }
    }

    // ---- relay: the response

    @Override
    public ResponseHead responseHead() {
        return response;
    }

    @Override
    public void responseStarted() {
        if (response.isInterim()) {
            boolean wanted = response.status() != 100 || request.expectsContinue();
            if (wanted && !request.isHttp10()) {
                client().interim(response);
                body.forget(); // some of an answer has gone to the client: no other attempt may give another
                if (!body.isWhole()) {
                    patience.forRequest(); // it is the client's turn
                }
                if (!client().isWritable()) {
                    demandOfWorker(false);
                }
            }
            return;
        }
        if (target().handOver() != null && retries.passGatewayBy()) {
            return;
        }
        if (request.asksWebSocket() && opensTunnelUnasked()) {
            return;
        }
        headPassed = true;
        status = response.status();
        times.answered(loop.clock().now());
        target().answered(loop.index(), times.firstByte());
        body.forget();
        Step.Chain steps = route().steps();
        if (steps != null) {
            steps.editResponse(request, response, loop.edited().begin());
        }
        if (response.switchesProtocol()) {
            upgraded = true;
            body.upgraded();
            patience.forUpgraded();
            if (request.isHttp2()) {
                status = SUCCESS; // which says the same there
            }
            loop.tellUpgraded(this);
        }
        patience.forBody();
        client().head(request, response, responseLines); // last, since a client may have sent something early
    }

    /** Whether the worker has answered in a way that opens no tunnel, and that a client of HTTP/2 would take for one: it gets another answer. */
    private boolean opensTunnelUnasked() {
        WorkerSide from = attempt.worker();
        boolean success = response.status() / 100 == SUCCESS / 100;
        if (!success || !request.isHttp2() || from == null) {
            return false;
        }
        attempt.answered();
        from.leave();
        refuse(Reason.NOT_UPGRADED, null);
        return true;
    }

    private void addToResponse(HeadWriter out) {
        if (route().steps() != null) {
            out.append(loop.edited());
        }
        AffinityCookie affinity = route().app().affinity();
        if (affinity != null && target().handOver() == null && !draw.isMarkedFor(target())) { // a gateway marks the worker
            affinity.write(target(), out);
        }
    }

    @Override
    public void responseBody(ByteBuf data) {
        responseBytes += data.readableBytes();
        Step.Chain steps = route().steps();
        if (steps != null) {
            steps.tapResponse(data);
        }
        client().body(data);
    }

    @Override
    public void responsePaused() {
        ClientSide to = client();
        to.flush();
        if (!to.isWritable()) {
            demandOfWorker(false);
        }
        patience.forBody();
    }

    /** The client takes more of the response again, or has enough for now. */
    public void clientWritable(boolean writable) {
        if (phase == Phase.RELAY) {
            demandOfWorker(writable);
            if (headPassed) {
                patience.renewGrace();
                patience.forBody();
            }
        }
    }

    private void demandOfWorker(boolean more) {
        WorkerSide from = attempt.worker();
        if (from != null) {
            from.demand(more);
        }
    }

    @Override
    public void responseEnded(byte @Nullable [] trailers) {
        if (upgraded && !body.isWhole()) {
            workerEnded = true;
            patience.forBody();
            client().end(null); // last, since whatever is flushed may fail at once
            return;
        }
        attempt.answered();
        client().end(trailers);
        settle(Reason.OK);
    }

    // ---- what goes wrong

    @Override
    public void failed(AttemptFailure failure, @Nullable BadMessage fault) {
        if (upgraded) {
            upgradedFailed(failure);
        } else {
            retries.failed(failure, fault);
        }
    }

    private void upgradedFailed(AttemptFailure failure) {
        boolean ended = eitherEnded();
        attempt.answered();
        attempt.end(ended ? null : failure);
        if (!workerEnded) {
            client().abort();
        }
        settle(ended ? Reason.OK : Reason.RESPONSE_CUT);
    }

    /** Whether one side of an upgraded exchange has ended what it sends: what the other does with the rest is its own affair. */
    private boolean eitherEnded() {
        return upgraded && (workerEnded || body.isWhole());
    }

    /** Ends both sides of an upgraded exchange, behind what was said to them. */
    private void endUpgraded(Reason why) {
        WorkerSide to = attempt.worker();
        boolean ended = workerEnded;
        if (to != null) {
            attempt.answered();
            to.leave();
        }
        if (!ended) {
            client().end(null);
        }
        settle(why);
    }

    @Override
    public void workerSilent() {
        retries.workerSilent();
    }

    /** The next attempt waits a while. */
    void pauseBeforePick() {
        phase = Phase.PICK;
    }

    /** The request's body is malformed, did not come in time, or the like: nothing of it can be trusted. */
    public void requestFailed(Reason why, @Nullable BadMessage fault) {
        if (headPassed) {
            cut(why);
        } else {
            refuse(why, fault);
        }
    }

    /** Ends what has been passed on in a way that the client can't take for the whole response. */
    void cut(Reason why) {
        client().abort();
        settle(why);
    }

    /** The drain's time is over. */
    public void drained() {
        if (upgraded) {
            endUpgraded(Reason.DRAINING);
        } else {
            requestFailed(Reason.DRAINING, null);
        }
    }

    /** The client closed its connection, or it broke. */
    public void clientGone() {
        if (!headPassed && !request.isTunnel()) {
            status = Reason.CLIENT_GONE.status();
        }
        settle(eitherEnded() ? Reason.OK : Reason.CLIENT_GONE);
    }

    void refuse(Reason why, @Nullable BadMessage fault) {
        refuse(why, fault == null || why != Reason.of(fault) ? why.status() : fault.status(), fault == null ? null : fault.sentence());
    }

    void refuse(Reason why, int answerStatus, @Nullable String detail) {
        if (request.isTunnel()) {
            cut(why);
            return;
        }
        answer(why, OwnAnswer.of(answerStatus, why, detail, requestId(), request));
    }

    void answer(Reason why, OwnAnswer answer) {
        if (request.isTunnel()) {
            cut(why);
            return;
        }
        status = answer.status();
        attempt.end(null);
        boolean tells = isForGateway() && (!attempt.wasWritten() || why.ofWrittenAttempt()); // else a worker may still be at it
        client().answer(request, tells ? answer.because(why) : answer);
        settle(why);
    }

    /** Whether another load balancer has handed the request over; one whose request is refused before its head is whole may have. */
    private boolean isForGateway() {
        return isHandedOver() || (phase == Phase.ADMIT && forwarding.peer().gateway());
    }

    /** Whether another load balancer has handed it over. */
    boolean isHandedOver() {
        return forwarding.handOver() != null;
    }

    /** What was waited for has not come, at {@code now} ns. */
    void timeIsUp(long now) {
        if (phase == Phase.SETTLED) {
            return;
        }
        if (patience.isTotalOver(now)) {
            attempt.end(phase == Phase.RELAY && body.isWhole() && !headPassed ? AttemptFailure.RESPONSE_TIMEOUT : null);
            requestFailed(Reason.TOTAL_TIMEOUT, null);
        } else if (phase == Phase.CONNECT) {
            loop.connector().giveUp(target(), this);
            retries.failed(AttemptFailure.CONNECT_TIMEOUT, null);
        } else if (phase == Phase.RELAY && headPassed) {
            responseStands();
        } else if (phase == Phase.RELAY) {
            answerIsLate();
        }
    }

    private void responseStands() {
        WorkerSide to = attempt.worker();
        boolean clientStuck = !workerEnded && !client().isWritable(); // an end that was sent is not writable any more
        boolean stuck = clientStuck || (upgraded && !body.isWhole() && to != null && !to.isWritable());
        if (stuck && patience.grantsGrace()) {
            patience.forBody();
        } else if (upgraded) {
            endUpgraded(eitherEnded() ? Reason.OK : Reason.UPGRADE_IDLE);
        } else {
            attempt.end(body.isWhole() && client().isWritable() ? AttemptFailure.STALLED : null);
            cut(Reason.IDLE_TIMEOUT);
        }
    }

    private void answerIsLate() {
        WorkerSide slow = attempt.worker();
        if (slow != null && !body.isWhole() && !slow.isWritable() && patience.grantsGrace()) {
            patience.forRequest();
        } else {
            if (slow != null) {
                slow.abort();
            }
            retries.failed(AttemptFailure.RESPONSE_TIMEOUT, null);
        }
    }

    // ---- settle

    private void settle(Reason why) {
        attempt.end(null);
        phase = Phase.SETTLED;
        reason = why;
        times.settled(loop.clock().now());
        loop.tell(this);
        ClientSide last = client();
        loop.giveBack(this);
        last.settled();
    }

    /** Makes it new, for the next request. */
    void reset() {
        phase = Phase.ADMIT;
        reason = Reason.OK;
        client = null;
        route = null;
        retries.reset();
        resolution.reset();
        patience.reset();
        body.reset();
        attempt.reset();
        request.reset();
        forwarding.reset();
        response.reset();
        status = 0;
        headPassed = false;
        upgraded = false;
        passesTls = false;
        workerEnded = false;
        responseBytes = 0;
        times.reset();
    }

    // ---- what listeners ask

    public Phase phase() {
        return phase;
    }

    public Reason reason() {
        return reason;
    }

    /** Whether a worker's final response has begun to go to the client. */
    public boolean answered() {
        return headPassed;
    }

    /** Whether bytes go both ways: the worker has switched to the protocol that was asked for, or it is a tunnel with a worker. */
    public boolean upgraded() {
        return upgraded;
    }

    /** Whether nobody knows when it will be over: it is a tunnel, or its response has begun and tells no length. */
    public boolean isOpenEnded() {
        return upgraded || (headPassed && phase != Phase.SETTLED && response.contentLength() < 0);
    }

    /** The status that the client got, 499 if it went away before, or 0 if it got none. */
    public int status() {
        return status;
    }

    /** Where it went, or null if it was answered without an app. */
    public @Nullable Route to() {
        return route;
    }

    /** Tries, those included that were never written. */
    public int attempts() {
        return attempt.count();
    }

    /** The target of the last try, or null if there was none. */
    public @Nullable Target lastTarget() {
        return attempt.last();
    }

    /** The head of the worker's response; empty if none was passed on. */
    public ResponseHead response() {
        return response;
    }

    /** Bytes of the request's body, framing not counted. */
    public long requestBytes() {
        return body.bytes();
    }

    /** Bytes of the response's body, framing not counted. */
    public long responseBytes() {
        return responseBytes;
    }

    /** When it reached each verb. */
    public Timeline times() {
        return times;
    }

    /** What the worker got as X-Request-Id. For rare paths: it makes a string. */
    public String requestId() {
        return writeRequestId(new HeadWriter(128)).toString();
    }

    /** Appends what the worker got as X-Request-Id: visible ASCII without quotes. */
    public HeadWriter writeRequestId(HeadWriter out) {
        return forwarding.writeRequestId(out);
    }

    /** The address of whom the request is from: the peer's, or what a trusted proxy says. For listeners, and not to be kept. */
    public ClientAddress clientAddress() {
        return forwarding.client();
    }

    /** The other end of the client's connection, which may be a proxy. */
    public Peer peer() {
        return forwarding.peer();
    }

    @Override
    public byte[] proxyHeader(ProxyVersion version) {
        return ProxyHeader.of(version, forwarding.client(), forwarding.peer());
    }

    ClientSide client() {
        return Objects.requireNonNull(client);
    }

    Route route() {
        return Objects.requireNonNull(route);
    }

    /** The target of the attempt that is under way. */
    private Target target() {
        return attempt.target();
    }
}
