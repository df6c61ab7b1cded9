package io.weir.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the server name that a client's TLS asks for (SNI), in bytes that go on to somebody else. It goes as far as the ClientHello, in
 * however many records that comes (RFC 8446, 5.1); whether it is well-formed is for whoever answers it to see.
 */
public final class ServerNamePeek {
    /** What was found. */
    public enum Found {
        /** Nothing yet: more must come. */
        MORE,
        /** A {@link #name}. */
        NAME,
        /** A ClientHello that names no server. */
        NO_NAME,
        /** Something else. */
        NOT_TLS
    }

    private static final int HEADER = 5;
    private static final int HANDSHAKE = 22;
    private static final int MAJOR_VERSION = 3;
    private static final int LONGEST_RECORD = 1 << 14;
    private static final int MESSAGE_HEADER = 4;
    private static final int CLIENT_HELLO = 1;

    /** What the records had in them so far. */
    private byte[] message = {};
    /** Where the next record begins. */
    private int next;

    private @Nullable String name;

    /** Looks at {@code all} that has come so far, each time from its beginning on; nothing is consumed. */
    public Found read(ByteBuf all) {
        while (true) {
            int start = all.readerIndex() + next;
            int there = all.writerIndex() - start;
            boolean other = (there > 0 && all.getByte(start) != HANDSHAKE) || (there > 1 && all.getByte(start + 1) != MAJOR_VERSION);
            if (other) {
                return Found.NOT_TLS;
            }
            if (there < HEADER) {
                return Found.MORE;
            }
            int length = all.getUnsignedShort(start + HEADER - 2);
            if (length == 0 || length > LONGEST_RECORD) {
                return Found.NOT_TLS;
            }
            if (there < HEADER + length) {
                return Found.MORE;
            }
            int before = message.length;
            message = Arrays.copyOf(message, before + length);
            all.getBytes(start + HEADER, message, before, length);
            next += HEADER + length;
            if (message[0] != CLIENT_HELLO) {
                return Found.NOT_TLS;
            }
            if (message.length >= MESSAGE_HEADER) {
                ByteBuf in = Unpooled.wrappedBuffer(message);
                int size = in.getUnsignedMedium(1);
                if (message.length >= MESSAGE_HEADER + size) {
                    name = ClientHello.read(in.slice(MESSAGE_HEADER, size), Set.of()).serverName();
                    return name == null ? Found.NO_NAME : Found.NAME;
                }
            }
        }
    }

    /** The host that is asked for, in lower case, or null if none was found. */
    public @Nullable String name() {
        return name;
    }
}
