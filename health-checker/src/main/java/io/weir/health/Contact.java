package io.weir.health;

/** How a worker that is out meets those who come to it: that decides which of the requests that it has are given to others. */
public enum Contact {
    /** It answers, and not well, or nothing is known: what it has runs on. */
    ANSWERS,
    /**
     * It takes no new connections. One that shuts down does that while it answers what it has, so who waits for a connection goes elsewhere,
     * and nobody else.
     */
    REFUSES,
    /** Nothing comes from it: who waits for a first byte waits in vain. */
    SILENT
}
