package io.weir.app;

import io.weir.admin.AdminAddress;
import io.weir.admin.AdminClient;
import io.weir.admin.RunFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says how a running process is: it asks its admin API. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Says how a running weir is: its readiness, config, listeners, connections, and the workers that are not well.",
        footer = {
            "",
            "The process is found by --admin, else by its config FILE|DIR, else by WEIR_ADMIN in the environment, else it is the only one that this user runs.",
            "WEIR_ADMIN_TOKEN, or --token-file, is the token that an address of another machine asks for."
        })
final class Status implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How the answer is written. */
    enum Format {
        TEXT,
        JSON
    }

    @Parameters(paramLabel = "FILE|DIR", arity = "0..1", description = "the config that it was started with")
    private @Nullable String config;

    @Option(names = "--admin", paramLabel = "ADDRESS", description = "its admin API: 127.0.0.1:9901, or the path of a Unix socket")
    private @Nullable String admin;

    @Option(names = "--app", paramLabel = "NAME", description = "this app alone")
    private @Nullable String app;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many pools and workers (the default is 20)")
    private @Nullable Integer limit;

    @Option(names = "--token-file", paramLabel = "FILE", description = "a file that holds admin.token")
    private @Nullable Path tokenFile;

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "text", description = "for people (the default), or for programs")
    @SuppressWarnings("NullAway.Init")
    private Format format;

    @Override
    public Integer call() {
        return status(System::getenv, RunFolder.all(System::getenv), System.out, System.err);
    }

    int status(Function<String, @Nullable String> environment, List<RunFolder> folders, PrintStream out, PrintStream err) {
        try (AdminClient client = new AdminClient(PATIENCE, token(environment, tokenFile))) {
            FoundProcess process = new ProcessSearch("status", environment, folders, client).find(admin, config);
            out.print(process.ask(client, page()));
            out.flush();
            return Main.OK;
        } catch (CommandException e) {
            err.println("weir status: " + e.getMessage());
            return e.exitCode();
        }
    }

    private String page() {
        String page = "/status?format=" + format.name().toLowerCase(Locale.ROOT);
        if (app != null) {
            page += "&app=" + URLEncoder.encode(app, StandardCharsets.UTF_8);
        }
        return limit == null ? page : page + "&limit=" + limit;
    }

    /** The token that a command has been given, in a file or in the environment; or null. */
    static @Nullable String token(Function<String, @Nullable String> environment, @Nullable Path tokenFile) throws CommandException {
        if (tokenFile == null) {
            return checked(environment.apply("WEIR_ADMIN_TOKEN"), "WEIR_ADMIN_TOKEN");
        }
        try {
            return checked(Files.readString(tokenFile), tokenFile.toString());
        } catch (IOException e) {
            throw new CommandException(Main.FAILED, "the token can't be read: " + e);
        }
    }

    /** Without the end of its line; it must be something that can stand in a field. */
    private static @Nullable String checked(@Nullable String token, String from) throws CommandException {
        String stripped = token == null ? null : token.strip();
        if (stripped != null && !stripped.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new CommandException(Main.USAGE, from + " holds no token: one is of 16 to 1024 letters, digits and -._~+/=");
        }
        return stripped;
    }

    /** A command that has come to its end early; the message says what to do. */
    static final class CommandException extends Exception {
        private static final long serialVersionUID = 1;

        private final int exitCode;

        CommandException(int exitCode, String message) {
            super(message, null, false, false);
            this.exitCode = exitCode;
        }

        int exitCode() {
            return exitCode;
        }
    }

    /** A process that a command talks to. */
    record FoundProcess(AdminAddress address) {
        String ask(AdminClient client, String page) throws CommandException {
            AdminClient.Response response;
            try {
                response = client.get(address, page);
            } catch (IOException e) {
                String remedy = address instanceof AdminAddress.Unix ? "ask as the user that runs it" : "its address stands in the start-up lines";
                throw new CommandException(Main.FAILED, "nothing answers at " + address + " as it should: " + e.getMessage() + "; " + remedy);
            }
            if (!response.isWeir()) {
                throw new CommandException(Main.FAILED, "what answers at " + address + " is no weir's admin API; its address stands in the start-up lines");
            }
            return switch (response.status()) {
                case 200 -> response.body();
                case 401 -> throw new CommandException(Main.FAILED, address + " wants admin.token; give it in WEIR_ADMIN_TOKEN or by --token-file");
                default -> throw new CommandException(Main.FAILED, address + " refuses: " + response.body().strip());
            };
        }
    }
}
