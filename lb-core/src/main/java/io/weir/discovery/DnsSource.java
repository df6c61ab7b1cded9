package io.weir.discovery;

import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.weir.loop.ClosingLoops;
import io.weir.topology.IpAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The DNS as a source. A name is asked for again when its answer's time is over, up to a tenth later, so that names that were asked for
 * together don't stay so; after a failure at the floor, then at twice that, up to the ceiling. Everything happens on the scheduler's one
 * thread; so many names are asked for at a time, and the others wait in turn.
 */
public final class DnsSource implements WorkerSource {

    /** Names at a time; each has a few sockets then. */
    static final int AT_ONCE = 128;
    /** Workers of a name; what is beyond, in the order of places, is left out. */
    static final int MOST_WORKERS = 1000;
    /** Targets of one service that are looked up at a time. */
    private static final int TARGETS_AT_ONCE = 8;
    /** A question that has not come back by then never will. */
    static final Duration LOST = Duration.ofMinutes(2);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final double JITTER = 0.1;

    private final DnsClient client;
    private final Scheduler scheduler;
    private final Runnable end;
    private final RandomGenerator random;
    private final Sinks.Many<Snapshot> snapshots = Sinks.many().unicast().onBackpressureBuffer();

    private final AtomicBoolean closed = new AtomicBoolean();

    // Of the scheduler's thread.
    private final Map<Service, Name> names = new HashMap<>();
    private final Queue<Name> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean starting;

    /** A service that is watched. */
    private static final class Name {
        Wanted wanted;
        int failures;
        boolean gone;
        /** It waits or is under way. */
        boolean busy;
        /** What is under way, as a number, so that what comes too late is known by it. */
        int round;

        @Nullable Disposable next;

        Name(Wanted wanted) {
            this.wanted = wanted;
        }

        Service service() {
            return wanted.service();
        }

        void stopWaiting() {
            if (next != null) {
                next.dispose();
                next = null;
            }
        }
    }

    /** {@code scheduler} has one thread, on which {@code client} answers; {@code end} is run on it last. */
    DnsSource(DnsClient client, Scheduler scheduler, RandomGenerator random, Runnable end) {
        this.client = client;
        this.scheduler = scheduler;
        this.random = random;
        this.end = end;
    }

    /** One that asks the servers of {@code /etc/resolv.conf}, on an event loop of its own. */
    public static DnsSource ofSystem() {
        return on(DnsServerAddressStreamProviders.platformDefault(), TIMEOUT);
    }

    /** One that asks these servers, the first first. */
    public static DnsSource of(List<InetSocketAddress> servers, Duration timeout) {
        return on(new SequentialDnsServerAddressStreamProvider(servers), timeout);
    }

    private static DnsSource on(DnsServerAddressStreamProvider servers, Duration timeout) {
        ClosingLoops loops = new ClosingLoops(1, "weir-discovery", true, NioIoHandler.newFactory());
        EventLoop loop = (EventLoop) loops.next();
        return new DnsSource(
                new NettyDnsClient(loop, servers, timeout),
                Schedulers.fromExecutorService(loop, "weir-discovery"),
                new Random(),
                () -> {
                    var _ = loops.shutDown(2);
                });
    }

    @Override
    public Flux<Snapshot> snapshots() {
        return snapshots.asFlux();
    }

    @Override
    public void watch(Collection<Wanted> services) {
        List<Wanted> all = List.copyOf(services);
        scheduler.schedule(() -> watchNow(all));
    }

    private void watchNow(List<Wanted> services) {
        Map<Service, Wanted> wanted = new HashMap<>();
        services.forEach(each -> wanted.put(each.service(), each));
        names.values().removeIf(name -> {
            name.gone = !wanted.containsKey(name.service());
            if (name.gone) {
                name.stopWaiting();
            }
            return name.gone;
        });
        for (Wanted each : services) {
            Name name = names.get(each.service());
            if (name == null) {
                name = new Name(each);
                names.put(each.service(), name);
                queue(name);
            } else if (!name.wanted.equals(each)) {
                name.wanted = each;
                queue(name);
            }
        }
        start();
    }

    private void queue(Name name) {
        if (!name.busy) {
            name.stopWaiting();
            name.busy = true;
            waiting.add(name);
        }
    }

    private void start() {
        if (starting) {
            return; // an answer that came at once: whoever starts goes on
        }
        starting = true;
        try {
            for (Name name = next(); name != null; name = next()) {
                if (!name.gone) {
                    ask(name);
                }
            }
        } finally {
            starting = false;
        }
    }

    private @Nullable Name next() {
        return underWay < AT_ONCE ? waiting.poll() : null;
    }

    private void ask(Name name) {
        underWay++;
        int round = ++name.round;
        Disposable lost = scheduler.schedule(
                () -> answered(name, round, Looked.failed("it got lost")), LOST.toMillis(), TimeUnit.MILLISECONDS);
        Consumer<Looked> then = looked -> {
            lost.dispose();
            answered(name, round, looked);
        };
        switch (name.service().kind()) {
            case DNS_A -> addresses(name.service().name(), found -> then.accept(found.as(0, 1)));
            case DNS_SRV -> services(name.service().name(), then);
        }
    }

    private void answered(Name name, int round, Looked looked) {
        if (name.round != round) {
            return;
        }
        name.round++; // nothing else comes of it
        underWay--;
        name.busy = false;
        if (!name.gone) {
            Snapshot snapshot = looked.snapshot(name.wanted, now());
            Duration delay;
            if (snapshot instanceof Snapshot.Found found) {
                name.failures = 0;
                delay = found.valid();
            } else {
                delay = backoff(name.wanted, name.failures++);
            }
            long millis = Math.round(delay.toMillis() * (1 + JITTER * random.nextDouble()));
            name.next = scheduler.schedule(
                    () -> {
                        queue(name);
                        start();
                    },
                    millis,
                    TimeUnit.MILLISECONDS);
            var _ = snapshots.tryEmitNext(snapshot); // fails when nobody listens any more
        }
        start();
    }

    private static Duration backoff(Wanted wanted, int failures) {
        Duration delay = wanted.floor();
        for (int i = 0; i < failures && delay.compareTo(wanted.ceiling()) < 0; i++) {
            delay = delay.multipliedBy(2);
        }
        return delay.compareTo(wanted.ceiling()) > 0 ? wanted.ceiling() : delay;
    }

    private Instant now() {
        return Instant.ofEpochMilli(scheduler.now(TimeUnit.MILLISECONDS));
    }

    /**
     * Addresses of one name.
     *
     * @param why nothing was found, or not all; null: that is all
     * @param whole whether these are all; none of them may be
     */
    private record Hosts(List<IpAddress> addresses, @Nullable Duration ttl, @Nullable String why, boolean whole) {

        Looked as(int port, int weight) {
            List<FoundWorker> workers =
                    addresses.stream().map(address -> new FoundWorker(new Place(address, port), weight)).toList();
            return new Looked(workers, ttl, why, whole);
        }
    }

    /** Workers of one name, in any order; the rest as of {@link Hosts}. */
    private record Looked(List<FoundWorker> workers, @Nullable Duration ttl, @Nullable String why, boolean whole) {

        static Looked failed(String why) {
            return new Looked(List.of(), null, why, false);
        }

        Snapshot snapshot(Wanted wanted, Instant at) {
            Map<Place, FoundWorker> byPlace = new HashMap<>();
            workers.forEach(worker -> byPlace.merge(worker.place(), worker, (a, b) -> a.weight() > b.weight() ? a : b));
            List<FoundWorker> sorted = byPlace.values().stream()
                    .sorted(Comparator.comparing(FoundWorker::place))
                    .limit(MOST_WORKERS)
                    .toList();
            if (sorted.isEmpty()) {
                return new Snapshot.Failed(wanted.service(), at, why == null ? "nothing was found" : why);
            }
            String note = byPlace.size() > MOST_WORKERS ? byPlace.size() + " workers are too many, " + MOST_WORKERS + " of them are used" : why;
            Snapshot.Trust trust = whole ? Snapshot.Trust.WHOLE : Snapshot.Trust.PARTIAL;
            return new Snapshot.Found(wanted.service(), at, sorted, clamp(wanted), trust, note);
        }

        private Duration clamp(Wanted wanted) {
            if (ttl == null || ttl.compareTo(wanted.floor()) < 0) {
                return wanted.floor();
            }
            return ttl.compareTo(wanted.ceiling()) > 0 ? wanted.ceiling() : ttl;
        }
    }

    /** Both families; none of them left out unless it makes no sense. */
    private void addresses(String name, Consumer<Hosts> then) {
        List<DnsAnswer<IpAddress>> answers = new ArrayList<>(2);
        for (DnsClient.Family family : DnsClient.Family.values()) {
            client.addresses(name, family, answer -> {
                answers.add(answer);
                if (answers.size() == DnsClient.Family.values().length) {
                    then.accept(hosts(answers));
                }
            });
        }
    }

    private static Hosts hosts(List<DnsAnswer<IpAddress>> answers) {
        List<IpAddress> addresses = new ArrayList<>();
        Duration ttl = null;
        String why = null;
        String none = null;
        boolean whole = true;
        for (DnsAnswer<IpAddress> answer : answers) {
            switch (answer) {
                case DnsAnswer.Records<IpAddress>(var records, Duration ofRecords) -> {
                    for (IpAddress address : records) {
                        if (Sense.isAddressable(address)) {
                            addresses.add(address);
                        } else {
                            why = address + " is no address that a worker can have";
                        }
                    }
                    ttl = least(ttl, ofRecords);
                }
                case DnsAnswer.Nothing<IpAddress>(String nothing) -> none = nothing;
                case DnsAnswer.Unanswered<IpAddress>(String failure) -> {
                    why = failure;
                    whole = false;
                }
            }
        }
        return new Hosts(addresses, ttl, why == null && addresses.isEmpty() ? none : why, whole); // of one family alone is nothing to speak of
    }

    private static Duration least(@Nullable Duration one, Duration other) {
        return one == null || other.compareTo(one) < 0 ? other : one;
    }

    private void services(String name, Consumer<Looked> then) {
        client.services(name, answer -> {
            switch (answer) {
                case DnsAnswer.Records<DnsClient.Srv>(var records, Duration ttl) -> new Targets(preferred(records), ttl, then).look();
                case DnsAnswer.Nothing<DnsClient.Srv>(String why) -> then.accept(Looked.failed(why));
                case DnsAnswer.Unanswered<DnsClient.Srv>(String why) -> then.accept(Looked.failed(why));
            }
        });
    }

    /** Those of the lowest priority, with weights as ours are. */
    static List<DnsClient.Srv> preferred(List<DnsClient.Srv> records) {
        List<DnsClient.Srv> usable =
                records.stream().filter(srv -> srv.port() > 0 && !srv.target().isEmpty()).toList(); // a target "." says: not here
        int priority = usable.stream().mapToInt(DnsClient.Srv::priority).min().orElse(0);
        List<DnsClient.Srv> first = usable.stream().filter(srv -> srv.priority() == priority).distinct().toList();
        int heaviest = first.stream().mapToInt(DnsClient.Srv::weight).max().orElse(0);
        return first.stream()
                .map(srv -> new DnsClient.Srv(priority, weight(srv.weight(), heaviest), srv.port(), srv.target()))
                .sorted(Comparator.comparing(DnsClient.Srv::target).thenComparingInt(DnsClient.Srv::port).thenComparingInt(DnsClient.Srv::weight))
                .toList();
    }

    /** If none has a weight all are alike; those that would be above ours are made smaller together, and none of them nothing. */
    private static int weight(int weight, int heaviest) {
        if (heaviest == 0) {
            return 1;
        }
        return heaviest <= FoundWorker.HEAVIEST || weight == 0
                ? weight
                : Math.max(1, Math.round((float) weight * FoundWorker.HEAVIEST / heaviest));
    }

    /** The hosts of a service's records on their way to workers. */
    private final class Targets {
        private final List<DnsClient.Srv> records;
        private final Consumer<Looked> then;
        private final List<FoundWorker> workers = new ArrayList<>();
        private Duration ttl;
        private @Nullable String why;
        private boolean whole = true;
        private int begun;
        private int done;
        private boolean looking;

        Targets(List<DnsClient.Srv> records, Duration ttl, Consumer<Looked> then) {
            this.records = records;
            this.ttl = ttl;
            this.then = then;
        }

        void look() {
            if (looking) {
                return;
            }
            if (records.isEmpty()) {
                then.accept(Looked.failed("it says that there is no such service"));
                return;
            }
            looking = true;
            while (begun < records.size() && begun - done < TARGETS_AT_ONCE && workers.size() <= MOST_WORKERS) {
                DnsClient.Srv record = records.get(begun++);
                addresses(record.target(), hosts -> found(record, hosts));
            }
            looking = false;
            if (done == begun && done >= 0) {
                done = Integer.MIN_VALUE; // once
                then.accept(new Looked(workers, ttl, why, whole));
            }
        }

        private void found(DnsClient.Srv record, Hosts hosts) {
            done++;
            workers.addAll(hosts.as(record.port(), record.weight()).workers());
            if (hosts.ttl() != null) {
                ttl = least(ttl, hosts.ttl());
            }
            if (hosts.why() != null) {
                why = record.target() + ": " + hosts.why();
            }
            whole &= hosts.whole();
            look();
        }
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        scheduler.schedule(() -> {
            names.values().forEach(name -> {
                name.gone = true;
                name.stopWaiting();
            });
            names.clear();
            waiting.clear();
            client.close();
            snapshots.tryEmitComplete();
            end.run();
        });
    }
}
