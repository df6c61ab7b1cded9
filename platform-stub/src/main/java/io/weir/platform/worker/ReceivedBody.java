package io.weir.platform.worker;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** A request's body as it comes: its length, however long it is, and its bytes as long as they are few. */
final class ReceivedBody {
    private static final int MOST_KEPT = 4 * 1024;

    private byte[] kept = new byte[0];
    private long length;

    /** Takes a piece; the buffer stays the caller's. */
    void add(ByteBuf piece) {
        int size = piece.readableBytes();
        if (length + size <= MOST_KEPT) {
            int before = kept.length;
            kept = Arrays.copyOf(kept, before + size);
            piece.getBytes(piece.readerIndex(), kept, before, size);
        }
        length += size;
    }

    /** As JSON's members: {@code bytes}, and {@code text} if it is short and text. */
    Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("bytes", length);
        if (length > 0 && length == kept.length) {
            try {
                members.put("text", StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(kept)).toString());
            } catch (CharacterCodingException e) {
                // no text: its length says enough
            }
        }
        return members;
    }
}
