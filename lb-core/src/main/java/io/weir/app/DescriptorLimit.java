package io.weir.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** How many descriptors this process may have. The JVM raises the soft limit to the hard one by itself when it starts. */
final class DescriptorLimit {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    /** For jars, event loops, listeners, logs. */
    private static final int OTHERS = 200;

    private DescriptorLimit() {}

    /** A line that says so if that many client connections, each with one to a worker, don't fit. */
    static Optional<String> shortfall(int connections) {
        long needed = 2L * connections + OTHERS;
        long limit = read();
        return needed <= limit
                ? Optional.empty()
                : Optional.of("limits.connections: " + connections + " connections with their workers' need " + needed
                        + " descriptors, and this process may have " + limit + "; raise the hard limit (ulimit -Hn, LimitNOFILE) or lower the number");
    }

    private static long read() {
        try {
            for (String line : Files.readAllLines(LIMITS)) {
                if (line.startsWith("Max open files")) {
                    String soft = line.substring("Max open files".length()).strip().split("\\s+", 2)[0];
                    return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
                }
            }
        } catch (IOException e) {
            return Long.MAX_VALUE; // no Linux: nothing is known, nothing is said
        }
        return Long.MAX_VALUE;
    }
}
