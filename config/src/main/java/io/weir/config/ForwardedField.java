package io.weir.config;

/** Whether workers get the field {@code Forwarded}. */
public enum ForwardedField {
    OFF,
    /** As RFC 7239 has it. */
    RFC7239
}
