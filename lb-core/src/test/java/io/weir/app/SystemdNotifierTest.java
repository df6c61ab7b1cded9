package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdNotifierTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void needNative() {
        assumeThat(TransportKind.EPOLL.unavailability()).isNull();
    }

    private static String received(Socket at) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(1000);
        int length = at.recv(bytes, 0, bytes.capacity());
        byte[] text = new byte[length];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "@"})
    void itTellsTheSocketThatTheEnvironmentNames(String kind) throws IOException {
        String path = folder.resolve("notify").toString();
        Socket systemd = Socket.newSocketDomainDgram();
        try {
            systemd.bind(new DomainSocketAddress(kind.equals("/") ? path : "\0" + path));
            SystemdNotifier notifier = SystemdNotifier.of(Map.of("NOTIFY_SOCKET", kind.equals("/") ? path : "@" + path)::get);
            notifier.ready("serving at *:80");
            assertThat(received(systemd)).isEqualTo("READY=1\nSTATUS=serving at *:80");
            notifier.readyInstead("x");
            assertThat(received(systemd)).isEqualTo("MAINPID=" + ProcessHandle.current().pid() + "\nREADY=1\nSTATUS=x");
            long before = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
            notifier.reloading();
            String reloading = received(systemd);
            assertThat(reloading).startsWith("RELOADING=1\nMONOTONIC_USEC=");
            assertThat(Long.parseLong(reloading.substring(reloading.lastIndexOf('=') + 1))).isGreaterThanOrEqualTo(before);
            notifier.reloaded("y");
            assertThat(received(systemd)).isEqualTo("READY=1\nSTATUS=y");
            notifier.status("z");
            assertThat(received(systemd)).isEqualTo("STATUS=z");
            notifier.handedOver(4711);
            assertThat(received(systemd)).isEqualTo("MAINPID=4711");
            notifier.stopping("draining");
            assertThat(received(systemd)).isEqualTo("STOPPING=1\nSTATUS=draining");
        } finally {
            systemd.close();
        }
    }

    @Test
    void withoutSystemdItDoesNothing() {
        assertThat(SystemdNotifier.of(Map.<String, String>of()::get)).isSameAs(SystemdNotifier.NONE);
        assertThat(SystemdNotifier.of(Map.of("NOTIFY_SOCKET", "vsock:2:1234")::get)).isSameAs(SystemdNotifier.NONE);
        SystemdNotifier.NONE.ready("nobody hears it");
        SystemdNotifier.of(Map.of("NOTIFY_SOCKET", folder.resolve("gone").toString())::get).ready("nobody hears it");
    }
}
