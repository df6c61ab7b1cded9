package io.weir.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of reading the config again.
 *
 * @param generation of the config that is in force afterwards
 * @param at when it was over
 * @param cause who asked for it: a signal, a change of the file, a call, or, for one that is put back, its errors
 * @param checksum of the text that was read, or null if it couldn't be
 * @param changes what is different now, a line each
 * @param problems why it was refused, in full
 * @param parts of the problems, for programs: each by its parts
 * @param notes what of it does not hold before the next start
 */
public record ReloadReport(
        Outcome outcome,
        int generation,
        Instant at,
        String cause,
        @Nullable String checksum,
        List<String> changes,
        List<String> problems,
        List<Map<String, @Nullable Object>> parts,
        List<String> notes,
        Duration took) {

    /** What became of it. */
    public enum Outcome {
        /** It is in force. */
        APPLIED,
        /** It says what is in force already. */
        UNCHANGED,
        /** The config from before stays in force. */
        REFUSED,
        /** It was in force, and the one from before is again. */
        ROLLED_BACK;

        /** As pages and metrics say it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ReloadReport {
        changes = List.copyOf(changes);
        problems = List.copyOf(problems);
        parts = List.copyOf(parts);
        notes = List.copyOf(notes);
    }

    /** The same with the problems' parts. */
    public ReloadReport with(List<Map<String, @Nullable Object>> parts) {
        return new ReloadReport(outcome, generation, at, cause, checksum, changes, problems, parts, notes, took);
    }

    /** In one line: of several problems the first one's. */
    public String summary() {
        return switch (outcome) {
            case APPLIED -> "generation " + generation + " is in force";
            case UNCHANGED -> "nothing has changed";
            case REFUSED -> (problems.isEmpty() ? "refused" : problems.getFirst().lines().findFirst().orElse("refused")) + "; generation " + generation + " stays in force";
            case ROLLED_BACK -> "rolled back: generation " + generation + " is what was in force before";
        };
    }

    Map<String, Object> facts() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("outcome", outcome.word());
        facts.put("generation", generation);
        facts.put("at", at);
        facts.put("cause", cause);
        if (checksum != null) {
            facts.put("checksum", checksum);
        }
        facts.put("took", took);
        if (!problems.isEmpty()) {
            facts.put("problems", problems);
        }
        if (!notes.isEmpty()) {
            facts.put("notes", notes);
        }
        return facts;
    }
}
