package io.weir.telemetry.log;

import io.weir.exchange.Exchange;
import io.weir.exchange.Timeline;
import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.tls.TlsFacts;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JSON object with every field, those left out that are not known. docs/telemetry.md says what each one means. */
final class JsonLine implements LineFormat {
    private static final Literal TIME = Literal.of("{\"time\":\"");
    private static final Literal CLIENT = Literal.of("\",\"client\":\"");
    private static final Literal REQUEST_ID = Literal.of("\",\"request_id\":\"");
    private static final Literal METHOD = Literal.of("\",\"method\":\"");
    private static final Literal HOST = Literal.of("\",\"host\":\"");
    private static final Literal PATH = Literal.of("\",\"path\":\"");
    private static final Literal HTTP_1_0 = Literal.of("\",\"version\":\"1.0\",\"status\":");
    private static final Literal HTTP_1_1 = Literal.of("\",\"version\":\"1.1\",\"status\":");
    private static final Literal HTTP_2 = Literal.of("\",\"version\":\"2\",\"status\":");
    private static final Literal TCP = Literal.of("\",\"version\":\"tcp\",\"status\":");
    private static final Literal REASON = Literal.of(",\"reason\":\"");
    private static final Literal REQUEST_BYTES = Literal.of(",\"request_bytes\":");
    private static final Literal RESPONSE_BYTES = Literal.of(",\"response_bytes\":");
    private static final Literal TOTAL = Literal.of(",\"total_us\":");
    private static final Literal ADMIT = Literal.of(",\"admit_us\":");
    private static final Literal RESOLVE = Literal.of(",\"resolve_us\":");
    private static final Literal PICK = Literal.of(",\"pick_us\":");
    private static final Literal CONNECT = Literal.of(",\"connect_us\":");
    private static final Literal FIRST_BYTE = Literal.of(",\"first_byte_us\":");
    private static final Literal RELAY = Literal.of(",\"relay_us\":");
    private static final Literal TLS_VERSION = Literal.of(",\"tls_version\":\"");
    private static final Literal TLS_CIPHER = Literal.of("\",\"tls_cipher\":\"");
    private static final Literal SERVER_NAME = Literal.of("\",\"server_name\":\"");
    private static final Literal REQUEST_HEADERS = Literal.of(",\"request_headers\":{");
    private static final Literal RESPONSE_HEADERS = Literal.of(",\"response_headers\":{");
    private static final Literal END = Literal.of("}\n");
    private static final long NANOS_PER_MICRO = 1000;

    private final WallClock clock;
    private final LoggedHeader[] requestHeaders;
    private final LoggedHeader[] responseHeaders;
    private final Places places = new Places();
    private final HeadWriter id = new HeadWriter(64);

    JsonLine(InstantSource time, List<String> requestHeaders, List<String> responseHeaders) {
        this.clock = new WallClock(time, WallClock.Form.ISO);
        this.requestHeaders = LoggedHeader.of(requestHeaders);
        this.responseHeaders = LoggedHeader.of(responseHeaders);
    }

    @Override
    public void write(Exchange exchange, long now, LineBuffer line) {
        line.literal(TIME);
        clock.write(now, line);
        line.literal(CLIENT).address(exchange.clientAddress());
        line.literal(REQUEST_ID).head(exchange.writeRequestId(id.begin()));
        request(exchange.requestHead(), line);
        line.decimal(exchange.status()).literal(REASON).ascii(exchange.reason().code());
        places.write(exchange, line);
        line.decimal(exchange.attempts());
        line.literal(REQUEST_BYTES).decimal(exchange.requestBytes());
        line.literal(RESPONSE_BYTES).decimal(exchange.responseBytes());
        times(exchange.times(), line);
        tls(exchange.peer().tls(), line);
        if (requestHeaders.length > 0) {
            LoggedHeader.writeAll(REQUEST_HEADERS, requestHeaders, exchange.requestHead(), line);
        }
        if (responseHeaders.length > 0) {
            LoggedHeader.writeAll(RESPONSE_HEADERS, responseHeaders, exchange.response(), line);
        }
        line.literal(END);
    }

    private static void request(RequestHead head, LineBuffer line) {
        byte[] b = head.bytes();
        if (head.methodEnd() > head.methodStart()) {
            line.literal(METHOD).json(b, head.methodStart(), head.methodEnd());
        }
        if (head.authorityEnd() > head.authorityStart()) {
            line.literal(HOST).json(b, head.authorityStart(), head.authorityEnd());
        }
        if (head.pathEnd() > head.pathStart() && !head.isTunnel()) {
            line.literal(PATH).json(b, head.pathStart(), head.pathEnd()).json(b, head.queryStart(), head.targetEnd());
        }
        line.literal(head.isTunnel() ? TCP : head.isHttp2() ? HTTP_2 : head.isHttp10() ? HTTP_1_0 : HTTP_1_1);
    }

    private static void times(Timeline times, LineBuffer line) {
        line.literal(TOTAL).decimal(times.total() / NANOS_PER_MICRO);
        micros(ADMIT, times.admit(), line);
        micros(RESOLVE, times.resolve(), line);
        micros(PICK, times.pick(), line);
        micros(CONNECT, times.connect(), line);
        micros(FIRST_BYTE, times.firstByte(), line);
        micros(RELAY, times.relay(), line);
    }

    private static void tls(@Nullable TlsFacts tls, LineBuffer line) {
        if (tls != null) {
            line.literal(TLS_VERSION).ascii(tls.version()).literal(TLS_CIPHER).ascii(tls.cipher());
            if (tls.serverName() != null) {
                line.literal(SERVER_NAME).ascii(tls.serverName());
            }
            line.byteOf('"');
        }
    }

    /** What took no time is left out: on connections that are open, that is most of it. */
    private static void micros(Literal key, long nanos, LineBuffer line) {
        if (nanos >= NANOS_PER_MICRO) {
            line.literal(key).decimal(nanos / NANOS_PER_MICRO);
        }
    }
}
