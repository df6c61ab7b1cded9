package io.weir.health.check;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The two messages of {@code grpc.health.v1.Health/Check} as they travel: a length prefix (gRPC over HTTP/2, "Length-Prefixed-Message"), then
 * one protobuf field each.
 */
final class GrpcHealth {
    /** {@code HealthCheckResponse.ServingStatus}, by number. */
    enum ServingStatus {
        UNKNOWN,
        SERVING,
        NOT_SERVING,
        SERVICE_UNKNOWN
    }

    /** A flag for compression and four bytes of length. */
    private static final int PREFIX = 5;

    /** Field 1, length-delimited. */
    private static final int SERVICE_TAG = 0x0a;
    private static final int STATUS_FIELD = 1;
    private static final int MOST_VARINT_BYTES = 10;

    private GrpcHealth() {}

    /** {@code HealthCheckRequest { string service = 1; }}. */
    static byte[] request(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteBuf message = Unpooled.buffer();
        if (name.length > 0) {
            message.writeByte(SERVICE_TAG);
            int rest = name.length;
            for (; rest >= 0x80; rest >>>= 7) {
                message.writeByte(rest | 0x80);
            }
            message.writeByte(rest).writeBytes(name);
        }
        ByteBuf prefix = Unpooled.buffer(PREFIX).writeByte(0).writeInt(message.readableBytes());
        return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(prefix, message));
    }

    /**
     * Reads {@code HealthCheckResponse { ServingStatus status = 1; }}, with its prefix. Fields that are not known are passed over.
     *
     * @return null if it is no such message
     */
    static @Nullable ServingStatus status(ByteBuf in) {
        if (in.readableBytes() < PREFIX || in.readByte() != 0 || in.readInt() != in.readableBytes()) {
            return null;
        }
        long status = 0;
        while (in.isReadable()) {
            long tag = varint(in);
            int field = (int) (tag >>> 3);
            long value = switch ((int) tag & 7) {
                case 0 -> varint(in);
                case 1 -> skip(in, Long.BYTES);
                case 2 -> skip(in, varint(in));
                case 5 -> skip(in, Integer.BYTES);
                default -> -1; // groups, which nobody writes any more, and nonsense
            };
            if (tag < 0 || field == 0 || value < 0) {
                return null;
            }
            if (field == STATUS_FIELD) {
                if ((tag & 7) != 0) {
                    return null;
                }
                status = value;
            }
        }
        ServingStatus[] known = ServingStatus.values();
        return status < known.length ? known[(int) status] : ServingStatus.UNKNOWN;
    }

    /** -1 if it is cut off or longer than 63 bits. */
    private static long varint(ByteBuf in) {
        long value = 0;
        for (int i = 0; i < MOST_VARINT_BYTES && in.isReadable(); i++) {
            byte next = in.readByte();
            value |= (long) (next & 0x7f) << (7 * i);
            if (next >= 0) {
                return value < 0 ? -1 : value;
            }
        }
        return -1;
    }

    /** 0, or -1 if there are not so many bytes. */
    private static long skip(ByteBuf in, long bytes) {
        if (bytes < 0 || bytes > in.readableBytes()) {
            return -1;
        }
        in.skipBytes((int) bytes);
        return 0;
    }
}
