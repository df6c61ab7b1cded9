package io.weir.control;

import io.weir.exchange.Gateways;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.Health;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the pools are that other load balancers may hand requests over to: a line for each, of some 30 bytes, 3 MB for 100,000 of them.
 * Written by the control thread, read by any: answers are put together of what lies ready, so that an event loop does little more than copy
 * what has changed lately.
 *
 * <p>All lines are written out anew only when more has changed since than is kept of changes; until then what has changed follows behind
 * them, and the last line about a pool counts. Revisions begin above all of those of a process before, so that nobody takes changes of this
 * one for changes of that.
 */
public final class OwnPools implements Gateways.Pools {
    /** Revisions whose changes are kept: some minutes of them for who asks every 5 s, unless much happens. */
    static final int MOST_REVISIONS = 1024;

    /** What their changes may hold, in bytes. */
    static final int MOST_CHANGES = 256 * 1024;

    /** Lines that belong to a revision. Never changed. */
    private static final class Lines {
        final long revision;
        final byte[] bytes;

        Lines(long revision, byte[] bytes) {
            this.revision = revision;
            this.bytes = bytes;
        }
    }

    /**
     * All that is told.
     *
     * @param whole the lines of all pools, as of its revision
     * @param oldest changes since that revision are kept; at most that of {@code whole}
     * @param changes what came with each revision behind the oldest, without a gap
     */
    private record Edition(long revision, Lines whole, long oldest, List<Lines> changes) {}

    private final long first;
    /** The line of each. */
    private final Map<String, byte[]> pools = new HashMap<>();
    /** What these lines hold. */
    private int poolBytes;

    private final ByteArrayOutputStream unpublished = new ByteArrayOutputStream();
    private final Deque<Lines> kept = new ArrayDeque<>();
    private long keptBytes;
    /** Written by the control thread alone. */
    private volatile Edition edition;

    private volatile boolean draining;

    /** {@code first}: the number of the first revision, above 0. */
    public OwnPools(long first) {
        this.first = first;
        this.edition = new Edition(first, new Lines(first, new byte[0]), first, List.of());
    }

    /** A pool is so now; told from {@link #publish} on. Control thread only. */
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
        byte[] line = ascii(app + " " + region + " " + available + " " + enabled + "\n");
        byte[] before = pools.put(app + " " + region, line);
        if (!Arrays.equals(line, before)) {
            poolBytes += line.length - (before == null ? 0 : before.length);
            unpublished.writeBytes(line);
        }
    }

    /** What was put since is one revision. Control thread only. */
    void publish() {
        if (unpublished.size() == 0) {
            return;
        }
        Edition before = edition;
        long revision = before.revision + 1;
        Lines news = new Lines(revision, unpublished.toByteArray());
        unpublished.reset();
        kept.add(news);
        keptBytes += news.bytes.length;
        long oldest = before.oldest;
        while (kept.size() > MOST_REVISIONS || keptBytes > MOST_CHANGES) {
            Lines dropped = kept.remove();
            keptBytes -= dropped.bytes.length;
            oldest = dropped.revision;
        }
        Lines whole = before.whole.revision >= oldest ? before.whole : whole(revision);
        edition = new Edition(revision, whole, oldest, List.copyOf(kept));
    }

    private Lines whole(long revision) {
        return new Lines(revision, joined(pools.values(), poolBytes));
    }

    /** From now on it is said that no pool takes requests, so that others leave before we are gone. Any thread. */
    public void drain() {
        draining = true;
    }

    @Override
    public List<byte[]> since(long known) {
        Edition now = edition;
        if (draining) {
            return List.of(ascii("weir-pools " + now.revision + " draining\n"));
        }
        if (known < first || known < now.oldest || known > now.revision) {
            return List.of(ascii("weir-pools " + now.revision + " all\n"), now.whole.bytes, changes(now, now.whole.revision));
        }
        return List.of(ascii("weir-pools " + now.revision + " changes\n"), changes(now, known));
    }

    /** Those behind a revision, which is not older than the oldest. */
    private static byte[] changes(Edition now, long known) {
        List<Lines> news = now.changes.subList((int) (known - now.oldest), now.changes.size());
        List<byte[]> lines = news.stream().map(each -> each.bytes).toList();
        return joined(lines, lines.stream().mapToInt(each -> each.length).sum());
    }

    private static byte[] joined(Collection<byte[]> lines, int length) {
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] each : lines) {
            System.arraycopy(each, 0, joined, at, each.length);
            at += each.length;
        }
        return joined;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
