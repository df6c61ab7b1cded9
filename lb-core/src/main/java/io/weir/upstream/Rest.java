package io.weir.upstream;

/**
 * What keeps requests from an endpoint.
 *
 * @param left ns until a connection is tried again; 0: the next request that picks it does
 * @param cause how the last connection failed
 */
public record Rest(long left, AttemptFailure cause) {}
