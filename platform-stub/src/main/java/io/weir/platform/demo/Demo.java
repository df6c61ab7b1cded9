package io.weir.platform.demo;

import io.weir.platform.ChildProcess;
import io.weir.platform.Signals;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code weir demo}: starts the scene's processes, waits until all of it answers, says what runs and what to try, and ends everything when it is
 * told to. Exit codes: 0 fine, 1 run error, 2 usage, 3 can't listen.
 */
@Command(
        name = "weir demo",
        description = {
            "Runs two regions on this machine, to try things out: a load balancer for each, and nine workers of three apps in their zones,"
                    + " each a process of its own, on loopback addresses. Ctrl-C ends everything."
        })
public final class Demo implements Callable<Integer> {
    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int CANNOT_LISTEN = 3;

    private static final int DEFAULT_PORT = 8080;
    private static final int HIGHEST_PORT = 65_535;
    private static final Duration LONGEST_START = Duration.ofMinutes(2);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(30);

    private static final long LOADED = System.nanoTime();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + DEFAULT_PORT,
            description = "the first of " + Scene.PORTS + " ports that are used, from ${DEFAULT-VALUE} on if not said; 0 looks for free ones")
    private int port;

    @Option(names = "--dir", paramLabel = "DIR", description = "where configs, certificates and logs are written, and left; a temporary folder if not said")
    private @Nullable Path folder;

    @Option(names = "--keep", description = "leave the temporary folder behind")
    private boolean keep;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "show this help message and exit")
    @SuppressWarnings("UnusedVariable") // the parser sees it and ends
    private boolean help;

    private Demo() {}

    /** Runs the demo and exits with its code. */
    public static void main(String... args) {
        System.exit(new CommandLine(new Demo()).setUsageHelpAutoWidth(true).execute(args));
    }

    @Override
    public Integer call() {
        if (port < 0 || port > HIGHEST_PORT - Scene.PORTS + 1) {
            return complain("--port must be between 0 and " + (HIGHEST_PORT - Scene.PORTS + 1) + ", is " + port, USAGE);
        }
        Signals signals = Signals.of("TERM", "INT", "HUP");
        OptionalInt first = port == 0 ? Ports.free(ProcessHandle.current().pid()) : OptionalInt.of(port);
        if (first.isEmpty()) {
            return complain("there are no " + Scene.PORTS + " free ports in a row", CANNOT_LISTEN);
        }
        Scene scene = Scene.at(first.getAsInt());
        List<String> foreign = Ports.foreign(scene.addresses());
        if (!foreign.isEmpty()) {
            return complain("the demo needs all of 127.0.0.0/8 as loopback, as on Linux; no address of this machine is "
                    + String.join(", ", foreign), CANNOT_LISTEN);
        }
        List<BindAddress> taken = Ports.taken(scene.addresses());
        if (!taken.isEmpty()) {
            return complain("somebody listens already at " + taken.stream().map(BindAddress::toString).collect(Collectors.joining(", "))
                    + "; --port takes the first of " + Scene.PORTS + " other ports, 0 looks for free ones", CANNOT_LISTEN);
        }
        try (Workplace workplace = Workplace.open(folder, keep);
                Processes processes = new Processes(Demo::say)) {
            return run(scene, workplace, processes, signals);
        } catch (IOException e) {
            return complain(e.toString(), FAILED);
        }
    }

    private static int run(Scene scene, Workplace workplace, Processes processes, Signals signals) throws IOException {
        processes.start(Cast.workers(scene, workplace));
        say("weir demo: " + scene.workers().size() + " workers and " + scene.balancers().size()
                + " load balancers are starting; Ctrl-C ends everything");
        List<Processes.Part> balancers = Cast.balancers(scene, workplace); // made ready while the workers start
        OptionalInt early = await(Opening.ofWorkers(scene), processes, signals);
        if (early.isEmpty()) {
            processes.start(balancers);
            early = await(Opening.ofBalancers(scene), processes, signals);
        }
        if (early.isPresent()) {
            return early.getAsInt();
        }
        System.out.printf("all of it answers, after %.1f s%n%n", sinceStart().toMillis() / 1e3);
        System.out.print(Guide.of(scene, processes::pid, workplace));
        processes.watch();
        signals.awaitFirst();
        return ended();
    }

    /** Waits until all of it answers; the exit code if it comes to an end before. */
    private static OptionalInt await(Opening opening, Processes processes, Signals signals) throws IOException {
        while (!opening.advance()) {
            if (signals.awaitFirst(BETWEEN_LOOKS)) {
                return OptionalInt.of(ended());
            }
            Optional<Processes.Lost> lost = processes.lost();
            if (lost.isPresent()) {
                ChildProcess.Ending ending = lost.get().ending();
                return OptionalInt.of(complain(
                        lost.get().name() + " " + ending + processes.lastWords(lost.get().name()),
                        ending.status() == CANNOT_LISTEN ? CANNOT_LISTEN : FAILED));
            }
            if (sinceStart().compareTo(LONGEST_START) > 0) {
                return OptionalInt.of(complain(silence(opening.missing(), processes), FAILED));
            }
        }
        return OptionalInt.empty();
    }

    private static String silence(List<Opening.Due> missing, Processes processes) throws IOException {
        return "no answer within " + LONGEST_START.toSeconds() + " s from "
                + missing.stream().map(Opening.Due::what).collect(Collectors.joining(", ")) + processes.lastWords(missing.getFirst().process());
    }

    private static int ended() {
        say("ending: the load balancers finish what is under way, then the workers; a second signal ends at once");
        return OK;
    }

    private static void say(String line) {
        System.out.println(line);
    }

    private static int complain(String what, int code) {
        System.err.println("weir demo: " + what);
        return code;
    }

    private static Duration sinceStart() {
        return Duration.ofNanos(System.nanoTime() - LOADED);
    }
}
