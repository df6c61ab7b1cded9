package io.weir.exchange;

import io.weir.http.FieldRules;
import io.weir.http.ForwardedFor;
import io.weir.http.HandOver;
import io.weir.http.HeadWriter;
import io.weir.http.RequestHead;
import io.weir.http.TrustedFields;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whom a request is from, and what workers are told of it beside the client's own fields. What a trusted proxy says is kept and added to;
 * from anyone else it is cut and said anew. One for each exchange, used again with it.
 */
final class Forwarding {
    private static final byte[] HOST_OF_CLIENT = ascii("X-Forwarded-Host: ");
    private static final byte[] FORWARDED = ascii("Forwarded: ");
    private static final byte[] FORWARDED_HOST = ascii(";host=\"");
    private static final byte[] QUOTE = ascii("\"");
    private static final byte[] REQUEST_ID = ascii("X-Request-Id: ");
    private static final byte[] HOST = ascii("Host: ");
    private static final byte[] TE_TRAILERS = ascii("TE: trailers\r\nConnection: TE\r\n");

    private final RequestHead head;
    private final RequestIds ids;
    private @Nullable Peer peer;
    private long idLow;
    /** Made for the first request of a gateway. */
    private @Nullable HandOver handOver;

    private boolean handedOver;

    /** What the peer says, if it is trusted. */
    private @Nullable TrustedFields said;
    /** Made for the first request of a trusted proxy. */
    private @Nullable TrustedFields fields;
    /** Who a trusted proxy says that the client is. */
    private @Nullable ClientAddress saidClient;

    /** For the requests that are read into {@code head}. */
    Forwarding(RequestHead head, RequestIds ids) {
        this.head = head;
        this.ids = ids;
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.US_ASCII);
    }

    /** A request came from there; its head may not be whole. */
    void begin(Peer from) {
        peer = from;
        said = null;
        handedOver = false;
        idLow = ids.nextLow();
    }

    /** The head is whole: cuts what workers must not get. */
    void admit() {
        if (peer().trusted()) {
            believe();
        } else {
            FieldRules.applyToRequest(head);
        }
    }

    private void believe() {
        handedOver = peer().gateway() && readHandOver();
        if (handedOver) {
            FieldRules.applyToHandedOver(head);
        } else {
            FieldRules.applyToTrustedRequest(head);
        }
        TrustedFields word = fields;
        if (word == null) {
            word = new TrustedFields();
            fields = word;
            saidClient = new ClientAddress();
        }
        said = word;
        Peers rules = peer().rules();
        word.read(head, rules.trusted(), rules.forwarded());
        ForwardedFor by = word.forwardedFor();
        if (by.names()) {
            Objects.requireNonNull(saidClient).ip(head.bytes(), by.from(), by.to(), by.high(), by.low());
        }
    }

    private boolean readHandOver() {
        HandOver read = handOver;
        if (read == null) {
            read = new HandOver();
            handOver = read;
        }
        return read.read(head);
    }

    /** That another load balancer hands it over to us, or null. */
    @Nullable HandOver handOver() {
        return handedOver ? handOver : null;
    }

    /** Whom the request is from. */
    ClientAddress client() {
        TrustedFields word = said;
        return word != null && word.forwardedFor().names() ? Objects.requireNonNull(saidClient) : peer().address();
    }

    /** Whether a trusted proxy says that the client spoke TLS with it. */
    boolean cameWithTls() {
        TrustedFields word = said;
        return word != null && word.saysTls(head);
    }

    Peer peer() {
        return Objects.requireNonNull(peer);
    }

    /** Appends the request's id, the kept one or ours. */
    HeadWriter writeRequestId(HeadWriter out) {
        TrustedFields word = said;
        int kept = word == null ? -1 : word.requestId();
        return kept < 0 ? out.hex(ids.high()).hex(idLow) : out.copy(head.bytes(), head.valueStart(kept), head.valueEnd(kept));
    }

    /**
     * Appends the lines that workers get.
     *
     * @param host the worker's own {@code Host}, or null if the client's goes on
     */
    void writeTo(HeadWriter out, @Nullable String host) {
        TrustedFields word = said;
        boolean asksHost = head.hasHost();
        if (word == null) {
            out.literal(peer().lines());
        } else {
            writeSaid(out, word);
        }
        byte[] certificate = peer().certificateLines();
        if (certificate != null) {
            out.literal(certificate);
        }
        if (asksHost && (word == null || !word.saysHost())) {
            out.literal(HOST_OF_CLIENT).copy(head.bytes(), head.authorityStart(), head.authorityEnd()).endOfLine();
        }
        if (host != null) {
            out.literal(HOST).text(host).endOfLine();
        }
        if (peer().forwarded() != null) {
            writeForwarded(out, word, Objects.requireNonNull(peer().forwarded()), asksHost);
        }
        if (word == null || word.requestId() < 0) {
            writeRequestId(out.literal(REQUEST_ID)).endOfLine();
        }
        if (head.acceptsTrailers() && !head.asksWebSocket()) { // whose Connection says one thing only
            out.literal(TE_TRAILERS);
        }
    }

    private void writeSaid(HeadWriter out, TrustedFields word) {
        byte[] via = peer().via();
        if (via != null) {
            out.literal(via);
        }
        out.literal(Peers.FOR);
        word.forwardedFor().writeTo(out, head);
        ClientAddress proxy = peer().address();
        out.copy(proxy.bytes(), proxy.from(), proxy.to()).endOfLine();
        if (!word.saysPort()) {
            out.literal(Peers.PORT).decimal(word.saysProto() ? word.portOfScheme(head) : peer().localPort()).endOfLine();
        }
        if (!word.saysProto()) {
            out.literal(peer().tls() == null ? Peers.HTTP : Peers.HTTPS);
        }
    }

    private void writeForwarded(HeadWriter out, @Nullable TrustedFields word, byte[] element, boolean asksHost) {
        out.literal(FORWARDED);
        if (word != null) {
            word.writeForwarded(out, head);
        }
        out.literal(element);
        if (asksHost) {
            out.literal(FORWARDED_HOST).copy(head.bytes(), head.authorityStart(), head.authorityEnd()).literal(QUOTE);
        }
        out.endOfLine();
    }

    /** Makes it new, for the next request. */
    void reset() {
        peer = null;
        if (said != null) {
            said = null;
            Objects.requireNonNull(saidClient).reset();
        }
    }
}
