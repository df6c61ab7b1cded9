package io.weir.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A client that speaks HTTP/2 in raw frames, good ones and bad ones, and tells what comes back as text. */
final class Http2TestClient {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;
    static final int PADDED = 8;
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    final SocketLikeChannel channel;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
    private final ByteBuf received = Unpooled.buffer();
    private final Map<Integer, Long> settings = new HashMap<>();

    private Http2TestClient(SocketLikeChannel channel) {
        this.channel = channel;
    }

    /** One that has exchanged settings. */
    static Http2TestClient open(SocketLikeChannel channel) {
        Http2TestClient client = hello(channel);
        client.frames();
        return client;
    }

    /** The same, and what has come meanwhile was not looked at. */
    static Http2TestClient hello(SocketLikeChannel channel) {
        Http2TestClient client = withoutAcknowledgement(channel);
        client.send(SETTINGS, 1, 0, new byte[0]);
        return client;
    }

    /** One that has said its settings and nothing of ours. */
    static Http2TestClient withoutAcknowledgement(SocketLikeChannel channel) {
        Http2TestClient client = new Http2TestClient(channel);
        channel.receive(PREFACE);
        return client.send(SETTINGS, 0, 0, new byte[0]);
    }

    Http2TestClient send(int type, int flags, int stream, byte[] payload) {
        ByteBuf out = channel.alloc().buffer(9 + payload.length);
        channel.receive(out.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream).writeBytes(payload));
        return this;
    }

    /** A request: {@code name=value} each, the pseudo-fields of a GET before them unless one is there. */
    Http2TestClient request(int stream, boolean ends, String... fields) {
        List<String> all = new ArrayList<>();
        if (Stream.of(fields).noneMatch(f -> f.startsWith(":"))) {
            all.addAll(List.of(":method=GET", ":scheme=http", ":authority=orders.test", ":path=/"));
        }
        all.addAll(List.of(fields));
        return send(HEADERS, END_HEADERS | (ends ? END_STREAM : 0), stream, block(all.toArray(String[]::new)));
    }

    Http2TestClient data(int stream, boolean ends, String text) {
        return send(DATA, ends ? END_STREAM : 0, stream, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] block(String... fields) {
        ByteBuf out = Unpooled.buffer();
        for (String field : fields) {
            int equals = field.indexOf('=');
            out.writeByte(0);
            string(out, field.substring(0, equals));
            string(out, field.substring(equals + 1));
        }
        byte[] bytes = new byte[out.readableBytes()];
        out.readBytes(bytes);
        return bytes;
    }

    private static void string(ByteBuf out, String s) {
        byte[] bytes = s.getBytes(StandardCharsets.ISO_8859_1);
        if (bytes.length < 127) {
            out.writeByte(bytes.length);
        } else {
            out.writeByte(127);
            int left = bytes.length - 127;
            for (; left >= 128; left >>>= 7) {
                out.writeByte((left & 127) | 128);
            }
            out.writeByte(left);
        }
        out.writeBytes(bytes);
    }

    /** What has come since the last look, a word and its details for each frame; acknowledgements and the date are left out. */
    List<String> frames() {
        channel.runPendingTasks();
        for (ByteBuf piece; (piece = channel.readOutbound()) != null; piece.release()) {
            received.writeBytes(piece);
        }
        List<String> frames = new ArrayList<>();
        while (received.readableBytes() >= 9) {
            int length = received.readUnsignedMedium();
            int type = received.readByte();
            int flags = received.readByte();
            int stream = received.readInt();
            ByteBuf payload = received.readSlice(length);
            String end = (flags & END_STREAM) != 0 ? " end" : "";
            switch (type) {
                case DATA -> frames.add(stream + " data " + payload.toString(StandardCharsets.ISO_8859_1) + end);
                case HEADERS -> frames.add(stream + " head " + fields(stream, payload) + end);
                case RST_STREAM -> frames.add(stream + " reset " + payload.readInt());
                case GOAWAY -> frames.add("goaway " + payload.readInt() + " " + payload.readInt());
                case WINDOW_UPDATE -> frames.add(stream + " window " + payload.readInt());
                case SETTINGS -> {
                    while (payload.isReadable()) {
                        settings.put(payload.readUnsignedShort(), payload.readUnsignedInt());
                    }
                }
                case PING -> {}
                default -> frames.add("frame " + type);
            }
        }
        return frames;
    }

    /** The settings that have come. */
    Map<Integer, Long> settings() {
        frames();
        return settings;
    }

    private String fields(int stream, ByteBuf block) {
        try {
            Http2Headers headers = decoder.decodeHeaders(stream, block);
            List<String> fields = new ArrayList<>();
            headers.forEach(e -> {
                if (!"date".contentEquals(e.getKey())) {
                    fields.add(e.getKey() + "=" + e.getValue());
                }
            });
            return String.join(" ", fields);
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }
}
