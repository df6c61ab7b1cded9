package io.weir.balancing;

/**
 * How a tier stands in a plan at a moment. In this order tiers are asked for a target when the one that was chosen for a request has none
 * left.
 *
 * <p>A tier that is held back comes behind those on standby: it has failed lately, and it is being kept out for that. It still comes before
 * no answer at all, and before panic: its targets are well by all that is known, while some of a tier in panic are not. So a worker that is
 * not well is never picked outside panic, and in panic only where the shares say so or nobody who is well is left.
 */
public enum Standing {
    /** Takes a share of the traffic. */
    SERVING("takes a share"),
    /** Takes none, since those before it take all. */
    STANDBY("on standby"),
    /** Takes none, though it is preferred to one that does: it waits for its failback, or has nobody who could serve. */
    HELD_BACK("held back"),
    /** Too few of its workers are well to trust health. */
    PANIC("in panic");

    private final String text;

    Standing(String text) {
        this.text = text;
    }

    /** In words, behind the tier's name. */
    public String text() {
        return text;
    }
}
