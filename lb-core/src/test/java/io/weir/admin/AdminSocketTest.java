package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminSocketTest {
    @TempDir
    private Path folder;

    private final List<ServerSocketChannel> open = new ArrayList<>();

    private void listen(Path path) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        open.add(channel);
        channel.bind(UnixDomainSocketAddress.of(path));
    }

    @AfterEach
    void closeAll() throws IOException {
        for (ServerSocketChannel channel : open) {
            channel.close();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void itIsForItsOwnerAloneAndNeverWasForOthers() throws Exception {
        Path path = folder.resolve("a.sock");
        AdminSocket socket = AdminSocket.open(path, made -> {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.getParent()))).isEqualTo("rwx------");
            listen(made);
            assertThat(path).as("nobody finds it before it has its rights").doesNotExist();
        });

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path))).isEqualTo("rw-------");
        assertThat(AdminSocket.isAlive(path)).isTrue();
        assertThat(files()).containsExactly(path);

        socket.remove();
        assertThat(files()).isEmpty();
    }

    @Test
    void whatADeadProcessHasLeftIsReplaced() throws Exception {
        Path path = folder.resolve("a.sock");
        listen(path);
        open.getFirst().close(); // the JDK leaves the file, as a killed process does
        assertThat(path).exists();

        AdminSocket.open(path, this::listen);

        assertThat(AdminSocket.isAlive(path)).isTrue();
    }

    @Test
    void whatALivingProcessListensAtIsNot() throws Exception {
        Path path = folder.resolve("a.sock");
        AdminSocket.open(path, this::listen);

        assertThatIOException()
                .isThrownBy(() -> AdminSocket.open(path, this::listen))
                .withMessage("another process (another weir?) listens there already");
        assertThat(AdminSocket.isAlive(path)).isTrue();
    }

    @Test
    void aFullQueueIsASignOfLife() throws Exception {
        Path path = folder.resolve("a.sock");
        AdminSocket.open(path, made -> {
            ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            open.add(channel);
            channel.bind(UnixDomainSocketAddress.of(made), 1);
        });
        for (int i = 0; i < 10; i++) {
            assertThat(AdminSocket.isAlive(path)).isTrue();
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Path path = Files.writeString(folder.resolve("a.sock"), "precious");

        assertThatIOException().isThrownBy(() -> AdminSocket.open(path, this::listen)).withMessageContaining("no socket; remove it");
        assertThat(path).hasContent("precious");
    }

    @Test
    void theFolderMustBeThere() {
        assertThatIOException()
                .isThrownBy(() -> AdminSocket.open(folder.resolve("none/a.sock"), this::listen))
                .withMessage("there is no folder " + folder.resolve("none") + "; make it");
    }

    @Test
    void whatCannotBeBoundLeavesNothingBehind() throws Exception {
        assertThatIOException().isThrownBy(() -> AdminSocket.open(folder.resolve("a.sock"), _ -> {
            throw new IOException("no");
        }));
        assertThat(files()).isEmpty();
    }

    @Test
    void anothersSocketInItsPlaceIsNotRemoved() throws Exception {
        Path path = folder.resolve("a.sock");
        AdminSocket socket = AdminSocket.open(path, this::listen);
        Files.delete(path);
        listen(path);

        socket.remove();

        assertThat(path).exists();
    }
}
