package io.weir.app;

import io.weir.admin.RunFolder;
import io.weir.config.AccessLogSettings;
import io.weir.config.AppSettings;
import io.weir.config.ConfigChange;
import io.weir.config.ConfigFiles;
import io.weir.config.ConfigProblemsException;
import io.weir.config.ConfigWatch;
import io.weir.config.ForwardingSettings;
import io.weir.config.GatewaySettings;
import io.weir.config.LimitSettings;
import io.weir.config.ListenerSettings;
import io.weir.config.LoadedConfig;
import io.weir.config.MappingSettings;
import io.weir.config.MetricsSettings;
import io.weir.config.PoolSettings;
import io.weir.config.ProxyProtocolSettings;
import io.weir.config.ReloadSettings;
import io.weir.config.RuntimeSettings;
import io.weir.config.Settings;
import io.weir.config.TcpSettings;
import io.weir.config.WorkerSettings;
import io.weir.topology.BindAddress;
import io.weir.topology.Cidr;
import io.weir.topology.Here;
import io.weir.topology.Region;
import io.weir.topology.WorkerAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A load balancer as a process of its own: its start-up lines, its signals, its exit code. */
final class LoadBalancerProcess {
    private static final String PROXY = "proxy";
    private static final String LOCAL = "local";
    private static final long LOADED = System.nanoTime();
    /** In /proc/PID/stat behind the name: when the process was started, in ticks of 1/100 s since boot (proc(5), field 22). */
    private static final int STARTTIME = 19;

    private static final int MILLIS_PER_TICK = 10;

    private LoadBalancerProcess() {}

    /** Runs as the file, or the folder of files, says, and perhaps in place of a process that does; returns the exit code. */
    static int run(Path file, boolean takeover) {
        LoadedConfig config;
        ConfigFiles files = new ConfigFiles(file);
        try {
            config = files.read();
        } catch (ConfigProblemsException e) {
            ConfigReport.print(e, file, System.err);
            return Main.FAILED;
        }
        return serve(config.settings(), new Source(file, files), RunFile.of(file, config), takeover);
    }

    /** Runs one app with these workers at any host; returns the exit code. */
    static int proxy(String from, List<String> to) {
        Settings settings;
        try {
            settings = proxySettings(BindAddress.parse(from), to.stream().map(WorkerAddress::parse).toList());
        } catch (IllegalArgumentException e) {
            System.err.println("weir proxy: " + e.getMessage());
            return Main.USAGE;
        }
        return serve(settings, null, RunFile.NO_FILE, false);
    }

    private static Settings proxySettings(BindAddress from, List<WorkerAddress> to) {
        Region region = new Region(LOCAL, "XX", List.of(LOCAL), null);
        List<WorkerSettings> workers =
                to.stream().map(address -> new WorkerSettings(address, LOCAL, WorkerSettings.DEFAULT_WEIGHT)).toList();
        AppSettings app = AppSettings.defaults(PROXY, Map.of(LOCAL, new PoolSettings(LOCAL, workers)));
        return new Settings(
                List.of("weir.invalid"), // a name that never exists (RFC 2606): every host goes to the one mapping
                new Here(LOCAL, LOCAL),
                Map.of(LOCAL, region),
                List.of(ListenerSettings.defaults(from)),
                new LinkedHashMap<>(Map.of(PROXY, app)),
                List.of(MappingSettings.toApp(null, MappingSettings.DEFAULT_PATH, PROXY)),
                ForwardingSettings.DEFAULTS,
                GatewaySettings.DEFAULTS,
                AccessLogSettings.OFF,
                MetricsSettings.DEFAULTS,
                null,
                RuntimeSettings.DEFAULTS,
                LimitSettings.DEFAULTS,
                ReloadSettings.DEFAULTS);
    }

    /** Where a config is read again. */
    private record Source(Path path, ConfigFiles files) {}

    private static int serve(Settings settings, @Nullable Source source, RunFile file, boolean takeover) {
        RuntimeSettings runtime = settings.runtime();
        int loops = runtime.eventLoops() == RuntimeSettings.AUTO_EVENT_LOOPS
                ? Runtime.getRuntime().availableProcessors()
                : runtime.eventLoops();
        TransportChoice transport;
        LoadBalancer balancer;
        Signals signals = Signals.begin();
        Succession succession = Succession.none();
        try {
            transport = TransportChoice.of(runtime.transport());
            succession = takeover
                    ? Succession.ofRunning(file, transport.kind(), RunFolder.all(System::getenv))
                    : Succession.ofSystemd(transport.kind(), System::getenv);
            if (succession.takeover() != null) {
                System.out.println("taking over from " + succession.takeover().from() + ", which goes on until this process serves");
            }
            balancer = LoadBalancer.open(settings, transport, loops, file, succession);
        } catch (Succession.CannotTakeOverException e) {
            System.err.println("weir: " + e.getMessage());
            return Main.FAILED;
        } catch (TransportChoice.UnusableTransportException e) {
            System.err.println("weir: " + e.getMessage());
            return Main.FAILED;
        } catch (LoadBalancer.CannotLogException e) {
            System.err.println("weir: " + e.getMessage());
            return Main.FAILED;
        } catch (CertificateKeeper.CannotServeTlsException e) {
            if (source == null) {
                String.valueOf(e.getMessage()).lines().forEach(line -> System.err.println("weir: " + line));
            } else {
                ConfigReport.print(source.files.problems(e.misfits()), source.path, System.err);
            }
            return Main.FAILED;
        } catch (LoadBalancer.CannotListenException e) {
            String.valueOf(e.getMessage()).lines().forEach(line -> System.err.println("weir: " + line));
            return Main.CANNOT_LISTEN;
        }
        try (balancer) {
            signals.serve(balancer::reopenLogs); // before anybody is told that this process is ready
            List<String> unwanted = succession.unwanted();
            balancer.accept();
            SystemdNotifier systemd = SystemdNotifier.of(System::getenv);
            AtomicLong successor = new AtomicLong();
            ConfigWatch watch = source == null ? null : beginReloads(balancer, source, signals, systemd);
            if (source == null) {
                signals.reloadBy(signals::end); // there is nothing to read again: it ends, as without a handler
            }
            String waiting = awaitSuccessor(balancer, signals, systemd, successor);
            System.out.println(story(settings, file, transport, loops, balancer));
            unwanted.forEach(address -> System.out.println("warning: no listener for the socket at " + address + ", which is closed"));
            if (waiting != null) {
                System.out.println(waiting);
            }
            String status = "serving at " + String.join(", ", balancer.listening());
            if (takeover) {
                systemd.readyInstead(status);
            } else {
                systemd.ready(status);
            }
            Provisions.takeSoon(balancer.metrics());
            signals.awaitFirst();
            if (watch != null) {
                watch.close();
            }
            Duration drain = balancer.config().settings().runtime().drain();
            String open = "waiting up to " + drain.toSeconds() + " s for " + balancer.connections() + " open";
            if (successor.get() == 0) {
                systemd.stopping("draining, " + open + " connections");
                System.out.println("draining: no new connections; " + open + " ones; a second signal ends at once");
            } else {
                System.out.println("handed over to pid " + successor.get() + ": no new connections here; " + open + " ones; a second signal ends at once");
            }
            balancer.drain(drain);
            System.out.println("drained");
        }
        return Main.OK;
    }

    /** From now on its config is read again: on HUP, on a call, and when it has changed. */
    private static ConfigWatch beginReloads(LoadBalancer balancer, Source source, Signals signals, SystemdNotifier systemd) {
        Reloads reloads = balancer.reloadFrom(source.files, new Reloads.Witness() {
            @Override
            public void begins() {
                systemd.reloading();
            }

            @Override
            public void over(String line) {
                systemd.reloaded(line);
            }

            @Override
            public void tell(String line) {
                System.out.println(line);
            }
        });
        signals.reloadBy(() -> {
            var _ = reloads.reload(Reloads.SIGNAL);
        });
        ConfigWatch watch = ConfigWatch.begin(source.path, reloads::changed);
        reloads.watchedBy(watch.how());
        reloads.changed(ConfigChange.ANY); // it may have, since it was read
        return watch;
    }

    /** Why no process can take this one's place, for the start-up lines; null if one can. */
    private static @Nullable String awaitSuccessor(LoadBalancer balancer, Signals signals, SystemdNotifier systemd, AtomicLong successor) {
        RunFolder folder = RunFolder.all(System::getenv).getFirst();
        try {
            balancer.awaitSuccessor(
                    folder,
                    systemd::handedOver,
                    pid -> {
                        successor.set(pid);
                        signals.endWithout();
                    },
                    line -> System.out.println("warning: " + line));
            return null;
        } catch (IOException e) {
            return "no process can take over from this one (--takeover), in " + folder.path() + ": " + e.getMessage();
        }
    }

    /** The start-up lines. */
    static String story(Settings settings, RunFile file, TransportChoice transport, int loops, LoadBalancer balancer) {
        StringBuilder story = new StringBuilder();
        story.append(BuildInfo.line()).append('\n');
        story.append("transport ").append(TransportChoice.name(transport.kind())).append(" (").append(transport.reason()).append("), ")
                .append(loops).append(loops == 1 ? " event loop\n" : " event loops\n");
        story.append("here ").append(settings.here().region()).append(", zone ").append(settings.here().zone()).append('\n');
        story.append(file.line()).append(": ").append(ConfigReport.size(settings)).append('\n');
        DescriptorLimit.shortfall(settings.limits().connections()).ifPresent(line -> story.append(line).append('\n'));
        for (int i = 0; i < balancer.listening().size(); i++) {
            story.append("listening at ").append(balancer.listening().get(i)).append(spoken(settings.listeners().get(i))).append(entrance(settings.listeners().get(i))).append('\n');
        }
        balancer.certificateWarnings().forEach(warning -> story.append("warning: ").append(warning).append('\n'));
        TcpHosts.warnings(settings, balancer::table).forEach(warning -> story.append("warning: ").append(warning).append('\n'));
        balancer.adminLines().forEach(line -> story.append(line).append('\n'));
        String unkept = balancer.stateObstacle();
        if (unkept != null) {
            story.append(unkept).append('\n');
        }
        story.append("ready after ").append(sinceStart().toMillis()).append(" ms");
        return story.toString();
    }

    private static String spoken(ListenerSettings listener) {
        TcpSettings tcp = listener.tcp();
        if (tcp != null) {
            return tcp.host() == null ? ", TCP, to where its TLS asks to" : ", TCP, to " + tcp.host();
        }
        return listener.tls() != null
                ? ", TLS"
                : switch (listener.plainHttp()) {
                    case SERVE -> ", plain HTTP";
                    case REDIRECT -> ", plain HTTP, sent to https";
                    case DROP -> ", connections are dropped";
                };
    }

    /** Who is let in, and who is believed about whom. */
    private static String entrance(ListenerSettings listener) {
        StringBuilder entrance = new StringBuilder();
        ProxyProtocolSettings proxies = listener.proxyProtocol();
        if (proxies != null) {
            entrance.append(", PROXY protocol ").append(proxies.accept().name().toLowerCase(Locale.ROOT)).append(" from ").append(blocks(proxies.from()));
        }
        if (!listener.allow().isEmpty()) {
            entrance.append(", for ").append(blocks(listener.allow())).append(" alone");
        }
        return entrance.toString();
    }

    private static String blocks(List<Cidr> all) {
        return all.getFirst() + (all.size() == 1 ? "" : " and " + (all.size() - 1) + " more");
    }

    /** An address as people write it. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (address.getAddress().isAnyLocalAddress() ? "*" : host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static Duration sinceStart() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            long startTicks = Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[STARTTIME]);
            String uptime = Files.readString(Path.of("/proc/uptime")).split(" ", -1)[0];
            return Duration.ofMillis(Math.round(Double.parseDouble(uptime) * 1000) - startTicks * MILLIS_PER_TICK);
        } catch (IOException | NumberFormatException e) {
            return Duration.ofNanos(System.nanoTime() - LOADED); // no Linux: from here is the next best
        }
    }
}
