package io.weir.health;

/**
 * What checks and traffic say about one worker. What people say about it (enabled, draining, disabled, evacuated) is its
 * admin state, and the two are never mixed.
 */
public enum Health {

    /** No verdict yet: the worker is new, or its checks have not answered once. It counts neither as well nor as ill. */
    UNPROVEN,

    /** Answers, as far as is known. */
    HEALTHY,

    /** Convicted by checks or ejected by its answers. It gets no requests unless its tier is in panic. */
    UNHEALTHY,

    /** Was unhealthy and answers again. It takes requests, and one more failure convicts it. */
    PROBATION;

    /** Whether the worker may be given requests on its own merits: healthy, or on probation. */
    public boolean available() {
        return this == HEALTHY || this == PROBATION;
    }
}
