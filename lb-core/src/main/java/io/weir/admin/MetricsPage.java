package io.weir.admin;

import java.io.IOException;
import java.io.OutputStream;

/** What {@code /metrics} says. Called on a thread that may wait, by one collector at a time. */
public interface MetricsPage {

    /** The media type that answers this {@code Accept} field, which may be empty. */
    String contentType(String accept);

    /** Writes everything in that type. It is sent as it is written; a collector that is gone shows as an exception. */
    void write(String accept, OutputStream to) throws IOException;
}
