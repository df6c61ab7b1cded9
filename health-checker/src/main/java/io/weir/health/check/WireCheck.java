package io.weir.health.check;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.weir.config.ProxyVersion;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check with one question at a time, and one connection at most. What differs between the kinds is what they send, and what they make of
 * what comes back.
 *
 * <pre>
 *   state        event                                         next
 *   IDLE         asked, and a connection was kept              ASKING
 *   IDLE         asked                                         CONNECTING
 *   IDLE         the kept connection ends                      IDLE
 *   CONNECTING   connected                                     ASKING
 *   CONNECTING   refused                                       IDLE, answered
 *   ASKING       answer                                        IDLE, answered, connection kept or closed
 *   ASKING       a kept connection ends without a byte of it   CONNECTING
 *   ASKING       the connection ends, or bears nonsense        IDLE, answered
 *   CONNECTING   no time left                                  IDLE, answered
 *   ASKING       no time left                                  IDLE, answered
 *   any          closed                                        CLOSED, never answers
 * </pre>
 *
 * Answers are never given from within {@link #ask}.
 */
abstract sealed class WireCheck implements Check permits GatewayCheck, GrpcCheck, HttpCheck, TcpCheck, TlsCheck {
    private enum State {
        IDLE,
        CONNECTING,
        ASKING,
        CLOSED
    }

    /** How many questions are asked on one connection to a name: then what it stands for is looked up again. */
    private static final int MOST_QUESTIONS_TO_A_NAME = 12;

    private static final Logger LOG = LoggerFactory.getLogger(WireCheck.class);

    private final Dialler dialler;
    private final InetSocketAddress address;
    /** What secures a new connection, or null. */
    private final @Nullable Function<Channel, SslHandler> tls;

    private final Opening opening = new Opening();
    private final Tail tail = new Tail();
    private final Runnable timeOver = this::timeIsOver;
    /** What each connection begins with; null: nothing. */
    private byte @Nullable [] firstBytes;

    private State state = State.IDLE;
    /** The only one whose events count; null while there is none, and while CONNECTING has not come so far. */
    private @Nullable Channel channel;
    /** Questions on this connection. */
    private int questions;
    /** Whether something of the answer came. */
    private boolean begun;

    /** What is asked, or null. */
    private @Nullable Question question;

    WireCheck(Dialler dialler, InetSocketAddress address, @Nullable Function<Channel, SslHandler> tls) {
        this.dialler = dialler;
        this.address = address;
        this.tls = tls;
        dialler.open().add(this);
    }

    /** From now on, connections begin with a header that says that they are for nobody. */
    final void speak(ProxyVersion version) {
        firstBytes = FirstBytes.forNobody(version);
    }

    // ---- what a kind says

    /** Adds the handlers of a new connection. */
    abstract void prepare(ChannelPipeline pipeline);

    /** Asks, on a connection that has just been established or was kept. */
    abstract void send(Channel connected);

    /** Takes a message; whoever calls releases it. {@code asked} tells whether there is a question. */
    abstract void received(Object message, boolean asked);

    /** What is waited for on an established connection: {@code no … within 2 s}. */
    abstract String awaited();

    /** How to name what broke a protocol. */
    abstract CheckResult malformed(Throwable cause);

    /** Takes a user event of a handler. */
    void event(Object event) {}

    /** How a connection is closed in good order, if there is more to it. */
    void part(Channel channel) {
        var _ = channel.close();
    }

    /** Releases what was held for all questions: there will be no more. */
    void free() {}

    // ---- the question

    @Override
    public final void ask(Duration timeout, Consumer<CheckResult> answer) {
        if (question != null) {
            throw new IllegalStateException("asked again before it has answered");
        }
        if (state == State.CLOSED) {
            return;
        }
        Question asked = new Question(timeout, answer, timeOver);
        question = asked;
        dialler.deadlines().add(asked);
        begun = false;
        if (address.isUnresolved() && questions >= MOST_QUESTIONS_TO_A_NAME) {
            hangUp();
        }
        Channel kept = channel;
        if (kept == null) {
            connect();
        } else {
            questions++;
            state = State.ASKING;
            send(kept);
        }
    }

    private void timeIsOver() {
        if (question != null) {
            fail(Failure.TIMEOUT, "no " + missing() + " within " + text(question.timeout()));
        }
    }

    private String missing() {
        return state == State.CONNECTING ? "connection" : awaited();
    }

    private static String text(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }

    /** Something of the answer has come: if no more does, the connection was not a stale one. */
    final void begun() {
        begun = true;
    }

    final boolean asked() {
        return state == State.ASKING;
    }

    /** Answers, and keeps the connection for the next question or closes it. */
    final void settle(CheckResult result, boolean keep) {
        Question answered = question;
        if (answered == null) {
            return;
        }
        question = null;
        state = State.IDLE;
        if (!keep) {
            hangUp();
        }
        answered.answer(result);
    }

    final void fail(Failure failure, String detail) {
        settle(CheckResult.failed(failure, detail), false);
    }

    @Override
    public final void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (question != null) {
            question.end();
            question = null;
        }
        hangUp();
        dialler.open().remove(this);
        free();
    }

    // ---- the connection

    private void connect() {
        state = State.CONNECTING;
        dialler.loop().execute(this::dial); // later, so that nothing is answered within ask
    }

    private void dial() {
        if (state != State.CONNECTING || channel != null) {
            return; // the question is over, and there may be another already
        }
        questions = 1;
        ChannelFuture connecting = dialler.dial(address, opening);
        if (connecting.isDone() && !connecting.isSuccess()) {
            settle(Trouble.unconnected(connecting.cause()), false);
            return;
        }
        channel = connecting.channel();
        connecting.addListener((ChannelFuture done) -> {
            if (!done.isSuccess() && isOurs(done.channel())) {
                settle(Trouble.unconnected(done.cause()), false);
            }
        });
    }

    private void secured(Channel established, SslHandshakeCompletionEvent handshake) {
        if (handshake.isSuccess()) {
            connected(established);
        } else {
            Throwable cause = Trouble.belowTls(handshake.cause());
            if (cause instanceof SSLException) {
                settle(Trouble.handshake(cause), false);
            } else {
                settle(Trouble.ended(cause, "TLS handshake"), false);
            }
        }
    }

    private void connected(Channel established) {
        state = State.ASKING;
        send(established);
    }

    final @Nullable Channel connection() {
        return channel;
    }

    /** Whether what happens on it counts. */
    final boolean isOurs(Channel source) {
        return source.equals(channel);
    }

    /** Gives the connection up; nothing that happens on it counts any more. */
    final void hangUp() {
        Channel last = channel;
        channel = null;
        if (last != null) {
            part(last);
        }
    }

    /** The connection has ended, with an error or in good order, or will bring no answer any more. */
    final void lost(@Nullable Throwable cause) {
        hangUp();
        if (question == null) {
            return;
        }
        if (questions > 1 && !begun) {
            connect();
        } else {
            settle(Trouble.ended(cause, missing()), false);
        }
    }

    /** The connection has failed, or bears what is not of the protocol. */
    final void broken(Throwable cause) {
        Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (root instanceof IOException && !(root instanceof SSLException)) {
            lost(root);
        } else if (question == null) {
            hangUp();
        } else {
            settle(malformed(root), false);
        }
    }

    /** Makes a new connection ready. */
    private final class Opening extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel opened) {
            if (firstBytes != null) {
                opened.pipeline().addLast(new FirstBytes(firstBytes));
            }
            if (tls != null) {
                opened.pipeline().addLast(tls.apply(opened));
            }
            prepare(opened.pipeline());
            opened.pipeline().addLast(tail);
        }
    }

    /** The end of a connection's pipeline: tells the check what happens, if the connection is still its own. */
    @ChannelHandler.Sharable
    private final class Tail extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (tls == null && isOurs(ctx.channel())) {
                connected(ctx.channel());
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (isOurs(ctx.channel())) {
                    received(message, asked());
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (!isOurs(ctx.channel())) {
                return;
            }
            if (tls != null && event instanceof SslHandshakeCompletionEvent handshake) {
                secured(ctx.channel(), handshake);
            } else {
                event(event);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (isOurs(ctx.channel())) {
                lost(null);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            if (isOurs(ctx.channel())) {
                broken(cause);
            } else if (!(cause instanceof IOException)) {
                LOG.debug("after the end of a check's connection to {}", address, cause);
            }
        }
    }
}
