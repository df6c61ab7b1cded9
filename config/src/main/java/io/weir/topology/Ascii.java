package io.weir.topology;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A range of ASCII bytes with its hash: hosts and paths as they travel, to be looked up without becoming a string.
 *
 * <p>Immutable by convention: the array is not copied, and nobody may write to the range while this lives. A key that outlives
 * the buffer that it was read from is {@linkplain #copy copied} first. Comparable, so that a hash table whose keys collide on
 * purpose falls back to a tree.
 */
public final class Ascii implements Comparable<Ascii> {

    /** The hash of no bytes at all, to start from where bytes are hashed as they are read. */
    public static final int EMPTY_HASH = 0;

    private final byte[] array;
    private final int offset;
    private final int length;
    private final int hash;

    /** The range of {@code length} bytes from {@code offset}. */
    public Ascii(byte[] array, int offset, int length) {
        this(array, offset, length, hash(array, offset, offset + length));
    }

    /** The same for a caller who has computed {@link #hash(byte[], int, int)} of the range already. */
    public Ascii(byte[] array, int offset, int length, int hash) {
        if ((offset | length | array.length - length - offset) < 0) {
            throw new IndexOutOfBoundsException(offset + "+" + length + " of " + array.length);
        }
        this.array = array;
        this.offset = offset;
        this.length = length;
        this.hash = hash;
    }

    /**
     * The bytes of a text.
     *
     * @throws IllegalArgumentException if the text holds other characters than ASCII
     */
    public static Ascii of(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = text.charAt(i);
            if (c > 0x7f) {
                throw new IllegalArgumentException("not ASCII: \"" + text + '"');
            }
            bytes[i] = (byte) c;
        }
        return new Ascii(bytes, 0, bytes.length);
    }

    /** The hash of the bytes in {@code [from, to)}: {@link #hash(int, byte)} of each in turn. */
    public static int hash(byte[] array, int from, int to) {
        int hash = EMPTY_HASH;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** The hash of a range that is one byte longer than the range with the given hash; 31-polynomial, as of a string. */
    public static int hash(int soFar, byte next) {
        return 31 * soFar + next;
    }

    /** Not a copy; not to be written to. */
    public byte[] array() {
        return array;
    }

    public int offset() {
        return offset;
    }

    /** In bytes. */
    public int length() {
        return length;
    }

    public byte byteAt(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException(index + " of " + length);
        }
        return array[offset + index];
    }

    /** The same bytes in an array of their own. */
    public Ascii copy() {
        return new Ascii(Arrays.copyOfRange(array, offset, offset + length), 0, length, hash);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Ascii that
                        && hash == that.hash
                        && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(Ascii that) {
        return Arrays.compare(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public String toString() {
        return new String(array, offset, length, StandardCharsets.US_ASCII);
    }
}
