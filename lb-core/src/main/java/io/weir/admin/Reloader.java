package io.weir.admin;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Who reads the config of a process again. For any thread. */
public interface Reloader {
    /** Reads it again behind what was asked for before. */
    CompletableFuture<ReloadReport> reload(String cause);

    /** What came of the last time that something did, or null. */
    @Nullable ReloadReport last();

    /** How many configs from before have still something under way. */
    int leaving();

    /** How it is found out that the file has changed. */
    String watched();
}
