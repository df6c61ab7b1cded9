package io.weir.config;

/** What workers get as {@code Host}. */
public enum SentHost {
    /** What the client sent. */
    CLIENT,
    /** The worker's own address. */
    WORKER
}
