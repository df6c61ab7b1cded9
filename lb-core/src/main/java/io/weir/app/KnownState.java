package io.weir.app;

import io.weir.control.Latches;
import io.weir.health.HealthMemo;
import io.weir.state.SealedLines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a process knows that the one which takes its place would have to learn anew: how workers are, and how far tiers are on their way back.
 *
 * @param latches null: nothing is known of them
 */
record KnownState(@Nullable Latches latches, List<HealthMemo> health) {
    /** Nothing is known. */
    static final KnownState NONE = new KnownState(null, List.of());

    private static final String TITLE = "weir-known 1";
    private static final String TIER = "tier ";
    private static final String WORKER = "worker ";

    /** For {@link #parse}. */
    byte[] print() {
        List<String> lines = new ArrayList<>();
        if (latches != null) {
            latches.lines().forEach(line -> lines.add(TIER + line));
        }
        health.forEach(worker -> lines.add(WORKER + worker));
        return SealedLines.seal(TITLE, lines);
    }

    /**
     * What another process, perhaps of another version, has said; empty if it knew nothing.
     *
     * @throws IOException if that is not to be understood; the message says why
     */
    static KnownState parse(byte[] said) throws IOException {
        if (said.length == 0) {
            return NONE;
        }
        List<String> tiers = new ArrayList<>();
        List<HealthMemo> workers = new ArrayList<>();
        try {
            for (String line : SealedLines.open(TITLE, said)) {
                if (line.startsWith(TIER)) {
                    tiers.add(line.substring(TIER.length()));
                } else if (line.startsWith(WORKER)) {
                    workers.add(HealthMemo.parse(line.substring(WORKER.length())));
                }
            }
            return new KnownState(Latches.parse(tiers), List.copyOf(workers));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
