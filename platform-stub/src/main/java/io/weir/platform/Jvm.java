package io.weir.platform;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a Java process is started.
 *
 * @param java the program
 * @param classPath as {@code -cp} takes it
 * @param flags the JVM's, in order
 */
public record Jvm(Path java, String classPath, List<String> flags) {
    /** Names the ahead-of-time cache, if there is a fitting one; set by the launcher. */
    private static final String AOT_CACHE = "weir.aot";

    public Jvm {
        flags = List.copyOf(flags);
    }

    /**
     * The Java, the libraries and the ahead-of-time cache that this process runs with, and what Netty needs. The cache is refused for other
     * native access, not for another heap.
     */
    public static Jvm likeThisOne() {
        List<String> flags = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        String cache = System.getProperty(AOT_CACHE);
        if (cache != null && Files.isReadable(Path.of(cache))) {
            flags.addAll(List.of("-XX:AOTCache=" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
        }
        return new Jvm(Path.of(System.getProperty("java.home"), "bin", "java"), System.getProperty("java.class.path"), flags);
    }

    /** The same with further flags, which stand last. */
    public Jvm with(List<String> further) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(further);
        return new Jvm(java, classPath, all);
    }

    /** The command that runs a main class, tied to the process that starts it by {@link Lifeline}. */
    public List<String> tied(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, Lifeline.class.getName(), mainClass));
        command.addAll(arguments);
        return command;
    }
}
