package io.weir.health.check;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import org.jspecify.annotations.Nullable;

/** Why a handshake with a worker failed, for people. */
public final class TlsFault {
    private static final int DEEPEST = 16;

    private TlsFault() {}

    /** What is wrong with the worker's certificate, if that it is; else what the engine says. */
    public static String of(Throwable cause) {
        String fault = null;
        int depth = 0;
        for (Throwable each = cause; each != null && depth < DEEPEST; each = each.getCause(), depth++) {
            switch (each) {
                case CertificateExpiredException _ -> {
                    return "its certificate has expired (" + each.getMessage() + ")";
                }
                case CertPathBuilderException _ -> {
                    return "nobody who is believed has issued its certificate; name its issuer's file in ca";
                }
                case CertificateException _ -> fault = words(each.getMessage(), fault);
                default -> {}
            }
        }
        return fault == null ? words(cause.getMessage(), cause.getClass().getSimpleName()) : "its certificate won't do: " + fault;
    }

    private static String words(@Nullable String message, @Nullable String otherwise) {
        return message == null ? String.valueOf(otherwise) : message;
    }
}
