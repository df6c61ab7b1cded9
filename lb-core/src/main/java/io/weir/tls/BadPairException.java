package io.weir.tls;

import java.nio.file.Path;

/** A certificate and its key that can't be served; the message names the file, what is wrong with it, and what to do. */
public final class BadPairException extends Exception {
    private static final long serialVersionUID = 1;

    BadPairException(Path file, String why) {
        super(file + ": " + why);
    }
}
