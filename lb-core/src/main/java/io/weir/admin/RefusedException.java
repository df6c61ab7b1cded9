package io.weir.admin;

import java.util.List;
import java.util.Map;

/** A request that a page can't answer; the message says why, and what to ask instead. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final transient Map<String, ?> facts;

    RefusedException(int status, String message) {
        this(status, message, Map.of());
    }

    /** {@code facts}: what programs are told beside it. */
    RefusedException(int status, String message, Map<String, ?> facts) {
        super(message, null, false, false);
        this.status = status;
        this.facts = facts;
    }

    static RefusedException unknownParameter(String name, List<String> known) {
        return new RefusedException(400, "there is no parameter " + name + "; known here: " + String.join(", ", known));
    }

    int status() {
        return status;
    }

    Reply reply() {
        return new Reply.Words(status, "error", String.valueOf(getMessage()), Map.of(), facts);
    }
}
