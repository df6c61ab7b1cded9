package io.weir.config;

import org.jspecify.annotations.Nullable;

/**
 * That a listener passes bytes on as they come, whatever they say.
 *
 * @param host where all its connections lead, or null if each one leads where its TLS asks to (SNI)
 */
public record TcpSettings(@Nullable String host) {
    /** Each connection leads to the host that its TLS names. */
    public static final TcpSettings BY_SERVER_NAME = new TcpSettings(null);
}
