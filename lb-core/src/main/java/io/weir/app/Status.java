package io.weir.app;

import io.weir.admin.AdminAddress;
import io.weir.admin.AdminClient;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says how a running process is: it asks its admin API. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Says how a running weir is: its readiness, config, listeners, connections, and the workers that are not well.",
        footer = {
            "",
            ProcessOptions.SEARCH,
            "WEIR_ADMIN_TOKEN, or --token-file, is the token that an address of another machine asks for."
        })
final class Status implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Parameters(paramLabel = "FILE|DIR", arity = "0..1", description = "the config that it was started with")
    private @Nullable String config;

    @Option(names = "--app", paramLabel = "NAME", description = "this app alone")
    private @Nullable String app;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many pools and workers (the default is 20)")
    private @Nullable Integer limit;

    @Mixin
    private final ProcessOptions options = new ProcessOptions();

    @Override
    public Integer call() {
        return status(ProcessOptions.Surroundings.ofThisProcess());
    }

    int status(ProcessOptions.Surroundings around) {
        return options.print("status", config, Call.get("/status").with("app", app).with("limit", limit), PATIENCE, around);
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
        String ask(AdminClient client, Call call) throws CommandException {
            AdminClient.Response response;
            try {
                response = call.changes() ? client.post(address, call.page()) : client.get(address, call.page());
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
