package io.weir.upstream;

import io.weir.loop.EventLoops;
import java.util.concurrent.atomic.AtomicBoolean;

/** Something that an event loop is to do when it comes to it, once however often it is asked for until then. Any thread may ask. */
final class Once {
    private final EventLoops.Loop loop;
    private final Runnable what;
    private final AtomicBoolean asked = new AtomicBoolean();

    Once(EventLoops.Loop loop, Runnable what) {
        this.loop = loop;
        this.what = what;
    }

    void ask() {
        if (asked.compareAndSet(false, true)) {
            loop.executor().execute(() -> {
                asked.set(false); // before it is done: who asks from now on has another one
                loop.clock().refresh();
                what.run();
            });
        }
    }
}
