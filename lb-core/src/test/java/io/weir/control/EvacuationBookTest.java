package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evacuations on a control thread whose time stands, with a disk that writes when a test says so. */
class EvacuationBookTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final Evacuation ZONE = new Evacuation(Scope.parse("zone=a"), NOW.plusSeconds(600), false);
    private static final Evacuation LATER = new Evacuation(Scope.parse("zone=b"), NOW.plusSeconds(900), false);

    @TempDir
    private Path folder;

    private final EmbeddedChannel thread = new EmbeddedChannel();
    private final List<Runnable> disk = new ArrayList<>();
    private final List<Evacuation> ended = new ArrayList<>();
    private final List<String> unkept = new ArrayList<>();
    private int keptAgain;
    private Instant wall = NOW;
    private EvacuationFile file;
    private EvacuationBook book;

    @BeforeEach
    void open() {
        thread.freezeTime();
        file = new EvacuationFile(folder.resolve("state"), disk::add);
        book = new EvacuationBook(thread.eventLoop(), () -> wall, file, ended::add, unkept::add, () -> keptAgain++);
    }

    private void write() {
        List<Runnable> due = List.copyOf(disk);
        disk.clear();
        due.forEach(Runnable::run);
        thread.runPendingTasks();
    }

    private void pass(long seconds) {
        wall = wall.plusSeconds(seconds);
        thread.advanceTimeBy(seconds, TimeUnit.SECONDS);
        thread.runPendingTasks();
    }

    @Test
    void whatIsDecidedIsInForceAtOnceAndKeptLater() throws IOException {
        book.become(Evacuations.NONE.with(ZONE));
        assertThat(book.inForce().all()).containsExactly(ZONE);
        assertThat(book.kept()).isNotDone();
        assertThat(file.read().isEmpty()).isTrue();

        write();
        assertThat(book.kept()).isCompleted();
        assertThat(file.read().all()).containsExactly(ZONE);
        assertThat(unkept).isEmpty();
    }

    @Test
    void whatCannotBeWrittenIsInForceAndTriedAgain() throws IOException {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");
        book.become(Evacuations.NONE.with(ZONE));
        write();
        assertThat(book.kept()).isCompletedExceptionally();
        assertThat(unkept).hasSize(1);
        book.become(Evacuations.NONE);
        write();
        assertThat(book.inForce().isEmpty()).as("a restore too").isTrue();

        Files.delete(folder.resolve("state"));
        pass(EvacuationBook.AGAIN);
        write();
        assertThat(book.kept()).isCompleted();
        assertThat(keptAgain).isOne();
        assertThat(book.lost()).isFalse();
        assertThat(file.path()).isEmptyFile();
        pass(EvacuationBook.AGAIN);
        assertThat(disk).isEmpty();
    }

    @Test
    void thatItCannotBeWrittenIsToldOnceAMinuteThoughItIsTriedMoreOften() throws IOException {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");
        book.become(Evacuations.NONE.with(ZONE));
        write();
        for (int i = 1; i < EvacuationBook.TOLD_AGAIN; i++) {
            pass(EvacuationBook.AGAIN);
            assertThat(disk).hasSize(1);
            write();
        }
        assertThat(unkept).hasSize(1);
        assertThat(book.lost()).isTrue();
        pass(EvacuationBook.AGAIN);
        write();
        assertThat(unkept).hasSize(2);
        assertThat(keptAgain).isZero();
    }

    @Test
    void aDiskThatTakesLongIsTold() {
        book.become(Evacuations.NONE.with(ZONE));
        pass(EvacuationBook.SLOW - 1);
        assertThat(unkept).isEmpty();
        pass(1);
        assertThat(unkept).containsExactly("the disk has not taken them for 10 s");

        write();
        book.become(Evacuations.NONE);
        write();
        pass(EvacuationBook.SLOW);
        assertThat(unkept).hasSize(1);
    }

    @Test
    void withoutAThreadToWriteOnItIsInForceEndsAndIsTriedAgain() {
        List<Runnable> tries = new ArrayList<>();
        book = new EvacuationBook(
                thread.eventLoop(),
                () -> wall,
                new EvacuationFile(folder, write -> {
                    tries.add(write);
                    throw new OutOfMemoryError("unable to create native thread");
                }),
                ended::add,
                unkept::add,
                () -> keptAgain++);
        book.become(Evacuations.NONE.with(ZONE));
        pass(0);
        assertThat(book.inForce().all()).containsExactly(ZONE);
        assertThat(book.kept()).isCompletedExceptionally();
        assertThat(unkept).containsExactly("java.lang.OutOfMemoryError: unable to create native thread");

        pass(EvacuationBook.AGAIN);
        assertThat(tries).hasSize(2);
        pass(601);
        assertThat(ended).containsExactly(ZONE);
    }

    @Test
    void anOlderWriteThatFailsIsNotTriedAgain() throws IOException {
        Files.writeString(folder.resolve("state"), "a file where the folder should be");
        book.become(Evacuations.NONE.with(ZONE));
        book.become(Evacuations.NONE.with(ZONE).with(LATER));
        disk.removeFirst().run();
        Files.delete(folder.resolve("state"));
        write();
        pass(EvacuationBook.AGAIN);

        assertThat(disk).isEmpty();
        assertThat(unkept).isEmpty();
        assertThat(file.read().all()).containsExactly(ZONE, LATER);
    }

    @Test
    void eachEndsAtItsDateAlsoInTheFile() throws IOException {
        book.become(Evacuations.NONE.with(ZONE).with(LATER));
        pass(601);
        assertThat(ended).containsExactly(ZONE);
        write();
        assertThat(file.read().all()).containsExactly(LATER);
    }

    @Test
    void whatWasKeptHoldsFromTheOpeningOn() throws IOException {
        file.write(new Evacuations(List.of(ZONE, LATER)));
        wall = NOW.plusSeconds(700);
        book.open();

        assertThat(book.inForce().all()).containsExactly(LATER);
        pass(201);
        assertThat(ended).containsExactly(LATER);
    }

    @Test
    void nothingIsWrittenOnceAnotherProcessKeepsThem() throws IOException {
        book.become(Evacuations.NONE.with(ZONE));
        var written = book.handOver();
        assertThat(written).isNotDone();
        write();
        assertThat(written).isCompleted();
        book.become(Evacuations.NONE);
        assertThat(disk).isEmpty();
        assertThat(book.kept()).isCompletedExceptionally();
        assertThat(file.read().all()).containsExactly(ZONE);
    }

    @Test
    void whatAnotherProcessHasKeptIsReadAnew() throws IOException {
        book.become(Evacuations.NONE.with(ZONE));
        write();
        file.write(Evacuations.NONE.with(LATER));
        book.open();
        assertThat(book.inForce().all()).containsExactly(LATER);
        pass(901);
        assertThat(ended).containsExactly(LATER);
    }
}
