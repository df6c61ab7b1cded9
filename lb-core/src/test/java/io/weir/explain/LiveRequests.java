package io.weir.explain;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.balancing.Target;
import io.weir.config.Settings;
import io.weir.exchange.ClientSide;
import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeLoop;
import io.weir.exchange.OwnAnswer;
import io.weir.exchange.Peer;
import io.weir.exchange.Peers;
import io.weir.http.HeadLimits;
import io.weir.http.HeadLines;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import io.weir.http.ResponseHead;
import io.weir.loop.DeadlineWheel;
import io.weir.loop.LoopClock;
import io.weir.upstream.AttemptEvents;
import io.weir.upstream.AttemptFailure;
import io.weir.upstream.Connector;
import io.weir.upstream.Need;
import io.weir.upstream.WorkerSide;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Real exchanges on an event loop whose clock stands still, whose workers all refuse connections: they show every attempt that is made. */
final class LiveRequests {
    /** What became of a request: the workers that it was tried at, in order, and the answer. */
    record Outcome(List<String> attempts, int status, String body) {}

    private final EmbeddedChannel timers = new EmbeddedChannel();
    private final RequestParser parser = new RequestParser(new HeadLimits(8192, 32768, 100));
    private final List<String> attempts = new ArrayList<>();
    private final Peers peers;
    private final ExchangeLoop loop;
    private long luck;

    LiveRequests(RandomWorld world) {
        timers.freezeTime();
        Settings settings = world.settings();
        peers = new Peers(settings.forwarding());
        loop = new ExchangeLoop(
                0, timers.eventLoop(), new LoopClock(() -> world.now), new DeadlineWheel(world.now), new Refusing(), world::table, List.of(), () -> luck, -1);
    }

    Outcome send(Question question) throws Exception {
        luck = question.seed();
        attempts.clear();
        Exchange exchange = loop.take();
        ByteBuf in = Unpooled.wrappedBuffer(question.head());
        if (parser.read(in, exchange.requestHead()) != Progress.END) {
            throw new AssertionError(exchange.requestHead().fault());
        }
        InetSocketAddress from = new InetSocketAddress(InetAddress.getByAddress(question.from().toBytes()), 0);
        Client client = new Client(peers.of(from, InetSocketAddress.createUnresolved("", 8080)));
        exchange.start(client);
        for (int i = 0; i < 100 && client.answer == null; i++) {
            timers.advanceTimeBy(1, TimeUnit.SECONDS);
            timers.runScheduledPendingTasks();
        }
        OwnAnswer answer = Objects.requireNonNull(client.answer);
        return new Outcome(List.copyOf(attempts), answer.status(), answer.body());
    }

    private final class Refusing implements Connector {
        @Override
        public @Nullable WorkerSide connect(Target target, AttemptEvents events, long timeout, Need need, boolean fresh) {
            attempts.add(target.name());
            events.failed(AttemptFailure.CONNECT_REFUSED, null);
            return null;
        }

        @Override
        public void cancel(Target target, AttemptEvents events) {
            throw new AssertionError("nothing waits");
        }

        @Override
        public void giveUp(Target target, AttemptEvents events) {
            throw new AssertionError("nothing waits");
        }
    }

    /** Gets an answer of ours, since no worker ever gives one. */
    private static final class Client implements ClientSide {
        private final Peer peer;
        private @Nullable OwnAnswer answer;

        Client(Peer peer) {
            this.peer = peer;
        }

        @Override
        public void head(RequestHead request, ResponseHead head, HeadLines lines) {
            throw new AssertionError("a worker has answered");
        }

        @Override
        public void interim(ResponseHead head) {
            throw new AssertionError("a worker has answered");
        }

        @Override
        public void answer(RequestHead request, OwnAnswer own) {
            answer = own;
        }

        @Override
        public void settled() {}

        @Override
        public Peer peer() {
            return peer;
        }

        @Override
        public @Nullable String onlyRegion() {
            return null;
        }

        @Override
        public void body(ByteBuf data) {
            throw new AssertionError("a worker has answered");
        }

        @Override
        public void end(byte @Nullable [] trailers) {
            throw new AssertionError("a worker has answered");
        }

        @Override
        public void flush() {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void demand(boolean more) {}

        @Override
        public void abort() {
            throw new AssertionError("an answer is cut");
        }
    }
}
