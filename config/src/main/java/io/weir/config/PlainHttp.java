package io.weir.config;

/** What a listener without TLS does with requests. */
public enum PlainHttp {
    /** Answers them as any other. */
    SERVE,
    /** Sends whoever asks for a host that is served to the same URL with https. */
    REDIRECT,
    /** Closes connections without a word. */
    DROP
}
