package io.weir.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;

/** Writes a file as a whole: whenever the process or the machine ends, the old one is there or the new one. */
public final class WholeFile {
    private static final String NEXT = ".new";

    /** Another process's next file is there for less than that; one that is older was left by one that has ended. */
    private static final Duration LEFT = Duration.ofMinutes(1);

    private WholeFile() {}

    /** When it returns the bytes are on the disk. The folder is made if there is none. */
    public static void write(Path file, byte[] bytes) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Path name = file.getFileName();
        if (folder == null || name == null) {
            throw new IOException(file + " is no file");
        }
        make(folder);
        Path next = Files.createTempFile(folder, name.toString(), NEXT); // one's own, since two processes may write for a moment
        try {
            removeLeft(folder, name.toString(), next);
            try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
        force(folder); // else the disk may still hold the old name after the power was lost
    }

    /** A folder, and those above it, each of which the disk has when the next is made in it. */
    private static void make(Path folder) throws IOException {
        Path parent = folder.getParent();
        if (parent == null || Files.isDirectory(folder)) {
            return;
        }
        make(parent);
        Files.createDirectories(folder);
        force(parent);
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    /** Files that processes were about to write when they ended. Their dates and that of {@code next} are of the same clock. */
    private static void removeLeft(Path folder, String name, Path next) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, name + "*" + NEXT)) {
            Instant oldest = Files.getLastModifiedTime(next).toInstant().minus(LEFT);
            for (Path each : all) {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException | DirectoryIteratorException _) {
            // Another process was faster, or it isn't ours; what is left does no harm.
        }
    }
}
