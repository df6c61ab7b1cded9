package io.weir.platform.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A demo as a process, on the class path of the tests and on free ports. Every wait for it is bounded. */
final class DemoRun implements AutoCloseable {
    private static final int START_SECONDS = 120;
    private static final int END_SECONDS = 30;

    private final Process process;
    private final BlockingQueue<String> coming = new LinkedBlockingQueue<>();
    private final List<String> said = new ArrayList<>();

    private DemoRun(Process process) {
        this.process = process;
        BufferedReader lines = process.inputReader();
        Thread.ofVirtual().start(() -> {
            try {
                lines.lines().forEach(coming::add);
            } catch (UncheckedIOException e) {
                // it was killed
            }
        });
    }

    /** @param temporary where it makes its folder */
    static DemoRun start(Path temporary) throws IOException {
        // Where this build runs in the background, an interrupt may be ignored, and would be in the demo too.
        ProcessBuilder demo = new ProcessBuilder(
                "env", "--default-signal=INT", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary, "-cp", System.getProperty("java.class.path"), Demo.class.getName(), "--port", "0");
        demo.environment().put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"); // for its children too
        return new DemoRun(demo.redirectErrorStream(true).start());
    }

    long pid() {
        return process.pid();
    }

    List<ProcessHandle> children() {
        return process.children().toList();
    }

    /** The next line that is like this; what comes before it is kept in {@link #said}. */
    String line(Predicate<String> like) throws InterruptedException {
        while (true) {
            String line = coming.poll(START_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("not said: see " + said);
            }
            said.add(line);
            if (like.test(line)) {
                return line;
            }
        }
    }

    /** The cells of the row that begins with a name. */
    List<String> row(String name) {
        String row = said.stream().filter(line -> line.startsWith(name + " ")).findFirst().orElseThrow(() -> new AssertionError("no " + name + ": " + said));
        return List.of(row.split(" +"));
    }

    void signal(String name) throws Exception {
        int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        if (status != 0) {
            throw new AssertionError("no such process");
        }
    }

    int end() throws Exception {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("it did not end: " + coming);
        }
        return process.exitValue();
    }

    /** Whether a process ends, or has; one that only its new parent has not taken note of has ended too. */
    static boolean ends(ProcessHandle other) throws Exception {
        try {
            other.onExit().get(END_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            String stat = Files.readString(Path.of("/proc", Long.toString(other.pid()), "stat"));
            return stat.substring(stat.lastIndexOf(')')).startsWith(") Z");
        }
    }

    /** Kills it; its children follow by themselves. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
