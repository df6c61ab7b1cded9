package io.weir.telemetry.log;

import io.weir.balancing.Target;
import io.weir.exchange.Exchange;
import io.weir.exchange.Timeline;
import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.routing.Route;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;

/** A JSON object with every field, those left out that are not known. docs/telemetry.md says what each one means. */
final class JsonLine implements LineFormat {
    private static final byte[] TIME = ascii("{\"time\":\"");
    private static final byte[] CLIENT = ascii("\",\"client\":\"");
    private static final byte[] REQUEST_ID = ascii("\",\"request_id\":\"");
    private static final byte[] METHOD = ascii("\",\"method\":\"");
    private static final byte[] HOST = ascii("\",\"host\":\"");
    private static final byte[] PATH = ascii("\",\"path\":\"");
    private static final byte[] HTTP_1_0 = ascii("\",\"version\":\"1.0\",\"status\":");
    private static final byte[] HTTP_1_1 = ascii("\",\"version\":\"1.1\",\"status\":");
    private static final byte[] REASON = ascii(",\"reason\":\"");
    private static final byte[] APP = ascii("\",\"app\":\"");
    private static final byte[] REGION = ascii("\",\"region\":\"");
    private static final byte[] WORKER = ascii("\",\"worker\":\"");
    private static final byte[] ZONE = ascii("\",\"zone\":\"");
    private static final byte[] ATTEMPTS = ascii("\",\"attempts\":");
    private static final byte[] REQUEST_BYTES = ascii(",\"request_bytes\":");
    private static final byte[] RESPONSE_BYTES = ascii(",\"response_bytes\":");
    private static final byte[] TOTAL = ascii(",\"total_us\":");
    private static final byte[] ADMIT = ascii(",\"admit_us\":");
    private static final byte[] RESOLVE = ascii(",\"resolve_us\":");
    private static final byte[] PICK = ascii(",\"pick_us\":");
    private static final byte[] CONNECT = ascii(",\"connect_us\":");
    private static final byte[] FIRST_BYTE = ascii(",\"first_byte_us\":");
    private static final byte[] RELAY = ascii(",\"relay_us\":");
    private static final byte[] REQUEST_HEADERS = ascii(",\"request_headers\":{");
    private static final byte[] RESPONSE_HEADERS = ascii(",\"response_headers\":{");
    private static final byte[] END = ascii("}\n");

    private final WallClock clock;
    private final LoggedHeader[] requestHeaders;
    private final LoggedHeader[] responseHeaders;
    private final HeadWriter id = new HeadWriter(64);

    JsonLine(InstantSource time, List<String> requestHeaders, List<String> responseHeaders) {
        this.clock = new WallClock(time, WallClock.Form.ISO);
        this.requestHeaders = LoggedHeader.of(requestHeaders);
        this.responseHeaders = LoggedHeader.of(responseHeaders);
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void write(Exchange exchange, long now, LineBuffer line) {
        line.literal(TIME);
        clock.write(now, line);
        line.literal(CLIENT).address(exchange.clientAddress());
        line.literal(REQUEST_ID).head(exchange.writeRequestId(id.begin()));
        request(exchange.requestHead(), line);
        line.decimal(exchange.status()).literal(REASON).ascii(exchange.reason().code());
        where(exchange, line);
        line.literal(ATTEMPTS).decimal(exchange.attempts());
        line.literal(REQUEST_BYTES).decimal(exchange.requestBytes());
        line.literal(RESPONSE_BYTES).decimal(exchange.responseBytes());
        times(exchange.times(), line);
        LoggedHeader.writeAll(REQUEST_HEADERS, requestHeaders, exchange.requestHead(), line);
        LoggedHeader.writeAll(RESPONSE_HEADERS, responseHeaders, exchange.response(), line);
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
        if (head.pathEnd() > head.pathStart()) {
            line.literal(PATH).json(b, head.pathStart(), head.pathEnd()).json(b, head.queryStart(), head.targetEnd());
        }
        line.literal(head.isHttp10() ? HTTP_1_0 : HTTP_1_1);
    }

    private static void where(Exchange exchange, LineBuffer line) {
        Route to = exchange.to();
        if (to != null) {
            line.literal(APP).ascii(to.app().name()).literal(REGION).ascii(to.region());
        }
        Target last = exchange.lastTarget();
        if (last != null) {
            line.literal(WORKER).ascii(last.name()).literal(ZONE).ascii(last.zone());
        }
    }

    private static void times(Timeline times, LineBuffer line) {
        micros(TOTAL, times.total(), line);
        micros(ADMIT, times.admit(), line);
        micros(RESOLVE, times.resolve(), line);
        micros(PICK, times.pick(), line);
        micros(CONNECT, times.connect(), line);
        micros(FIRST_BYTE, times.firstByte(), line);
        micros(RELAY, times.relay(), line);
    }

    private static void micros(byte[] key, long nanos, LineBuffer line) {
        line.literal(key).decimal(nanos / 1000);
    }
}
