package io.weir.telemetry.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that is appended to. */
final class LogFile implements LogSink {
    private static final byte[] END_OF_LINE = {'\n'};

    private final Path path;
    private FileChannel channel;
    /** Whether what is open is a file that can be cut, whatever stands at the path meanwhile. */
    private boolean regular;
    /** Whether it ends with a part of a line that could not be taken back. */
    private boolean torn;

    LogFile(Path path) throws IOException {
        this.path = path;
        this.channel = open(path);
        this.regular = Files.isRegularFile(path);
    }

    private static FileChannel open(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        if (torn) {
            channel.write(ByteBuffer.wrap(END_OF_LINE));
            torn = false;
        }
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
        torn = written > 0;
        if (torn && regular) {
            try {
                channel.truncate(channel.size() - written);
                torn = false;
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
        regular = Files.isRegularFile(path);
        torn = false;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
