package io.weir.app;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Option;

/** The command line of the load balancer. Exit codes: 0 fine, 1 config or run error, 2 usage, 3 can't listen. */
@Command(
        name = "weir",
        description = "A regional load balancer and router.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Versions.class,
        subcommands = {
            Main.Run.class, Check.class, Main.Proxy.class, Status.class, Explain.class, Simulate.class, Evacuate.class, Restore.class,
            Failback.class, DrillCommand.class, Reload.class, PlanCommand.class, Main.Version.class, Main.Demo.class, Rehearsal.class, CommandLine.HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Callable<Integer> {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int CANNOT_LISTEN = 3;

    private Main() {}

    /** Runs a command and exits with its code. */
    public static void main(String... args) {
        NettyProperties.set();
        System.exit(executeOrSay(args));
    }

    /** Whatever fails ends the process: event loops that were started already would keep it alive, and nobody would be served. */
    @SuppressWarnings("CatchAndPrintStackTrace") // there is nobody else to tell
    private static int executeOrSay(String... args) {
        try {
            return execute(args);
        } catch (Throwable e) {
            System.err.println("weir: ended by a fault of its own");
            e.printStackTrace();
            return FAILED;
        }
    }

    static int execute(String... args) {
        if (args.length == 2 && args[0].equals("run") && !args[1].startsWith("-")) {
            return LoadBalancerProcess.run(java.nio.file.Path.of(args[1]), false); // the plain case starts without the parser's classes
        }
        return new CommandLine(new Main())
                .setUsageHelpAutoWidth(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }

    @Override
    public Integer call() {
        CommandLine.usage(this, System.err);
        return USAGE;
    }

    @Command(name = "run", mixinStandardHelpOptions = true, description = "Runs a load balancer as FILE, or a folder of files, says, until TERM or INT.")
    static final class Run implements Callable<Integer> {
        @Parameters(paramLabel = "FILE|DIR", description = "the config, YAML")
        @SuppressWarnings("NullAway.Init")
        private String file;

        @Option(
                names = "--takeover",
                description = "takes the place of the process that runs with FILE: it goes on until this one serves, which gets its listening sockets, and then drains")
        private boolean takeover;

        @Override
        public Integer call() {
            return LoadBalancerProcess.run(java.nio.file.Path.of(file), takeover);
        }
    }

    @Command(name = "proxy", mixinStandardHelpOptions = true, description = "Runs a reverse proxy in front of a few workers, without a config file.")
    static final class Proxy implements Callable<Integer> {
        @Option(names = "--from", required = true, paramLabel = "ADDRESS", description = "where to listen, as :8080 or 127.0.0.1:8080")
        @SuppressWarnings("NullAway.Init")
        private String from;

        @Option(names = "--to", required = true, split = ",", paramLabel = "HOST:PORT", description = "the workers, separated by commas")
        @SuppressWarnings("NullAway.Init")
        private java.util.List<String> to;

        @Override
        public Integer call() {
            return LoadBalancerProcess.proxy(from, to);
        }
    }

    @Command(name = "version", mixinStandardHelpOptions = true, description = "Says which version this is.")
    static final class Version implements Callable<Integer> {
        @Override
        public Integer call() {
            System.out.println(BuildInfo.line());
            return OK;
        }
    }

    /** Named for the help alone: the launcher starts it from another module, which is no part of the load balancer. */
    @Command(name = "demo", description = "Runs two regions on this machine, to try things out.")
    static final class Demo implements Callable<Integer> {
        @Override
        public Integer call() {
            System.err.println("weir: the demo is started by the launcher, bin/weir of a distribution or ./weir of the sources");
            return USAGE;
        }
    }

    static final class Versions implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {BuildInfo.line()};
        }
    }
}
