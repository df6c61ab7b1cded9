package io.weir.app;

import io.weir.config.Transport;
import io.weir.loop.TransportKind;

/**
 * Which transport drives the sockets, and why.
 *
 * @param reason as the start-up lines say it
 */
record TransportChoice(TransportKind kind, String reason) {

    /** What {@code runtime.transport} asks for. Throws an {@link UnusableTransportException} if that can't be had. */
    static TransportChoice of(Transport wanted) {
        return switch (wanted) {
            case IO_URING -> asked(TransportKind.IO_URING);
            case EPOLL -> asked(TransportKind.EPOLL);
            case NIO -> asked(TransportKind.NIO);
            case AUTO -> best();
        };
    }

    private static TransportChoice asked(TransportKind kind) {
        Throwable why = kind.unavailability();
        if (why != null) {
            throw new UnusableTransportException(
                    "runtime.transport: " + name(kind) + " can't be used here (" + rootMessage(why) + "); say auto to take what can", why);
        }
        return new TransportChoice(kind, "as runtime.transport says");
    }

    /** The cheapest per request that works here; see docs/decisions on transports for the measurement. */
    private static TransportChoice best() {
        StringBuilder because = new StringBuilder();
        for (TransportKind kind : TransportKind.values()) {
            Throwable why = kind.unavailability();
            if (why == null) {
                return new TransportChoice(kind, because.isEmpty() ? "auto: the cheapest, and it works here" : "auto: " + because);
            }
            because.append(because.isEmpty() ? "" : "; ").append(name(kind)).append(" can't be used: ").append(rootMessage(why));
        }
        throw new IllegalStateException("NIO always works");
    }

    static String name(TransportKind kind) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }

    /** The transport that was asked for can't be had. */
    static final class UnusableTransportException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnusableTransportException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
