package io.weir.telemetry.log;

import java.util.function.Consumer;

/** Lines of one event loop, which are written at once. Touched by its loop until it is handed over, then by the writer until it comes back. */
final class Chunk {
    /** In bytes: some two hundred lines, so that handing one over costs each line next to nothing. */
    static final int SIZE = 64 * 1024;

    /** Below the size, so that one more line of usual length has room. */
    private static final int FULL = SIZE - 4 * 1024;

    private final LineBuffer lines = new LineBuffer(SIZE);
    private final Consumer<Chunk> home;
    private int count;

    /** @param home where it goes when it is empty again */
    Chunk(Consumer<Chunk> home) {
        this.home = home;
    }

    LineBuffer lines() {
        return lines;
    }

    /** The line that was begun is whole. */
    void lineAdded() {
        count++;
    }

    int count() {
        return count;
    }

    boolean isFull() {
        return lines.length() >= FULL;
    }

    void giveBack() {
        lines.clear();
        count = 0;
        home.accept(this);
    }
}
