package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvacuationFileTest {
    private static final Evacuations SOME = new Evacuations(List.of(
            new Evacuation(Scope.parse("zone=ca-c1a"), Instant.parse("2026-11-27T12:00:00Z"), false),
            new Evacuation(Scope.parse("worker=[::1]:9001"), Instant.parse("2026-11-27T12:00:00.123456789Z"), true)));

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        EvacuationFile file = new EvacuationFile(folder);
        file.write(SOME);
        assertThat(new EvacuationFile(folder).read()).isEqualTo(SOME);
        file.write(Evacuations.NONE);
        assertThat(file.read().isEmpty()).isTrue();
    }

    @Test
    void theFolderIsMadeAndHoldsNothingElse() throws IOException {
        Path deep = folder.resolve("a/b");
        new EvacuationFile(deep).write(SOME);
        try (Stream<Path> all = Files.list(deep)) {
            assertThat(all).containsExactly(new EvacuationFile(deep).path());
        }
    }

    @Test
    void whatADrillEvacuatedIsNotKept() throws IOException {
        Evacuation drilled = new Evacuation(Scope.parse("zone=ca-c1b"), Instant.parse("2026-11-27T12:00:00Z"), false, true);
        EvacuationFile file = new EvacuationFile(folder);
        file.write(SOME.with(drilled));
        assertThat(file.read()).isEqualTo(SOME);
    }

    @Test
    void whatProcessesLeftThatEndedAmidAWriteIsRemoved() throws IOException {
        Path left = Files.writeString(folder.resolve("evacuations123.new"), "");
        Path anothers = Files.writeString(folder.resolve("evacuations456.new"), "");
        Files.setLastModifiedTime(left, FileTime.from(Files.getLastModifiedTime(anothers).toInstant().minusSeconds(3600)));
        EvacuationFile file = new EvacuationFile(folder);
        file.write(SOME);
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactlyInAnyOrder(file.path(), anothers);
        }
    }

    @Test
    void aWriterWithoutAThreadFailsAndThrowsNothing() {
        OutOfMemoryError noThread = new OutOfMemoryError("unable to create native thread");
        var kept = new EvacuationFile(folder, _ -> {
                    throw noThread;
                })
                .keep(SOME);
        assertThatThrownBy(kept::join).hasCause(noThread);
    }

    @Test
    void withoutAFileThereIsNone() throws IOException {
        assertThat(new EvacuationFile(folder.resolve("none")).read().isEmpty()).isTrue();
    }

    @Test
    void whatCannotBeWrittenLeavesWhatWasKept() throws IOException {
        EvacuationFile file = new EvacuationFile(folder.resolve("f"));
        Files.writeString(folder.resolve("f"), "a file where the folder should be");
        assertThatThrownBy(() -> file.write(SOME)).isInstanceOf(IOException.class);
        assertThat(folder.resolve("f")).hasContent("a file where the folder should be");
    }

    @Test
    void whatIsKeptByAndByIsWrittenInTheOrderOfTheCalls() throws IOException {
        EvacuationFile file = new EvacuationFile(folder);
        var first = file.keep(Evacuations.NONE);
        var last = file.keep(SOME);
        last.join();
        assertThat(first).isDone();
        assertThat(file.read()).isEqualTo(SOME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "zone=a", "zone=a until noon", "zone=a until 2026-11-27T12:00:00Z soft", "rack=a until 2026-11-27T12:00:00Z"})
    void aLineThatNobodyCanHaveWrittenIsToldWithItsPlace(String line) throws IOException {
        EvacuationFile file = new EvacuationFile(folder);
        Files.writeString(file.path(), "zone=b until 2026-11-27T12:00:00Z\n" + line + "\n");
        assertThatThrownBy(file::read).isInstanceOf(IOException.class).hasMessage(file.path() + ":2: not an evacuation: " + line);
    }
}
