package io.weir.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A worker on the loopback that speaks HTTP/2 frame by frame, as a test tells it to. */
public final class Http2LoopbackWorker implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int SETTINGS = 4;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int ENDS = 1;
    public static final int WHOLE_HEAD = 4;
    private static final int PREFACE = 24;
    private static final int MILLIS = 10_000;
    /** {@code :status: 200} in HPACK's static table. */
    private static final byte[] STATUS_200 = {(byte) 0x88};

    private final ServerSocket listening;
    private final List<Accepted> all = new ArrayList<>();

    public Http2LoopbackWorker() {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            listening.setSoTimeout(MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** The next connection, whose preface is read and answered with these settings: identifiers and values in turn. */
    public Accepted next(int... settings) {
        try {
            Accepted next = new Accepted(listening.accept());
            all.add(next);
            next.socket.setSoTimeout(MILLIS);
            next.socket.setTcpNoDelay(true);
            next.in.skipNBytes(PREFACE);
            ByteBuffer payload = ByteBuffer.allocate(settings.length * 3);
            for (int i = 0; i < settings.length; i += 2) {
                payload.putShort((short) settings[i]).putInt(settings[i + 1]);
            }
            next.send(SETTINGS, 0, 0, payload.array());
            return next;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether another connection has come. */
    public boolean hasMore() {
        try {
            listening.setSoTimeout(1);
            all.add(new Accepted(listening.accept()));
            return true;
        } catch (java.net.SocketTimeoutException _) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Accepted each : all) {
                each.socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A frame. */
    public record Frame(int type, int flags, int stream) {
        public boolean ends() {
            return (flags & ENDS) != 0;
        }
    }

    public static final class Accepted {
        private final Socket socket;
        private final DataInputStream in;
        private final DataOutputStream out;

        Accepted(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(socket.getInputStream());
            this.out = new DataOutputStream(socket.getOutputStream());
        }

        /** The next frame that is about a stream, or GOAWAY, or the answer to a PING; or one of type -1 at the end. Settings are acknowledged. */
        public Frame frame() {
            try {
                while (true) {
                    int first = in.read();
                    if (first < 0) {
                        return new Frame(-1, 0, 0);
                    }
                    int length = first << 16 | in.readUnsignedShort();
                    int type = in.readUnsignedByte();
                    int flags = in.readUnsignedByte();
                    int stream = in.readInt();
                    in.skipNBytes(length);
                    if (type == SETTINGS && flags == 0) {
                        send(SETTINGS, 1, 0);
                    } else if (stream != 0 || type == GOAWAY || type == PING) {
                        return new Frame(type, flags, stream);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The next frame of that type; others are passed over. */
        public Frame next(int type) {
            while (true) {
                Frame frame = frame();
                if (frame.type == type) {
                    return frame;
                }
                if (frame.type < 0) {
                    throw new AssertionError("the connection has ended");
                }
            }
        }

        /** All frames about streams that come before the answer to a PING that is sent now. */
        public List<Frame> framesSoFar() {
            send(PING, 0, 0, new byte[8]);
            List<Frame> all = new ArrayList<>();
            for (Frame frame = frame(); frame.type != PING; frame = frame()) {
                if (frame.type < 0) {
                    throw new AssertionError("the connection has ended");
                }
                all.add(frame);
            }
            return all;
        }

        public void send(int type, int flags, int stream, byte... payload) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            try (DataOutputStream to = new DataOutputStream(frame)) {
                to.writeByte(payload.length >> 16);
                to.writeShort(payload.length);
                to.writeByte(type);
                to.writeByte(flags);
                to.writeInt(stream);
                to.write(payload);
                out.write(frame.toByteArray());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public void head(int stream, boolean ends) {
            send(HEADERS, WHOLE_HEAD | (ends ? ENDS : 0), stream, STATUS_200);
        }

        public void data(int stream, String text, boolean ends) {
            send(DATA, ends ? ENDS : 0, stream, text.getBytes(ISO_8859_1));
        }

        public void reset(int stream, int error) {
            send(RST_STREAM, 0, stream, number(error));
        }

        public void goAway(int last) {
            send(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(last).putInt(0).array());
        }

        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static byte[] number(int n) {
            return ByteBuffer.allocate(4).putInt(n).array();
        }
    }
}
