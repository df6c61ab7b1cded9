package io.weir.app;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * TERM and INT: the first is waited for, a later one ends the process at once. HUP has the config read again, USR1 opens logs anew. {@code sun.misc.Signal} is reached by
 * reflection, since it is no part of the platform's API that the compiler would let us name.
 *
 * <pre>
 *   signal      before serving            while serving     once more
 *   TERM, INT   ends the process at once  awaitFirst ends   ends the process at once
 *   HUP         remembered                reads the config again
 *   USR1        nothing: logs are new     opens logs anew
 * </pre>
 */
final class Signals {
    private static final int ENDED_BY_SECOND = 1;
    /** In ns. What comes so soon is the first once more: `timeout` sends it to the process and to its group. */
    private static final long ECHO = TimeUnit.MILLISECONDS.toNanos(250);

    /** What shells say of a process that a signal has ended, and so does the JVM. */
    private static final int ENDED_BY_SIGNAL = 128;

    private static final Signal TERM = new Signal("TERM", 15);
    private static final Signal INT = new Signal("INT", 2);

    private final CountDownLatch first = new CountDownLatch(1);
    private final Thread installing = Thread.ofPlatform().name("weir-signals").unstarted(this::install);
    private volatile @Nullable Runnable reopenLogs;
    private volatile @Nullable Runnable reload;
    /** Whether HUP came before it was known what to do. */
    private final AtomicBoolean reloadAsked = new AtomicBoolean();
    private volatile boolean serving;
    private boolean signalled; // guarded by this
    private long firstAt; // as System.nanoTime() has it; guarded by this

    private record Signal(String name, int number) {}

    private Signals() {}

    /** Begins to handle them, on a thread beside: it takes some 15 ms that a start need not wait for. */
    static Signals begin() {
        Signals signals = new Signals();
        signals.installing.start();
        return signals;
    }

    private void install() {
        handle(TERM.name, () -> received(TERM));
        handle(INT.name, () -> received(INT));
        handle("HUP", this::reload);
        handle("USR1", () -> {
            Runnable reopen = reopenLogs;
            if (reopen != null) {
                reopen.run();
            }
        });
    }

    /** From now on HUP does that; at once, if one has come already. */
    void reloadBy(Runnable action) {
        reload = action;
        if (reloadAsked.getAndSet(false)) {
            action.run();
        }
    }

    /** As TERM. */
    void end() {
        received(TERM);
    }

    private void reload() {
        Runnable action = reload;
        if (action == null) {
            reloadAsked.set(true);
            action = reload; // it may just have been told
        }
        if (action != null) {
            reloadAsked.set(false);
            action.run();
        }
    }

    /** From here on the process serves. Returns once every signal is handled so. */
    void serve(Runnable reopen) {
        reopenLogs = reopen;
        serving = true;
        try {
            installing.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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

    private synchronized void received(Signal signal) {
        long now = System.nanoTime();
        if (!serving) {
            Runtime.getRuntime().exit(ENDED_BY_SIGNAL + signal.number);
        } else if (!signalled) {
            signalled = true;
            firstAt = now;
            first.countDown();
        } else if (now - firstAt > ECHO) {
            Runtime.getRuntime().halt(ENDED_BY_SECOND);
        }
    }

    /** Has {@link #awaitFirst} end without a signal. The first is still ahead then, and changes nothing. */
    void endWithout() {
        first.countDown();
    }

    void awaitFirst() {
        try {
            first.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
