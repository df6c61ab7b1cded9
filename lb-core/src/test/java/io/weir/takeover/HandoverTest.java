package io.weir.takeover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.weir.loop.TransportKind;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What two processes say to each other, without listeners. */
@Timeout(60)
class HandoverTest {
    private static final int SECONDS = 20;

    @TempDir
    private Path folder;

    private final BlockingQueue<String> happened = new LinkedBlockingQueue<>();
    private Path socket;
    private Path post;
    private byte[] state = {1, 2, 3};
    private Handover handover;

    @BeforeEach
    void open() throws IOException {
        assumeThat(TransportKind.EPOLL.unavailability()).isNull();
        socket = folder.resolve("handover");
        post = folder.resolve("post");
        handover = Handover.open(socket, "key", "1.0", new Old(), happened::add);
    }

    @AfterEach
    void close() {
        handover.close();
    }

    private final class Old implements Predecessor {
        @Override
        public List<Listening> listeners() {
            return List.of();
        }

        @Override
        public long generation() {
            return 7;
        }

        @Override
        public byte[] state() {
            return state;
        }

        @Override
        public void release(long successor) {
            happened.add("release " + (successor == ProcessHandle.current().pid()));
        }

        @Override
        public void released(long successor) {
            happened.add("released");
        }
    }

    private String next() throws InterruptedException {
        return String.valueOf(happened.poll(SECONDS, TimeUnit.SECONDS));
    }

    @Test
    void theOldOneLetsGoBeforeTheNewOneGoesOn() throws Exception {
        try (Takeover takeover = Takeover.begin(socket, post, "key", "2.0")) {
            assertThat(takeover.from()).isEqualTo("1.0, pid " + ProcessHandle.current().pid());
            assertThat(takeover.state()).containsExactly(1, 2, 3);
            assertThat(takeover.sockets().left()).isEmpty();
            takeover.serving();
            assertThat(happened.peek()).isEqualTo("release true");
        }
        assertThat(next()).isEqualTo("release true");
        assertThat(next()).isEqualTo("released");
        assertThat(socket).doesNotExist();
        assertThat(post).doesNotExist();
    }

    @Test
    void itIsForItsUserAlone() throws IOException {
        assertThat(Files.getPosixFilePermissions(socket)).hasToString("[OWNER_READ, OWNER_WRITE]");
    }

    @Test
    void whoEndsOrOnlyLooksChangesNothing() throws Exception {
        SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
        Takeover.begin(socket, post, "key", "2.0").close();
        assertThat(next()).contains("weir 2.0", "has not taken over: it has ended", "goes on");
        try (Takeover again = Takeover.begin(socket, post, "key", "2.0")) {
            assertThat(again.state()).hasSize(3);
        }
    }

    @Test
    void anotherConfigsProcessIsRefused() {
        assertThatThrownBy(() -> Takeover.begin(socket, post, "other", "2.0")).isInstanceOf(IOException.class).hasMessageContaining("another config");
    }

    @Test
    void anotherFoldersProcessIsRefused() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere")).resolve("post");
        assertThatThrownBy(() -> Takeover.begin(socket, elsewhere, "key", "2.0")).isInstanceOf(IOException.class);
    }

    @Test
    void aProtocolThatIsNotKnownIsRefused() throws Exception {
        try (Conversation with = new Conversation(SocketChannel.open(UnixDomainSocketAddress.of(socket)))) {
            with.out().writeUTF(Conversation.MAGIC);
            with.out().writeInt(99);
            with.out().flush();
            assertThat(with.in().readByte()).isEqualTo(Conversation.REFUSED);
            assertThat(with.in().readUTF()).contains("protocol 1", "99", "without --takeover");
        }
    }

    @Test
    void stateThatIsTooLargeIsLeftOut() throws Exception {
        state = new byte[Manifest.MOST_STATE + 1];
        try (Takeover takeover = Takeover.begin(socket, post, "key", "2.0")) {
            assertThat(takeover.state()).isEmpty();
        }
    }

    @Test
    void onlyWhatSystemdMeansForThisProcessCounts() {
        assertThat(SystemdSockets.count(java.util.Map.of("LISTEN_FDS", "2", "LISTEN_PID", "17")::get, 17)).isEqualTo(2);
        assertThat(SystemdSockets.count(java.util.Map.of("LISTEN_FDS", "2", "LISTEN_PID", "18")::get, 17)).isZero();
        assertThat(SystemdSockets.count(java.util.Map.of("LISTEN_FDS", "-1", "LISTEN_PID", "17")::get, 17)).isZero();
        assertThat(SystemdSockets.count(java.util.Map.<String, String>of()::get, 17)).isZero();
    }
}
