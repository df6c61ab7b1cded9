package io.weir.app;

/** How Netty is run in production, unless a property says otherwise; read by Netty when its classes are first used. */
final class NettyProperties {
    private NettyProperties() {}

    static void set() {
        // Sampling leaks costs 2 % of the user time of a small request; tests run with it set to paranoid instead.
        setIfAbsent("io.netty.leakDetection.level", "disabled");
        // With io_uring, an accept that goes on by itself is asked for anew at once when it fails, whatever its listener wants: without
        // a free descriptor every loop would spin. One at a time costs as much.
        setIfAbsent("io.netty.iouring.acceptMultiShotEnabled", "false");
        // Its flight recorder events pull that whole subsystem into the first request.
        setIfAbsent("io.netty.jfr.enabled", "false");
    }

    private static void setIfAbsent(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }
}
