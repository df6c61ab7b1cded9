package io.weir.app;

import io.weir.admin.AdminClient;
import io.weir.admin.RunFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What each command can be told that asks a running process: which one, by which right, and how the answer is to be written. */
final class ProcessOptions {
    /** The same for every such command. */
    static final String SEARCH =
            "The process is found by --admin, else by its config FILE|DIR, else by WEIR_ADMIN in the environment, else it is the only one of this user.";

    /** How the answer is written. */
    enum Format {
        TEXT,
        JSON
    }

    /** Where a command looks, and where it writes. */
    record Surroundings(Function<String, @Nullable String> environment, List<RunFolder> folders, PrintStream out, PrintStream err) {
        static Surroundings ofThisProcess() {
            return new Surroundings(System::getenv, RunFolder.all(System::getenv), System.out, System.err);
        }
    }

    @Option(names = "--admin", paramLabel = "ADDRESS", description = "its admin API: 127.0.0.1:9901, or the path of a Unix socket")
    private @Nullable String admin;

    @Option(names = "--token-file", paramLabel = "FILE", description = "a file that holds admin.token")
    private @Nullable Path tokenFile;

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "text", description = "for people (the default), or for programs")
    @SuppressWarnings("NullAway.Init")
    private Format format;

    Format format() {
        return format;
    }

    /** A process that was found. */
    @FunctionalInterface
    interface Conversation {
        String ask(Call call) throws Status.CommandException;
    }

    /** What a command has to say to it; returns the exit code. */
    @FunctionalInterface
    interface Errand {
        int with(Conversation process) throws Status.CommandException;
    }

    /** Finds the process, by its config if that is named, and talks to it. Returns the exit code. */
    int talk(String command, @Nullable String config, Duration patience, Surroundings around, Errand errand) {
        try (AdminClient client = new AdminClient(patience, token(around.environment))) {
            Status.FoundProcess process = new ProcessSearch(command, around.environment, around.folders, client).find(admin, config);
            return errand.with(call -> process.ask(client, call));
        } catch (Status.CommandException e) {
            around.err.println("weir " + command + ": " + e.getMessage());
            return e.exitCode();
        }
    }

    /** The same, to print what it says to one call. */
    int print(String command, @Nullable String config, Call call, Duration patience, Surroundings around) {
        return talk(command, config, patience, around, process -> {
            around.out.print(process.ask(formatted(call)));
            around.out.flush();
            return Main.OK;
        });
    }

    /** In the form that is asked for. */
    Call formatted(Call call) {
        return call.with("format", format.name().toLowerCase(Locale.ROOT));
    }

    private @Nullable String token(Function<String, @Nullable String> environment) throws Status.CommandException {
        if (tokenFile == null) {
            return checked(environment.apply("WEIR_ADMIN_TOKEN"), "WEIR_ADMIN_TOKEN");
        }
        try {
            return checked(Files.readString(tokenFile), tokenFile.toString());
        } catch (IOException e) {
            throw new Status.CommandException(Main.FAILED, "the token can't be read: " + e);
        }
    }

    /** Without the end of its line; it must be something that can stand in a field. */
    private static @Nullable String checked(@Nullable String token, String from) throws Status.CommandException {
        String stripped = token == null ? null : token.strip();
        if (stripped != null && !stripped.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new Status.CommandException(Main.USAGE, from + " holds no token: one is of 16 to 1024 letters, digits and -._~+/=");
        }
        return stripped;
    }
}
