package io.weir.app;

import io.weir.admin.AdminAddress;
import io.weir.admin.AdminClient;
import io.weir.admin.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the process that a command is meant for. */
final class ProcessSearch {
    private static final String VARIABLE = "WEIR_ADMIN";
    /** In the text of a status. */
    private static final Pattern ORIGIN = Pattern.compile("(?m)^config +origin (.*?)(?:, checksum [0-9a-f]+)?, generation ");

    private final String command;
    private final Function<String, @Nullable String> environment;
    private final List<RunFolder> folders;
    private final AdminClient client;

    /** For {@code weir command}. */
    ProcessSearch(String command, Function<String, @Nullable String> environment, List<RunFolder> folders, AdminClient client) {
        this.command = command;
        this.environment = environment;
        this.folders = folders;
        this.client = client;
    }

    /** By an address, else by the path of a config, else by the environment's address, else the only one that runs. */
    Status.FoundProcess find(@Nullable String address, @Nullable String config) throws Status.CommandException {
        if (address != null) {
            return at("--admin", address);
        }
        String fromEnvironment = environment.apply(VARIABLE);
        if (config == null && fromEnvironment != null && !fromEnvironment.isEmpty()) {
            return at(VARIABLE, fromEnvironment);
        }
        List<RunFolder.Entry> running = running(config == null ? null : key(config));
        return switch (running.size()) {
            case 0 -> throw none(config);
            case 1 -> new Status.FoundProcess(new AdminAddress.Unix(running.getFirst().socket()));
            default -> throw several(running);
        };
    }

    private static Status.FoundProcess at(String from, String address) throws Status.CommandException {
        try {
            return new Status.FoundProcess(AdminAddress.parse(address));
        } catch (IllegalArgumentException e) {
            throw new Status.CommandException(
                    Main.USAGE, from + ": " + e.getMessage() + "; write it as 127.0.0.1:9901, or as the path of a Unix socket");
        }
    }

    private static String key(String config) throws Status.CommandException {
        try {
            return RunFolder.key(Path.of(config));
        } catch (IOException _) {
            throw new Status.CommandException(Main.FAILED, "there is no " + config + "; name the config that the process was started with, or use --admin");
        }
    }

    private List<RunFolder.Entry> running(@Nullable String key) throws Status.CommandException {
        List<RunFolder.Entry> running = new ArrayList<>();
        IOException fault = null;
        for (RunFolder folder : folders) {
            try {
                folder.entries().stream().filter(entry -> key == null || entry.key().equals(key)).forEach(running::add);
            } catch (IOException e) {
                fault = e; // it may be in another
            }
        }
        if (running.isEmpty() && fault != null) {
            throw new Status.CommandException(Main.FAILED, "can't look for a running weir: " + fault.getMessage() + ", or use --admin");
        }
        return running;
    }

    private Status.CommandException none(@Nullable String config) {
        String looked = folders.stream().map(folder -> folder.path().toString()).collect(Collectors.joining(" and "));
        return new Status.CommandException(
                Main.FAILED,
                "this user runs no weir" + (config == null ? "" : " with " + config) + " (looked in " + looked
                        + "); start one with `weir run FILE`, ask as the user that runs it, or name its address with --admin");
    }

    private Status.CommandException several(List<RunFolder.Entry> running) {
        String each = running.stream()
                .map(entry -> "\n  weir " + command + " --admin " + entry.socket() + "   # pid " + entry.pid() + origin(entry))
                .collect(Collectors.joining());
        return new Status.CommandException(Main.USAGE, "several run here; say which:" + each);
    }

    /** The config of one of several, as it says it. */
    private String origin(RunFolder.Entry entry) {
        try {
            AdminClient.Response status = client.get(new AdminAddress.Unix(entry.socket()), "/status?format=text&limit=1");
            Matcher origin = ORIGIN.matcher(status.body());
            return origin.find() ? ", " + origin.group(1) : "";
        } catch (IOException _) {
            return "";
        }
    }
}
