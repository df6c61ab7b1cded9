package io.weir.config;

/** Protocol versions and ciphers that clients may choose from; names and contents as Mozilla's server side recommendations have them. */
public enum CipherSet {
    /** TLS 1.3 alone. */
    MODERN,
    /** TLS 1.3, and 1.2 with ECDHE and AEAD. */
    INTERMEDIATE,
    /** The same, and TLS 1.2 with ECDHE and CBC, for clients of before 2015. */
    COMPATIBLE
}
