package io.weir.telemetry.log;

import java.io.IOException;

/** Where the lines go. Used by the writer thread alone. */
interface LogSink extends AutoCloseable {
    /** Writes all of {@code bytes[0, length)}, which ends with a line; if that fails, nothing of it may stay. */
    void write(byte[] bytes, int length) throws IOException;

    /** Opens it anew, as after a file was moved away. If that fails, the one that was open is still written to. */
    void reopen() throws IOException;

    @Override
    void close() throws IOException;
}
