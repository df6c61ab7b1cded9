package io.weir.admin;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The file of a Unix socket that we listen at, for its owner alone (0600).
 *
 * <p>A socket is there, with whatever rights the umask leaves, before its rights can be set. So it is made in a folder that nobody else may
 * enter, and gets its place when it has its rights: by a rename, which also takes the place of what a dead process has left, at once.
 */
final class AdminSocket {
    private static final Set<PosixFilePermission> FOR_OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER_FOR_OWNER = PosixFilePermissions.fromString("rwx------");
    /** File types in a mode, and the one of sockets (stat(2)). */
    private static final int TYPE = 0170000;

    private static final int SOCKET = 0140000;

    /** Binds a socket to a path and listens. */
    @FunctionalInterface
    interface Binding {
        void bind(Path path) throws IOException;
    }

    private final Path path;
    /** What file it is: another process may have put its own in its place. */
    private final @Nullable Object identity;

    private AdminSocket(Path path, @Nullable Object identity) {
        this.path = path;
        this.identity = identity;
    }

    /** Listens at {@code path}, in place of what a process that is gone has left there. */
    static AdminSocket open(Path path, Binding binding) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException("there is no folder " + folder + "; make it");
        }
        if (isTaken(path)) {
            throw new IOException("another process (another weir?) listens there already");
        }
        try {
            Path own = folder.resolve(".w" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), 6));
            Files.createDirectory(own, PosixFilePermissions.asFileAttribute(FOLDER_FOR_OWNER));
            try {
                Path made = own.resolve("s");
                binding.bind(made);
                Files.setPosixFilePermissions(made, FOR_OWNER);
                Files.move(made, path, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                deleteQuietly(own.resolve("s"));
                deleteQuietly(own);
            }
        } catch (AccessDeniedException e) {
            throw new IOException("this user may not make a file in " + folder, e);
        }
        return new AdminSocket(path, identity(path));
    }

    /** Whether a process listens there. What is no socket is an error, also if nobody does. */
    static boolean isTaken(Path path) throws IOException {
        int mode;
        try {
            mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException _) {
            return false;
        }
        if ((mode & TYPE) != SOCKET) {
            throw new IOException("there is a file already, and it is no socket; remove it or choose another path");
        }
        return isAlive(path);
    }

    /** Whether somebody listens at a socket, or that can't be told. */
    static boolean isAlive(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false); // a full queue is an answer too
            channel.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (ConnectException _) {
            return false; // refused: it was left behind
        } catch (IOException _) {
            return Files.exists(socket);
        }
    }

    private static @Nullable Object identity(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    }

    /** Takes the file away, if it is still ours. */
    void remove() {
        try {
            if (java.util.Objects.equals(identity, identity(path))) {
                deleteQuietly(path);
            }
        } catch (IOException _) {
            // gone already
        }
    }

    static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException _) {
            // a file that is left over does no harm: nobody listens at it
        }
    }
}
