package io.weir.simulation;

import io.weir.failover.Scope;
import java.util.Locale;

/** Something that happens in a world at a given time; a line of a script. */
record Act(long atMillis, What what) {
    /** What happens. */
    sealed interface What {}

    /** Something goes wrong with workers. */
    record Befall(Scope scope, Fault fault) implements What {
        @Override
        public String toString() {
            return scope + " " + fault;
        }
    }

    /** Everything that was wrong with workers is over. */
    record Heal(Scope scope) implements What {
        @Override
        public String toString() {
            return "heal " + scope;
        }
    }

    record Evacuate(Scope scope, int seconds, boolean hard) implements What {
        @Override
        public String toString() {
            return "evacuate " + scope + " for " + seconds + " s" + (hard ? " hard" : "");
        }
    }

    record Restore(Scope scope) implements What {
        @Override
        public String toString() {
            return "restore " + scope;
        }
    }

    record FailBack(String app) implements What {
        @Override
        public String toString() {
            return "failback " + app;
        }
    }

    /** From now on that many requests come in 10 s. */
    record Load(int requests) implements What {
        @Override
        public String toString() {
            return "load " + requests;
        }
    }

    /** That many requests come at once, within 2 s, all to one app. */
    record Burst(String app, int requests) implements What {
        @Override
        public String toString() {
            return "burst " + app + " " + requests;
        }
    }

    /** A line that {@link #parse} reads. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f %s", atMillis / 1000.0, what);
    }

    static Act parse(String line) {
        int space = line.indexOf(' ');
        long at = Math.round(Double.parseDouble(line.substring(0, space)) * 1000);
        return new Act(at, what(line.substring(space + 1)));
    }

    private static What what(String text) {
        String[] words = text.split(" ", -1);
        return switch (words[0]) {
            case "heal" -> new Heal(Scope.parse(words[1]));
            case "evacuate" -> new Evacuate(Scope.parse(words[1]), Integer.parseInt(words[3]), words.length > 5);
            case "restore" -> new Restore(Scope.parse(words[1]));
            case "failback" -> new FailBack(words[1]);
            case "load" -> new Load(Integer.parseInt(words[1]));
            case "burst" -> new Burst(words[1], Integer.parseInt(words[2]));
            default -> new Befall(Scope.parse(words[0]), Fault.parse(text.substring(words[0].length() + 1)));
        };
    }
}
