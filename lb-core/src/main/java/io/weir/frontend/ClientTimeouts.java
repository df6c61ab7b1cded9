package io.weir.frontend;

/**
 * How long a client may take, in ns.
 *
 * @param head from the first byte of a request to the end of its head; a new connection has as long for its first byte
 * @param body between two pieces of a request's body
 * @param idle between two requests
 */
public record ClientTimeouts(long head, long body, long idle) {}
