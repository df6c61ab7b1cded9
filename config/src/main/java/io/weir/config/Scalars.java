package io.weir.config;

import io.weir.topology.BindAddress;
import io.weir.topology.Cidr;
import io.weir.topology.DnsName;
import io.weir.topology.WorkerAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Readings of single values. */
final class Scalars {

    /** Stands for "no bound" where there can be none. */
    static final String OFF = "off";

    /** In characters; the longest host name and a port. */
    private static final int LONGEST = 260;
    /** In characters; nobody's fields and cookies have longer names. */
    private static final int LONGEST_NAME = 256;

    private Scalars() {}

    static Reading<Integer> number(Bounds<Integer> bounds) {
        return noted(
                () -> Forms.number(bounds),
                value -> bounded(value, Numbers::parse, bounds, "write a whole number, without a unit"));
    }

    static Reading<Duration> duration(Bounds<Duration> bounds) {
        return noted(
                () -> Forms.duration(bounds),
                value -> bounded(value, Durations::parse, bounds, "write a whole number with a unit: 500ms, 30s, 5m, 1h"));
    }

    /** Of a whole, which is 1. */
    static Reading<Double> share(Bounds<Double> bounds) {
        return noted(
                () -> Forms.share(bounds),
                value -> bounded(value, Shares::parse, bounds, "write a whole number and %, as in 50%"));
    }

    /** In bytes. */
    static Reading<Long> size(Bounds<Long> bounds) {
        return noted(
                () -> Forms.size(bounds),
                value -> bounded(value, Sizes::parse, bounds, "write a whole number of bytes, or one with a unit of 1024: 64KiB, 8MiB, 1GiB"));
    }

    /** Sizes of what is held in memory, in bytes. The bounds lie within an int. */
    static Reading<Integer> smallSize(Bounds<Long> bounds) {
        return value -> {
            Long size = size(bounds).read(value);
            return size == null ? null : Math.toIntExact(size);
        };
    }

    /** The reading's result, or what stands for {@code off}. */
    static <T> Reading<T> orOff(Reading<T> reading, @Nullable T off) {
        return orWord(OFF, off, reading);
    }

    /** The reading's result, or what a word stands for. */
    static <T> Reading<T> orWord(String word, @Nullable T meaning, Reading<T> reading) {
        return value -> {
            if (value.isNoting()) {
                value.accept(Forms.words(List.of(word)));
                return reading.read(value);
            }
            return value.says(word) ? meaning : reading.read(value);
        };
    }

    static @Nullable BindAddress bindAddress(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.address("where to listen: :8080, 127.0.0.1:8080, [::1]:8080"));
            return null;
        }
        return parsed(value, BindAddress::parse, null);
    }

    static @Nullable WorkerAddress workerAddress(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.address("where a worker listens: 127.0.0.1:9001, [::1]:9001, name.internal:80"));
            return null;
        }
        return parsed(value, WorkerAddress::parse, null);
    }

    /**
     * A path, from the root on; a relative one begins at the folder that the config's file is in.
     *
     * @param example for whoever wrote what is none
     */
    static @Nullable Path path(Value value, String example) {
        String text = value.text();
        if (text == null) {
            return null;
        }
        try {
            return value.resolve(text).toAbsolutePath().normalize();
        } catch (InvalidPathException _) {
            value.report("must be a path, is " + Quoted.of(text), "as in " + example);
            return null;
        }
    }

    /** A block of IP addresses, or one address. */
    static @Nullable Cidr cidr(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.pattern("^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$", "a block of addresses or one address: 10.0.0.0/8, 192.0.2.7, 2001:db8::/32"));
            return null;
        }
        return parsed(value, Cidr::parse, null);
    }

    /** For the items of one list, none of which may stand there twice. */
    static <T> Reading<T> onceEach(Reading<T> reading) {
        var first = new FirstUse<T>();
        return item -> {
            T read = reading.read(item);
            return read != null && first.check(read, item) ? read : null;
        };
    }

    /** A name of an app, region or zone. */
    static @Nullable String label(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.label());
            return null;
        }
        String text = value.text();
        if (text != null && !DnsName.isLabel(text)) {
            value.reportMust("must be a lower-case DNS label", Quoted.of(text), "use a-z, 0-9 and inner hyphens, at most 63");
            return null;
        }
        return text;
    }

    /** A host name in lower case, however it is written. */
    static @Nullable String hostName(Value value) {
        if (value.isNoting()) {
            value.accept(Forms.hostName());
            return null;
        }
        String text = value.text();
        if (text == null) {
            return null;
        }
        String lower = text.toLowerCase(Locale.ROOT);
        if (!DnsName.isName(lower)) {
            value.reportMust("must be a host name", Quoted.of(text), "write it without port and final dot, as in api.example.com");
            return null;
        }
        return lower;
    }

    /**
     * One of an enum's constants, in lower case.
     *
     * @param notYet words that the design knows and this version does not
     */
    static <E extends Enum<E>> Reading<E> oneOf(Class<E> served, String... notYet) {
        List<E> constants = List.of(served.getEnumConstants());
        List<String> words = constants.stream().map(constant -> constant.name().toLowerCase(Locale.ROOT)).toList();
        Reading<String> reading = word(words, notYet);
        return value -> {
            String word = reading.read(value);
            return word == null ? null : constants.get(words.indexOf(word));
        };
    }

    /** {@code on} or {@code off}. */
    static @Nullable Boolean onOrOff(Value value) {
        String word = word(List.of("on", OFF)).read(value);
        return word == null ? null : word.equals("on");
    }

    /** A name as field names and cookie names are: a token (RFC 9110, 5.6.2). */
    static @Nullable String token(Value value) {
        value.accept(Forms.text("a name: letters, digits and !#$%&'*+-.^_`|~"));
        String text = value.text();
        if (text == null) {
            return null;
        }
        if (text.length() > LONGEST_NAME || !text.chars().allMatch(Scalars::isTokenCharacter)) {
            value.report("must be a token, is " + Quoted.of(text), "use letters, digits and !#$%&'*+-.^_`|~");
            return null;
        }
        return text;
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    /** One of a few numbers. */
    static Reading<Integer> oneOf(Integer... numbers) {
        List<Integer> served = List.of(numbers);
        Reading<String> word = word(served.stream().map(String::valueOf).toList());
        return value -> {
            if (value.isNoting()) {
                value.accept(Forms.numbers(served));
                return null;
            }
            String text = word.read(value);
            return text == null ? null : Integer.valueOf(text);
        };
    }

    /** One of a few words. */
    static Reading<String> word(List<String> served, String... notYet) {
        return noted(() -> Forms.words(served), value -> {
            String text = value.text();
            if (text == null || served.contains(text)) {
                return text;
            }
            String choices = (served.size() == 1 ? "write " : "write one of ") + String.join(", ", served);
            if (List.of(notYet).contains(text)) {
                value.reportNotYet(text, choices);
            } else {
                value.report("cannot be " + Quoted.of(text), choices);
            }
            return null;
        });
    }

    /** A reading with what it accepts, which is made only when somebody notes it. */
    private static <T> Reading<T> noted(Supplier<List<Map<String, Object>>> forms, Reading<T> reading) {
        return value -> {
            if (value.isNoting()) {
                value.accept(forms.get());
                return null;
            }
            return reading.read(value);
        };
    }

    private static <T extends Comparable<T>> @Nullable T bounded(Value value, Function<String, T> parse, Bounds<T> bounds, String form) {
        T parsed = parsed(value, parse, form);
        if (parsed != null && !bounds.contains(parsed)) {
            value.reportMust("must be " + bounds.range(), bounds.print().apply(parsed), null);
            return null;
        }
        return parsed;
    }

    private static <T> @Nullable T parsed(Value value, Function<String, T> parse, @Nullable String form) {
        String text = value.text();
        if (text == null) {
            return null;
        }
        if (text.length() > LONGEST) {
            value.report("is too long: " + Quoted.of(text), form);
            return null;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException e) {
            value.report(Quoted.clean(String.valueOf(e.getMessage())), form);
            return null;
        }
    }
}
