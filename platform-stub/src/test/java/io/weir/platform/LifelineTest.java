package io.weir.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LifelineTest {
    private static final int BOUND_SECONDS = 20;

    /** A program that says what it was given and then stays. */
    static final class Stayer {
        public static void main(String... args) throws InterruptedException {
            System.out.println(String.join(" ", args));
            Thread.currentThread().join();
        }
    }

    /** A program that ends with a code of its own. */
    static final class Leaver {
        public static void main(String... args) {
            System.exit(Integer.parseInt(args[0]));
        }
    }

    @Test
    void theEndOfTheLineIsToldAfterWhatCameOnIt() throws Exception {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        try (PipedInputStream line = new PipedInputStream()) {
            try (PipedOutputStream parent = new PipedOutputStream(line)) {
                Lifeline.hold(line, () -> gone.complete(null));
                parent.write("still here".getBytes(StandardCharsets.US_ASCII));
                parent.flush();
                assertThat(gone).isNotDone();
            }
            gone.get(BOUND_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aProgramRunsWithItsArgumentsAndEndsWithTheLine() throws Exception {
        Process child = new ProcessBuilder(Jvm.likeThisOne().tied(Stayer.class.getName(), List.of("one", "two"))).start();
        try (BufferedReader out = child.inputReader()) {
            assertThat(out.readLine()).isEqualTo("one two");
            assertThat(child.isAlive()).isTrue();

            child.getOutputStream().close();

            assertThat(child.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void aProgramThatEndsByItselfKeepsItsCode() throws Exception {
        Process child = new ProcessBuilder(Jvm.likeThisOne().tied(Leaver.class.getName(), List.of("7"))).start();

        assertThat(child.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(7);
    }

    @Test
    void aProgramThatIsNotThereIsSaid() throws Exception {
        Process child = new ProcessBuilder(Jvm.likeThisOne().tied("io.weir.Nobody", List.of())).start();
        try (BufferedReader err = new BufferedReader(new InputStreamReader(child.getErrorStream(), StandardCharsets.UTF_8))) {
            assertThat(err.lines()).anySatisfy(line -> assertThat(line).contains("ClassNotFoundException: io.weir.Nobody"));
        }
        assertThat(child.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(1);
    }
}
