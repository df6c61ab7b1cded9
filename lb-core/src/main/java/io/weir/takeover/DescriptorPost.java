package io.weir.takeover;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Where descriptors of another process arrive: a Unix socket of Netty's, since Java's own can't carry them. Netty's never wait, so it is
 * looked after every now and then. Needs the library of one of Netty's native transports.
 */
final class DescriptorPost implements AutoCloseable {
    private static final long LOOK = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final int LONGEST_ADDRESS = 128;

    private final Path path;
    private final Socket listening;

    private DescriptorPost(Path path, Socket listening) {
        this.path = path;
        this.listening = listening;
    }

    /** Listens at {@code path}, in a folder that nobody else may enter. */
    static DescriptorPost open(Path path) throws IOException {
        Files.deleteIfExists(path);
        Socket socket = Socket.newSocketDomain();
        try {
            socket.bind(new DomainSocketAddress(path.toString()));
            socket.listen(1);
            return new DescriptorPost(path, socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Waits for that many. Whoever gets them closes them. */
    List<Integer> receive(int count) throws IOException {
        List<Integer> received = new ArrayList<>();
        long deadline = System.nanoTime() + PATIENCE;
        try {
            Socket from = accept(deadline);
            try {
                while (received.size() < count) {
                    int descriptor = from.recvFd();
                    if (descriptor < 0) {
                        throw new IOException("the other process has sent " + received.size() + " sockets of " + count);
                    }
                    if (descriptor > 0) {
                        received.add(descriptor);
                    } else {
                        await(deadline);
                    }
                }
            } finally {
                from.close();
            }
            return received;
        } catch (IOException e) {
            for (int each : received) {
                new FileDescriptor(each).close();
            }
            throw e;
        }
    }

    private Socket accept(long deadline) throws IOException {
        byte[] address = new byte[LONGEST_ADDRESS];
        int accepted = listening.accept(address);
        while (accepted < 0) {
            await(deadline);
            accepted = listening.accept(address);
        }
        return new Socket(accepted);
    }

    /** Sends descriptors to where another process receives them; it gets descriptors of its own for the same sockets. */
    static void send(Path to, List<Integer> descriptors) throws IOException {
        Socket socket = Socket.newSocketDomain();
        try {
            if (!socket.connect(new DomainSocketAddress(to.toString()))) {
                throw new IOException("the other process takes no descriptors");
            }
            long deadline = System.nanoTime() + PATIENCE;
            for (int each : descriptors) {
                while (socket.sendFd(each) < 0) { // there is no room
                    await(deadline);
                }
            }
        } finally {
            socket.close();
        }
    }

    private static void await(long deadline) throws IOException {
        if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
            throw new IOException("the other process has not sent or taken its sockets in time");
        }
        LockSupport.parkNanos(LOOK);
    }

    @Override
    public void close() {
        try {
            listening.close();
            Files.deleteIfExists(path);
        } catch (IOException _) {
            // what is left is removed by the next process that starts
        }
    }
}
