package io.weir.routing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.weir.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From host and path to a {@link Destination}. Immutable; a reload makes the next one. Hosts are looked up by their bytes, without case and
 * without one trailing dot, and without making a string.
 *
 * <p>Order: an app domain leads to its app, but for what a rule takes that names the very host. Other hosts go by the rules in order; one
 * without host takes no host under the domains.
 *
 * <p>A host that is written out somewhere is found in one map. Those that rules match by pattern are remembered in a bounded cache, since
 * clients choose them.
 */
public final class RoutingTable {
    /** Hosts; the parser refuses one that is longer than 255 bytes. */
    private static final int MOST_REMEMBERED = 10_000;

    private static final Candidate[] NONE = {};

    /** What stands for a host: candidates, mostly none, and the route for what they leave. */
    private static final class Entry {
        /** Where the host leads as an app's domain; null if it is none. Rules may stand before it. */
        private final @Nullable Route domain;

        private final @Nullable Route otherwise;
        private final Candidate[] candidates;

        Entry(@Nullable Route domain, @Nullable Route otherwise, Candidate... candidates) {
            this.domain = domain;
            this.otherwise = otherwise;
            this.candidates = candidates;
        }
    }

    private final Names<Route> homes;
    private final Names<Route> own;
    private final Names<Entry> hosts;
    private final byte[][] domains;
    /** All, in order, for those who ask why. */
    private final List<CompiledRule> rules;
    /** Those whose host is a pattern or any, in order. */
    private final List<CompiledRule> patterns;
    /** Those among them that take any host. */
    private final Entry anyHost;
    /** By host; null if no rule's host is a pattern. */
    private final @Nullable Cache<HostKey, Candidate[]> remembered;

    /**
     * A table of whole hosts, and one route for all that are not under a domain.
     *
     * @param byHost routes by lower-case host
     * @param domains hosts at or under these never go to {@code anyHost}
     */
    public RoutingTable(Map<String, Route> byHost, List<String> domains, @Nullable Route anyHost) {
        this.homes = new Names<>(Map.of());
        this.own = new Names<>(Map.of());
        this.hosts = new Names<>(entries(byHost));
        this.domains = bytes(domains);
        this.rules = List.of();
        this.patterns = List.of();
        this.anyHost = new Entry(null, anyHost);
        this.remembered = null;
    }

    /**
     * A table of app domains and rules.
     *
     * @param appDomains routes by lower-case host
     * @param domains hosts at or under these are for no rule without host
     * @param homes by app, where its global domain leads
     * @param rules in the order in which they are tried
     * @throws IllegalArgumentException if a rule names an app or a capture that there is not
     */
    public RoutingTable(Map<String, Route> appDomains, List<String> domains, Map<String, Route> homes, List<Rule> rules) {
        this(appDomains, domains, homes, rules, Map.of());
    }

    /**
     * One that also leads what other load balancers hand over.
     *
     * @param own to one pool alone, by {@link io.weir.http.HandOver#poolKey}
     */
    public RoutingTable(
            Map<String, Route> appDomains, List<String> domains, Map<String, Route> homes, List<Rule> rules, Map<String, Route> own) {
        this(new Names<>(homes), new Names<>(own), bytes(domains), rules, table -> new Names<>(table.withExactHosts(appDomains)));
    }

    private RoutingTable(
            Names<Route> homes, Names<Route> own, byte[][] domains, List<Rule> rules, Function<RoutingTable, Names<Entry>> hosts) {
        this.homes = homes;
        this.own = own;
        List<CompiledRule> compiled = rules.stream().map(rule -> new CompiledRule(rule, homes)).toList();
        this.rules = compiled;
        this.domains = domains;
        this.patterns = compiled.stream().filter(rule -> !rule.rule().isExact()).toList();
        this.anyHost = entry(patterns.stream().filter(rule -> rule.rule().host() == null).map(Candidate::new).toList(), null);
        this.remembered = patterns.stream().allMatch(rule -> rule.rule().host() == null)
                ? null
                : Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).executor(Runnable::run).build();
        this.hosts = hosts.apply(this);
    }

    /**
     * The next table: with some changes, of which those without value say what there isn't any more, and with other rules; under the same
     * domains. All else is as it was, and isn't looked at.
     *
     * @param appDomains by lower-case host
     * @param homes by app
     * @param own by {@link io.weir.http.HandOver#poolKey}
     */
    public RoutingTable with(
            Map<String, Optional<Route>> appDomains, Map<String, Optional<Route>> homes, Map<String, Optional<Route>> own, List<Rule> rules) {
        return new RoutingTable(this.homes.with(homes), this.own.with(own), domains, rules, next -> hosts.with(next.changes(this, appDomains)));
    }

    /** What becomes of hosts that are written out: those whose app is another one, and those that rules name or named. */
    private Map<String, Optional<Entry>> changes(RoutingTable before, Map<String, Optional<Route>> appDomains) {
        Map<String, Optional<Entry>> changes = new HashMap<>();
        appDomains.forEach((host, route) -> changes.put(host, route.map(it -> new Entry(it, it, NONE))));
        for (String host : exactHosts(before.rules).keySet()) {
            changes.computeIfAbsent(host, _ -> Optional.ofNullable(domain(before, host)).map(it -> new Entry(it, it, NONE)));
        }
        exactHosts(rules).forEach((host, places) -> {
            Optional<Route> changed = appDomains.get(host);
            Route domain = changed == null ? domain(before, host) : changed.orElse(null);
            changes.put(host, Optional.of(exact(host, places, domain)));
        });
        return changes;
    }

    private static @Nullable Route domain(RoutingTable table, String host) {
        Entry entry = table.hosts.get(host);
        return entry == null ? null : entry.domain;
    }

    private static Map<String, Entry> entries(Map<String, Route> byHost) {
        Map<String, Entry> entries = new HashMap<>();
        byHost.forEach((host, route) -> entries.put(host, new Entry(route, route, NONE)));
        return entries;
    }

    private static byte[][] bytes(List<String> domains) {
        return domains.stream()
                .map(domain -> domain.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
    }

    private Map<String, Entry> withExactHosts(Map<String, Route> appDomains) {
        Map<String, Entry> entries = entries(appDomains);
        exactHosts(rules).forEach((host, places) -> entries.put(host, exact(host, places, appDomains.get(host))));
        return entries;
    }

    /** The places of rules by the very host that they name. */
    private static Map<String, List<Integer>> exactHosts(List<CompiledRule> rules) {
        Map<String, List<Integer>> exact = new LinkedHashMap<>();
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i).rule();
            if (rule.isExact()) {
                exact.computeIfAbsent(String.valueOf(rule.host()), _ -> new ArrayList<>(1)).add(i);
            }
        }
        return exact;
    }

    /** What stands for a host that rules name, at these places. */
    private Entry exact(String host, List<Integer> places, @Nullable Route app) {
        List<Integer> order = new ArrayList<>(places);
        if (app == null) {
            for (int i = 0; i < rules.size(); i++) {
                if (!rules.get(i).rule().isExact()) {
                    order.add(i);
                }
            }
            order.sort(null);
        }
        byte[] b = host.getBytes(StandardCharsets.US_ASCII);
        boolean underADomain = underADomain(b, 0, b.length);
        List<Candidate> candidates = new ArrayList<>();
        for (int i : order) {
            Candidate candidate = rules.get(i).rule().host() == null && underADomain ? null : rules.get(i).forHost(b, 0, b.length);
            if (candidate != null) {
                candidates.add(candidate);
            }
        }
        return entry(candidates, app);
    }

    /** Of candidates in order, and the route for what they all leave. */
    private static Entry entry(List<Candidate> inOrder, @Nullable Route domain) {
        List<Candidate> needed = new ArrayList<>();
        for (Candidate candidate : inOrder) {
            if (candidate.takesAll() && candidate.onlyRoute() != null) {
                return new Entry(domain, candidate.onlyRoute(), needed.toArray(Candidate[]::new));
            }
            needed.add(candidate);
            if (candidate.takesAll()) {
                return new Entry(domain, null, needed.toArray(Candidate[]::new));
            }
        }
        return new Entry(domain, domain, needed.toArray(Candidate[]::new));
    }

    /** Where the global domain of an app leads, or null if there is no such app. */
    public @Nullable Route home(String app) {
        return homes.get(app);
    }

    /** The pool whose key, as it is handed over, is {@code b[from, to)}; null if it is none of ours. */
    public @Nullable Route own(byte[] b, int from, int to) {
        return own.find(b, from, to);
    }

    /** Whether there is an app of the name {@code b[from, to)}. */
    public boolean knows(byte[] b, int from, int to) {
        return homes.find(b, from, to) != null;
    }

    /** Where the request goes, or null: 404 {@code no_route}. What the rule rewrites is noted in the head. */
    public @Nullable Destination resolve(RequestHead request) {
        byte[] b = request.bytes();
        int from = request.authorityStart();
        int to = request.hostEnd();
        int end = to > from && b[to - 1] == '.' ? to - 1 : to;
        Entry entry = hosts.find(b, from, end);
        if (entry != null) {
            return resolve(entry, request);
        }
        Cache<HostKey, Candidate[]> cache = remembered;
        if (cache != null && end > from) {
            return first(candidates(cache, b, from, end), request);
        }
        return underADomain(b, from, end) ? null : resolve(anyHost, request);
    }

    /** The same, with why: what became of each rule. For those who ask, since it looks at all of them. */
    public RoutingTrace trace(RequestHead request) {
        byte[] b = request.bytes();
        int from = request.authorityStart();
        int to = request.hostEnd();
        int end = to > from && b[to - 1] == '.' ? to - 1 : to;
        Entry entry = hosts.find(b, from, end);
        Route domain = entry == null ? null : entry.domain;
        boolean underADomain = underADomain(b, from, end);
        List<RoutingTrace.@Nullable Miss> misses = new ArrayList<>(rules.size());
        boolean found = false;
        for (CompiledRule rule : rules) {
            RoutingTrace.Miss miss = found ? RoutingTrace.Miss.LATER : miss(rule, request, end, domain != null, underADomain);
            misses.add(miss);
            found |= miss == null;
        }
        return new RoutingTrace(domain, underADomain, misses, resolve(request));
    }

    private static RoutingTrace.@Nullable Miss miss(
            CompiledRule rule, RequestHead request, int hostEnd, boolean appDomain, boolean underADomain) {
        if (rule.rule().host() == null && underADomain) {
            return RoutingTrace.Miss.UNDER_A_DOMAIN;
        }
        Candidate candidate = rule.forHost(request.bytes(), request.authorityStart(), hostEnd);
        if (candidate == null) {
            return RoutingTrace.Miss.OTHER_HOST;
        }
        if (appDomain && !rule.rule().isExact()) {
            return RoutingTrace.Miss.APP_DOMAIN;
        }
        if (!candidate.matchesPath(request)) {
            return RoutingTrace.Miss.OTHER_PATH;
        }
        return candidate.resolve(request) == null ? RoutingTrace.Miss.NO_SUCH_APP : null;
    }

    private static @Nullable Destination resolve(Entry entry, RequestHead request) {
        Destination found = first(entry.candidates, request);
        return found != null ? found : entry.otherwise;
    }

    private static @Nullable Destination first(Candidate[] candidates, RequestHead request) {
        for (Candidate candidate : candidates) {
            Destination found = candidate.resolve(request);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private Candidate[] candidates(Cache<HostKey, Candidate[]> cache, byte[] b, int from, int to) {
        HostKey key = new HostKey(b, from, to);
        Candidate[] known = cache.getIfPresent(key);
        if (known == null) {
            known = matching(b, from, to);
            cache.put(key.copy(), known); // two at once put the same
        }
        return known;
    }

    private Candidate[] matching(byte[] b, int from, int to) {
        boolean underADomain = underADomain(b, from, to);
        List<Candidate> matching = new ArrayList<>();
        for (CompiledRule rule : patterns) {
            Candidate candidate = underADomain && rule.rule().host() == null ? null : rule.forHost(b, from, to);
            if (candidate != null) {
                matching.add(candidate);
                if (candidate.takesAll()) {
                    break;
                }
            }
        }
        return matching.isEmpty() ? NONE : matching.toArray(Candidate[]::new);
    }

    private boolean underADomain(byte[] b, int from, int to) {
        for (byte[] domain : domains) {
            int start = to - domain.length;
            if (Names.endsWith(b, from, to, domain) && (start == from || b[start - 1] == '.')) {
                return true;
            }
        }
        return false;
    }

    /** How many hosts are remembered, for tests: they must not grow with what clients send. */
    long rememberedHosts() {
        Cache<HostKey, Candidate[]> cache = remembered;
        if (cache == null) {
            return 0;
        }
        cache.cleanUp();
        return cache.estimatedSize();
    }
}
