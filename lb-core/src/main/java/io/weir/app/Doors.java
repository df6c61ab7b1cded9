package io.weir.app;

import io.weir.config.ListenerSettings;
import io.weir.config.Settings;
import io.weir.config.TlsSettings;
import io.weir.frontend.ClientTimeouts;
import io.weir.frontend.Entrance;
import io.weir.frontend.FrontendLoop;
import io.weir.frontend.Http2Rules;
import io.weir.frontend.Listener;
import io.weir.frontend.ListenerRules;
import io.weir.frontend.ListeningSockets;
import io.weir.frontend.RefusedClients;
import io.weir.loop.EventLoops;
import io.weir.tls.ServerTls;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The listeners of a load balancer, as a config wants them, and as the next one does: an address that stays keeps its sockets. One thread at a time. */
final class Doors {
    private final EventLoops loops;
    private final List<FrontendLoop> frontends;
    private final RefusedClients refused;
    /** In the order of the config. For any thread to read. */
    private volatile List<Door> doors = List.of();

    /** A listener with the settings that it goes by. */
    private record Door(ListenerSettings settings, Entry entry, Listener listener) {}

    /**
     * What the next config makes of them.
     *
     * @param doors all, with those that stay
     * @param rules of each
     * @param opened those that are new
     */
    record Prepared(List<Door> doors, List<ListenerRules> rules, List<Listener> opened) {
        /** It is not to be. */
        void discard() {
            opened.forEach(Listener::close);
        }
    }

    Doors(EventLoops loops, List<FrontendLoop> frontends, RefusedClients refused) {
        this.loops = loops;
        this.frontends = frontends;
        this.refused = refused;
    }

    /**
     * Tries every address, so that one look shows all that can't be had, and returns what is wrong with them. Nobody is accepted yet.
     *
     * @param inherited sockets that listen at an address already and become ours, or null
     */
    List<String> open(Settings settings, Function<ListenerSettings, @Nullable ServerTls> tls, Function<BindAddress, @Nullable ListeningSockets> inherited) {
        List<String> failures = new ArrayList<>();
        List<Door> opened = new ArrayList<>();
        for (ListenerSettings each : settings.listeners()) {
            try {
                Entry entry = Entry.of(each, settings);
                opened.add(new Door(each, entry, Listener.open(each.bind(), rules(each, entry, tls), loops, frontends, inherited.apply(each.bind()))));
            } catch (IOException e) {
                failures.add(LoadBalancer.cannotListenAtPort(each.bind().toString(), e));
            }
        }
        doors = List.copyOf(opened);
        return failures;
    }

    private ListenerRules rules(ListenerSettings listener, Entry entry, Function<ListenerSettings, @Nullable ServerTls> tlsOf) {
        ClientTimeouts timeouts = new ClientTimeouts(
                listener.timeouts().head().toNanos(), listener.timeouts().body().toNanos(), listener.timeouts().idle().toNanos());
        TlsSettings tls = listener.tls();
        String hsts = tls == null || tls.hsts() == null ? null : tls.hsts().field();
        return new ListenerRules(
                timeouts,
                entry.onlyRegion(),
                listener.plainHttp(),
                entry.securePort(),
                tlsOf.apply(listener),
                Http2Rules.of(listener.http2()),
                hsts,
                listener.tcp(),
                Entrance.of(listener, refused));
    }

    /**
     * Opens what other settings want beside what there is. Until {@link #become} nobody is accepted there.
     *
     * @throws LoadBalancer.CannotListenException if an address can't be had; then nothing of it is open
     */
    Prepared prepare(Settings settings, Function<ListenerSettings, @Nullable ServerTls> tls) throws LoadBalancer.CannotListenException {
        List<Door> left = new ArrayList<>(doors);
        List<Door> all = new ArrayList<>();
        List<ListenerRules> rules = new ArrayList<>();
        List<Listener> opened = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        List<@Nullable Door> known = new ArrayList<>();
        settings.listeners().forEach(each -> known.add(take(left, each.bind())));
        for (int i = 0; i < settings.listeners().size(); i++) {
            ListenerSettings each = settings.listeners().get(i);
            Entry entry = Entry.of(each, settings);
            ListenerRules its = rules(each, entry, tls);
            Door stays = known.get(i);
            try {
                Listener listener = stays != null ? stays.listener : opened(each.bind(), its, left);
                all.add(new Door(each, entry, listener));
                rules.add(its);
                if (stays == null) {
                    opened.add(listener);
                }
            } catch (IOException e) {
                failures.add(LoadBalancer.cannotListenAtPort(each.bind().toString(), e));
            }
        }
        if (!failures.isEmpty()) {
            opened.forEach(Listener::close);
            throw new LoadBalancer.CannotListenException(failures);
        }
        return new Prepared(all, rules, opened);
    }

    private static @Nullable Door take(List<Door> from, BindAddress bind) {
        for (Door door : from) {
            if (door.settings.bind().equals(bind)) {
                from.remove(door);
                return door;
            }
        }
        return null;
    }

    /** {@code going}: ours that are about to be closed; one may be in the way. */
    private Listener opened(BindAddress bind, ListenerRules rules, List<Door> going) throws IOException {
        boolean inTheWay = bind.port() != 0 && going.stream().anyMatch(door -> door.listener.address().getPort() == bind.port());
        return inTheWay
                ? Listener.openBeside(bind, rules, loops, frontends)
                : Listener.open(bind, rules, loops, frontends, null);
    }

    /** From now on these are the listeners. Returns the rules of those whose connections are to go. */
    Set<ListenerRules> become(Prepared next) {
        Set<ListenerRules> leaving = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < next.doors.size(); i++) {
            Door door = next.doors.get(i);
            Door before = before(door);
            if (before != null) {
                boolean sameEntry = before.entry.equals(door.entry);
                if (!before.settings.equals(door.settings) || !sameEntry) {
                    if (!sameEntry) {
                        leaving.addAll(door.listener.takeAllRules());
                    }
                    door.listener.become(next.rules.get(i));
                }
            }
        }
        next.opened.forEach(Listener::accept);
        for (Door door : doors) {
            if (next.doors.stream().noneMatch(each -> each.listener.equals(door.listener))) {
                leaving.addAll(door.listener.takeAllRules());
                door.listener.close();
            }
        }
        doors = List.copyOf(next.doors);
        return leaving;
    }

    private @Nullable Door before(Door door) {
        return doors.stream().filter(each -> each.listener.equals(door.listener)).findFirst().orElse(null);
    }

    // ---- all of them

    void accept() {
        doors.forEach(door -> door.listener.accept());
    }

    /** Accepts nobody any more, and leaves the sockets to another process. */
    void leave() {
        doors.forEach(door -> door.listener.leave());
    }

    void close() {
        doors.forEach(door -> door.listener.close());
    }

    List<Listener> listeners() {
        return doors.stream().map(Door::listener).toList();
    }

    /** In the order of the config. For any thread. */
    List<InetSocketAddress> addresses() {
        return doors.stream().map(door -> door.listener.address()).toList();
    }
}
