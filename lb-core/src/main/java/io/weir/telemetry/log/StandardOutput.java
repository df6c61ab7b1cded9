package io.weir.telemetry.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/** The standard output of the process, beside its own few lines. */
final class StandardOutput implements LogSink {
    private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
    }

    @Override
    public void reopen() {
        // whoever holds the other end has it
    }

    @Override
    public void close() {
        // the process goes on using it
    }
}
