package io.weir.health;

/** What people say about a worker. Never mixed with its {@link Health}, which checks and traffic say. */
public enum AdminState {
    /** It serves. */
    ENABLED,
    /** It gets no new requests and finishes those that it has. */
    DRAINING,
    /** It gets none, whatever happens. */
    DISABLED,
    /** Somebody sent its traffic elsewhere for a time: it serves again only when nothing else is left. */
    EVACUATED,
    /** The same, and it doesn't serve even then. */
    EVACUATED_HARD
}
