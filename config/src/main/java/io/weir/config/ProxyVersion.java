package io.weir.config;

/** The versions of the PROXY protocol. */
public enum ProxyVersion {
    /** A line of text. */
    V1,
    /** Binary, with more than addresses. */
    V2
}
