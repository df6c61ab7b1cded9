package io.weir.telemetry.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is appended to. */
final class LogFile implements LogSink {
    private final Path path;
    private FileChannel channel;

    LogFile(Path path) throws IOException {
        this.path = path;
        this.channel = open(path);
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, 0, length);
        try {
            while (left.hasRemaining()) {
                channel.write(left);
            }
        } catch (IOException e) {
            takeBack(left.position(), e);
            throw e;
        }
    }

    /** A line that was cut by a full disk would spoil the next one too. */
    private void takeBack(int written, IOException because) {
        if (written > 0 && Files.isRegularFile(path)) {
            try {
                channel.truncate(channel.size() - written);
            } catch (IOException e) {
                because.addSuppressed(e);
            }
        }
    }

    @Override
    public void reopen() throws IOException {
        FileChannel next = open(path);
        channel.close();
        channel = next;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
