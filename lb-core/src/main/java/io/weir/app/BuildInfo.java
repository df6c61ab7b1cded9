package io.weir.app;

import org.jspecify.annotations.Nullable;

/** Which version this is, and on what it runs. */
final class BuildInfo {
    private BuildInfo() {}

    static String version() {
        @Nullable String version = BuildInfo.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    static String line() {
        return "weir " + version() + ", Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.version")
                + " " + System.getProperty("os.arch");
    }
}
