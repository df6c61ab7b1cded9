package io.weir.admin;

import java.util.List;

/** A request that a page can't answer; the message says why, and what to ask instead. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    RefusedException(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    static RefusedException unknownParameter(String name, List<String> known) {
        return new RefusedException(400, "there is no parameter " + name + "; known here: " + String.join(", ", known));
    }

    int status() {
        return status;
    }
}
