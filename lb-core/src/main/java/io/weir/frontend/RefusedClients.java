package io.weir.frontend;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/** Connections that were closed without a word, since nobody like that may connect. For any thread. */
public final class RefusedClients {
    /** Why one was. */
    public enum Why {
        /** The client's address is none of those that may connect. */
        NOT_ALLOWED,
        /** The peer must say whom it speaks for, and is none of those that are believed. */
        NOT_BELIEVED,
        /** The peer must say whom it speaks for, and began with something else. */
        NO_HEADER,
        /** What the peer says of whom it speaks for is malformed or too long. */
        BAD_HEADER;

        /** As metrics say it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Map<Why, LongAdder> counts = new EnumMap<>(Why.class);

    public RefusedClients() {
        for (Why each : Why.values()) {
            counts.put(each, new LongAdder());
        }
    }

    void count(Why why) {
        LongAdder count = counts.get(why);
        if (count != null) {
            count.increment();
        }
    }

    /** Each reason with its number. */
    public void forEach(ObjLongConsumer<Why> reader) {
        counts.forEach((why, count) -> reader.accept(why, count.sum()));
    }
}
