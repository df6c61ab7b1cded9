package io.weir.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Whether clients must show who they are.
 *
 * @param ca PEM: the issuers that are believed; null if nobody is asked
 * @param crl PEM or DER: what those issuers have revoked; null if nobody looks
 * @param forward whether workers get the certificate itself too, as {@code X-Forwarded-Client-Cert}
 */
public record ClientAuthSettings(Mode mode, @Nullable Path ca, @Nullable Path crl, boolean forward) {
    /** Nobody is asked. */
    public static final ClientAuthSettings OFF = new ClientAuthSettings(Mode.OFF, null, null, false);

    /** Whether they are asked for a certificate. */
    public enum Mode {
        OFF,
        /** Who shows none is served too; a bad one is refused. */
        OPTIONAL,
        REQUIRED
    }
}
