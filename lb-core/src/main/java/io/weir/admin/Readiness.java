package io.weir.admin;

/** Whether this process takes traffic. */
public enum Readiness {
    STARTING,
    READY,
    DRAINING;

    /** As {@code /ready} says it. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
