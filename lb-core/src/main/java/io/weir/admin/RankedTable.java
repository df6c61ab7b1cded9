package io.weir.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A table of what matters most first: rows come in any order, each with its rank, and those that are left off are of the last ranks. */
final class RankedTable {
    private final int most;
    private final String[] columns;
    private final List<Table> ranks = new ArrayList<>();

    RankedTable(int most, String... columns) {
        this.most = most;
        this.columns = columns.clone();
    }

    /** @param rank 0 is the first; the row is made only if it may be shown */
    void row(int rank, Supplier<@Nullable Object[]> cells) {
        while (ranks.size() <= rank) {
            ranks.add(new Table(most, columns));
        }
        if (ranks.get(rank).isFull()) {
            ranks.get(rank).leaveOff(1);
        } else {
            ranks.get(rank).row(cells.get());
        }
    }

    Table inOrder() {
        Table all = new Table(most, columns);
        for (Table rank : ranks) {
            rank.rows().forEach(row -> all.row(row.toArray()));
            all.leaveOff(rank.leftOff());
        }
        return all;
    }
}
