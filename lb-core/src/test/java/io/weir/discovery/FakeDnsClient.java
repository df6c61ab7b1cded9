package io.weir.discovery;

import io.weir.topology.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Answers at once as it was told, else that there is nothing; or never, what it {@link #holds} back. */
final class FakeDnsClient implements DnsClient {
    private final Map<String, DnsAnswer<IpAddress>> addresses = new HashMap<>();
    private final Map<String, DnsAnswer<Srv>> services = new HashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    boolean holds;
    boolean closed;

    FakeDnsClient a(String name, int ttl, String... ipv4) {
        return put(name, Family.IPV4, ttl, ipv4);
    }

    FakeDnsClient aaaa(String name, int ttl, String... ipv6) {
        return put(name, Family.IPV6, ttl, ipv6);
    }

    private FakeDnsClient put(String name, Family family, int ttl, String... texts) {
        addresses.put(name + family, new DnsAnswer.Records<>(Stream.of(texts).map(IpAddress::parse).toList(), Duration.ofSeconds(ttl)));
        return this;
    }

    FakeDnsClient fails(String name, Family... families) {
        Stream.of(families).forEach(family -> addresses.put(name + family, new DnsAnswer.Unanswered<>("SERVFAIL")));
        return this;
    }

    FakeDnsClient nothing(String name) {
        addresses.keySet().removeIf(key -> key.startsWith(name));
        services.remove(name);
        return this;
    }

    FakeDnsClient srv(String name, int ttl, Srv... records) {
        services.put(name, new DnsAnswer.Records<>(List.of(records), Duration.ofSeconds(ttl)));
        return this;
    }

    /** Answers what was held back so far. */
    void release() {
        List<Runnable> now = List.copyOf(held);
        held.clear();
        now.forEach(Runnable::run);
    }

    int underWay() {
        return held.size();
    }

    @Override
    public void addresses(String name, Family family, Consumer<DnsAnswer<IpAddress>> then) {
        if (family == Family.IPV4) {
            asked.add(name);
        }
        answer(() -> then.accept(addresses.getOrDefault(name + family, new DnsAnswer.Nothing<>("NXDOMAIN"))));
    }

    @Override
    public void services(String name, Consumer<DnsAnswer<Srv>> then) {
        asked.add(name);
        answer(() -> then.accept(services.getOrDefault(name, new DnsAnswer.Nothing<>("NXDOMAIN"))));
    }

    private void answer(Runnable answer) {
        if (holds) {
            held.add(answer);
        } else {
            answer.run();
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
