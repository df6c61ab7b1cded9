package io.weir.config;

/**
 * Settings and the text that they came from.
 *
 * @param checksum names the text: the first 12 hexadecimal digits of the SHA-256 of its bytes
 */
public record LoadedConfig(Settings settings, String checksum) {}
