package io.weir.app;

import io.netty.channel.unix.Socket;
import io.weir.loop.TransportKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells systemd how this process is, by datagrams to the socket that {@code NOTIFY_SOCKET} names (sd_notify(3)). Without one it does nothing.
 * Any thread.
 */
final class SystemdNotifier {
    /** For who was not started by systemd. */
    static final SystemdNotifier NONE = new SystemdNotifier(null);

    private static final String VARIABLE = "NOTIFY_SOCKET";

    private final byte @Nullable [] address;

    private SystemdNotifier(byte @Nullable [] address) {
        this.address = address;
    }

    /** As the environment says. Needs the library of one of Netty's native transports, and is {@link #NONE} where there is none. */
    static SystemdNotifier of(Function<String, @Nullable String> environment) {
        String name = environment.apply(VARIABLE);
        boolean known = name != null && (name.startsWith("/") || name.startsWith("@")); // others are not of the Unix kind
        if (name == null || !known || !(TransportKind.IO_URING.unavailability() == null || TransportKind.EPOLL.unavailability() == null)) {
            return NONE;
        }
        byte[] address = name.getBytes(StandardCharsets.UTF_8);
        if (address[0] == '@') {
            address[0] = 0; // an abstract name, see unix(7)
        }
        return new SystemdNotifier(address);
    }

    /** It serves. */
    void ready(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /** It serves, in place of the process that systemd knows. */
    void readyInstead(String status) {
        send("MAINPID=" + ProcessHandle.current().pid() + "\nREADY=1\nSTATUS=" + status);
    }

    /** What it is doing, for people. */
    void status(String status) {
        send("STATUS=" + status);
    }

    /** It reads its config anew. */
    void reloading() {
        // System.nanoTime is CLOCK_MONOTONIC on Linux.
        send("RELOADING=1\nMONOTONIC_USEC=" + TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** It has, or keeps the old one. */
    void reloaded(String status) {
        send("READY=1\nSTATUS=" + status);
    }

    /** It ends. */
    void stopping(String status) {
        send("STOPPING=1\nSTATUS=" + status);
    }

    /** Another process has taken its place. */
    void handedOver(long successor) {
        send("MAINPID=" + successor);
    }

    private void send(String message) {
        if (address == null) {
            return;
        }
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        try {
            Socket socket = Socket.newSocketDomainDgram();
            try {
                socket.sendToDomainSocket(direct, 0, bytes.length, address);
            } finally {
                socket.close();
            }
        } catch (IOException | RuntimeException _) {
            // Who does not hear learns by other means; a process that serves does not end for that.
        }
    }
}
