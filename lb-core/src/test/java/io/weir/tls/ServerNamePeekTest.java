package io.weir.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.tls.ServerNamePeek.Found;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNamePeekTest {
    private static final int HEADER = 5;

    /** What is found once the last of these bytes is there, when they come in pieces. */
    private static Found found(ServerNamePeek peek, byte[] bytes, int piece) {
        for (int to = piece; to < bytes.length; to += piece) {
            Found early = peek.read(Unpooled.wrappedBuffer(bytes, 0, to));
            if (early != Found.MORE) {
                return early;
            }
        }
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        Found found = peek.read(all);
        assertThat(all.readableBytes()).as("not consumed").isEqualTo(bytes.length);
        return found;
    }

    private static byte[] inRecords(byte[] record, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int from = HEADER; from < record.length; from += size) {
            byte[] fragment = Arrays.copyOfRange(record, from, Math.min(record.length, from + size));
            out.writeBytes(new byte[] {22, 3, 1, (byte) (fragment.length >> 8), (byte) fragment.length});
            out.writeBytes(fragment);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 100, 100_000})
    void theNameIsFoundHoweverItComes(int piece) throws Exception {
        byte[] hello = TestHello.of("Shop.Example", "h2");
        for (int record : new int[] {1, 2, 5, 50, 16384}) {
            ServerNamePeek peek = new ServerNamePeek();
            assertThat(found(peek, inRecords(hello, record), piece)).isEqualTo(Found.NAME);
            assertThat(peek.name()).isEqualTo("shop.example");
        }
        assertThat(found(new ServerNamePeek(), TestHello.of(""), piece)).isEqualTo(Found.NO_NAME);
    }

    @Test
    void nothingIsFoundBeforeTheLastByte() throws Exception {
        byte[] hello = TestHello.of("shop.example");
        ServerNamePeek peek = new ServerNamePeek();
        for (int to = 0; to < hello.length; to++) {
            assertThat(peek.read(Unpooled.wrappedBuffer(hello, 0, to))).isEqualTo(Found.MORE);
        }
    }

    @Test
    void whatIsNotTheBeginningOfTlsIsKnownAtOnce() {
        byte[][] others = {
            {'G'}, {22, 2}, {22, 3, 1, 0, 0}, {22, 3, 1, 0x40, 1}, {22, 3, 1, 0, 1, 2}, {21, 3, 3, 0, 2, 2, 120}, {(byte) 0x80, 46, 1, 3, 1}
        };
        for (byte[] other : others) {
            assertThat(found(new ServerNamePeek(), other, 1)).isEqualTo(Found.NOT_TLS);
        }
    }

    @Test
    void whateverComesIsReadWithinItsBounds() throws Exception {
        byte[] good = inRecords(TestHello.of("shop.example"), 200);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int n = random.nextInt(8); n >= 0 && bad.length > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            ServerNamePeek peek = new ServerNamePeek();
            Found found = found(peek, bad, 1 + random.nextInt(300));
            assertThat(found == Found.NAME).isEqualTo(peek.name() != null);
        }
    }
}
