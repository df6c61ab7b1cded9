package io.weir.config;

import io.weir.topology.WorkerAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the settings that are in force and others, by the keys of the config, for people; and what that means for workers and
 * listeners. Of apps that are equal nothing but that is found out. Secrets are not shown.
 */
public final class SettingsDifference {
    /** What is kept of the lines; of those beyond, how many there are. */
    private static final int MOST_LINES = 10_000;

    private static final List<String> LISTS = List.of("listeners", "apps", "mappings");

    /** So many apps with the same change are named one by one. */
    private static final int FEW_APPS = 3;

    private final List<String> lines = new ArrayList<>();
    private final List<String> forNextStart = new ArrayList<>();
    private int further;
    private final List<PoolWorker> joining = new ArrayList<>();
    private final List<PoolWorker> leaving = new ArrayList<>();
    private final List<ListenerSettings> opened = new ArrayList<>();
    private final List<ListenerSettings> closed = new ArrayList<>();
    private final List<ListenerChange> changedListeners = new ArrayList<>();
    private final Settings before;
    private int addedApps;
    private int removedApps;
    private int changedApps;

    /** One of a pool's workers, or its gateway. */
    public record PoolWorker(String app, String region, WorkerAddress address) {
        @Override
        public String toString() {
            return app + " in " + region + " at " + address;
        }
    }

    /** A listener whose address stays and whose settings don't. */
    public record ListenerChange(ListenerSettings before, ListenerSettings after) {}

    private SettingsDifference(Settings before) {
        this.before = before;
    }

    public static SettingsDifference of(Settings before, Settings after) {
        SettingsDifference difference = new SettingsDifference(before);
        difference.compare(after);
        return difference;
    }

    /** Nothing differs. */
    public boolean isEmpty() {
        return lines.isEmpty();
    }

    /** One for each thing that differs, no more than that; if there is more, the last of them says how much. */
    public List<String> lines(int most) {
        int all = lines.size() + further;
        if (further == 0 && all <= most) {
            return Collections.unmodifiableList(lines);
        }
        int shown = Math.min(most - 1, lines.size());
        List<String> some = new ArrayList<>(lines.subList(0, shown));
        some.add("and " + (all - shown) + " more");
        return some;
    }

    /** In all pools of all apps; a gateway is one. */
    public long workersBefore() {
        return before.apps().values().stream().mapToLong(SettingsDifference::workers).sum();
    }

    /** What part of the workers leaves, between 0 and 1. */
    public double leavingShare() {
        return leaving.isEmpty() ? 0 : (double) leaving.size() / workersBefore();
    }

    /** Whether more than that part of them does. All are counted only if many leave. */
    public boolean leaveMoreThan(double share) {
        long counted = 0;
        for (AppSettings app : before.apps().values()) {
            if (leaving.size() <= share * counted) {
                return false;
            }
            counted += workers(app);
        }
        return leaving.size() > share * counted;
    }

    /** Those that are in no pool of theirs any more. One that changes its zone or its weight stays. */
    public List<PoolWorker> leaving() {
        return Collections.unmodifiableList(leaving);
    }

    public List<PoolWorker> joining() {
        return Collections.unmodifiableList(joining);
    }

    public int addedApps() {
        return addedApps;
    }

    public int removedApps() {
        return removedApps;
    }

    public int changedApps() {
        return changedApps;
    }

    public List<ListenerSettings> openedListeners() {
        return Collections.unmodifiableList(opened);
    }

    public List<ListenerSettings> closedListeners() {
        return Collections.unmodifiableList(closed);
    }

    public List<ListenerChange> changedListeners() {
        return Collections.unmodifiableList(changedListeners);
    }

    /** The keys that differ and that a running process does not take over: they hold from its next start on. */
    public List<String> forNextStart() {
        return Collections.unmodifiableList(forNextStart);
    }

    private void note(String line) {
        if (lines.size() < MOST_LINES) {
            lines.add(line);
        } else {
            further++;
        }
    }

    private void compare(Settings after) {
        Map<String, Object> was = SettingsTree.of(withoutLists(before));
        Map<String, Object> is = SettingsTree.of(withoutLists(after));
        was.keySet().removeAll(LISTS);
        is.keySet().removeAll(LISTS);
        TreeDifference.tell(KeyPath.ROOT, was, is, this::note);
        Secret token = token(before);
        Secret nextToken = token(after);
        if (token != null && nextToken != null && !token.equals(nextToken)) {
            note("admin.token: another");
        }
        forNextStart.addAll(UntilRestart.keep(before, after).left());
        compareListeners(before.listeners(), after.listeners());
        compareApps(before.apps(), after.apps());
        MappingsDifference.tell(before.mappings(), after.mappings(), this::note);
    }

    /** Those that are compared piece by piece. */
    private static Settings withoutLists(Settings settings) {
        return new Settings(
                settings.domains(),
                settings.here(),
                settings.regions(),
                settings.listeners(),
                Map.of(),
                List.of(),
                settings.forwarding(),
                settings.gateways(),
                settings.accessLog(),
                settings.metrics(),
                settings.admin(),
                settings.runtime(),
                settings.limits(),
                settings.reload());
    }

    private static @Nullable Secret token(Settings settings) {
        return settings.admin() == null ? null : settings.admin().token();
    }

    private void compareListeners(List<ListenerSettings> before, List<ListenerSettings> after) {
        if (before.equals(after)) {
            return;
        }
        List<ListenerSettings> left = new ArrayList<>(after);
        for (ListenerSettings was : before) {
            KeyPath path = listener(was);
            ListenerSettings is = left.stream().filter(it -> it.bind().equals(was.bind())).findFirst().orElse(null);
            if (is == null) {
                closed.add(was);
                note(path + ": gone");
                continue;
            }
            left.remove(is);
            if (!is.equals(was)) {
                changedListeners.add(new ListenerChange(was, is));
                TreeDifference.tell(path, SettingsTree.listener(was), SettingsTree.listener(is), this::note);
            }
        }
        for (ListenerSettings is : left) {
            opened.add(is);
            note(listener(is) + ": new");
        }
    }

    private static KeyPath listener(ListenerSettings listener) {
        return KeyPath.ROOT.key("listeners").key("[" + listener.bind() + "]");
    }

    private void compareApps(Map<String, AppSettings> before, Map<String, AppSettings> after) {
        Map<String, List<String>> changes = new LinkedHashMap<>(); // of settings other than pools, and who has them
        Map<String, List<String>> ofApps = new LinkedHashMap<>();
        List<ByName.Change<AppSettings>> all = ByName.changes(before, after);
        for (ByName.Change<AppSettings> change : all) {
            if (change.before() != null && change.after() == null) {
                removedApps++;
                change.before().pools().values().forEach(pool -> addAll(change.name(), pool, leaving));
                note("apps." + change.name() + ": gone, had " + size(change.before()));
            } else if (change.before() != null && change.after() != null) {
                changedApps++;
                List<String> its = new ArrayList<>();
                TreeDifference.tell(KeyPath.ROOT, ownTree(change.before()), ownTree(change.after()), its::add);
                its.forEach(line -> changes.computeIfAbsent(line, _ -> new ArrayList<>()).add(change.name()));
                ofApps.put(change.name(), its);
            }
        }
        ofApps.forEach((name, its) -> {
            for (String line : its) {
                List<String> same = Objects.requireNonNull(changes.get(line));
                if (same.size() <= FEW_APPS) {
                    note("apps." + name + '.' + line);
                } else if (same.getFirst().equals(name)) {
                    note("apps.*." + line + " (" + same.size() + " apps: " + Quoted.some(same) + ")");
                }
            }
            comparePools(Objects.requireNonNull(before.get(name)), Objects.requireNonNull(after.get(name)));
        });
        for (ByName.Change<AppSettings> change : all) {
            if (change.before() == null && change.after() != null) {
                addedApps++;
                change.after().pools().values().forEach(pool -> addAll(change.name(), pool, joining));
                note("apps." + change.name() + ": new, " + size(change.after()));
            }
        }
    }

    private static Map<String, Object> ownTree(AppSettings app) {
        Map<String, Object> tree = SettingsTree.app(app);
        tree.remove("pools");
        return tree;
    }

    private static String size(AppSettings app) {
        return count(app.pools().size(), "pool") + ", " + count(workers(app), "worker");
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static long workers(AppSettings app) {
        long workers = 0;
        for (PoolSettings pool : app.pools().values()) {
            workers += pool.gateway() == null ? pool.workers().size() : 1;
        }
        return workers;
    }

    private static void addAll(String app, PoolSettings pool, List<PoolWorker> to) {
        if (pool.gateway() != null) {
            to.add(new PoolWorker(app, pool.region(), pool.gateway()));
        }
        pool.workers().forEach(worker -> to.add(new PoolWorker(app, pool.region(), worker.address())));
    }

    private void comparePools(AppSettings before, AppSettings after) {
        String app = before.name();
        KeyPath pools = KeyPath.ROOT.key("apps").key(app).key("pools");
        before.pools().forEach((region, was) -> {
            PoolSettings is = after.pools().get(region);
            if (is == null) {
                addAll(app, was, leaving);
                note(pools.key(region) + ": gone, had " + size(was));
            } else if (!was.equals(is)) {
                comparePool(app, pools.key(region), was, is);
            }
        });
        after.pools().forEach((region, is) -> {
            if (!before.pools().containsKey(region)) {
                addAll(app, is, joining);
                note(pools.key(region) + ": new, " + size(is));
            }
        });
    }

    private static String size(PoolSettings pool) {
        return pool.gateway() == null ? count(pool.workers().size(), "worker") : "gateway " + pool.gateway();
    }

    private void comparePool(String app, KeyPath path, PoolSettings before, PoolSettings after) {
        if (before.gateway() == null && after.gateway() == null) {
            compareWorkers(app, path, before, after);
            return;
        }
        if (!Objects.equals(before.gateway(), after.gateway())) {
            addAll(app, before, leaving);
            addAll(app, after, joining);
        }
        if (before.gateway() == null || after.gateway() == null) {
            note(path + ": " + size(before) + " -> " + size(after));
        } else {
            TreeDifference.tell(path, SettingsTree.pool(before), SettingsTree.pool(after), this::note);
        }
    }

    private void compareWorkers(String app, KeyPath path, PoolSettings before, PoolSettings after) {
        Map<WorkerAddress, WorkerSettings> left = HashMap.newHashMap(after.workers().size());
        after.workers().forEach(worker -> left.put(worker.address(), worker));
        Consumer<String> lines = line -> note(path + ": " + line);
        for (WorkerSettings was : before.workers()) {
            WorkerSettings is = left.remove(was.address());
            if (is == null) {
                leaving.add(new PoolWorker(app, before.region(), was.address()));
                lines.accept(was.address() + " (zone " + was.zone() + ") leaves");
                continue;
            }
            if (!is.zone().equals(was.zone())) {
                lines.accept(was.address() + " zone " + was.zone() + " -> " + is.zone());
            }
            if (is.weight() != was.weight()) {
                lines.accept(was.address() + " weight " + was.weight() + " -> " + is.weight());
            }
        }
        for (WorkerSettings is : after.workers()) {
            if (left.containsKey(is.address())) {
                joining.add(new PoolWorker(app, after.region(), is.address()));
                lines.accept(is.address() + " (zone " + is.zone() + weight(is) + ") joins");
            }
        }
    }

    private static String weight(WorkerSettings worker) {
        return worker.weight() == WorkerSettings.DEFAULT_WEIGHT ? "" : ", weight " + worker.weight();
    }
}
