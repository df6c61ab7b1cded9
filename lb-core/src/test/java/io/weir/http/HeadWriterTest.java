package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeadWriterTest {
    @Test
    void aHeadCarriesNothingOfAnEarlierOneThatFailed() {
        HeadWriter out = new HeadWriter();
        out.begin().text("HTTP/1.1 200 OK").endOfLine().text("X-Half: ");
        out.begin().text("HTTP/1.1 404 Not Found").endOfLine();
        ByteBuf sent = Unpooled.buffer();
        out.flushTo(sent);
        assertThat(sent.toString(StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 404 Not Found\r\n");
        assertThat(out.length()).isZero();
        sent.release();
    }
}
