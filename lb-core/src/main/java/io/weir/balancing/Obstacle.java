package io.weir.balancing;

/** Why a target can't be picked for an attempt. */
public enum Obstacle {
    /** Its weight is 0. */
    NO_WEIGHT("has weight 0"),
    /** The exchange has tried it before. */
    TRIED("was tried"),
    /** It refused or timed out a connection, and rests. */
    RESTING("rests after a failed connection"),
    /** The last attempt failed in its zone. */
    SAME_ZONE("is in the zone of the last attempt");

    private final String text;

    Obstacle(String text) {
        this.text = text;
    }

    /** In words, behind the target's name. */
    public String text() {
        return text;
    }
}
