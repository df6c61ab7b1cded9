package io.weir.tls;

import java.nio.file.Path;
import java.util.Objects;

/** An OCSP response that can't be served with its certificate, which by itself may be well. */
final class BadOcspException extends BadPairException {
    private static final long serialVersionUID = 1;

    BadOcspException(Path file, String why) {
        super(file, why);
    }

    BadOcspException(BadPairException cause) {
        super(Objects.requireNonNull(cause.getMessage()));
    }
}
