package io.weir.http;

/**
 * What a trusted proxy says in {@code X-Forwarded-For}: all lines of that name as one list (RFC 9110, 5.3), read from the right, where each
 * entry is the word of whoever stands to the right of it. The client is the first address that is not a trusted proxy's own. What can't be
 * read as an address ends the search, as nothing to the left of it is vouched for: then the client is the last address that could be read.
 *
 * <p>One for each exchange, used again; touched by its loop alone.
 */
public final class ForwardedFor {
    /**
     * Entries that are looked at and passed on, the right-most: more than any chain of proxies has. What stands to the left of them is
     * dropped.
     */
    static final int MOST = 64;

    private final AddressText entry = new AddressText();
    private int entries;
    /** Where what goes on begins: a field, and a position in its value. */
    private int field;

    private int start;
    private boolean searching;
    private boolean found;
    private long high;
    private long low;
    private int from;
    private int to;

    /** Reads the list of {@code head}, and cuts it: {@link #writeTo} writes it anew. */
    public void read(RequestHead head, TrustedProxies trusted) {
        entries = 0;
        found = false;
        searching = true;
        for (int i = head.fieldCount() - 1; i >= 0; i--) {
            if (head.id(i) == FieldName.X_FORWARDED_FOR) {
                head.cut(i);
                readLine(head, i, trusted);
            }
        }
    }

    private void readLine(RequestHead head, int line, TrustedProxies trusted) {
        byte[] b = head.bytes;
        int begin = head.valueStart(line);
        int end = head.valueEnd(line);
        while (end > begin && entries < MOST) {
            int comma = end - 1;
            while (comma >= begin && b[comma] != ',') {
                comma--;
            }
            int first = comma + 1;
            while (first < end && isSpace(b[first])) {
                first++;
            }
            int last = end;
            while (last > first && isSpace(b[last - 1])) {
                last--;
            }
            if (first < last) {
                entries++;
                field = line;
                start = first;
                if (searching) {
                    search(b, first, last, trusted);
                }
            }
            end = comma;
        }
    }

    private void search(byte[] b, int first, int last, TrustedProxies trusted) {
        searching = entry.read(b, first, last);
        if (searching) {
            found = true;
            high = entry.high();
            low = entry.low();
            from = entry.from();
            to = entry.to();
            searching = trusted.contain(high, low);
        }
    }

    private static boolean isSpace(byte c) {
        return c == ' ' || c == '\t';
    }

    /** Whether it says who the client is; only then the next four may be asked. */
    public boolean names() {
        return found;
    }

    /** The first four groups of the client's address, as in {@link io.weir.topology.IpAddress}. */
    public long high() {
        return high;
    }

    /** The last four groups. */
    public long low() {
        return low;
    }

    /** The client's address is {@code [from, to)} of the head that was read, without port and brackets. */
    public int from() {
        return from;
    }

    public int to() {
        return to;
    }

    /** Appends the list to a value, with a comma behind it, if there is any. */
    public void writeTo(HeadWriter out, RequestHead head) {
        if (entries == 0) {
            return;
        }
        int begin = start;
        for (int i = field; i < head.fieldCount(); i++) {
            if (head.id(i) == FieldName.X_FORWARDED_FOR) {
                out.item(head.bytes, i == field ? begin : head.valueStart(i), head.valueEnd(i));
            }
        }
    }
}
