package io.weir.control;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a fault in one task of the control thread from ending more than that task: a schedule or a subscription that has thrown once would
 * never come again, and nothing would fail over any more.
 */
public final class Guarded {
    private static final Logger LOG = LoggerFactory.getLogger(Guarded.class);

    private Guarded() {}

    public static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a task of the control thread failed", e);
        }
    }
}
