package io.weir.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.weir.balancing.Attempts;
import io.weir.balancing.Decision;
import io.weir.balancing.Draw;
import io.weir.balancing.Target;
import io.weir.http.BadMessage;
import io.weir.http.HandOver;
import io.weir.http.HeadLines;
import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.http.ResponseHead;
import io.weir.http.Step;
import io.weir.loop.Deadline;
import io.weir.routing.AffinityCookie;
import io.weir.routing.Answer;
import io.weir.routing.App;
import io.weir.routing.Route;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.WorkerSide;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, with all its tries, on one event loop. The phases are the product's verbs; <em>accept</em> belongs to the
 * frontend.
 *
 * <pre>
 *   phase     event                                          next
 *   ADMIT     bad head                                       SETTLED (4xx, 5xx)
 *   ADMIT     head                                           RESOLVE
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
 *   RELAY     failed after the response's head               SETTLED (response_cut: the client sees it)
 *   any       client gone                                    SETTLED (client_gone)
 * </pre>
 *
 * A retry is a way back to PICK while nothing of a response has gone to the client: free for attempts that were never written, else for
 * idempotent requests whose body is still held, and paid for from the app's budget.
 *
 * <p>A request that the load balancer of another region has handed over goes by what that says instead of by its host, to the app's own pool
 * alone, and is written once.
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

    private static final int MOST_WRITTEN = 3;
    /** Looking a name up takes its time too, and nobody else bounds it; a connection that is being made ends by itself before. */
    private static final long CONNECT_SLACK = TimeUnit.MILLISECONDS.toNanos(500);

    private static final long FIRST_DELAY = TimeUnit.MILLISECONDS.toNanos(25);

    private final ExchangeLoop loop;
    private final RequestHead request = new RequestHead();
    private final ResponseHead response = new ResponseHead();
    private final Forwarding forwarding;
    private final Attempts attempts = new Attempts();
    private final Draw draw = new Draw();
    private final HeldBody held = new HeldBody();
    private final Timeline times = new Timeline();
    private final HeadLines responseLines = this::addToResponse;

    private final Deadline deadline = new Deadline() {
        @Override
        protected void expired(long now) {
            timeIsUp(now);
        }
    };

    private Phase phase = Phase.ADMIT;
    private Reason reason = Reason.OK;
    private @Nullable ClientSide client;
    private @Nullable Route route;
    private @Nullable Target target;
    private @Nullable WorkerSide worker;
    private @Nullable AttemptFailure lastFailure;
    private @Nullable Future<?> delayed;
    /** Changes whenever the exchange is used again, for those who call back late. */
    private int generation;

    private int writtenAttempts;
    private int gate;
    private boolean requestEnded;
    private byte @Nullable [] requestTrailers;
    /** Whether the body so far is held whole, so that it can be sent again. */
    private boolean replayable;
    private boolean headPassed;
    /**
     * Whether a side that takes nothing was given the idle time once more. The kernel tells that a slow one goes on only when a third of
     * its buffer, which may be megabytes, is free.
     */
    private boolean grace;
    /** Whether this attempt has met a stale connection already: a worker that closes a second one does so because of the request. */
    private boolean stale;
    private int status;
    private long requestBytes;
    private long responseBytes;
    private long totalUntil;

    Exchange(ExchangeLoop loop) {
        this.loop = loop;
        this.forwarding = new Forwarding(request, loop.ids());
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
        requestEnded = !request.hasBody();
        replayable = true;
        Reason refusal = Admission.refusal(request, loop.bodyLimit());
        if (refusal != null) {
            refuse(refusal, null);
        } else {
            resolve();
        }
    }

    /** The request's head is bad, or did not come in time. */
    public void startRefused(ClientSide from, Reason why, @Nullable BadMessage fault) {
        begin(from);
        refuse(why, fault);
    }

    private void begin(ClientSide from) {
        client = from;
        times.admitted(loop.clock().now());
        totalUntil = App.Timeouts.OFF;
        forwarding.begin(from.peer());
    }

    // ---- resolve

    private void resolve() {
        phase = Phase.RESOLVE;
        HandOver handOver = forwarding.handOver();
        if (handOver != null) {
            takeOver(handOver);
            return;
        }
        if (forwarding.peer().gateway() && Gateways.asks(request)) {
            answer(Reason.RESPONDED, forwarding.peer().rules().others().answer(request));
            return;
        }
        switch (loop.table().resolve(request)) {
            case null -> refuse(Reason.NO_ROUTE, null);
            case Route to -> follow(to);
            case Answer given -> answer(given.location() == null ? Reason.RESPONDED : Reason.REDIRECTED, OwnAnswer.of(given, requestId(), request));
        }
    }

    private void takeOver(HandOver from) {
        if (!from.wellFormed()) {
            refuse(Reason.BAD_REQUEST, Reason.BAD_REQUEST.status(), "Weir-Hop is malformed");
        } else if (from.isBy(forwarding.peer().rules().instance(), request)) {
            refuse(Reason.LOOP, null);
        } else {
            Route own = loop.table().own(request.bytes(), from.poolStart(), from.poolEnd());
            if (own != null) {
                follow(own);
            } else {
                boolean known = loop.table().knows(request.bytes(), from.appStart(), from.poolEnd());
                refuse(known ? Reason.WRONG_REGION : Reason.NO_WORKERS, null);
            }
        }
    }

    private void follow(Route found) {
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
            if (app.timeouts().total() != App.Timeouts.OFF) {
                totalUntil = times.admittedAt() + app.timeouts().total();
                arm(App.Timeouts.OFF);
            }
            if (found.steps() == null) {
                pick();
            } else {
                passGates(found.steps());
            }
        }
    }

    private void passGates(Step.Chain steps) {
        while (gate < steps.gateCount()) {
            Step.Gate next = steps.gate(gate);
            int now = generation;
            int before = gate;
            switch (next.check(request, verdict -> decided(now, next, verdict))) {
                case PASS -> gate++;
                case ANSWER -> {
                    refuse(Reason.REFUSED, next.answerStatus(), null);
                    return;
                }
                case WAIT -> {
                    if (now == generation && phase == Phase.RESOLVE && gate == before) { // else it has decided meanwhile
                        client().demand(false);
                    }
                    return;
                }
            }
        }
        pick();
    }

    private void decided(int asked, Step.Gate by, Step.Gate.Verdict verdict) {
        if (asked != generation || phase != Phase.RESOLVE) {
            return;
        }
        loop.clock().refresh();
        switch (verdict) {
            case PASS -> {
                gate++;
                client().demand(true);
                passGates(Objects.requireNonNull(route().steps()));
            }
            case ANSWER -> refuse(Reason.REFUSED, by.answerStatus(), null);
            case WAIT -> throw new IllegalArgumentException("a gate can't decide to wait for longer");
        }
    }

    // ---- choose and pick

    private void pick() {
        phase = Phase.PICK;
        Target next = decide();
        if (next == null) {
            boolean stopped = Objects.requireNonNull(route().plan()).stoppedByResidency();
            Reason nobody = stopped ? Reason.RESIDENCY : Reason.NO_WORKERS;
            refuse(lastFailure == null ? nobody : Reason.of(lastFailure), null);
            return;
        }
        attempts.add(next);
        times.picked(loop.clock().now());
        stale = false;
        grace = false;
        connect(next, false);
    }

    /** Where the next attempt goes, or null if there can be none. */
    private @Nullable Target decide() {
        App.RegionPlan plan = Objects.requireNonNull(route().plan());
        return attempts.count() == Attempts.MOST ? null : Decision.decide(plan.plan(), attempts, loop.clock().now(), draw);
    }

    // ---- connect

    private void connect(Target to, boolean fresh) {
        phase = Phase.CONNECT;
        target = to;
        to.begin();
        WorkerSide side = loop.connector().connect(to, this, route().app().timeouts().connect(), fresh);
        if (side != null) {
            relay(side);
        } else if (phase == Phase.CONNECT && worker == null) {
            arm(loop.clock().now() + route().app().timeouts().connect() + CONNECT_SLACK);
        }
    }

    @Override
    public void connected(WorkerSide side) {
        relay(side);
    }

    // ---- relay: the request

    private void relay(WorkerSide side) {
        phase = Phase.RELAY;
        worker = side;
        times.connected(loop.clock().now());
        writtenAttempts++;
        Step.Chain steps = route().steps();
        if (steps != null) {
            steps.editRequest(request, loop.edited().begin()); // before the head is written, since it may cut fields
        }
        side.head(request, this);
        replayable &= request.method().idempotent() || target().handOver() != null; // what a gateway doesn't take goes elsewhere, whatever it is
        if (replayable) {
            held.copyTo(side);
        } else {
            held.moveTo(side);
        }
        if (requestEnded) {
            armForResponse();
            side.end(requestTrailers); // last, since whatever is flushed may fail at once
        } else {
            if (request.expectsContinue() && requestBytes == 0) {
                armForResponse(); // the worker has the word
            } else {
                armForRequest();
            }
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
        requestBytes += data.readableBytes();
        if (phase == Phase.SETTLED || phase == Phase.ADMIT) {
            data.release();
            return;
        }
        if (loop.bodyLimit() >= 0 && requestBytes > loop.bodyLimit()) {
            data.release();
            requestFailed(Reason.BODY_TOO_LARGE, null);
            return;
        }
        Step.Chain steps = route().steps();
        if (steps != null) {
            steps.tapRequest(data);
        }
        WorkerSide to = phase == Phase.RELAY ? worker : null;
        if (to == null) {
            held.add(data);
            if (held.bytes() >= HeldBody.MOST) {
                client().demand(false);
            }
            return;
        }
        keep(data);
        armForRequest();
        to.body(data);
    }

    private void keep(ByteBuf data) {
        if (replayable && !headPassed) {
            if (held.bytes() + data.readableBytes() <= HeldBody.MOST) {
                held.add(data.retainedDuplicate());
            } else {
                replayable = false;
                held.release();
            }
        }
    }

    /** The request is whole; {@code trailers} are clean field lines. */
    public void requestEnded(byte @Nullable [] trailers) {
        requestEnded = true;
        requestTrailers = trailers;
        if (phase == Phase.RELAY && worker != null) {
            if (!headPassed) {
                armForResponse();
            }
            worker.end(trailers);
        }
    }

    /** All of the request that was there to be read has been told. */
    public void requestPaused() {
        if (phase == Phase.RELAY && worker != null && !requestEnded) {
            worker.flush();
            demandOfClient();
        }
    }

    /** The client is read while the worker keeps up. */
    private void demandOfClient() {
        WorkerSide to = worker;
        if (to != null) {
            client().demand(to.isWritable());
        }
    }

    @Override
    public void workerWritable(boolean writable) {
        grace = false;
        if (phase == Phase.RELAY && !requestEnded) {
            client().demand(writable);
            armForRequest();
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
                forgetBody(); // some of an answer has gone to the client: no other attempt may give another
                if (!requestEnded) {
                    armForRequest(); // it is the client's turn
                }
                if (!client().isWritable()) {
                    demandOfWorker(false);
                }
            }
            return;
        }
        if (target().handOver() != null && passesGatewayBy()) {
            return;
        }
        headPassed = true;
        status = response.status();
        times.answered(loop.clock().now());
        target().answered(loop.index(), times.firstByte());
        forgetBody();
        Step.Chain steps = route().steps();
        if (steps != null) {
            steps.editResponse(request, response, loop.edited().begin());
        }
        client().head(request, response, responseLines);
        armForBody();
    }

    /**
     * Whether the answer of another region's load balancer only says that none of its workers has answered, and the request goes elsewhere
     * instead.
     */
    private boolean passesGatewayBy() {
        if (!replayable || decide() == null) {
            return false;
        }
        if (HandOver.isNotTaken(response)) {
            writtenAttempts--;
            pass(AttemptFailure.NOT_TAKEN);
            return true;
        }
        if (HandOver.isFailed(response) && mayWriteAgain() && takesFromBudget()) {
            pass(AttemptFailure.FAILED_BEHIND);
            return true;
        }
        return false;
    }

    private void pass(AttemptFailure failure) {
        Objects.requireNonNull(worker).leave();
        giveBack(failure);
    }

    private void forgetBody() {
        replayable = false;
        held.release();
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
        armForBody();
    }

    /** The client takes more of the response again, or has enough for now. */
    public void clientWritable(boolean writable) {
        if (phase == Phase.RELAY) {
            demandOfWorker(writable);
            if (headPassed) {
                grace = false;
                armForBody();
            }
        }
    }

    private void demandOfWorker(boolean more) {
        if (worker != null) {
            worker.demand(more);
        }
    }

    @Override
    public void responseEnded(byte @Nullable [] trailers) {
        worker = null;
        client().end(trailers);
        settle(Reason.OK);
    }

    // ---- what goes wrong

    @Override
    public void failed(AttemptFailure failure, @Nullable BadMessage fault) {
        Target failedAt = loseWorker(failure);
        if (headPassed) {
            loop.tellAttempt(this, failedAt, failure);
            client().abort();
            settle(Reason.RESPONSE_CUT);
            return;
        }
        if (failure == AttemptFailure.STALE && !stale) {
            writtenAttempts--;
            if (replayable && request.method().idempotent()) {
                stale = true;
                connect(failedAt, true);
                return;
            }
        }
        tellFailure(failedAt, failure);
        if (failure.neverWritten()) {
            again();
        } else if (!mayWriteAgain()) {
            refuse(Reason.of(failure), fault);
        } else if (takesFromBudget()) {
            again();
        } else {
            refuse(Reason.RETRY_BUDGET, Reason.of(failure).status(), null);
        }
    }

    @Override
    public void workerSilent() {
        Target elsewhere = decide();
        if (elsewhere == null || !elsewhere.connectable(loop.clock().now())) {
            return;
        }
        if (phase == Phase.CONNECT) {
            loop.connector().cancel(target(), this);
            giveBack(AttemptFailure.CONNECT_GIVEN_UP);
        } else if (worker != null && mayWriteAgain() && takesFromBudget()) {
            worker.abort();
            giveBack(AttemptFailure.GIVEN_BACK);
        }
    }

    private void giveBack(AttemptFailure failure) {
        tellFailure(loseWorker(failure), failure);
        again();
    }

    /** The attempt that is under way is over; returns its target. */
    private Target loseWorker(AttemptFailure failure) {
        Target failedAt = target();
        worker = null;
        target = null;
        failedAt.finish();
        lastFailure = failure;
        if (!headPassed) {
            response.reset();
            arm(App.Timeouts.OFF);
        }
        return failedAt;
    }

    private void tellFailure(Target failedAt, AttemptFailure failure) {
        loop.tellAttempt(this, failedAt, failure);
        failedAt.failed(loop.index(), failure.neverWritten() ? 0 : loop.clock().now() - times.connectedAt());
    }

    /** Whether the request could be sent once more. It never can once something of a response has been passed on. */
    private boolean mayWriteAgain() {
        return replayable && request.method().idempotent() && forwarding.handOver() == null && writtenAttempts < MOST_WRITTEN;
    }

    /** Pays for one more written attempt, if the app can afford it. */
    private boolean takesFromBudget() {
        return route().app().budget(loop.index()).take(loop.clock().now());
    }

    /** The first retry goes at once, later ones after 25 ms × 2ⁿ, give or take a half. */
    private void again() {
        if (attempts.count() <= 1) {
            pick();
            return;
        }
        phase = Phase.PICK;
        long delay = FIRST_DELAY << (attempts.count() - 2);
        int asked = generation;
        delayed = loop.executor()
                .schedule(
                        () -> {
                            if (asked == generation && phase == Phase.PICK) {
                                loop.clock().refresh();
                                pick();
                            }
                        },
                        delay / 2 + loop.random().nextLong(delay),
                        TimeUnit.NANOSECONDS);
    }

    /** The request's body is malformed, did not come in time, or the like: nothing of it can be trusted. */
    public void requestFailed(Reason why, @Nullable BadMessage fault) {
        if (headPassed) {
            client().abort();
            settle(why);
        } else {
            refuse(why, fault);
        }
    }

    /** The drain's time is over. */
    public void drained() {
        requestFailed(Reason.DRAINING, null);
    }

    /** The client closed its connection, or it broke. */
    public void clientGone() {
        if (!headPassed) {
            status = Reason.CLIENT_GONE.status();
        }
        settle(Reason.CLIENT_GONE);
    }

    private void refuse(Reason why, @Nullable BadMessage fault) {
        refuse(why, fault == null || why != Reason.of(fault) ? why.status() : fault.status(), fault == null ? null : fault.sentence());
    }

    private void refuse(Reason why, int answerStatus, @Nullable String detail) {
        answer(why, OwnAnswer.of(answerStatus, why, detail, requestId(), request));
    }

    private void answer(Reason why, OwnAnswer answer) {
        status = answer.status();
        detachWorker(null);
        boolean tells = isForGateway() && (writtenAttempts == 0 || why.ofWrittenAttempt()); // else a worker may still be at it
        client().answer(request, tells ? answer.because(why) : answer);
        settle(why);
    }

    /** Whether another load balancer has handed the request over; one whose request is refused before its head is whole may have. */
    private boolean isForGateway() {
        return forwarding.handOver() != null || (phase == Phase.ADMIT && forwarding.peer().gateway());
    }

    private void timeIsUp(long now) {
        if (phase == Phase.SETTLED) {
            return;
        }
        if (now - totalUntil >= 0 && totalUntil != App.Timeouts.OFF) {
            detachWorker(phase == Phase.RELAY && requestEnded && !headPassed ? AttemptFailure.RESPONSE_TIMEOUT : null);
            requestFailed(Reason.TOTAL_TIMEOUT, null);
        } else if (phase == Phase.CONNECT) {
            loop.connector().giveUp(Objects.requireNonNull(target), this);
            failed(AttemptFailure.CONNECT_TIMEOUT, null);
        } else if (phase == Phase.RELAY) {
            if (headPassed && !client().isWritable() && !grace) {
                grace = true;
                armForBody();
            } else if (worker != null && !headPassed && !requestEnded && !worker.isWritable() && !grace) {
                grace = true;
                armForRequest();
            } else if (headPassed) {
                detachWorker(requestEnded && client().isWritable() ? AttemptFailure.STALLED : null);
                client().abort();
                settle(Reason.IDLE_TIMEOUT);
            } else {
                WorkerSide slow = worker;
                if (slow != null) {
                    slow.abort();
                }
                failed(AttemptFailure.RESPONSE_TIMEOUT, null);
            }
        }
    }

    // ---- time

    private void armForResponse() {
        armWithinAttempt(loop.clock().now() + route().app().timeouts().response());
    }

    private void armForRequest() {
        armWithinAttempt(loop.clock().now() + route().app().timeouts().idle());
    }

    /** The attempt's own bound ends with the head of the response. */
    private void armWithinAttempt(long until) {
        long attempt = route().app().timeouts().attempt();
        arm(headPassed || attempt == App.Timeouts.OFF ? until : Math.min(until, times.connectedAt() + attempt));
    }

    private void armForBody() {
        arm(loop.clock().now() + route().app().timeouts().idle());
    }

    private void arm(long until) {
        long at = Math.min(until, totalUntil);
        if (at == App.Timeouts.OFF) {
            deadline.clear();
        } else {
            loop.wheel().set(deadline, at);
        }
    }

    // ---- settle

    private void settle(Reason why) {
        detachWorker(null);
        phase = Phase.SETTLED;
        reason = why;
        times.settled(loop.clock().now());
        loop.tell(this);
        ClientSide last = client();
        loop.giveBack(this);
        last.settled();
    }

    /** Ends the attempt that is under way, if there is one; {@code why} is null if it is not the worker's fault. */
    private void detachWorker(@Nullable AttemptFailure why) {
        WorkerSide at = worker;
        Target last = target;
        worker = null;
        target = null;
        if (at != null) {
            at.abort();
        } else if (phase == Phase.CONNECT && last != null) {
            loop.connector().cancel(last, this);
        }
        if (last != null) {
            last.finish();
            loop.tellAttempt(this, last, why);
        }
    }

    /** Makes it new, for the next request. */
    void reset() {
        generation++;
        phase = Phase.ADMIT;
        reason = Reason.OK;
        client = null;
        route = null;
        lastFailure = null;
        Future<?> timer = delayed;
        if (timer != null) {
            timer.cancel(false);
            delayed = null;
        }
        deadline.clear();
        held.release();
        attempts.clear();
        request.reset();
        forwarding.reset();
        response.reset();
        writtenAttempts = gate = status = 0;
        requestEnded = replayable = headPassed = grace = false;
        requestTrailers = null;
        requestBytes = responseBytes = 0;
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
        return attempts.count();
    }

    /** The target of the last try, or null if there was none. */
    public @Nullable Target lastTarget() {
        return attempts.last();
    }

    /** The head of the worker's response; empty if none was passed on. */
    public ResponseHead response() {
        return response;
    }

    /** Bytes of the request's body, framing not counted. */
    public long requestBytes() {
        return requestBytes;
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

    private ClientSide client() {
        return Objects.requireNonNull(client);
    }

    private Route route() {
        return Objects.requireNonNull(route);
    }

    /** The target of the attempt that is under way. */
    private Target target() {
        return Objects.requireNonNull(target);
    }
}
