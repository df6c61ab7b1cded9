package io.weir.routing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Heads of requests, read as the proxy reads them. */
public final class Requests {
    private static final HeadLimits LIMITS = new HeadLimits(8192, 32_768, 100);

    private Requests() {}

    /** {@code GET path} with that Host; without one, over HTTP/1.0. */
    public static RequestHead get(String host, String path) {
        return head("GET", host, path);
    }

    public static RequestHead head(String method, String host, String target) {
        return head(method, host, target, List.of());
    }

    /** With these further fields, {@code name: value}. */
    public static RequestHead head(String method, String host, String target, List<String> fields) {
        String version = host.isEmpty() ? "1.0" : "1.1";
        RequestHead head = new RequestHead();
        StringBuilder lines = new StringBuilder(host.isEmpty() ? "" : "Host: " + host + "\r\n");
        fields.forEach(field -> lines.append(field).append("\r\n"));
        String text = method + " " + target + " HTTP/" + version + "\r\n" + lines + "\r\n";
        ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        try {
            if (new RequestParser(LIMITS).read(in, head) != Progress.END) {
                throw new IllegalArgumentException(head.fault() + ": " + text);
            }
        } finally {
            in.release();
        }
        return head;
    }
}
