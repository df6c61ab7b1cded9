package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A channel in memory whose two directions end apart, as a socket's do, and that shows whether it was reset. */
final class SocketLikeChannel extends EmbeddedChannel implements DuplexChannel {
    private @Nullable LingeringConfig config;
    private boolean outputShutdown;
    private boolean broken;
    private boolean stalled;
    private boolean inTurn;

    private static final class LingeringConfig extends DefaultChannelConfig {
        private @Nullable Object linger;

        LingeringConfig(SocketLikeChannel channel) {
            super(channel);
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            if (option.equals(ChannelOption.SO_LINGER)) {
                linger = value;
                return true;
            }
            return super.setOption(option, value);
        }
    }

    private SocketLikeChannel(ChannelHandler handler) {
        super(false, false, handler);
    }

    /** An open channel with this handler. */
    static SocketLikeChannel open(ChannelHandler handler, ByteBufAllocator alloc) {
        SocketLikeChannel channel = new SocketLikeChannel(handler);
        channel.config().setAllocator(alloc);
        try {
            channel.register();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return channel;
    }

    @Override
    public ChannelConfig config() {
        LingeringConfig made = config;
        if (made == null) {
            made = new LingeringConfig(this);
            config = made;
        }
        return made;
    }

    /** Bytes that come from the peer. */
    void receive(String text) {
        receive(ByteBufUtil.writeAscii(alloc(), text));
    }

    /** The same; takes {@code data} over. */
    void receive(ByteBuf data) {
        turn(() -> pipeline().fireChannelRead(data).fireChannelReadComplete());
        checkException();
    }

    /** The peer sends nothing more, and may still read. */
    void endInput() {
        turn(() -> pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE));
        checkException();
    }

    /** Runs {@code task} in a turn of the event loop: what it puts off comes when it has returned. */
    void turn(Runnable task) {
        if (inTurn) {
            task.run();
            return;
        }
        inTurn = true;
        try {
            task.run();
        } finally {
            inTurn = false;
            runPendingTasks();
        }
    }

    /** Within a turn nothing runs that was put off, as what is written or closed would otherwise make it do here. */
    @Override
    public void runPendingTasks() {
        if (!inTurn) {
            super.runPendingTasks();
        }
    }

    /** What was sent to the peer since the last look, without the dates. */
    String sent() {
        return sentWithDates().replaceAll("Date: [^\\r]*\r\n", "");
    }

    String sentWithDates() {
        runPendingTasks();
        StringBuilder out = new StringBuilder();
        for (ByteBuf piece; (piece = readOutbound()) != null; piece.release()) {
            out.append(piece.toString(StandardCharsets.ISO_8859_1));
        }
        return out.toString();
    }

    /** From now on, whether the peer keeps up. */
    void writable(boolean now) {
        Objects.requireNonNull(unsafe().outboundBuffer()).setUserDefinedWritability(1, now);
        runPendingTasks();
    }

    /** From now on, the peer takes nothing of what is written. */
    void stall() {
        stalled = true;
    }

    /** The peer takes what was written, and goes on to do so. */
    void resume() {
        stalled = false;
        turn(() -> unsafe().flush());
    }

    /** Bytes that the peer has not taken. */
    long untaken() {
        return Objects.requireNonNull(unsafe().outboundBuffer()).totalPendingWriteBytes();
    }

    /** The peer is gone. */
    void hangUp() {
        turn(() -> unsafe().close(newPromise()));
    }

    /** From now on, writing fails, as it does on a connection that was reset. */
    void breakDown() {
        broken = true;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        if (broken) {
            throw new IOException("Broken pipe");
        }
        if (!stalled) {
            super.doWrite(in);
        }
    }

    /** Whether nothing more will be sent to the peer. */
    boolean isEnded() {
        return outputShutdown || !isOpen();
    }

    boolean isReading() {
        return config().isAutoRead();
    }

    /** Whether closing it sends an RST. */
    boolean isReset() {
        return !isOpen() && config != null && Objects.equals(config.linger, 0);
    }

    // ---- DuplexChannel

    @Override
    public boolean isInputShutdown() {
        return false;
    }

    @Override
    public ChannelFuture shutdownInput() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShutdown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        outputShutdown = true;
        return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public ChannelFuture shutdown() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        throw new UnsupportedOperationException();
    }
}
