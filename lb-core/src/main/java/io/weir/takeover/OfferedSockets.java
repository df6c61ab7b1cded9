package io.weir.takeover;

import io.weir.frontend.ListeningSockets;
import io.weir.topology.BindAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Listening sockets that this process was given, until its listeners have taken theirs. */
public final class OfferedSockets implements AutoCloseable {
    /**
     * Those of one listener.
     *
     * @param bind as the config of their process writes it; null: they came without
     */
    record Offer(@Nullable String bind, ListeningSockets sockets) {}

    private final List<Offer> offers;

    OfferedSockets(List<Offer> offers) {
        this.offers = new ArrayList<>(offers);
    }

    /** Nothing was offered. */
    public static OfferedSockets none() {
        return new OfferedSockets(List.of());
    }

    /** What a listener of that address inherits, by the name of the address or else by where the sockets are; null if nothing. */
    public @Nullable ListeningSockets take(BindAddress bind) {
        for (Iterator<Offer> left = offers.iterator(); left.hasNext(); ) {
            Offer offer = left.next();
            if (bind.toString().equals(offer.bind)) {
                left.remove();
                return offer.sockets;
            }
        }
        InetSocketAddress wanted = bind.host().isEmpty() ? new InetSocketAddress(bind.port()) : new InetSocketAddress(bind.host(), bind.port());
        for (Iterator<Offer> left = offers.iterator(); left.hasNext(); ) {
            Offer offer = left.next();
            if (wanted.getPort() != 0 && same(wanted, offer.sockets.address())) {
                left.remove();
                return offer.sockets;
            }
        }
        return null;
    }

    private static boolean same(InetSocketAddress wanted, InetSocketAddress there) {
        if (wanted.getPort() != there.getPort() || wanted.getAddress() == null) {
            return false;
        }
        return wanted.getAddress().equals(there.getAddress()) || (wanted.getAddress().isAnyLocalAddress() && there.getAddress().isAnyLocalAddress());
    }

    /** Where those are that nobody has taken. */
    public List<InetSocketAddress> left() {
        return offers.stream().map(offer -> offer.sockets.address()).toList();
    }

    /** Closes those that nobody has taken. */
    @Override
    public void close() {
        offers.forEach(offer -> offer.sockets.close());
        offers.clear();
    }
}
