package io.weir.takeover;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import jdk.net.ExtendedSocketOptions;

/**
 * Waits, at a Unix socket that is this user's alone, for the process that takes this one's place: one thread that sleeps. What goes wrong
 * before the other one serves changes nothing here.
 */
public final class Handover implements AutoCloseable {
    /** A process that starts may have 100,000 apps to read, and certificates and verdicts to wait for. */
    private static final long START_SECONDS = 120;

    private static final long HELLO_SECONDS = 5;

    private final Path path;
    private final String key;
    private final String version;
    private final Predecessor predecessor;
    private final Consumer<String> tell;
    private final ServerSocketChannel listening;
    private final Thread thread;

    private Handover(Path path, String key, String version, Predecessor predecessor, Consumer<String> tell, ServerSocketChannel listening) {
        this.path = path;
        this.key = key;
        this.version = version;
        this.predecessor = predecessor;
        this.tell = tell;
        this.listening = listening;
        this.thread = Thread.ofPlatform().name("weir-handover").daemon().unstarted(this::serve);
    }

    /**
     * Begins to wait.
     *
     * @param path in a folder that is this user's alone
     * @param key of the config
     * @param tell is told, a line each, of attempts that came to nothing
     */
    public static Handover open(Path path, String key, String version, Predecessor predecessor, Consumer<String> tell) throws IOException {
        Files.deleteIfExists(path);
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listening.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            listening.close();
            throw e;
        }
        Handover it = new Handover(path, key, version, predecessor, tell, listening);
        it.thread.start();
        return it;
    }

    private void serve() {
        while (listening.isOpen()) {
            try (SocketChannel accepted = listening.accept();
                    Conversation with = new Conversation(accepted)) {
                if (Files.getOwner(Path.of("/proc/self")).getName().equals(accepted.getOption(ExtendedSocketOptions.SO_PEERCRED).user().getName())) {
                    converse(with);
                }
            } catch (IOException e) {
                if (listening.isOpen() && !(e instanceof EOFException)) { // the end is who only looks whether anybody listens
                    tell.accept("another process has not taken over: " + e);
                }
            } catch (RuntimeException e) {
                tell.accept("another process has not taken over: " + e);
            }
        }
    }

    private void converse(Conversation with) throws IOException {
        CompletableFuture<Void> limit = with.endAfter(HELLO_SECONDS);
        String magic = with.in().readUTF();
        int protocol = with.in().readInt();
        if (!magic.equals(Conversation.MAGIC) || protocol != Conversation.PROTOCOL) {
            refuse(with, "weir " + version + " hands over by protocol " + Conversation.PROTOCOL + " alone, not " + protocol
                    + "; end it and start without --takeover");
            return;
        }
        String itsVersion = with.in().readUTF();
        String itsKey = with.in().readUTF();
        long pid = with.in().readLong();
        Path post = Path.of(with.in().readUTF());
        limit.cancel(false);
        if (!itsKey.equals(key) || !java.util.Objects.equals(post.getParent(), path.getParent())) {
            refuse(with, "it asks for another config's process");
            return;
        }
        List<Predecessor.Listening> listeners;
        try {
            listeners = predecessor.listeners();
        } catch (IOException e) {
            refuse(with, String.valueOf(e.getMessage()));
            return;
        }
        offer(with, listeners, post);
        limit = with.endAfter(START_SECONDS);
        try {
            byte word = with.in().readByte();
            limit.cancel(false);
            if (word != Conversation.SERVING) {
                throw new IOException("it says " + word);
            }
        } catch (IOException e) {
            String why = e instanceof EOFException ? "it has ended" : limit.isDone() ? "it was not ready after " + START_SECONDS + " s" : e.getMessage();
            tell.accept("weir " + itsVersion + ", pid " + pid + ", has not taken over: " + why + "; this process goes on");
            return;
        }
        predecessor.release(pid);
        close();
        try {
            with.say(Conversation.RELEASED);
        } catch (IOException _) {
            // It serves, or did: there is no way back.
        }
        predecessor.released(pid);
    }

    private static void refuse(Conversation with, String why) throws IOException {
        with.out().writeByte(Conversation.REFUSED);
        with.out().writeUTF(why);
        with.out().flush();
    }

    private void offer(Conversation with, List<Predecessor.Listening> listeners, Path post) throws IOException {
        List<Manifest.Listening> names = new ArrayList<>();
        List<Integer> descriptors = new ArrayList<>();
        for (Predecessor.Listening each : listeners) {
            names.add(new Manifest.Listening(each.bind(), each.descriptors().size()));
            descriptors.addAll(each.descriptors());
        }
        with.out().writeByte(Conversation.OFFERED);
        new Manifest(version, ProcessHandle.current().pid(), predecessor.generation(), names, predecessor.state()).write(with.out());
        with.out().flush();
        if (!descriptors.isEmpty()) {
            DescriptorPost.send(post, descriptors);
        }
    }

    /** Waits no more. Its name goes first. */
    @Override
    public void close() {
        try {
            if (listening.isOpen()) {
                Files.deleteIfExists(path);
                listening.close();
            }
        } catch (IOException _) {
            // what is left is removed by the next process that starts
        }
    }
}
