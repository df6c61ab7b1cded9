package io.weir.balancing;

/** The marks by which clients of one app come back to a target. They say nothing to other apps, nor an address in clear. Immutable. */
public final class Affinity {
    private final long salt;

    public Affinity(String app) {
        this.salt = Fingerprint.of(app);
    }

    /** The target's mark: the same in every process, as long as its name is. Never 0. */
    public long mark(Target target) {
        long mark = Fingerprint.mix(salt + target.fingerprint());
        return mark == 0 ? 1 : mark;
    }
}
