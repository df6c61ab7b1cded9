package io.weir.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.weir.exchange.Exchange;
import io.weir.exchange.ExchangeListener;
import io.weir.exchange.ExchangeRig;
import io.weir.telemetry.RecentRequests.Seen;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;

/** Some of what has come lately, and not more than that. */
class RecentRequestsTest {
    private final ExchangeRig rig = new ExchangeRig();
    private final RecentRequests recent = new RecentRequests(1, rig.clock.now());

    RecentRequestsTest() {
        rig.watching.add(recent.onLoop(0, rig.clock));
    }

    private void ask(String target) {
        rig.request("GET " + target + " HTTP/1.1", "Host: Orders.test:8080", "Cookie: secret=1", "Authorization: Basic abc");
        rig.clientGone();
    }

    private List<Seen> list() {
        return recent.list(rig.clock.now());
    }

    @Test
    void hostAndPathAreKeptAndNothingElse() {
        ask("/a/./b?token=secret");

        assertThat(list()).containsExactly(new Seen(rig.clock.now(), "GET", "Orders.test", "/a/b"));
    }

    @Test
    void requestsThatLeadNowhereAreKeptTooAndSoAreTunnels() {
        rig.request("POST /x HTTP/1.1", "Host: nobody.test");
        rig.pass(Duration.ofSeconds(1));
        rig.tunnel("orders.test");
        rig.clientGone();

        assertThat(list()).extracting(Seen::method, Seen::host, Seen::path).containsExactlyInAnyOrder(
                Tuple.tuple("POST", "nobody.test", "/x"), Tuple.tuple("", "orders.test", "/"));
    }

    @Test
    void whatComesTooSoonIsNotKept() {
        ask("/first");
        ask("/second");
        rig.pass(Duration.ofMillis(101));
        ask("/third");

        assertThat(list()).extracting(Seen::path).containsExactly("/first", "/third");
    }

    @Test
    void aLongPathIsPassedOver() {
        ask("/" + "x".repeat(256));
        ask("/" + "y".repeat(255));

        assertThat(list()).extracting(Seen::path).containsExactly("/" + "y".repeat(255));
    }

    @Test
    void theOldestGo() {
        ask("/old");
        rig.pass(Duration.ofMinutes(5).plusSeconds(1));
        ask("/new");

        assertThat(list()).extracting(Seen::path).containsExactly("/new");
    }

    @Test
    void howManyAreKeptIsBoundedWhateverTheNumberOfLoops() {
        for (int loops : new int[] {1, 2, 64}) {
            RecentRequests many = new RecentRequests(loops, rig.clock.now());
            for (int i = 0; i < loops; i++) {
                ExchangeListener listener = many.onLoop(i, rig.clock);
                rig.watching.clear();
                rig.watching.add(exchange -> again(listener, exchange));
                for (int k = 0; k < 4; k++) {
                    ask("/" + k);
                    rig.pass(Duration.ofSeconds(6));
                }
            }
            assertThat(many.list(rig.clock.now()).size()).isBetween(1, 4096);
        }
    }

    private static void again(ExchangeListener listener, Exchange exchange) {
        for (int i = 0; i < 10; i++) {
            listener.settled(exchange);
        }
    }

    @Test
    void ofTheOthersNothingIsMade() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        ExchangeListener listener = recent.onLoop(0, rig.clock);
        long[] allocated = new long[1];
        rig.watching.clear();
        rig.watching.add(exchange -> {
            listener.settled(exchange);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                listener.settled(exchange);
            }
            allocated[0] = threads.getCurrentThreadAllocatedBytes() - before;
        });
        ask("/a");

        assertThat(list()).hasSize(1);
        assertThat(allocated[0]).isLessThan(10_000);
    }
}
