package io.weir.upstream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A worker at a loopback address that does what a test says, connection by connection. Every wait of it is bounded. */
final class LoopbackWorker implements AutoCloseable {
    static final int BOUND_SECONDS = 10;

    /** A connection that the worker accepted. */
    static final class Accepted {
        private final Socket socket;
        private final InputStream in;

        Accepted(Socket socket) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(BOUND_SECONDS));
            socket.setTcpNoDelay(true);
        }

        /** The next request's head. */
        String head() {
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            try {
                while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                    int b = in.read();
                    if (b < 0) {
                        throw new AssertionError("the connection ended in a head: " + head.toString(StandardCharsets.ISO_8859_1));
                    }
                    head.write(b);
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return head.toString(StandardCharsets.ISO_8859_1);
        }

        String read(int bytes) {
            try {
                return new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        Accepted send(String text) {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return this;
        }

        /** Whether the other side has ended the connection, by FIN or RST; waits for it. */
        boolean isEnded() {
            try {
                return in.read() < 0;
            } catch (java.net.SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }

        /** FIN. */
        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        /** RST. */
        void reset() {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private final ServerSocket server;
    private final BlockingQueue<Accepted> accepted = new LinkedBlockingQueue<>();

    LoopbackWorker(String address) {
        try {
            server = new ServerSocket(0, 50, InetAddress.getByName(address));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    accepted.add(new Accepted(server.accept()));
                }
            } catch (IOException e) {
                // closed: the test is over
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    /** The next connection that somebody made. */
    Accepted next() {
        try {
            Accepted next = accepted.poll(BOUND_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nobody connected");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether a connection is there that {@link #next} did not give out. */
    boolean hasMore() {
        return !accepted.isEmpty();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        accepted.forEach(Accepted::close);
    }
}
