package io.weir.admin;

/** What a page waits for, and so which pages may stand behind it. */
enum Pace {
    /** For nothing: it is answered on the admin thread. */
    AT_ONCE,
    /** It looks, and waits for those who read it. */
    LOOKS,
    /** It changes something, and waits for the disk: others that change something go on meanwhile, so that a restore never comes late. */
    CHANGES,
    /** It tries a change out before it makes it, and waits for others that do, for half a minute at most. */
    TRIES
}
