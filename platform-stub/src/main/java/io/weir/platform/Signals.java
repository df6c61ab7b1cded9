package io.weir.platform;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The signals that ask for an end: the first is waited for, the second ends the process at once. {@code sun.misc.Signal} is reached by
 * reflection, since it is no part of the platform's API that the compiler would let us name.
 */
public final class Signals {
    private static final int ENDED_BY_SECOND = 1;
    /** What comes so soon is the first once more: `timeout` sends it to the process and to its group. */
    private static final Duration ECHO = Duration.ofMillis(250);

    private final CountDownLatch first = new CountDownLatch(1);
    private long firstAt; // as System.nanoTime() has it; guarded by this

    private Signals() {}

    /** Handles signals by their names without SIG, as {@code TERM}. */
    public static Signals of(String... names) {
        Signals signals = new Signals();
        List.of(names).forEach(signals::handle);
        return signals;
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
    private void handle(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler received = (proxy, method, args) -> switch (method.getName()) {
                case "handle" -> {
                    received();
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == args[0];
                default -> "weir's handler of " + name;
            };
            Object ours = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, received);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("signals can't be handled on this JVM", e);
        }
    }

    private synchronized void received() {
        long now = System.nanoTime();
        if (first.getCount() > 0) {
            firstAt = now;
            first.countDown();
        } else if (now - firstAt > ECHO.toNanos()) {
            Runtime.getRuntime().halt(ENDED_BY_SECOND);
        }
    }

    public void awaitFirst() {
        try {
            first.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the first signal, but not longer than this; returns whether it has come. */
    public boolean awaitFirst(Duration longest) {
        try {
            return first.await(longest.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
