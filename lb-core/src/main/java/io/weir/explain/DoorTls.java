package io.weir.explain;

import io.weir.config.TlsSettings;
import io.weir.tls.BadPairException;
import io.weir.tls.CertificateFiles;
import io.weir.tls.ServerTls;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a listener.
 *
 * @param certificates which certificate a client gets
 */
public record DoorTls(TlsSettings settings, Certificates certificates) {
    /** The certificates of a listener. */
    @FunctionalInterface
    public interface Certificates {
        /**
         * The names of the one that a client gets by the server name that it asks for, or with null without one.
         *
         * @throws BadPairException if that can't be told
         */
        Set<String> certified(@Nullable String serverName) throws BadPairException;
    }

    /** Of a listener that runs, or with null of one that does not. */
    static DoorTls of(TlsSettings settings, @Nullable ServerTls running) {
        return new DoorTls(settings, running == null ? name -> CertificateFiles.certified(settings, name) : running::certified);
    }
}
