package io.weir.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecurePortTest {
    private static RequestHead read(String head) {
        RequestHead request = new RequestHead();
        Progress progress = new RequestParser(new HeadLimits(1024, 2048, 20)).read(Unpooled.wrappedBuffer(head.getBytes(ISO_8859_1)), request);
        assertThat(progress).as(head).isEqualTo(Progress.END);
        return request;
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            shop.example,         443,  https://shop.example/a?b=1
            shop.example,         8443, https://shop.example/a?b=1
            shop.example:8080,    443,  https://shop.example/a?b=1
            shop.example:8080,    8443, https://shop.example:8443/a?b=1
            shop.example:443,     8443, https://shop.example:8443/a?b=1
            shop.example:65535,   8443, https://shop.example:8443/a?b=1
            shop.example:,        8443, https://shop.example/a?b=1
            192.0.2.7:80,         8443, https://192.0.2.7:8443/a?b=1
            [2001:db8::1],        8443, https://[2001:db8::1]/a?b=1
            [2001:db8::1]:8080,   8443, https://[2001:db8::1]:8443/a?b=1
            [2001:db8::1]:8080,   443,  https://[2001:db8::1]/a?b=1
            [::1]:,               8443, https://[::1]/a?b=1
            """)
    void theUrlIsTheSameWithThePortOfHttps(String host, int port, String url) {
        assertThat(new SecurePort(port).url(read("GET /a?b=1 HTTP/1.1\r\nHost: " + host + "\r\n\r\n"))).isEqualTo(url);
    }

    @Test
    void withoutAHostThereIsNoUrl() {
        assertThat(new SecurePort(443).url(read("GET /a HTTP/1.0\r\n\r\n"))).isNull();
    }

    @Test
    void aRequestOfTheWholeServerGoesToItsRoot() {
        assertThat(new SecurePort(443).url(read("OPTIONS * HTTP/1.1\r\nHost: shop.example\r\n\r\n"))).isEqualTo("https://shop.example/");
    }
}
