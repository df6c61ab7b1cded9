package io.weir.config;

/** Waits until nothing more comes for a while, but not for ever. Times are nanoseconds of one clock. */
final class Debounce {

    private final long quiet;
    private final long longest;
    private boolean pending;
    private long first;
    private long last;

    /**
     * @param quiet for how long nothing may have come
     * @param longest after what time it is enough even so
     */
    Debounce(long quiet, long longest) {
        this.quiet = quiet;
        this.longest = longest;
    }

    /** Something has come. */
    void note(long now) {
        if (!pending) {
            pending = true;
            first = now;
        }
        last = now;
    }

    boolean isPending() {
        return pending;
    }

    /** How long there is to wait, if something has come. */
    long left(long now) {
        return Math.min(last - now + quiet, first - now + longest);
    }

    /** What has come is dealt with. */
    void clear() {
        pending = false;
    }
}
