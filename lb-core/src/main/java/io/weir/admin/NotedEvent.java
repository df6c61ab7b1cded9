package io.weir.admin;

import java.time.Instant;

/**
 * An event with its place among the others.
 *
 * @param id 1 for the process's first, one more for each
 */
public record NotedEvent(long id, Instant at, Event event) {}
