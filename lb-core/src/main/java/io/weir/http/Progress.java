package io.weir.http;

/** How far a reader came with what it was given. */
public enum Progress {
    /** Everything was taken, and more is needed. */
    MORE,
    /** The end was reached; what follows is left where it is. */
    END,
    /** A fault was found; nothing that follows can be trusted. */
    BAD
}
