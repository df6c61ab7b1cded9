package io.weir.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a file system says of a file, links followed. Two that are the same mean the same contents, if the file was not written to just
 * before the first of them was taken: times are no finer than their clock's ticks.
 *
 * @param written when its contents or attributes were last changed, which nobody can set back
 */
record FileStamp(long device, long node, long size, FileTime modified, FileTime written) {

    /** As coarse as a file system's times may be, in milliseconds. */
    private static final long COARSEST = 2000;

    private static final String ATTRIBUTES = "unix:dev,ino,size,lastModifiedTime,ctime";

    /** Null where there is no such file, or where its system does not tell. */
    static @Nullable FileStamp of(Path file) {
        Map<String, Object> attributes;
        try {
            attributes = Files.readAttributes(file, ATTRIBUTES);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
            return null;
        }
        return new FileStamp(
                number(attributes, "dev"), number(attributes, "ino"), number(attributes, "size"), time(attributes, "lastModifiedTime"), time(attributes, "ctime"));
    }

    /** Whether a later change is sure to make another stamp. */
    boolean isSettled(long nowMillis) {
        return nowMillis - Math.max(modified.toMillis(), written.toMillis()) > COARSEST;
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) Objects.requireNonNull(attributes.get(name), name)).longValue();
    }

    private static FileTime time(Map<String, Object> attributes, String name) {
        return (FileTime) Objects.requireNonNull(attributes.get(name), name);
    }
}
