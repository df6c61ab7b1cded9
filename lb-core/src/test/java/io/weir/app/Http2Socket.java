package io.weir.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of HTTP/2 on a socket, whose streams are read and written as sockets are: it has as much room as is read. */
final class Http2Socket implements AutoCloseable {
    private static final int SECONDS = 30;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int FRAME = 16_384;
    private static final int DEFAULT_WINDOW = 65_535;

    private final Socket socket;
    private final int window;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final DefaultHttp2HeadersDecoder heads = new DefaultHttp2HeadersDecoder(false);
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
    private final BlockingQueue<Integer> goaways = new LinkedBlockingQueue<>();
    private final Room room = new Room(DEFAULT_WINDOW);
    private final Thread reader;
    private int next = 1;

    /** {@code window}: bytes of a stream that may come before they are read. */
    Http2Socket(Socket socket, int window) throws IOException {
        this.socket = socket;
        this.window = window;
        socket.setTcpNoDelay(true);
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        frame(SETTINGS, 0, 0, new byte[] {0, 4, (byte) (window >> 24), (byte) (window >> 16), (byte) (window >> 8), (byte) window});
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        if (in.readUnsignedByte() != SETTINGS) {
            throw new IOException("the first frame is no SETTINGS");
        }
        byte[] rest = new byte[1 + 4 + length];
        in.readFully(rest);
        frame(SETTINGS, 1, 0, new byte[0]);
        this.reader = new Thread(this::read, "http2-client");
        reader.setDaemon(true);
        reader.start();
    }

    /** Opens a stream with these fields, {@code name=value} each; names and values are shorter than 127. */
    Stream open(String... fields) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String field : fields) {
            block.write(0);
            int equals = field.indexOf('=');
            for (String s : new String[] {field.substring(0, equals), field.substring(equals + 1)}) {
                block.write(s.length());
                block.writeBytes(s.getBytes(ISO_8859_1));
            }
        }
        Stream stream = new Stream(next);
        next += 2;
        streams.put(stream.id, stream);
        frame(HEADERS, 4, stream.id, block.toByteArray());
        return stream;
    }

    /** The highest stream that the next GOAWAY names. */
    int goaway() throws InterruptedException {
        Integer last = goaways.poll(SECONDS, TimeUnit.SECONDS);
        if (last == null) {
            throw new AssertionError("no GOAWAY comes");
        }
        return last;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        synchronized (out) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            DataOutputStream to = new DataOutputStream(frame);
            to.writeByte(payload.length >> 16);
            to.writeShort(payload.length);
            to.writeByte(type);
            to.writeByte(flags);
            to.writeInt(stream);
            to.write(payload);
            out.write(frame.toByteArray());
        }
    }

    private static byte[] number(int n) {
        return new byte[] {(byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
    }

    private void read() {
        try {
            while (true) {
                int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                byte[] payload = new byte[length];
                in.readFully(payload);
                take(type, flags, stream, Unpooled.wrappedBuffer(payload));
            }
        } catch (IOException | Http2Exception e) {
            streams.values().forEach(stream -> stream.fail("the connection is over: " + e));
            room.fail();
        }
    }

    private void take(int type, int flags, int id, ByteBuf payload) throws IOException, Http2Exception {
        Stream stream = streams.get(id);
        switch (type) {
            case SETTINGS -> {
                if ((flags & 1) == 0) {
                    frame(SETTINGS, 1, 0, new byte[0]);
                }
            }
            case PING -> {}
            case GOAWAY -> goaways.add(payload.readInt());
            case WINDOW_UPDATE -> (stream == null ? room : stream.room).add(payload.readInt());
            case RST_STREAM -> stream(stream).fail("reset " + payload.readInt());
            case HEADERS -> {
                StringBuilder text = new StringBuilder();
                heads.decodeHeaders(id, payload).forEach(e -> text.append(e.getKey()).append('=').append(e.getValue()).append('\n'));
                stream(stream).head.add(text.toString());
            }
            case DATA -> {
                byte[] bytes = new byte[payload.readableBytes()];
                payload.readBytes(bytes);
                stream(stream).pieces.add(new Piece(new ByteArrayInputStream(bytes), null));
            }
            default -> throw new IOException("a frame of type " + type);
        }
        if (stream != null && (type == HEADERS || type == DATA) && (flags & 1) != 0) {
            stream.pieces.add(new Piece(null, null));
        }
    }

    private static Stream stream(@Nullable Stream known) throws IOException {
        if (known == null) {
            throw new IOException("a frame for a stream that was never opened");
        }
        return known;
    }

    /** Bytes of a stream, or its end: in order if {@code fault} is null. */
    private record Piece(@Nullable ByteArrayInputStream bytes, @Nullable String fault) {}

    /** How many bytes may be sent. */
    private static final class Room {
        private long left;
        private boolean over;

        Room(int initial) {
            left = initial;
        }

        synchronized void add(int more) {
            left += more;
            notifyAll();
        }

        synchronized void fail() {
            over = true;
            notifyAll();
        }

        synchronized int take(int most) throws IOException {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
            try {
                while (left <= 0 && !over) {
                    long wait = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                    if (wait <= 0) {
                        throw new SocketException("no room comes");
                    }
                    wait(wait);
                }
            } catch (InterruptedException e) {
                throw new SocketException("interrupted");
            }
            if (over) {
                throw new SocketException("the stream is over");
            }
            int n = (int) Math.min(left, most);
            left -= n;
            return n;
        }
    }

    /** One stream. */
    final class Stream {
        private final int id;
        private final Room room = new Room(DEFAULT_WINDOW);
        private final BlockingQueue<String> head = new LinkedBlockingQueue<>();
        private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();

        private final InputStream input = new InputStream() {
            private ByteArrayInputStream current = new ByteArrayInputStream(new byte[0]);
            private boolean ended;
            private int unsaid;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] b, int from, int length) throws IOException {
                while (length > 0 && current.available() == 0) {
                    if (ended) {
                        return -1;
                    }
                    Piece piece = poll();
                    if (piece.fault() != null) {
                        throw new SocketException(piece.fault());
                    }
                    ByteArrayInputStream bytes = piece.bytes();
                    ended = bytes == null;
                    current = bytes == null ? current : bytes;
                }
                int n = length == 0 ? 0 : current.read(b, from, length);
                unsaid += n;
                if (unsaid > window / 2) {
                    frame(WINDOW_UPDATE, 0, 0, number(unsaid));
                    frame(WINDOW_UPDATE, 0, id, number(unsaid));
                    unsaid = 0;
                }
                return n;
            }
        };
        private final OutputStream output = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] b, int from, int length) throws IOException {
                for (int at = from; at < from + length; ) {
                    int n = room.take(Math.min(FRAME, from + length - at));
                    for (int sent = 0; sent < n; ) {
                        int part = Http2Socket.this.room.take(n - sent);
                        frame(DATA, 0, id, Arrays.copyOfRange(b, at + sent, at + sent + part));
                        sent += part;
                    }
                    at += n;
                }
            }

            @Override
            public void close() throws IOException {
                frame(DATA, 1, id, new byte[0]);
            }
        };

        Stream(int id) {
            this.id = id;
        }

        private Piece poll() throws IOException {
            try {
                Piece piece = pieces.poll(SECONDS, TimeUnit.SECONDS);
                if (piece == null) {
                    throw new EOFException("nothing comes on stream " + id);
                }
                return piece;
            } catch (InterruptedException e) {
                throw new EOFException("interrupted");
            }
        }

        private void fail(String why) {
            pieces.add(new Piece(null, why));
            head.add(why);
            room.fail();
        }

        /** The next head, a field in each line; or why there is none. */
        String head() throws InterruptedException {
            String text = head.poll(SECONDS, TimeUnit.SECONDS);
            return text == null ? "nothing" : text;
        }

        InputStream input() {
            return input;
        }

        /** Closing it ends the stream. */
        OutputStream output() {
            return output;
        }

        void reset(int code) throws IOException {
            frame(RST_STREAM, 0, id, number(code));
        }
    }
}
