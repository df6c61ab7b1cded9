package io.weir.loop;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Event loops that close their channels before they end. Netty's do that in the turn that follows the wish, but one that is told amid its
 * tasks, and has no more of them, ends in that very turn: its channels stay open, with what they hold.
 */
public final class ClosingLoops extends MultiThreadIoEventLoopGroup {
    /** {@code count} threads named {@code name-N}. */
    public ClosingLoops(int count, String name, boolean daemon, IoHandlerFactory handlers) {
        super(count, new DefaultThreadFactory(name, daemon), handlers);
    }

    /** Closes all channels and ends the threads, within {@code seconds}. */
    public Future<?> shutDown(int seconds) {
        return shutdownGracefully(0, seconds, TimeUnit.SECONDS);
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... more) {
        return new ClosingLoop(this, executor, handlers);
    }

    private static final class ClosingLoop extends SingleThreadIoEventLoop {
        private boolean told;

        ClosingLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory handlers) {
            super(parent, executor, handlers);
        }

        @Override
        protected boolean confirmShutdown() {
            if (isShuttingDown() && !told) {
                told = true;
                execute(() -> {}); // so that it does not wait in the turn that it has still to go
                return false;
            }
            return super.confirmShutdown();
        }
    }
}
