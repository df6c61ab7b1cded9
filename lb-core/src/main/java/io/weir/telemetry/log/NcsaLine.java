package io.weir.telemetry.log;

import io.weir.exchange.Exchange;
import io.weir.http.Head;
import io.weir.http.RequestHead;
import java.time.InstantSource;

/** The Common Log Format of NCSA httpd, and the combined one, which has Referer and User-Agent too. */
final class NcsaLine implements LineFormat {
    private static final Literal NOBODY = Literal.of(" - - [");
    private static final Literal TIME_END = Literal.of("] \"");
    private static final Literal HTTP_1_0 = Literal.of(" HTTP/1.0\" ");
    private static final Literal HTTP_1_1 = Literal.of(" HTTP/1.1\" ");
    private static final Literal HTTP_2 = Literal.of(" HTTP/2.0\" ");
    private static final Literal CONNECT = Literal.of("CONNECT ");
    private static final Literal TCP = Literal.of(" TCP\" ");
    private static final Literal UNKNOWN_REQUEST = Literal.of("-\" ");
    private static final Literal UNKNOWN_FIELD = Literal.of(" \"-\"");

    private final WallClock clock;
    private final LoggedHeader[] headers;

    private NcsaLine(InstantSource time, LoggedHeader... headers) {
        this.clock = new WallClock(time, WallClock.Form.NCSA);
        this.headers = headers;
    }

    static LineFormat common(InstantSource time) {
        return new NcsaLine(time);
    }

    static LineFormat combined(InstantSource time) {
        return new NcsaLine(time, new LoggedHeader("referer"), new LoggedHeader("user-agent"));
    }

    @Override
    public void write(Exchange exchange, long now, LineBuffer line) {
        line.address(exchange.clientAddress()).literal(NOBODY);
        clock.write(now, line);
        line.literal(TIME_END);
        RequestHead head = exchange.requestHead();
        byte[] b = head.bytes();
        if (head.isTunnel() && head.hasHost()) {
            line.literal(CONNECT).plain(b, head.authorityStart(), head.authorityEnd()).literal(TCP);
        } else if (head.pathEnd() > head.pathStart()) {
            line.plain(b, head.methodStart(), head.methodEnd()).byteOf(' ');
            line.plain(b, head.pathStart(), head.pathEnd()).plain(b, head.queryStart(), head.targetEnd());
            line.literal(head.isHttp2() ? HTTP_2 : head.isHttp10() ? HTTP_1_0 : HTTP_1_1);
        } else {
            line.literal(UNKNOWN_REQUEST);
        }
        line.decimal(exchange.status()).byteOf(' ');
        if (exchange.responseBytes() == 0) {
            line.byteOf('-');
        } else {
            line.decimal(exchange.responseBytes());
        }
        for (LoggedHeader header : headers) {
            field(header, head, line);
        }
        line.byteOf('\n');
    }

    private static void field(LoggedHeader header, Head head, LineBuffer line) {
        int field = header.in(head);
        if (field < 0) {
            line.literal(UNKNOWN_FIELD);
        } else {
            line.byteOf(' ').byteOf('"').plain(head.bytes(), head.valueStart(field), head.valueEnd(field)).byteOf('"');
        }
    }
}
