package io.weir.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which each running Weir of a user has a socket, {@code KEY-PID.sock}, so that commands find it without being told where.
 * The key comes from the path of the config. The folder is {@code $XDG_RUNTIME_DIR/weir}, or {@code /tmp/weir-UID} where there is none.
 */
public final class RunFolder {
    /** Of a process that runs without a config file. */
    public static final String NO_FILE = "proxy";

    private static final Pattern NAME = Pattern.compile("([0-9a-z]+)-([0-9]+)\\.sock");
    /** What processes have beside: where one waits for the next, and where that one gets its sockets. */
    private static final Pattern BESIDE = Pattern.compile("([0-9a-z]+)-([0-9]+)\\.(?:handover|post)");

    private static final Pattern HANDOVER = Pattern.compile("([0-9a-z]+)-([0-9]+)\\.handover");
    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rwx------");
    private static final int KEY_DIGITS = 12;

    /** A process at its socket. */
    public record Entry(String key, long pid, Path socket) {}

    private final Path folder;

    /** One of that path, for what is no ordinary start. */
    public RunFolder(Path folder) {
        this.folder = folder;
    }

    /** Where this user's processes may be: the folder that one started now would take is the first. */
    public static List<RunFolder> all(Function<String, @Nullable String> environment) {
        List<RunFolder> all = new ArrayList<>();
        String runtime = environment.apply("XDG_RUNTIME_DIR");
        if (runtime != null && runtime.startsWith("/") && Files.isDirectory(Path.of(runtime))) {
            all.add(new RunFolder(Path.of(runtime, "weir")));
        }
        all.add(new RunFolder(Path.of("/tmp", "weir-" + user())));
        return all;
    }

    private static String user() {
        try {
            return String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException _) {
            return System.getProperty("user.name", "unknown"); // no Linux
        }
    }

    /** Stands for a config, a file or a folder that exists. */
    public static String key(Path config) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(config.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, KEY_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    public Path path() {
        return folder;
    }

    /** Where this process's socket goes. */
    public Path socket(String key) {
        return folder.resolve(key + "-" + ProcessHandle.current().pid() + ".sock");
    }

    /** Where this process waits for the one that takes its place. */
    public Path handover(String key) {
        return folder.resolve(key + "-" + ProcessHandle.current().pid() + ".handover");
    }

    /** Where this process gets the sockets of the one whose place it takes. */
    public Path post(String key) {
        return folder.resolve(key + "-" + ProcessHandle.current().pid() + ".post");
    }

    /** Where processes of that config wait for one that takes their place. Nothing, if the folder isn't there or isn't ours alone. */
    public List<Entry> handovers(String key) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        check();
        return named(HANDOVER).stream().filter(entry -> entry.key.equals(key) && AdminSocket.isAlive(entry.socket)).toList();
    }

    /**
     * Makes the folder, if need be, and takes away what processes that are gone have left in it.
     *
     * @throws IOException if it isn't this user's alone: somebody else could then answer in our place
     */
    public void prepare() throws IOException {
        try {
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
            return;
        } catch (FileAlreadyExistsException _) {
            check();
        } catch (AccessDeniedException e) {
            throw new IOException("this user may not make it", e);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no folder to make it in", e);
        }
        for (Entry entry : named(NAME)) {
            if (!AdminSocket.isAlive(entry.socket)) {
                Files.deleteIfExists(entry.socket);
            }
        }
        for (Entry entry : named(BESIDE)) {
            if (ProcessHandle.of(entry.pid).isEmpty()) { // to connect would disturb the one that waits there
                Files.deleteIfExists(entry.socket);
            }
        }
    }

    /** Takes away what leads to a socket that this process has taken over: whoever left it is gone. */
    public void forgetLinksTo(Path socket) throws IOException {
        for (Entry entry : named(NAME)) {
            if (Files.isSymbolicLink(entry.socket) && Files.readSymbolicLink(entry.socket).equals(socket)) {
                Files.deleteIfExists(entry.socket);
            }
        }
    }

    private void check() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is no folder");
        }
        if (!Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(Path.of("/proc/self")))) {
            throw new IOException(folder + " belongs to somebody else");
        }
        if (!Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(OWNER_ALONE)) {
            throw new IOException(folder + " is open to others; chmod 700 it");
        }
    }

    /** The processes that answer, or may. Nothing, if the folder isn't there or isn't ours alone. */
    public List<Entry> entries() throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        check();
        return named(NAME).stream().filter(entry -> AdminSocket.isAlive(entry.socket)).toList();
    }

    private List<Entry> named(Pattern pattern) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path socket : all.sorted().toList()) {
                Matcher name = pattern.matcher(String.valueOf(socket.getFileName()));
                if (name.matches()) {
                    entries.add(new Entry(name.group(1), Long.parseLong(name.group(2)), socket));
                }
            }
        }
        return entries;
    }
}
