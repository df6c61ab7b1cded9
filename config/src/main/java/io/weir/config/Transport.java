package io.weir.config;

/** How sockets are driven. */
public enum Transport {
    /** The best that this machine offers. */
    AUTO,
    IO_URING,
    EPOLL,
    /** The JDK's own, which works everywhere. */
    NIO
}
