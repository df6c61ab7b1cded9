package io.weir.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Which files a config is made of and what is in them, so that it can be told whether that has changed. A look costs little more than a stamp of each. */
final class ConfigState {

    private final Path path;
    private final LongSupplier nowMillis;
    private Map<Path, Seen> seen;

    /**
     * How a file was found.
     *
     * @param sure whether the same stamp again means the same contents
     * @param contents their digest, or what is wrong; null if there was no need to know
     */
    private record Seen(@Nullable FileStamp stamp, boolean sure, @Nullable String contents) {

        boolean isSame(@Nullable Seen other) {
            boolean sameStamp = other != null && sure && Objects.equals(stamp, other.stamp);
            return sameStamp || (other != null && contents != null && contents.equals(other.contents));
        }
    }

    ConfigState(Path path, LongSupplier nowMillis) {
        this.path = path;
        this.nowMillis = nowMillis;
        this.seen = look(Map.of());
    }

    /** Looks, and says whether it has changed since the last look. Where that can't be told for sure, it has. */
    boolean hasChanged() {
        Map<Path, Seen> before = seen;
        seen = look(before);
        return before.size() != seen.size()
                || before.entrySet().stream().anyMatch(file -> !file.getValue().isSame(seen.get(file.getKey())));
    }

    /** The same, where no others of its folder's files have. */
    boolean hasChanged(Set<Path> files) {
        boolean changed = false;
        for (Path file : files) {
            Seen before = seen.remove(file);
            if (ConfigFolder.isThere(file)) {
                Seen now = look(file, true, before);
                seen.put(file, now);
                changed |= before == null || !before.isSame(now);
            } else {
                changed |= before != null;
            }
        }
        return changed;
    }

    private Map<Path, Seen> look(Map<Path, Seen> before) {
        var found = new HashMap<Path, Seen>();
        boolean isFolder = Files.isDirectory(path);
        try {
            for (Path file : isFolder ? ConfigFolder.files(path) : List.of(path)) {
                found.put(file, look(file, isFolder, before.get(file)));
            }
        } catch (ConfigProblemsException e) {
            found.put(path, new Seen(null, false, e.getMessage()));
        }
        return found;
    }

    private Seen look(Path file, boolean isFolder, @Nullable Seen before) {
        long now = nowMillis.getAsLong();
        FileStamp stamp = FileStamp.of(file); // before its contents: what changes after it makes another one
        boolean sure = stamp != null && stamp.isSettled(now);
        if (before != null && before.sure && Objects.equals(before.stamp, stamp)) {
            return before;
        }
        if (before == null && sure) {
            return new Seen(stamp, true, null);
        }
        try {
            return new Seen(stamp, sure, ConfigReader.digest(isFolder ? ConfigFolder.bytes(file) : ConfigReader.bytes(file)));
        } catch (ConfigProblemsException e) {
            return new Seen(stamp, sure, e.getMessage());
        }
    }
}
