package io.weir.health;

import org.jspecify.annotations.Nullable;

/**
 * How a worker that is out meets those who come to it, as far as has been told. It may get worse while it is out: one that drains answers
 * 503 to its check first and is gone later, and requests that it still has then wait in vain.
 *
 * <p>One that drains may well reset a single connection or be late once, and what it still answers is not to be done twice. So checks in a
 * row must agree on something graver. What is milder is believed at once: should it become graver again, those who have come since are
 * concerned. Health loop only.
 */
final class KnownContact {
    private Contact known = Contact.ANSWERS;
    /** Checks in a row that found something graver, and the mildest that they found. */
    private int graver;

    private Contact mildest = Contact.SILENT;

    Contact contact() {
        return known;
    }

    /** It is told, or about to be. */
    void become(Contact contact) {
        known = contact;
        graver = 0;
    }

    /** A check met it so. Returns what it is now, if that is graver and as many as {@code enough} in a row have found it so or worse. */
    @Nullable Contact met(Contact contact, int enough) {
        if (contact.compareTo(known) <= 0) {
            become(contact);
            return null;
        }
        mildest = graver == 0 || contact.compareTo(mildest) < 0 ? contact : mildest;
        graver++;
        if (graver < enough) {
            return null;
        }
        become(mildest);
        return mildest;
    }

    /** Whether the last check found something graver, and there weren't enough yet. */
    boolean isInDoubt() {
        return graver > 0;
    }

    /** Nothing is held against what is known. */
    void settle() {
        graver = 0;
    }
}
