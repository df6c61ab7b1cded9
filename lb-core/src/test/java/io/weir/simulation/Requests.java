package io.weir.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.weir.config.AppSettings;
import io.weir.exchange.Exchange;
import io.weir.exchange.Peer;
import io.weir.exchange.Peers;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestParser;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Open-loop load: requests come when chance says, whatever became of those before. */
final class Requests {
    private static final int CLIENTS = 8;
    private static final int PATHS = 20;
    private static final long BURST = TimeUnit.SECONDS.toNanos(2);

    private final SimulatedThread fate;
    private final SimulatedBalancer balancer;
    private final RandomGenerator random;
    private final Rules rules;
    private final List<AppSettings> apps;
    private final List<Peer> peers = new ArrayList<>();
    private final RequestParser parser = new RequestParser(new HeadLimits(8192, 32768, 100));
    private final IdentityHashMap<Exchange, SimulatedClient> open = new IdentityHashMap<>();
    /** Between two requests, in ns on average; 0: none come. */
    private long gap;

    private int sent;
    private int answered;
    private int repeated;

    Requests(SimulatedThread fate, SimulatedBalancer balancer, RandomGenerator random, Rules rules) {
        this.fate = fate;
        this.balancer = balancer;
        this.random = random;
        this.rules = rules;
        this.apps = List.copyOf(balancer.settings().apps().values());
        for (int i = 0; i < CLIENTS; i++) {
            peers.add(Peers.UNTRUSTED.of(new InetSocketAddress("192.0.2." + (i + 1), 4711), null));
        }
    }

    /** From now on that many in 10 s. */
    void load(int requests) {
        boolean idle = gap == 0;
        gap = requests == 0 ? 0 : TimeUnit.SECONDS.toNanos(10) / requests;
        if (idle && gap > 0) {
            next();
        }
    }

    private void next() {
        fate.after((long) (-gap * Math.log(1 - random.nextDouble())), () -> {
            if (gap > 0) {
                AppSettings app = apps.get(random.nextInt(apps.size()));
                send(app, host(app), false);
                next();
            }
        });
    }

    void burst(String name, int requests) {
        for (AppSettings app : apps) {
            if (app.name().equals(name)) {
                for (int i = 0; i < requests; i++) {
                    fate.after(random.nextLong(BURST), () -> send(app, host(app), false));
                }
            }
        }
    }

    /** One that must be answered well. */
    void probe(AppSettings app, @Nullable String region) {
        send(app, host(app, region), true);
    }

    private String host(AppSettings app) {
        List<String> regions = List.copyOf(app.pools().keySet());
        int region = random.nextInt(regions.size() + 1);
        return host(app, region == regions.size() ? null : regions.get(region));
    }

    private String host(AppSettings app, @Nullable String region) {
        return app.name() + (region == null ? "" : "." + region) + "." + balancer.settings().domains().getFirst();
    }

    private void send(AppSettings app, String host, boolean probe) {
        SimulatedBalancer.Loop loop = balancer.loops().get(random.nextInt(balancer.loops().size()));
        boolean get = probe || random.nextInt(10) < 8;
        boolean repeatable = get || random.nextBoolean();
        String method = get ? "GET" : repeatable ? "PUT" : "POST";
        String head = method + " /" + random.nextInt(PATHS) + " HTTP/1.1\r\nHost: " + host + "\r\n" + (get ? "" : "Content-Length: 4\r\n") + "\r\n";
        Consumer<SimulatedClient> judge = probe ? this::mustBeWell : _ -> {};
        SimulatedClient client = new SimulatedClient(app, fate.ticker().nanoTime(), repeatable, peers.get(random.nextInt(CLIENTS)), settled -> {
            rules.each(rule -> rule.settled(settled));
            judge.accept(settled);
        });
        boolean leaves = !probe && random.nextInt(50) == 0;
        long patience = leaves ? random.nextLong(TimeUnit.SECONDS.toNanos(2)) : 0;
        sent++;
        loop.thread().execute(() -> start(loop, client, head, !get, patience));
    }

    private void start(SimulatedBalancer.Loop loop, SimulatedClient client, String head, boolean body, long patience) {
        loop.clock().refresh();
        rules.each(rule -> rule.came(client));
        Exchange exchange = loop.exchanges().take();
        ByteBuf in = ByteBufUtil.writeAscii(balancer.alloc(), head);
        if (parser.read(in, exchange.requestHead()) != Progress.END) {
            throw new AssertionError("no head: " + head);
        }
        in.release();
        open.put(exchange, client);
        exchange.start(client);
        if (body && isOpen(client)) {
            exchange.requestBody(ByteBufUtil.writeAscii(balancer.alloc(), "body"));
        }
        if (body && isOpen(client)) {
            exchange.requestEnded(null);
        }
        if (patience > 0) {
            loop.thread().after(patience, () -> {
                if (isOpen(client)) {
                    loop.clock().refresh();
                    exchange.clientGone();
                }
            });
        }
    }

    private static boolean isOpen(SimulatedClient client) {
        return client.settledTimes() == 0;
    }

    private void mustBeWell(SimulatedClient client) {
        if (client.status() != 200) {
            rules.broken("AllIsWellAgain", "everything has healed, and a request was not answered well: " + client);
        }
    }

    /** Whose request an exchange carries. */
    @Nullable SimulatedClient of(Exchange exchange) {
        return open.get(exchange);
    }

    /** An exchange is over. */
    void settled(Exchange exchange) {
        SimulatedClient client = open.remove(exchange);
        if (client == null) {
            rules.broken("EndsOnce", "an exchange ended that had ended, or never begun");
        } else {
            answered += client.status() == 200 ? 1 : 0;
            repeated += Math.max(0, client.written() - 1);
        }
    }

    /** Those that are under way. */
    List<SimulatedClient> open() {
        return List.copyOf(open.values());
    }

    int sent() {
        return sent;
    }

    int answered() {
        return answered;
    }

    int repeated() {
        return repeated;
    }
}
