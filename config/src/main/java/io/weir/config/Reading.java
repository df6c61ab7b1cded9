package io.weir.config;

import org.jspecify.annotations.Nullable;

/** Makes a setting of a value. Null means that it could not, and has reported why. */
@FunctionalInterface
interface Reading<T> {
    @Nullable T read(Value value);
}
