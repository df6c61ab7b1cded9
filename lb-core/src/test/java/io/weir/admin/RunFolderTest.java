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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    @TempDir
    private Path temporary;

    @Test
    void itIsInTheRuntimeFolderIfThereIsOneAndInTmpOtherwise() {
        var with = RunFolder.all(Map.of("XDG_RUNTIME_DIR", temporary.toString())::get);
        var without = RunFolder.all(Map.of("XDG_RUNTIME_DIR", temporary + "/none")::get);

        assertThat(with).hasSize(2);
        assertThat(with.getFirst().path()).isEqualTo(temporary.resolve("weir"));
        assertThat(without).singleElement().satisfies(folder -> assertThat(folder.path().toString()).matches("/tmp/weir-[0-9]+"));
    }

    @Test
    void theKeyIsOfTheConfigHoweverItIsNamed() throws Exception {
        Path config = Files.writeString(temporary.resolve("weir.yaml"), "");
        Path link = Files.createSymbolicLink(temporary.resolve("link"), config);

        assertThat(RunFolder.key(link)).isEqualTo(RunFolder.key(config)).isEqualTo(RunFolder.key(temporary.resolve("./weir.yaml"))).hasSize(12);
        assertThat(RunFolder.key(temporary)).isNotEqualTo(RunFolder.key(config));
        assertThatIOException().isThrownBy(() -> RunFolder.key(temporary.resolve("none")));
    }

    @Test
    void itIsForItsOwnerAlone() throws Exception {
        RunFolder folder = new RunFolder(temporary.resolve("weir"));
        assertThat(folder.entries()).isEmpty();
        folder.prepare();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path()))).isEqualTo("rwx------");
        folder.prepare();

        Files.setPosixFilePermissions(folder.path(), PosixFilePermissions.fromString("rwxrwx---"));
        assertThatIOException().isThrownBy(folder::prepare).withMessageContaining("chmod 700");
        assertThatIOException().isThrownBy(folder::entries).withMessageContaining("chmod 700");
    }

    @Test
    void whereItCannotBeMadeItSaysWhy() {
        assertThatIOException().isThrownBy(new RunFolder(temporary.resolve("none/weir"))::prepare).withMessage("there is no folder to make it in");
    }

    @Test
    void aLinkInItsPlaceIsNotFollowed() throws Exception {
        Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        RunFolder folder = new RunFolder(Files.createSymbolicLink(temporary.resolve("weir"), elsewhere));

        assertThatIOException().isThrownBy(folder::prepare).withMessageContaining("is no folder");
    }

    @Test
    void processesThatAnswerAreFoundAndWhatOthersLeftIsCleared() throws Exception {
        RunFolder folder = new RunFolder(temporary.resolve("weir"));
        folder.prepare();
        Path dead = folder.path().resolve("0123456789ab-7.sock");
        try (ServerSocketChannel _ = listen(dead)) {
            assertThat(folder.entries()).containsExactly(new RunFolder.Entry("0123456789ab", 7, dead));
        }
        Path other = Files.writeString(folder.path().resolve("notes.txt"), "");
        Path own = folder.socket("proxy");
        assertThat(own.getFileName()).hasToString("proxy-" + ProcessHandle.current().pid() + ".sock");
        Path linked = folder.path().resolve("ba9876543210-8.sock");
        try (ServerSocketChannel _ = listen(own)) {
            Files.createSymbolicLink(linked, own);

            assertThat(folder.entries()).extracting(RunFolder.Entry::socket).containsExactly(linked, own);
            folder.prepare();
        }
        assertThat(dead).doesNotExist();
        assertThat(own).exists();
        assertThat(other).exists();
        assertThat(linked).exists();
    }

    @Test
    void linksToASocketThatIsOursNowAreForgotten() throws Exception {
        RunFolder folder = new RunFolder(temporary.resolve("weir"));
        folder.prepare();
        Path old = Files.createSymbolicLink(folder.path().resolve("0123456789ab-7.sock"), temporary.resolve("admin.sock"));
        Path others = Files.createSymbolicLink(folder.path().resolve("0123456789ab-8.sock"), temporary.resolve("other.sock"));

        folder.forgetLinksTo(temporary.resolve("admin.sock"));

        assertThat(Files.isSymbolicLink(old)).isFalse();
        assertThat(Files.isSymbolicLink(others)).isTrue();
    }

    private static ServerSocketChannel listen(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }
}
