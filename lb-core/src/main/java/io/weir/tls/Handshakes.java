package io.weir.tls;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;
import javax.net.ssl.SSLException;

/** How handshakes with clients have ended. For any thread. */
public final class Handshakes {
    /** How one ended. */
    public enum Outcome {
        DONE,
        /** The first bytes are no TLS. */
        NOT_TLS,
        /** It named application protocols none of which is spoken here. */
        NO_PROTOCOL,
        /** No version, cipher or curve in common. */
        NOTHING_IN_COMMON,
        /** The client sent an alert: as a rule it does not trust the certificate, or it is for another name. */
        CLIENT_REFUSED,
        /** The client has shown no certificate where it must, or one that is not believed. */
        CLIENT_CERTIFICATE,
        /** The connection ended before it was over; by a client that went away, or because it took too long. */
        ENDED,
        /** There were too many connections: it did not begin. */
        OVERLOADED,
        /** Anything else that is against the rules. */
        MALFORMED;

        /** As metrics and logs say it. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

    public Handshakes() {
        for (Outcome each : Outcome.values()) {
            counts.put(each, new LongAdder());
        }
    }

    void count(Outcome outcome) {
        LongAdder count = counts.get(outcome);
        if (count != null) {
            count.increment();
        }
    }

    /** Each outcome with its number. */
    public void forEach(ObjLongConsumer<Outcome> reader) {
        counts.forEach((outcome, count) -> reader.accept(outcome, count.sum()));
    }

    /** What a failed one failed by. */
    static Outcome outcome(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return Outcome.NOT_TLS;
        }
        if (cause instanceof IOException && !(cause instanceof SSLException)) { // a reset, or the channel was closed
            return Outcome.ENDED;
        }
        if (cause.getCause() instanceof CertificateException) {
            return Outcome.CLIENT_CERTIFICATE;
        }
        String message = String.valueOf(cause.getMessage()).toUpperCase(Locale.ROOT);
        if (message.contains("ALERT")) {
            return Outcome.CLIENT_REFUSED;
        }
        if (message.contains("NO_SHARED") || message.contains("UNSUPPORTED_PROTOCOL") || message.contains("NO_COMMON") || message.contains("IN COMMON")
                || message.contains("UNSUPPORTED PROTOCOL") || message.contains("NOT SUPPORTED")) {
            return Outcome.NOTHING_IN_COMMON;
        }
        return message.contains("NOT_RETURN_A_CERTIFICATE") || message.contains("EMPTY CLIENT CERTIFICATE") ? Outcome.CLIENT_CERTIFICATE : Outcome.MALFORMED;
    }
}
