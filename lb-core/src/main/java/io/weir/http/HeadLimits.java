package io.weir.http;

/**
 * How large a head may be.
 *
 * @param startLine bytes of the request or status line, its CR LF included
 * @param head bytes of the whole head, start line and final empty line included
 * @param fields number of field lines
 */
public record HeadLimits(int startLine, int head, int fields) {
    public HeadLimits {
        if (startLine < 16 || head < startLine || fields < 1) {
            throw new IllegalArgumentException("limits that no message can meet: " + startLine + ", " + head + ", " + fields);
        }
    }
}
