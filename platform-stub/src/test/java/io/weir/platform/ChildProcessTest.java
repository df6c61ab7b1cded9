package io.weir.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @Test
    void itsOutputGoesToTheLogBehindWhatIsThere() throws Exception {
        Files.writeString(log(), "before\n");

        ChildProcess child = start("echo out; echo err >&2");

        assertThat(child.awaitEnd(SOON)).isTrue();
        assertThat(log()).hasContent("before\nout\nerr\n");
    }

    @Test
    void anEndTellsTheExitCode() throws Exception {
        ChildProcess.Ending ending = start("exit 7").ending().get(SOON.toSeconds(), TimeUnit.SECONDS);

        assertThat(ending.status()).isEqualTo(7);
        assertThat(ending).hasToString("ended with code 7");
    }

    @Test
    void anEndTellsTheSignal() throws Exception {
        assertThat(start("kill -9 $$").ending().get(SOON.toSeconds(), TimeUnit.SECONDS)).hasToString("was ended by signal 9");
    }

    @Test
    void anInterruptDoesNotReachIt() throws Exception {
        assertThat(start("kill -INT $$; exit 5").ending().get(SOON.toSeconds(), TimeUnit.SECONDS).status()).isEqualTo(5);
    }

    @Test
    void itsProcessIdIsThatOfTheProgramItself() throws Exception {
        ChildProcess child = start("echo $$");

        assertThat(child.awaitEnd(SOON)).isTrue();
        assertThat(log()).hasContent(child.pid() + "\n");
    }

    /** One that is asked to end may take its time: were its pipe closed, it would take us for gone and end at once. */
    @Test
    void itsPipeStaysWhenItIsAskedToEnd() throws Exception {
        ChildProcess child = start("trap '' TERM; echo ready; exec cat");
        while (!Files.readString(log()).contains("ready")) {
            Thread.onSpinWait();
        }

        child.terminate();

        assertThat(child.awaitEnd(Duration.ofMillis(500))).as("ended at the end of its pipe").isFalse();
    }

    @Test
    void itEndsWhenAsked() throws Exception {
        ChildProcess child = start("exec cat"); // until the end of its standard input, which we hold

        child.terminate();

        assertThat(child.awaitEnd(SOON)).isTrue();
        assertThat(child.ending().join()).hasToString("was ended by signal 15");
        assertThat(child.running()).isFalse();
    }

    @Test
    void whatDoesNotEndWhenAskedIsKilled() throws Exception {
        Path ready = folder.resolve("ready");
        assertThat(new ProcessBuilder("mkfifo", ready.toString()).start().waitFor()).isZero();
        ChildProcess child = start("trap '' TERM; echo deaf > " + ready + "; while :; do read -r _; done");
        assertThat(Files.readString(ready)).isEqualTo("deaf\n"); // waits until it says so

        child.terminate();

        assertThat(child.awaitEnd(Duration.ofMillis(50))).isFalse();
        assertThat(child.ending().join()).hasToString("was ended by signal 9");
    }

    private ChildProcess start(String script) throws Exception {
        return ChildProcess.start("child", List.of("/bin/sh", "-c", script), log());
    }

    private Path log() {
        return folder.resolve("log");
    }
}
