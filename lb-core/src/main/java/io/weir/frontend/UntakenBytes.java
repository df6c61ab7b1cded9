package io.weir.frontend;

/**
 * Tells a client that takes what was written for it, however slowly, from one that has stopped. The kernel says that a slow one goes on only
 * when a third of its buffer, which may be megabytes, is free; so it may be wise to look more than once. Made when it is first asked.
 */
final class UntakenBytes {
    private long before = -1;
    /** How often in succession they were the same as before. */
    private int same;

    /** Whether the {@code left} bytes may still become less: false once they have been the same {@code times} times. */
    boolean becomeLess(long left, int times) {
        same = left == before ? same + 1 : 0;
        before = left;
        return same < times;
    }
}
