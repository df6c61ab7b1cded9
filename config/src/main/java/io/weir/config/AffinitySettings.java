package io.weir.config;

/**
 * Clients come back to the worker that they were served by.
 *
 * @param cookie the name of the cookie that says which; compared with case
 */
public record AffinitySettings(String cookie) {}
