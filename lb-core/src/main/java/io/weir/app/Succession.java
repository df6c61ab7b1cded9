package io.weir.app;

import io.weir.admin.RunFolder;
import io.weir.frontend.ListeningSockets;
import io.weir.loop.TransportKind;
import io.weir.takeover.OfferedSockets;
import io.weir.takeover.SystemdSockets;
import io.weir.takeover.Takeover;
import io.weir.topology.BindAddress;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a process that starts is given: by the one whose place it takes, by systemd, or nothing. */
final class Succession implements AutoCloseable {
    private final OfferedSockets sockets;
    private final @Nullable Takeover takeover;

    private Succession(OfferedSockets sockets, @Nullable Takeover takeover) {
        this.sockets = sockets;
        this.takeover = takeover;
    }

    /** An ordinary start. */
    static Succession none() {
        return new Succession(OfferedSockets.none(), null);
    }

    /** That of another process. */
    static Succession of(Takeover takeover) {
        return new Succession(takeover.sockets(), takeover);
    }

    /** What systemd has opened for this process, if it has. */
    static Succession ofSystemd(TransportKind transport, Function<String, @Nullable String> environment) throws CannotTakeOverException {
        int count = SystemdSockets.count(environment, ProcessHandle.current().pid());
        if (count == 0) {
            return none();
        }
        if (transport == TransportKind.NIO) {
            throw new CannotTakeOverException("systemd has opened " + count + " sockets (LISTEN_FDS), and NIO can't use them; set runtime.transport to auto");
        }
        try {
            return new Succession(SystemdSockets.take(count, environment), null);
        } catch (IOException e) {
            throw new CannotTakeOverException(String.valueOf(e.getMessage()));
        }
    }

    /** That of the one process that runs with this config. It goes on as ever until this one serves. */
    static Succession ofRunning(RunFile file, TransportKind transport, List<RunFolder> folders) throws CannotTakeOverException {
        if (transport == TransportKind.NIO) {
            throw new CannotTakeOverException("NIO can't use the sockets of another process; set runtime.transport to auto, or end that process and start without --takeover");
        }
        String key = file.key();
        if (key == null) {
            throw new CannotTakeOverException(file.given() + " is gone");
        }
        for (RunFolder folder : folders) {
            try {
                List<RunFolder.Entry> running = folder.handovers(key);
                if (running.size() > 1) {
                    String pids = running.stream().map(each -> String.valueOf(each.pid())).collect(Collectors.joining(", "));
                    throw new CannotTakeOverException("several processes run with " + file.given() + ", pids " + pids + "; end all but one of them");
                }
                if (!running.isEmpty()) {
                    return ofRunning(running.getFirst(), folder, key);
                }
            } catch (IOException e) {
                throw new CannotTakeOverException("can't look for a running weir: " + e.getMessage());
            }
        }
        throw new CannotTakeOverException("no process of this user runs with " + file.given() + " that could be taken over (looked in "
                + folders.stream().map(each -> each.path().toString()).collect(Collectors.joining(" and "))
                + "); start without --takeover");
    }

    private static Succession ofRunning(RunFolder.Entry running, RunFolder folder, String key) throws CannotTakeOverException {
        try {
            return of(Takeover.begin(running.socket(), folder.post(key), key, BuildInfo.version()));
        } catch (IOException e) {
            throw new CannotTakeOverException("can't take over from pid " + running.pid() + ": " + e.getMessage());
        }
    }

    /** What a listener inherits. */
    @Nullable ListeningSockets socketsOf(BindAddress bind) {
        return sockets.take(bind);
    }

    /** The process whose place this one takes, or null. */
    @Nullable Takeover takeover() {
        return takeover;
    }

    /** Of sockets that no listener wants, for the start-up lines. They are closed, and what waits in their queues is refused. */
    List<String> unwanted() {
        return sockets.left().stream().map(address -> LoadBalancerProcess.text(address)).toList();
    }

    @Override
    public void close() {
        sockets.close();
        if (takeover != null) {
            takeover.close();
        }
    }

    /** There is nothing to take over, or it can't be; the message says why, and what to do. */
    static final class CannotTakeOverException extends Exception {
        private static final long serialVersionUID = 1;

        CannotTakeOverException(String message) {
            super(message);
        }
    }
}
