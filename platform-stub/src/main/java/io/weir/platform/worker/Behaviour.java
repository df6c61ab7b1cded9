package io.weir.platform.worker;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a worker has been told to behave. What {@code /behave} takes and says.
 *
 * @param delay before each echo, at most {@link #LONGEST_DELAY}
 * @param errors how many of a hundred echoes are errors instead
 * @param healthy what {@code /health} says
 */
record Behaviour(Duration delay, int errors, boolean healthy) {
    static final Behaviour WELL = new Behaviour(Duration.ZERO, 0, true);
    static final Duration LONGEST_DELAY = Duration.ofMinutes(1);
    static final String DELAY = "delay";

    private static final String ERRORS = "errors";
    private static final String HEALTH = "health";
    private static final Set<String> KEYS = Set.of(DELAY, ERRORS, HEALTH);
    private static final Pattern WRITTEN_DELAY = Pattern.compile("(\\d{1,6})(ms|s)");
    private static final Pattern WRITTEN_SHARE = Pattern.compile("(\\d{1,3})%");
    private static final int WHOLE = 100;

    /**
     * This, but for what the query names.
     *
     * @throws IllegalArgumentException with a message for whoever asked
     */
    Behaviour changedBy(Query query) {
        for (String name : query.names()) {
            if (!KEYS.contains(name)) {
                throw new IllegalArgumentException("there is no " + name + " to set; there are " + String.join(", ", new TreeSet<>(KEYS)));
            }
        }
        String delayText = query.value(DELAY);
        String errorsText = query.value(ERRORS);
        String healthText = query.value(HEALTH);
        return new Behaviour(
                delayText == null ? delay : delayOf(delayText),
                errorsText == null ? errors : errorsOf(errorsText),
                healthText == null ? healthy : healthOf(healthText));
    }

    /**
     * Reads {@code 200ms} or {@code 2s}.
     *
     * @throws IllegalArgumentException with a message for whoever asked
     */
    static Duration delayOf(String text) {
        Matcher written = WRITTEN_DELAY.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException("delay is a whole number with ms or s, as 200ms; it can't be \"" + text + '"');
        }
        long number = Long.parseLong(written.group(1));
        Duration delay = written.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMillis(number);
        if (delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay is at most " + LONGEST_DELAY.toSeconds() + "s, not " + text);
        }
        return delay;
    }

    private static int errorsOf(String text) {
        Matcher written = WRITTEN_SHARE.matcher(text);
        if (!written.matches() || Integer.parseInt(written.group(1)) > WHOLE) {
            throw new IllegalArgumentException("errors is a share from 0% to 100%; it can't be \"" + text + '"');
        }
        return Integer.parseInt(written.group(1));
    }

    private static boolean healthOf(String text) {
        return switch (text) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("health is on or off; it can't be \"" + text + '"');
        };
    }

    /** As JSON's members, in the form in which they are set. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put(DELAY, delay.toMillis() % 1000 == 0 ? delay.toSeconds() + "s" : delay.toMillis() + "ms");
        members.put(ERRORS, errors + "%");
        members.put(HEALTH, healthy ? "on" : "off");
        return members;
    }
}
