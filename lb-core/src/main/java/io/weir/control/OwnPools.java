package io.weir.control;

import io.weir.exchange.Gateways;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.Health;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
 * <p>The lines lie in segments, of which a revision writes a few out anew, in turn: so that none is older than the changes that are kept,
 * and no revision but the first has to write all lines, which takes tens of milliseconds while verdicts wait. What has changed since the
 * oldest of them follows behind them, and the last line about a pool counts. Revisions begin above all of those of a process before, so
 * that nobody takes changes of this one for changes of that.
 */
public final class OwnPools implements Gateways.Pools {
    /** Revisions whose changes are kept: some minutes of them for who asks every 5 s, unless much happens. */
    static final int MOST_REVISIONS = 1024;

    /** What their changes may hold, in bytes. */
    static final int MOST_CHANGES = 256 * 1024;

    /** A power of two. Of 100,000 pools each has 400: some 12 KB, and some 50 µs to write. */
    static final int SEGMENTS = 256;

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
     * @param whole the lines of all pools, in pieces of which each is as it was at {@code wholeSince} or later
     * @param oldest changes since that revision are kept; at most {@code wholeSince}
     * @param changes what came with each revision behind the oldest, without a gap
     */
    private record Edition(long revision, List<byte[]> whole, long wholeSince, long oldest, List<Lines> changes) {}

    /** Some of the pools. */
    private static final class Segment {
        /** The line of each. */
        private final Map<String, byte[]> pools = new HashMap<>();
        /** What these lines hold, in bytes. */
        private int size;
        /** Whether one of them isn't in {@link #written}. */
        private boolean changed;

        private Lines written;

        Segment(long revision) {
            written = new Lines(revision, new byte[0]);
        }

        /** A pool's line is so now; whether it was another one. */
        boolean put(String pool, byte[] line) {
            byte[] before = pools.put(pool, line);
            if (Arrays.equals(line, before)) {
                return false;
            }
            size += line.length - (before == null ? 0 : before.length);
            changed = true;
            return true;
        }

        /** Whether it was there. */
        boolean remove(String pool) {
            byte[] before = pools.remove(pool);
            if (before == null) {
                return false;
            }
            size -= before.length;
            changed = true;
            return true;
        }

        void write(long revision) {
            written = new Lines(revision, changed ? joined(pools.values(), size) : written.bytes);
            changed = false;
        }
    }

    private final long first;
    private final Segment[] segments = new Segment[SEGMENTS];
    /** The one that is written next: it was written before all others. */
    private int next;

    private final ByteArrayOutputStream unpublished = new ByteArrayOutputStream();
    private final Deque<Lines> kept = new ArrayDeque<>();
    private long keptBytes;
    /** Written by the control thread alone. */
    private volatile Edition edition;

    private volatile boolean draining;

    /** {@code first}: the number of the first revision, above 0. */
    public OwnPools(long first) {
        this.first = first;
        this.edition = new Edition(first, List.of(), first, first, List.of());
        Arrays.setAll(segments, _ -> new Segment(first));
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
        String pool = app + " " + region;
        if (segment(pool).put(pool, line)) {
            unpublished.writeBytes(line);
        }
    }

    /** There is no such pool any more: who knows it hears that nobody of it serves. Control thread only. */
    void remove(String app, String region) {
        String pool = app + " " + region;
        if (segment(pool).remove(pool)) {
            unpublished.writeBytes(ascii(pool + " 0 0\n"));
        }
    }

    private Segment segment(String pool) {
        int hash = pool.hashCode();
        return segments[(hash ^ (hash >>> 16)) & (SEGMENTS - 1)];
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
        write(revision, news.bytes.length, oldest);
        List<byte[]> whole = Arrays.stream(segments).map(each -> each.written.bytes).filter(bytes -> bytes.length > 0).toList();
        edition = new Edition(revision, whole, segments[next].written.revision, oldest, List.copyOf(kept));
    }

    /** Writes as large a part of the segments as that of what is kept of changes which the revision takes; and all that are too old. */
    private void write(long revision, int size, long oldest) {
        long part = Math.min(SEGMENTS, 1 + (long) SEGMENTS * size / MOST_CHANGES);
        for (long left = part; left > 0 || segments[next].written.revision < oldest; left--) {
            segments[next].write(revision);
            next = (next + 1) % SEGMENTS;
        }
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
            List<byte[]> answer = new ArrayList<>(now.whole.size() + 2);
            answer.add(ascii("weir-pools " + now.revision + " all\n"));
            answer.addAll(now.whole);
            answer.add(changes(now, now.wholeSince));
            return answer;
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
