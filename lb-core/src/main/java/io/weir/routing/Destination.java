package io.weir.routing;

/** What becomes of a request: it is led to an app, or answered at once. */
public sealed interface Destination permits Route, Answer {}
