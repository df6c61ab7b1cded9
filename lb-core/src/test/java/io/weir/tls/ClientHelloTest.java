package io.weir.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
    private static final int RECORD_AND_MESSAGE_HEADER = 9;

    private static byte[] hello(String... protocols) throws Exception {
        return TestHello.of("Shop.Example", protocols);
    }

    private static ClientHello read(byte[] record, int to) {
        ByteBuf body = Unpooled.wrappedBuffer(record, RECORD_AND_MESSAGE_HEADER, to - RECORD_AND_MESSAGE_HEADER);
        return ClientHello.read(body, Set.of("http/1.1"));
    }

    @Test
    void nameKeysAndProtocolsOfARealOne() throws Exception {
        byte[] both = hello("h2", "http/1.1");
        byte[] strange = hello("h2");
        byte[] none = hello();

        assertThat(read(both, both.length)).isEqualTo(new ClientHello("shop.example", true, false));
        assertThat(read(strange, strange.length).strangeProtocols()).isTrue();
        assertThat(read(none, none.length).strangeProtocols()).isFalse();
    }

    @Test
    void whatIsCutOrChangedIsReadAsFarAsItGoes() throws Exception {
        byte[] good = hello("http/1.1");
        for (int to = RECORD_AND_MESSAGE_HEADER; to < good.length; to++) {
            assertThat(read(good, to)).isNotNull();
        }
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] bad = good.clone();
            for (int n = random.nextInt(8); n >= 0; n--) {
                bad[RECORD_AND_MESSAGE_HEADER + random.nextInt(bad.length - RECORD_AND_MESSAGE_HEADER)] = (byte) random.nextInt();
            }
            String name = read(bad, bad.length).serverName();
            assertThat(name == null || name.matches("[a-z0-9._-]{1,255}")).isTrue();
        }
    }
}
