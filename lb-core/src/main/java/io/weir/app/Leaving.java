package io.weir.app;

import io.weir.admin.Event;
import io.weir.config.ListenerSettings;
import io.weir.frontend.Listener;
import io.weir.takeover.Predecessor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/** A load balancer, to the process that takes its place. */
final class Leaving implements Predecessor {
    /** How long the disk may take to have what is to be kept, in s, until another process reads it without. */
    private static final int STATE_SECONDS = 2;

    private final LoadBalancer balancer;
    private final LongConsumer before;
    private final LongConsumer after;

    /** {@code before} is run before the other process is told that this one has let go, {@code after} afterwards; both get its pid. */
    Leaving(LoadBalancer balancer, LongConsumer before, LongConsumer after) {
        this.balancer = balancer;
        this.before = before;
        this.after = after;
    }

    @Override
    public List<Listening> listeners() throws IOException {
        List<ListenerSettings> settings = balancer.config().settings().listeners();
        List<Listening> all = new ArrayList<>();
        List<Listener> listeners = balancer.listeners();
        for (int i = 0; i < listeners.size(); i++) {
            List<Integer> descriptors = listeners.get(i).descriptors();
            if (descriptors == null) {
                throw new IOException("it runs on NIO, which can't hand its sockets over; end it and start without --takeover");
            }
            all.add(new Listening(settings.get(i).bind().toString(), descriptors));
        }
        return all;
    }

    @Override
    public long generation() {
        return balancer.config().generation();
    }

    @Override
    public byte[] state() {
        return balancer.control().known().print();
    }

    @Override
    public void release(long successor) {
        balancer.leave();
        try {
            balancer.control().handOver().get(STATE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            // The disk does not take it, which was told when it was asked to.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        balancer.events().publish(Event.of("handed_over", "to", "pid " + successor));
        before.accept(successor);
    }

    @Override
    public void released(long successor) {
        after.accept(successor);
    }
}
