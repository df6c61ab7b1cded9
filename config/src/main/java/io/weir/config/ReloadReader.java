package io.weir.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code reload}. */
final class ReloadReader {

    private static final String WATCH = "watch";
    private static final String ROLL_BACK_IF = "roll-back-if";

    private ReloadReader() {}

    static @Nullable ReloadSettings reload(Value value) {
        return value.fields(fields -> {
            ReloadSettings defaults = ReloadSettings.DEFAULTS;
            Reading<Double> workers = Scalars.orOff(Scalars.share(ReloadSettings.MAX_REMOVED_WORKERS), ReloadSettings.ANY_WORKERS);
            boolean onChange = fields.optional("on-change", Scalars::onOrOff, defaults.onChange());
            double maxRemovedWorkers = fields.optional("max-removed-workers", workers, defaults.maxRemovedWorkers());
            Duration watch = fields.optionalOrOff(WATCH, Scalars.duration(ReloadSettings.WATCH), defaults.watch());
            ErrorCondition rollBackIf = fields.optionalOrOff(ROLL_BACK_IF, ReloadReader::condition, defaults.rollBackIf());
            needsTheOther(fields, WATCH, ROLL_BACK_IF, "add roll-back-if: errors>5%, or remove it");
            needsTheOther(fields, ROLL_BACK_IF, WATCH, "add watch: 30s, or remove it");
            boolean both = watch != null && rollBackIf != null;
            return new ReloadSettings(onChange, maxRemovedWorkers, both ? watch : null, both ? rollBackIf : null);
        });
    }

    private static void needsTheOther(Fields fields, String key, String other, String hint) {
        Value given = given(fields, key);
        if (given != null && given(fields, other) == null) {
            given.report("does nothing without " + other, hint);
        }
    }

    /** Null if it is left out or off. */
    private static @Nullable Value given(Fields fields, String key) {
        Value value = fields.value(key);
        return value == null || value.says(Scalars.OFF) ? null : value;
    }

    private static @Nullable ErrorCondition condition(Value value) {
        value.accept(Forms.pattern('^' + ErrorCondition.PATTERN + '$', "a share of attempts that fail by a worker's fault: errors>5%"));
        String text = value.text();
        ErrorCondition read = text == null ? null : ErrorCondition.readOrNull(text);
        if (text != null && read == null) {
            value.report("is no condition: " + Quoted.of(text), ErrorCondition.HINT);
        }
        return read;
    }
}
