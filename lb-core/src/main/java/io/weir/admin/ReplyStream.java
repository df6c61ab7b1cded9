package io.weir.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A response's body, sent as it is written: in one piece with its length if it is short, else in chunks, to HTTP/1.0 up to the end of the
 * connection. A writer waits while the reader doesn't keep up, but not for longer than {@link #PATIENCE} at a time, nor {@link #LONGEST} in
 * all. For one thread, but for {@link #moved}.
 */
final class ReplyStream extends OutputStream {
    static final int PIECE = 16 * 1024;

    /** In ns. */
    static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

    /** In ns: a reader that takes a little now and then must not hold a thread for ever. */
    static final long LONGEST = TimeUnit.SECONDS.toNanos(60);

    private final Channel channel;
    private final HttpResponse head;
    private final boolean chunks;
    private final byte[] piece = new byte[PIECE];
    private final long end = System.nanoTime() + LONGEST;
    private int length;
    private boolean headSent;

    /**
     * The body behind {@code head}.
     *
     * @param chunks whether the reader understands them
     */
    ReplyStream(Channel channel, HttpResponse head, boolean chunks) {
        this.channel = channel;
        this.head = head;
        this.chunks = chunks;
    }

    /** Whether nothing was sent yet, so that another answer can be given. */
    boolean isFresh() {
        return !headSent;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int from = offset;
        int left = count;
        while (left > 0) {
            if (length == PIECE) {
                send();
            }
            int part = Math.min(left, PIECE - length);
            System.arraycopy(bytes, from, piece, length, part);
            length += part;
            from += part;
            left -= part;
        }
    }

    private void send() throws IOException {
        if (!headSent) {
            headSent = true;
            HttpUtil.setTransferEncodingChunked(head, chunks);
            var _ = channel.write(head);
        }
        var _ = channel.writeAndFlush(content());
        length = 0;
        awaitReader();
    }

    private void awaitReader() throws IOException {
        long deadline = Math.min(System.nanoTime() + PATIENCE, end);
        synchronized (this) {
            while (!channel.isWritable() && channel.isActive()) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0) {
                    throw new IOException("the reader is too slow");
                }
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw (IOException) new InterruptedIOException("stopped").initCause(e);
                }
            }
        }
        if (!channel.isActive()) {
            throw new IOException("the reader is gone");
        }
    }

    /** The channel can be written to again, or is closed. Any thread. */
    synchronized void moved() {
        notifyAll();
    }

    /** Sends what is left, and the end. */
    @Override
    public void close() {
        if (!headSent) {
            headSent = true;
            HttpUtil.setContentLength(head, length);
            var _ = channel.write(head);
        }
        if (length > 0) {
            var _ = channel.write(content());
        }
        var _ = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
    }

    private HttpContent content() {
        return new DefaultHttpContent(Unpooled.wrappedBuffer(Arrays.copyOf(piece, length)));
    }
}
