package io.weir.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows under named columns. Cells are strings, whole numbers, durations, {@link Part}s, or null where there is nothing to say. */
final class Sheet {
    private final String name;
    private final List<String> columns;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();
    private int leftOff;

    Sheet(String name, String... columns) {
        this.name = name;
        this.columns = List.of(columns);
    }

    void row(@Nullable Object... cells) {
        rows.add(new ArrayList<>(Arrays.asList(cells)));
    }

    /** So many more there are. */
    void leaveOff(int more) {
        leftOff += more;
    }

    String name() {
        return name;
    }

    List<String> columns() {
        return columns;
    }

    List<List<@Nullable Object>> rows() {
        return rows;
    }

    int leftOff() {
        return leftOff;
    }
}
