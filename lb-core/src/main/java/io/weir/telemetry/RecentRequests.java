package io.weir.telemetry;

import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.http.RequestHead;
import io.weir.loop.LoopClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;

/**
 * A sample of the requests of the last minutes, to try another config on: method, host and path alone, no query and no field. Each event loop
 * keeps one at most in a while, those that come too soon cost a comparison of its clock and nothing is made of them. How many are kept, and how
 * long they may be, is bounded.
 */
public final class RecentRequests {
    /** For how long they are kept. */
    public static final Duration KEPT_FOR = Duration.ofMinutes(5);

    /** Over all loops. */
    private static final int MOST = 4096;

    private static final int MOST_OF_A_LOOP = 3000;
    private static final int FEWEST_OF_A_LOOP = 64;

    /** In bytes. A path that is cut leads elsewhere, so a longer one is passed over. */
    private static final int LONGEST_PATH = 256;

    private static final int LONGEST_HOST = 255;
    private static final int LONGEST_METHOD = 20;

    private final List<OfLoop> loops;

    /** One of them; the path is in its normal form. */
    public record Seen(long at, String method, String host, String path) {}

    /** Of that many event loops; {@code now} in ns. */
    public RecentRequests(int loopCount, long now) {
        int each = Math.clamp(MOST / loopCount, FEWEST_OF_A_LOOP, MOST_OF_A_LOOP);
        loops = Stream.generate(() -> new OfLoop(each, now)).limit(loopCount).toList();
    }

    /** What sees the exchanges of that loop. */
    public ExchangeListener onLoop(int index, LoopClock clock) {
        OfLoop its = loops.get(index);
        return exchange -> its.settled(exchange, clock.now());
    }

    /** Those that were seen in the time before {@code now} ns. For any thread. */
    public List<Seen> list(long now) {
        List<Seen> all = new ArrayList<>();
        loops.forEach(loop -> loop.addTo(all, now - KEPT_FOR.toNanos()));
        return all;
    }

    /** Written by its loop alone, oldest first to go. */
    private static final class OfLoop {
        private final AtomicReferenceArray<Seen> kept;
        /** In ns, so that those that are kept fill the time. */
        private final long pause;

        private long next;
        private int place;

        OfLoop(int most, long now) {
            next = now;
            kept = new AtomicReferenceArray<>(most);
            pause = KEPT_FOR.toNanos() / most;
        }

        void settled(Exchange exchange, long now) {
            if (now - next >= 0) {
                keep(exchange, now);
            }
        }

        private void keep(Exchange exchange, long now) {
            RequestHead head = exchange.requestHead();
            int path = head.pathEnd() - head.pathStart();
            int host = head.hostEnd() - head.authorityStart();
            if (path <= 0 || path > LONGEST_PATH || host <= 0 || host > LONGEST_HOST || exchange.peer().gateway()) {
                return; // the next one, then; what another load balancer hands over goes by no host
            }
            next = now + pause;
            String method = head.methodEnd() - head.methodStart() > LONGEST_METHOD ? "OTHER" : head.isTunnel() ? "" : head.methodText();
            kept.lazySet(place, new Seen(now, method, head.text(head.authorityStart(), head.hostEnd()), head.text(head.pathStart(), head.pathEnd())));
            place = (place + 1) % kept.length();
        }

        void addTo(List<Seen> all, long since) {
            for (int i = 0; i < kept.length(); i++) {
                Seen seen = kept.get(i);
                if (seen != null && seen.at - since >= 0) {
                    all.add(seen);
                }
            }
        }
    }
}
