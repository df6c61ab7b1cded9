package io.weir.takeover;

import io.netty.channel.unix.FileDescriptor;
import io.weir.frontend.ListeningSockets;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a process has been offered by the one whose place it takes. That one goes on as ever until {@link #serving}, or if this is closed before. */
public final class Takeover implements AutoCloseable {
    private static final long OFFER_SECONDS = 15;
    private static final long RELEASE_SECONDS = 15;

    private final Conversation with;
    private final Manifest manifest;
    private final OfferedSockets sockets;

    private Takeover(Conversation with, Manifest manifest, OfferedSockets sockets) {
        this.with = with;
        this.manifest = manifest;
        this.sockets = sockets;
    }

    /**
     * Asks the process that waits at {@code socket}.
     *
     * @param post where its descriptors are to arrive: a path in the same folder
     * @param key of the config
     * @throws IOException if it does not answer, or does not hand over; the message says why
     */
    public static Takeover begin(Path socket, Path post, String key, String version) throws IOException {
        Conversation with = new Conversation(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        CompletableFuture<Void> limit = with.endAfter(OFFER_SECONDS);
        try (DescriptorPost descriptors = DescriptorPost.open(post)) {
            with.out().writeUTF(Conversation.MAGIC);
            with.out().writeInt(Conversation.PROTOCOL);
            with.out().writeUTF(version);
            with.out().writeUTF(key);
            with.out().writeLong(ProcessHandle.current().pid());
            with.out().writeUTF(post.toString());
            with.out().flush();
            byte word = with.in().readByte();
            if (word == Conversation.REFUSED) {
                throw new IOException(with.in().readUTF());
            }
            Manifest manifest = Manifest.read(with.in());
            int count = manifest.listeners().stream().mapToInt(Manifest.Listening::sockets).sum();
            OfferedSockets offered = count == 0 ? OfferedSockets.none() : offered(manifest, descriptors.receive(count));
            return new Takeover(with, manifest, offered);
        } catch (EOFException e) {
            with.close();
            throw new IOException("it has ended the conversation", e);
        } catch (IOException e) {
            with.close();
            throw limit.isDone() ? new IOException("it does not answer", e) : e;
        } finally {
            limit.cancel(false);
        }
    }

    private static OfferedSockets offered(Manifest manifest, List<Integer> descriptors) throws IOException {
        List<OfferedSockets.Offer> offers = new ArrayList<>();
        int next = 0;
        try {
            for (Manifest.Listening each : manifest.listeners()) {
                if (each.sockets() > 0) {
                    offers.add(new OfferedSockets.Offer(each.bind(), new ListeningSockets(descriptors.subList(next, next + each.sockets()))));
                    next += each.sockets();
                }
            }
            return new OfferedSockets(offers);
        } catch (IOException e) {
            new OfferedSockets(offers).close();
            for (int each : descriptors.subList(next, descriptors.size())) {
                new FileDescriptor(each).close();
            }
            throw e;
        }
    }

    /** Its listening sockets. */
    public OfferedSockets sockets() {
        return sockets;
    }

    /** What it knew; empty if nothing. */
    public byte[] state() {
        return manifest.state();
    }

    /** {@code 0.9.0, pid 4711}. */
    public String from() {
        return manifest.version() + ", pid " + manifest.pid();
    }

    /**
     * Tells it that this process accepts connections, and waits until it has let go of its names and its state.
     *
     * @throws IOException if it has ended before, which leaves nothing to wait for
     */
    public void serving() throws IOException {
        CompletableFuture<Void> limit = with.endAfter(RELEASE_SECONDS);
        try {
            with.say(Conversation.SERVING);
            if (with.in().readByte() != Conversation.RELEASED) {
                throw new IOException("it says something else");
            }
        } catch (EOFException e) {
            throw new IOException("it has ended", e);
        } finally {
            limit.cancel(false);
            with.close();
        }
    }

    /** Closes what nobody has taken, and ends the conversation. */
    @Override
    public void close() {
        sockets.close();
        with.close();
    }
}
