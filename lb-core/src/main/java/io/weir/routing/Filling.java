package io.weir.routing;

import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.topology.Template;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A text to be filled in with what a request's host and path held. */
final class Filling {
    private static final int LITERAL = -1;
    private static final int HOST = -2;
    private static final int REST = -3;

    private final byte[][] literals;
    private final int[] sources;

    private Filling(byte[][] literals, int[] sources) {
        this.literals = literals;
        this.sources = sources;
    }

    /** Of a template that uses {@code captures}, {@code {host}} and {@code {rest}}. */
    static Filling of(Template template, List<String> captures) {
        int n = template.parts().size();
        byte[][] literals = new byte[n][];
        int[] sources = new int[n];
        for (int i = 0; i < n; i++) {
            Template.Part part = template.parts().get(i);
            literals[i] = part.text().getBytes(StandardCharsets.US_ASCII);
            sources[i] = part.isCapture() ? source(part.text(), captures) : LITERAL;
        }
        return new Filling(literals, sources);
    }

    private static int source(String name, List<String> captures) {
        int index = captures.indexOf(name);
        if (index >= 0) {
            return index;
        }
        return switch (name) {
            case "host" -> HOST;
            case "rest" -> REST;
            default -> throw new IllegalArgumentException("nothing captures {" + name + "}");
        };
    }

    boolean usesHost() {
        for (int source : sources) {
            if (source == HOST) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is the same for all requests. */
    boolean isFixed() {
        for (int source : sources) {
            if (source != LITERAL) {
                return false;
            }
        }
        return true;
    }

    /** The text without any request, if it {@linkplain #isFixed is fixed}. */
    byte[] fixed() {
        HeadWriter out = new HeadWriter(64);
        for (byte[] literal : literals) {
            out.literal(literal);
        }
        return out.toBytes();
    }

    /** The text for a request that the rule matched. */
    HeadWriter fill(RequestHead request, Matched matched) {
        HeadWriter out = new HeadWriter(128);
        for (int i = 0; i < sources.length; i++) {
            switch (sources[i]) {
                case LITERAL -> out.literal(literals[i]);
                case HOST -> out.copy(request.bytes(), request.authorityStart(), request.hostEnd());
                case REST -> rest(request, matched.prefixEnd(), out);
                default -> matched.copyTo(out, sources[i]);
            }
        }
        return out;
    }

    /** What follows the prefix, without the slashes it begins with: behind a slash they would make a path the name of a host. */
    private static void rest(RequestHead request, int prefixEnd, HeadWriter out) {
        byte[] b = request.bytes();
        int from = request.isForServer() ? request.pathEnd() : prefixEnd;
        while (from < request.pathEnd() && b[from] == '/') {
            from++;
        }
        out.copy(b, from, request.pathEnd()).copy(b, request.queryStart(), request.targetEnd());
    }
}
