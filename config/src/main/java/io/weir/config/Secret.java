package io.weir.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** A text that is known to those who are meant to and shown to nobody: printed, it is {@link #REDACTED}. */
public final class Secret {

    /** What is shown in its place. Too short for a token, so that a config that was printed is refused instead of having this as one. */
    public static final String REDACTED = "(redacted)";

    private final byte[] text;

    public Secret(String text) {
        this.text = text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether that is the text. Takes as long for one wrong text as for another of its length. */
    public boolean is(String other) {
        return MessageDigest.isEqual(text, other.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(text, secret.text);
    }

    /** The same for all: a hash tells of what it was made from. */
    @Override
    public int hashCode() {
        return 1;
    }

    @Override
    public String toString() {
        return REDACTED;
    }
}
