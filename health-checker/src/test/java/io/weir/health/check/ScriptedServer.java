package io.weir.health.check;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server on loopback that does with each connection, one after the other, what its script says, and notes how the connection ended. */
final class ScriptedServer implements AutoCloseable {
    /** What is done with a connection. When it returns, the connection is closed. */
    interface Script {
        void run(Connection connection) throws IOException;
    }

    /** How the other side ended a connection. */
    enum End {
        FIN,
        RESET
    }

    private final ServerSocket listening;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    /** The n-th connection gets the n-th script, later ones the last. */
    ScriptedServer(Script... scripts) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), scripts);
    }

    ScriptedServer(ServerSocket listening, Script... scripts) {
        this.listening = listening;
        start(() -> accept(scripts));
    }

    /** Answers each request with the same bytes. */
    static ScriptedServer answering(String answer) throws IOException {
        return new ScriptedServer(connection -> {
            while (connection.request() != null) {
                connection.write(answer);
            }
        });
    }

    private void accept(Script[] scripts) {
        for (int i = 0; ; i++) {
            Script script = scripts[Math.min(i, scripts.length - 1)];
            try {
                Connection connection = new Connection(listening.accept());
                synchronized (this) {
                    connections.add(connection);
                }
                start(() -> connection.play(script));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private synchronized void start(Runnable run) {
        threads.add(Thread.ofPlatform().daemon().start(run));
    }

    int port() {
        return listening.getLocalPort();
    }

    synchronized int connections() {
        return connections.size();
    }

    /** The next request that came, head only. */
    @Nullable String request() throws InterruptedException {
        return requests.poll(60, TimeUnit.SECONDS);
    }

    /** How the next connection was ended, in the order of the ends. */
    @Nullable End end() throws InterruptedException {
        return ends.poll(60, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        List<Thread> started;
        synchronized (this) {
            for (Connection connection : connections) {
                connection.socket.close();
            }
            started = List.copyOf(threads);
        }
        try {
            for (Thread thread : started) {
                thread.join(5_000);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** One connection. */
    final class Connection {
        private final Socket socket;

        private Connection(Socket socket) {
            this.socket = socket;
        }

        private void play(Script script) {
            try (socket) {
                script.run(this);
            } catch (IOException _) {
                // the other side is gone, or the test is over
            }
        }

        Socket socket() {
            return socket;
        }

        /** The head of the next request, or null if there is none. */
        @Nullable String request() throws IOException {
            StringBuilder head = new StringBuilder();
            InputStream in = socket.getInputStream();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    ends.add(End.FIN);
                    return null;
                }
                head.append((char) next);
            }
            requests.add(head.toString());
            return head.toString();
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(ISO_8859_1));
        }

        /** Reads on until the other side ends the connection. */
        void awaitEnd() throws IOException {
            try {
                while (socket.getInputStream().read() >= 0) {
                    // whatever comes
                }
                ends.add(End.FIN);
            } catch (SocketException e) {
                ends.add(End.RESET);
                throw e;
            }
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }
}
