package io.weir.http;

import java.nio.charset.StandardCharsets;

/** Tells workers whose requests come with a rewritten path what it was: {@code X-Forwarded-Prefix} and {@code X-CH1-Path}. */
public final class OriginalPath implements Step.Edit {
    private static final byte[] PREFIX = "X-Forwarded-Prefix: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PATH = "X-CH1-Path: ".getBytes(StandardCharsets.US_ASCII);

    @Override
    public void request(RequestHead head, HeadWriter added) {
        if (head.isRewritten()) {
            int from = head.pathStart();
            added.literal(PREFIX).copy(head.bytes, from, Math.max(from + 1, head.prefixEnd())).endOfLine();
            added.literal(PATH).copy(head.bytes, from, head.pathEnd()).endOfLine();
        }
    }
}
