package io.weir.control;

import io.weir.exchange.Gateways;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.Health;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How the pools are that other load balancers may hand requests over to: a line for each. Written by the control thread, read by any.
 *
 * <p>Revisions begin above all of those of a process before, so that nobody takes changes of this one for changes of that.
 */
public final class OwnPools implements Gateways.Pools {
    private record Line(String text, long revision) {}

    private final Map<String, Line> lines = new ConcurrentHashMap<>();
    private final long first;
    /** Written behind the lines of that revision. */
    private volatile long revision;

    /** {@code first}: the number of the first revision, above 0. */
    public OwnPools(long first) {
        this.first = first;
        this.revision = first;
    }

    /** A pool is so now. Control thread only. */
    void put(String app, String region, List<MemberState> members) {
        long available = 0;
        long enabled = 0;
        for (MemberState member : members) {
            int weight = member.member().target().weight();
            if (member.admin() == AdminState.ENABLED && member.health() != Health.UNPROVEN) {
                enabled += weight;
                available += member.health().available() ? weight : 0;
            }
        }
        String text = app + " " + region + " " + available + " " + enabled + "\n";
        Line before = lines.get(app + " " + region);
        if (before == null || !before.text.equals(text)) {
            long next = revision + 1;
            lines.put(app + " " + region, new Line(text, next));
            revision = next;
        }
    }

    @Override
    public String since(long known) {
        long now = revision;
        boolean all = known < first || known > now;
        StringBuilder answer = new StringBuilder("weir-pools ").append(now).append(all ? " all\n" : " changes\n");
        for (Line line : lines.values()) {
            if (all || line.revision > known) {
                answer.append(line.text);
            }
        }
        return answer.toString();
    }
}
