package io.weir.tls;

import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import io.weir.config.CertificateSettings;
import io.weir.config.TlsSettings;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is held of clients before there is an engine for them. */
class ClientHelloHandlerTest {
    private static final int HEADER = 5;
    private static final byte[] DECODE_ERROR = {21, 3, 3, 0, 2, 2, 50};

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private final Certificates certificates = new Certificates(InstantSource.system(), CertificateListener.NONE);
    @SuppressWarnings("NullAway.Init")
    private EmbeddedChannel channel;

    @BeforeEach
    void open() throws Exception {
        selfSigned(ec(), "a.example").write(folder, "a");
        CertificateSettings files = new CertificateSettings(folder.resolve("a.pem"), folder.resolve("a.key"), null);
        channel = new EmbeddedChannel(certificates.serve(TlsSettings.defaults(List.of(files)), "test").firstHandler());
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
        certificates.close();
    }

    private Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        certificates.handshakes().forEach((outcome, count) -> {
            if (count > 0) {
                counts.put(outcome.word(), count);
            }
        });
        return counts;
    }

    private static byte[] inRecords(byte[] message, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int from = 0; from < message.length; from += size) {
            int length = Math.min(size, message.length - from);
            out.writeBytes(new byte[] {22, 3, 1, (byte) (length >> 8), (byte) length});
            out.write(message, from, length);
        }
        return out.toByteArray();
    }

    /** A hello that announces {@code size} bytes. */
    private static byte[] hello(int size) {
        byte[] message = new byte[4 + size];
        message[0] = 1;
        message[1] = (byte) (size >> 16);
        message[2] = (byte) (size >> 8);
        message[3] = (byte) size;
        return message;
    }

    /** How many bytes went in until the connection was closed. */
    private int sendUntilClosed(byte[] bytes, int piece) {
        int sent = 0;
        while (sent < bytes.length && channel.isActive()) {
            int length = Math.min(piece, bytes.length - sent);
            channel.writeInbound(Unpooled.copiedBuffer(bytes, sent, length));
            sent += length;
        }
        return sent;
    }

    private byte[] answered() {
        ByteBuf out = channel.readOutbound();
        byte[] bytes = ByteBufUtil.getBytes(out);
        out.release();
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100, 1000})
    void aHelloInTinyRecordsIsHeldUpToABound(int piece) {
        int sent = sendUntilClosed(inRecords(hello(16 * 1024), 1), piece);

        assertThat(sent).isBetween(32 * 1024 + 1, 32 * 1024 + piece);
        assertThat(answered()).isEqualTo(DECODE_ERROR);
        assertThat(channel.isActive()).isFalse();
        assertThat(counts()).isEqualTo(Map.of("malformed", 1L));
    }

    @Test
    void aRecordThatIsTooLongIsHeldUpToTheSameBound() {
        byte[] bytes = new byte[HEADER + 0xffff];
        System.arraycopy(new byte[] {22, 3, 1, (byte) 0xff, (byte) 0xff}, 0, bytes, 0, HEADER);

        assertThat(sendUntilClosed(bytes, 1024)).isEqualTo(33 * 1024);
        assertThat(answered()).isEqualTo(DECODE_ERROR);
        assertThat(counts()).isEqualTo(Map.of("malformed", 1L));
    }

    @Test
    void aHelloInTinyRecordsThatIsAsLongAsClientsOnesIsRead() throws Exception {
        byte[] record = TestHello.of("a.example", "h2");
        byte[] message = new byte[record.length - HEADER];
        System.arraycopy(record, HEADER, message, 0, message.length);

        channel.writeInbound(Unpooled.copiedBuffer(inRecords(message, 1)));

        assertThat(channel.pipeline().get(SslHandler.class)).isNotNull();
        assertThat(channel.isActive()).isTrue();
        assertThat(counts()).isEmpty();
    }
}
