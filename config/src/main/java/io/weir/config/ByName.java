package io.weir.config;

import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from names, in an order, that is meant to be large and to have many successors of which each differs little from the one before. One
 * with the same names shares them and costs an array of values; what differs between two is found by comparing references first.
 */
public final class ByName<V> extends AbstractMap<String, V> {

    private static final int ABSENT = -1;

    private final Names names;
    private final Object[] values;

    /**
     * A name whose value is another one, or of which there is one in only one of two maps.
     *
     * @param before null: it is new
     * @param after null: it is gone
     */
    public record Change<V>(String name, @Nullable V before, @Nullable V after) {}

    private ByName(Names names, Object[] values) {
        this.names = names;
        this.values = values;
    }

    /** That map itself, if it is one of these; else a copy in its order. */
    public static <V> ByName<V> of(Map<String, V> map) {
        if (map instanceof ByName<V> already) {
            return already;
        }
        Builder<V> copy = new Builder<>(new ByName<>(Names.NONE, new Object[0]));
        map.forEach(copy::add);
        return copy.build();
    }

    /** Begins one whose names are, as is to be expected, mostly those of {@code before}, in its order. A value stands under no two names. */
    static <V> Builder<V> following(Map<String, V> before) {
        return new Builder<>(of(before));
    }

    /** The same names, each with what is made of its value. */
    public <T> ByName<T> map(Function<? super V, ? extends T> made) {
        Object[] others = new Object[values.length];
        for (int i = 0; i < others.length; i++) {
            others[i] = made.apply(at(i));
        }
        return new ByName<>(names, others);
    }

    /** This with other values for some of its names, in its order. */
    public ByName<V> with(Map<String, ? extends V> others) {
        if (others.isEmpty()) {
            return this;
        }
        Object[] next = values.clone();
        others.forEach((name, value) -> {
            int place = names.place(name);
            if (place == ABSENT) {
                throw new IllegalArgumentException("there is no " + name);
            }
            next[place] = value;
        });
        return new ByName<>(names, next);
    }

    /** The names of {@code order}, in that order: each with its value among {@code others}, or else with the one that it has here. */
    public ByName<V> with(Map<String, ? extends V> others, ByName<?> order) {
        if (order.names == names) {
            return with(others);
        }
        Object[] next = new Object[order.values.length];
        int expected = 0;
        for (int i = 0; i < next.length; i++) {
            String name = order.names.inOrder[i];
            V other = others.get(name);
            int place = other == null ? names.place(name, expected) : ABSENT;
            next[i] = other == null ? at(place) : other;
            expected = place == ABSENT ? expected : place + 1;
        }
        return new ByName<>(order.names, next);
    }

    /** Where the values of the two are not equal: what has changed or is new in the order of {@code after}, and then what is gone. */
    public static <V> List<Change<V>> changes(Map<String, V> before, Map<String, V> after) {
        return of(before).changesTo(of(after));
    }

    @SuppressWarnings("ReferenceEquality") // what is the very same is passed over quickly
    private List<Change<V>> changesTo(ByName<V> after) {
        List<Change<V>> changes = new ArrayList<>();
        if (this == after) {
            return changes;
        }
        boolean sameNames = names == after.names;
        int expected = 0;
        int stay = 0;
        for (int i = 0; i < after.values.length; i++) {
            int place = sameNames ? i : names.place(after.names.inOrder[i], expected);
            if (place == ABSENT) {
                changes.add(new Change<>(after.names.inOrder[i], null, after.at(i)));
                continue;
            }
            expected = place + 1;
            stay++;
            if (values[place] != after.values[i] && !values[place].equals(after.values[i])) {
                changes.add(new Change<>(after.names.inOrder[i], at(place), after.at(i)));
            }
        }
        if (stay < values.length) {
            expected = 0;
            for (int i = 0; i < values.length; i++) {
                int place = after.names.place(names.inOrder[i], expected);
                if (place == ABSENT) {
                    changes.add(new Change<>(names.inOrder[i], at(i), null));
                } else {
                    expected = place + 1;
                }
            }
        }
        return changes;
    }

    @SuppressWarnings("unchecked") // only values of V were put in
    private V at(int place) {
        return (V) values[place];
    }

    @Override
    public int size() {
        return values.length;
    }

    @Override
    public @Nullable V get(@Nullable Object name) {
        int place = name instanceof String text ? names.place(text) : ABSENT;
        return place == ABSENT ? null : at(place);
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return name instanceof String text && names.place(text) != ABSENT;
    }

    @Override
    public void forEach(BiConsumer<? super String, ? super V> each) {
        for (int i = 0; i < values.length; i++) {
            each.accept(names.inOrder[i], at(i));
        }
    }

    @Override
    public Collection<V> values() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<V> iterator() {
                return new Places<>(values.length) {
                    @Override
                    V of(int place) {
                        return at(place);
                    }
                };
            }

            @Override
            public int size() {
                return values.length;
            }
        };
    }

    @Override
    public Set<Entry<String, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<String, V>> iterator() {
                return new Places<>(values.length) {
                    @Override
                    Entry<String, V> of(int place) {
                        return Map.entry(names.inOrder[place], at(place));
                    }
                };
            }

            @Override
            public int size() {
                return values.length;
            }
        };
    }

    /** Also {@link AbstractMap}'s, but what is the very same is not looked into. */
    @Override
    public boolean equals(@Nullable Object other) {
        if (this == other) {
            return true;
        }
        return (other instanceof ByName<?> that && that.names == names) ? Arrays.equals(values, that.values) : super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }

    /** One place after the other. */
    private abstract static class Places<T> implements Iterator<T> {
        private final int size;
        private int next;

        Places(int size) {
            this.size = size;
        }

        abstract T of(int place);

        @Override
        public boolean hasNext() {
            return next < size;
        }

        @Override
        public T next() {
            if (next >= size) {
                throw new NoSuchElementException();
            }
            return of(next++);
        }
    }

    /** Names in an order, and the place of each by hash: open addressing, at most half full. */
    private static final class Names {
        static final Names NONE = new Names(new String[0]);

        final String[] inOrder;
        /** A place and one; 0: free. */
        private final int[] slots;

        private Names(String[] inOrder) {
            this.inOrder = inOrder;
            this.slots = slots(inOrder.length);
            for (int i = 0; i < inOrder.length; i++) {
                slots[slot(slots, inOrder, inOrder[i])] = i + 1;
            }
        }

        Names(String[] inOrder, int[] slots) {
            this.inOrder = inOrder;
            this.slots = slots;
        }

        static int[] slots(int size) {
            return new int[Math.max(4, Integer.highestOneBit(Math.max(1, size)) * 4)];
        }

        /** Where the name is, or would be. */
        static int slot(int[] slots, String[] names, String name) {
            int hash = name.hashCode();
            int slot = (hash ^ (hash >>> 15)) & (slots.length - 1);
            while (slots[slot] != 0 && !names[slots[slot] - 1].equals(name)) {
                slot = (slot + 1) & (slots.length - 1);
            }
            return slot;
        }

        int place(String name) {
            return slots[slot(slots, inOrder, name)] - 1;
        }

        /** The same; quicker, if it is the expected one. */
        int place(String name, int expected) {
            return expected < inOrder.length && inOrder[expected].equals(name) ? expected : place(name);
        }
    }

    /** Takes values in their order. */
    static final class Builder<V> {
        private final ByName<V> before;
        /** Whether all names so far are those of the one before, in its order. */
        private boolean follows = true;

        private String[] names = new String[0];
        private int[] slots = new int[0];
        private Object[] values;
        private int size;

        private Builder(ByName<V> before) {
            this.before = before;
            this.values = new Object[Math.max(4, before.values.length)];
        }

        /** False if it has one of that name, which stays. */
        @SuppressWarnings("ReferenceEquality") // the very same value has the same name
        boolean add(String name, V value) {
            Objects.requireNonNull(value);
            if (size == values.length) {
                values = Arrays.copyOf(values, size * 2);
            }
            if (follows && size < before.values.length && (before.values[size] == value || before.names.inOrder[size].equals(name))) {
                values[size++] = value;
                return true;
            }
            if (follows) {
                follow();
            }
            if (size == names.length) {
                names = Arrays.copyOf(names, size * 2);
            }
            if (size * 2 >= slots.length) {
                index(size * 2);
            }
            int slot = Names.slot(slots, names, name);
            if (slots[slot] != 0) {
                return false;
            }
            names[size] = name;
            values[size++] = value;
            slots[slot] = size;
            return true;
        }

        /** From here on they go another way. */
        private void follow() {
            follows = false;
            names = Arrays.copyOf(Arrays.copyOf(before.names.inOrder, size), values.length);
            index(values.length);
        }

        private void index(int capacity) {
            slots = Names.slots(capacity);
            for (int i = 0; i < size; i++) {
                slots[Names.slot(slots, names, names[i])] = i + 1;
            }
        }

        ByName<V> build() {
            if (follows && size < before.values.length) {
                follow();
            }
            return new ByName<>(follows ? before.names : new Names(Arrays.copyOf(names, size), slots), Arrays.copyOf(values, size));
        }
    }
}
