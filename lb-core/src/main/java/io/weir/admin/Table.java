package io.weir.admin;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows under named columns, as many as were asked for; the rest is counted. */
final class Table {
    private final List<String> columns;
    private final int most;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();
    private Set<String> seldom = Set.of();
    private long leftOff;

    Table(int most, String... columns) {
        this.columns = List.of(columns);
        this.most = most;
    }

    /** Columns that the text leaves out while no row says anything in them. */
    Table seldom(String... names) {
        seldom = Set.of(names);
        return this;
    }

    /** Whether the text shows that column. */
    boolean shows(int column) {
        return !seldom.contains(columns.get(column)) || rows.stream().anyMatch(row -> row.get(column) != null);
    }

    /** Whether another row would be left off, so that there is no need to make it. */
    boolean isFull() {
        return rows.size() >= most;
    }

    /** Cells as {@link Reply.Facts} has them, or null where there is nothing to say. */
    void row(@Nullable Object... cells) {
        if (isFull()) {
            leftOff++;
        } else {
            rows.add(new ArrayList<>(Arrays.asList(cells)));
        }
    }

    void leaveOff(long more) {
        leftOff += more;
    }

    List<String> columns() {
        return columns;
    }

    List<List<@Nullable Object>> rows() {
        return rows;
    }

    long leftOff() {
        return leftOff;
    }
}
