package io.weir.tls;

import java.nio.file.Path;

/** A certificate and its key that can't be served; the message names the file, what is wrong with it, and what to do. */
public sealed class BadPairException extends Exception permits BadOcspException {
    private static final long serialVersionUID = 1;

    BadPairException(Path file, String why) {
        this(file + ": " + why);
    }

    BadPairException(String message) {
        super(message);
    }
}
