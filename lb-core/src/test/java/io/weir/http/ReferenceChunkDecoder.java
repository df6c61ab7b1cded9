package io.weir.http;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Chunked coding as RFC 9112, 7.1 tells it, read from the whole input with no thought of speed: what {@link ChunkReader} is held against. */
final class ReferenceChunkDecoder {
    /** What came of a body: its data, its clean trailers, and how many bytes of the input belonged to it. */
    record Decoded(Progress progress, String body, @Nullable String trailers, int consumed) {}

    private static final Pattern FIELD =
            Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*", Pattern.DOTALL);

    private static final Set<String> LEFT_OUT = Set.of(
            "transfer-encoding", "content-length", "host", "trailer", "te", "connection", "keep-alive", "proxy-connection", "upgrade",
            "authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "set-cookie", "cookie", "cache-control", "expect",
            "max-forwards", "pragma", "range", "content-encoding", "content-type", "content-range", "forwarded", "via", "x-request-id",
            "x-real-ip", "http2-settings", "proxy");

    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1;
    }

    private final byte[] in;
    private int at;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final StringBuilder trailers = new StringBuilder();

    private ReferenceChunkDecoder(byte[] in) {
        this.in = in;
    }

    static Decoded decode(byte[] in) {
        ReferenceChunkDecoder d = new ReferenceChunkDecoder(in);
        Progress progress;
        try {
            d.body();
            progress = Progress.END;
        } catch (Ended e) {
            progress = Progress.MORE;
        } catch (Broken e) {
            progress = Progress.BAD;
        }
        boolean end = progress == Progress.END;
        String trailers = end && !d.trailers.isEmpty() ? d.trailers.toString() : null;
        return new Decoded(progress, d.body.toString(StandardCharsets.ISO_8859_1), trailers, d.at);
    }

    private int next() throws Ended {
        if (at == in.length) {
            throw new Ended();
        }
        return in[at++] & 0xff;
    }

    private static void require(boolean condition) throws Broken {
        if (!condition) {
            throw new Broken();
        }
    }

    private void body() throws Ended, Broken {
        long overhead = 0;
        long size;
        do {
            int lineStart = at;
            size = sizeLine(lineStart);
            overhead = Math.max(0, overhead + (at - 2 - lineStart) - 16 - 2 * size);
            require(overhead <= 16384);
            for (long i = 0; i < size; i++) {
                body.write(next());
            }
            if (size > 0) {
                require(next() == '\r');
                require(next() == '\n');
            }
        } while (size > 0);
        trailers();
    }

    private long sizeLine(int lineStart) throws Ended, Broken {
        StringBuilder digits = new StringBuilder();
        int c = next();
        while (Character.digit(c, 16) >= 0 && c < 128) {
            digits.append((char) c);
            require(new BigInteger(digits.toString(), 16).bitLength() <= 60);
            require(at - lineStart <= 1024);
            c = next();
        }
        require(!digits.isEmpty());
        boolean space = false;
        while (c == ' ' || c == '\t') {
            space = true;
            require(at - lineStart <= 1024);
            c = next();
        }
        if (c == ';') {
            require(at - lineStart <= 1024);
            extensions(lineStart);
        } else {
            require(!space && c == '\r');
        }
        require(next() == '\n');
        return Long.parseLong(digits.toString(), 16);
    }

    /** Up to and with the CR. */
    private void extensions(int lineStart) throws Ended, Broken {
        boolean quoted = false;
        boolean escaped = false;
        while (true) {
            int c = next();
            if (c == '\r' && !quoted) {
                return;
            }
            require((c >= 32 && c != 127) || c == '\t');
            require(at - lineStart <= 1024);
            if (escaped) {
                escaped = false;
            } else if (c == '"') {
                quoted = !quoted;
            } else {
                escaped = quoted && c == '\\';
            }
        }
    }

    private void trailers() throws Ended, Broken {
        int bytes = 0;
        int fields = 0;
        while (true) {
            StringBuilder line = new StringBuilder();
            int c = next();
            while (c != '\r') {
                require((c >= 32 && c != 127) || c == '\t');
                require(++bytes <= 8192);
                line.append((char) c);
                c = next();
            }
            require(next() == '\n');
            if (line.isEmpty()) {
                return;
            }
            require(++fields <= 64);
            Matcher m = FIELD.matcher(line);
            require(m.matches());
            String name = m.group(1).toLowerCase(Locale.ROOT).replace('_', '-');
            if (!LEFT_OUT.contains(name) && !name.matches("(x-forwarded-|x-ssl-|weir-).+")) {
                trailers.append(m.group(1)).append(": ").append(m.group(2)).append("\r\n");
            }
        }
    }
}
