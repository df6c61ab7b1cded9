package io.weir.takeover;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a process hands over, but for the descriptors themselves, which follow in the order of the listeners.
 *
 * @param version of the product
 * @param generation of the config
 * @param state what the process knows that the other would have to learn anew; carried as it is, and left out if it is too large
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares it
record Manifest(String version, long pid, long generation, List<Listening> listeners, byte[] state) {
    /** Bytes. */
    static final int MOST_STATE = 64 * 1024 * 1024;

    private static final int MOST_LISTENERS = 10_000;
    private static final int MOST_SOCKETS = 10_000;

    /**
     * A listener.
     *
     * @param bind as the config writes it
     */
    record Listening(String bind, int sockets) {}

    void write(DataOutputStream to) throws IOException {
        to.writeUTF(version);
        to.writeLong(pid);
        to.writeLong(generation);
        to.writeInt(listeners.size());
        for (Listening each : listeners) {
            to.writeUTF(each.bind);
            to.writeInt(each.sockets);
        }
        byte[] carried = state.length <= MOST_STATE ? state : new byte[0];
        to.writeInt(carried.length);
        to.write(carried);
    }

    static Manifest read(DataInputStream from) throws IOException {
        String version = from.readUTF();
        long pid = from.readLong();
        long generation = from.readLong();
        int count = bounded(from.readInt(), MOST_LISTENERS);
        List<Listening> listeners = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            listeners.add(new Listening(from.readUTF(), bounded(from.readInt(), MOST_SOCKETS)));
        }
        byte[] state = new byte[bounded(from.readInt(), MOST_STATE)];
        from.readFully(state);
        return new Manifest(version, pid, generation, listeners, state);
    }

    private static int bounded(int n, int most) throws IOException {
        if (n < 0 || n > most) {
            throw new IOException("the other process says what can't be: " + n + " where at most " + most + " can be");
        }
        return n;
    }
}
