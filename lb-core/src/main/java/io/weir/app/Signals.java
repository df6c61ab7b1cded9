package io.weir.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * TERM and INT: the first is waited for, a later one ends the process at once. USR1 opens logs anew. {@code sun.misc.Signal} is reached by reflection, since it is
 * no part of the platform's API that the compiler would let us name.
 */
final class Signals {
    private static final int ENDED_BY_SECOND = 1;
    /** In ns. What comes so soon is the first once more: `timeout` sends it to the process and to its group. */
    private static final long ECHO = TimeUnit.MILLISECONDS.toNanos(250);

    private final CountDownLatch first = new CountDownLatch(1);
    private long firstAt; // as System.nanoTime() has it; guarded by this

    private Signals() {}

    static Signals install(Runnable reopenLogs) {
        Signals signals = new Signals();
        handle("TERM", signals::received);
        handle("INT", signals::received);
        handle("USR1", reopenLogs);
        return signals;
    }

    @SuppressWarnings("ReferenceEquality") // a proxy is equal to itself alone
    private static void handle(String name, Runnable whenReceived) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler received = (proxy, method, args) -> switch (method.getName()) {
                case "handle" -> {
                    whenReceived.run();
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
        } else if (now - firstAt > ECHO) {
            Runtime.getRuntime().halt(ENDED_BY_SECOND);
        }
    }

    void awaitFirst() {
        try {
            first.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
