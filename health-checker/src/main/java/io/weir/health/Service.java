package io.weir.health;

/** Whether a worker gets requests while it is well, by what people say and settings. */
public enum Service {
    /** It does. */
    SERVES,
    /** Only when nothing else is left: people have sent its requests elsewhere. */
    IF_CALLED_BACK,
    /** Whatever happens, it doesn't. */
    NEVER
}
