package io.weir.routing;

import org.jspecify.annotations.Nullable;

/**
 * An answer that a mapping gives by itself.
 *
 * @param status HTTP status
 * @param location where the client is sent, or null: 2xx and 3xx are empty then, others say what they are
 */
public record Answer(int status, @Nullable String location) implements Destination {}
