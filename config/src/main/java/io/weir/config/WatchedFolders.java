package io.weir.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folders in which something may happen that changes a config: each one on the way to it, from the root on and through all
 * symbolic links, and the one that its way breaks off in, if it isn't there.
 */
final class WatchedFolders {

    /** As many as Linux follows. */
    private static final int MOST_LINKS = 40;

    private final Map<Path, Interest> folders = new HashMap<>();
    private final Map<Path, Path> followed = new HashMap<>();

    /**
     * What matters of what happens in a folder.
     *
     * @param names of files, folders and links in it
     * @param files whether every file that is named as one of a config's does too
     * @param contents whether it matters what is written to them; if not, only that they come and go
     */
    record Interest(Set<String> names, boolean files, boolean contents) {

        boolean has(String name) {
            return names.contains(name) || (files && ConfigFolder.isMeant(name));
        }
    }

    private WatchedFolders() {}

    /** By the folders' real paths. */
    static Map<Path, Interest> of(Path config) {
        var watched = new WatchedFolders();
        Path absolute = config.toAbsolutePath();
        Path root = absolute.getRoot();
        Path real = root == null ? null : watched.follow(root, root.relativize(absolute), MOST_LINKS);
        if (real != null && Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS)) {
            watched.filesOf(real);
        } else if (real != null) {
            watched.contentsOf(real);
        }
        return watched.folders;
    }

    private void filesOf(Path folder) {
        Interest interest = interest(folder);
        folders.put(folder, new Interest(interest.names, true, true));
        try {
            for (Path file : ConfigFolder.files(folder)) {
                if (Files.isSymbolicLink(file)) {
                    Path real = follow(folder, file.getFileName(), MOST_LINKS);
                    if (real != null) {
                        contentsOf(real);
                    }
                }
            }
        } catch (ConfigProblemsException _) {
            return; // it can't be read; whoever reads the config says so
        }
    }

    private void contentsOf(Path file) {
        Path folder = file.getParent();
        if (folder != null) {
            Interest interest = interest(folder);
            folders.put(folder, new Interest(interest.names, interest.files, true));
        }
    }

    private Interest interest(Path folder) {
        return folders.computeIfAbsent(folder, _ -> new Interest(new HashSet<>(), false, false));
    }

    /** The real path; null if it leads nowhere. */
    private @Nullable Path follow(Path from, @Nullable Path way, int linksLeft) {
        Path at = from;
        if (way == null) {
            return at;
        }
        for (Path name : way) {
            String text = name.toString();
            if (text.isEmpty() || text.equals(".")) {
                continue;
            }
            if (text.equals("..")) {
                Path parent = at.getParent();
                at = parent == null ? at : parent;
                continue;
            }
            interest(at).names.add(text);
            Path next = step(at.resolve(text), at, linksLeft);
            if (next == null) {
                return null;
            }
            at = next;
        }
        return at;
    }

    private @Nullable Path step(Path next, Path at, int linksLeft) {
        if (!Files.isSymbolicLink(next)) {
            return Files.exists(next, LinkOption.NOFOLLOW_LINKS) ? next : null;
        }
        Path known = followed.get(next);
        if (known != null || linksLeft == 0) {
            return known;
        }
        try {
            Path target = Files.readSymbolicLink(next);
            Path root = target.getRoot();
            Path real = root == null ? follow(at, target, linksLeft - 1) : follow(root, root.relativize(target), linksLeft - 1);
            if (real != null) {
                followed.put(next, real);
            }
            return real;
        } catch (IOException _) {
            return null; // it has gone meanwhile
        }
    }
}
