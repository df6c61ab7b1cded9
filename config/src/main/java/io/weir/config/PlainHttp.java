package io.weir.config;

/** What a listener without TLS does with requests. */
public enum PlainHttp {
    /** Answers them as any other. */
    SERVE
}
