package io.weir.platform;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * The child's end of the pipe that its parent holds. When the pipe ends the parent is gone, be it by {@code kill -9}, and so is this process
 * at once: there is nobody left whom an orderly end would serve.
 *
 * <p>As a main class, {@code Lifeline CLASS ARGUMENT…}, it ties any program to its parent, one that knows nothing of this too.
 */
public final class Lifeline {
    private static final int USAGE = 2;
    private static final int PARENT_IS_GONE = 1;

    private Lifeline() {}

    /** Runs the main method of the class named first, with the other arguments, as long as standard input lasts. */
    public static void main(String... args) throws Throwable {
        if (args.length == 0) {
            System.err.println("usage: Lifeline CLASS ARGUMENT...");
            System.exit(USAGE);
        }
        hold(System.in, () -> Runtime.getRuntime().halt(PARENT_IS_GONE));
        try {
            Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    /** Calls {@code gone} on a thread of its own when {@code line} ends or breaks. What comes on it is passed over. */
    static Thread hold(InputStream line, Runnable gone) {
        return Thread.ofPlatform().daemon().name("weir-lifeline").start(() -> {
            try {
                line.transferTo(java.io.OutputStream.nullOutputStream());
            } catch (IOException e) {
                // broken is as good as ended
            }
            gone.run();
        });
    }
}
