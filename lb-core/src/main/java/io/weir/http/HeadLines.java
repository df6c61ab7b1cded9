package io.weir.http;

/** Field lines that are added to a head while it is copied. */
@FunctionalInterface
public interface HeadLines {
    /** Appends lines, each {@code Name: value} with its CR LF. */
    void writeTo(HeadWriter out);
}
