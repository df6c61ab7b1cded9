package io.weir.takeover;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The connection of two processes while one takes the other's place. Numbers and texts are as {@link DataOutputStream} writes them.
 *
 * <pre>
 *   the one that comes   weir-takeover, protocol, version, key, pid, the path of a socket to which descriptors are to be sent
 *   the one that goes    0, why not              and that is the end
 *                        1, manifest             and the descriptors, to the other socket
 *   the one that comes   2: it accepts           or the end of the connection, and nothing has happened
 *   the one that goes    3: it accepts no more, has given its names up, and writes no state any more
 * </pre>
 */
final class Conversation implements AutoCloseable {
    static final String MAGIC = "weir-takeover";
    /** Of this conversation; one that is not understood is refused. */
    static final int PROTOCOL = 1;

    static final byte REFUSED = 0;
    static final byte OFFERED = 1;
    static final byte SERVING = 2;
    static final byte RELEASED = 3;

    private final SocketChannel channel;
    private final DataInputStream in;
    private final DataOutputStream out;

    Conversation(SocketChannel channel) {
        this.channel = channel;
        this.in = new DataInputStream(Channels.newInputStream(channel));
        this.out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
    }

    DataInputStream in() {
        return in;
    }

    DataOutputStream out() {
        return out;
    }

    void say(byte word) throws IOException {
        out.writeByte(word);
        out.flush();
    }

    /** Ends the conversation after that time, and with it whatever waits for the other side. Cancel it once that has come. */
    CompletableFuture<Void> endAfter(long seconds) {
        return CompletableFuture.runAsync(this::close, CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS));
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException _) {
            // the other side learns of it all the same
        }
    }
}
