package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

class AuthorityFuzzTest {
    private static final Pattern LOOSE = Pattern.compile("(?<host>\\[(?<address>[0-9A-Fa-f:.]+)]|[A-Za-z0-9._~-]{1,255})(:(?<port>[0-9]{0,5}))?");

    @FuzzTest(maxDuration = "60s")
    void takesOnlyWhatALooserPatternTakes(byte[] data) {
        long parsed = Authority.parse(data, 0, data.length);
        String authority = new String(data, StandardCharsets.ISO_8859_1);
        Matcher m = LOOSE.matcher(authority);
        if (!m.matches()) {
            assertThat(parsed).isEqualTo(-1);
            return;
        }
        String host = m.group("host");
        if (parsed < 0) {
            boolean emptyLabel = ("." + host).contains("..");
            boolean badPort = m.group("port") != null && !m.group("port").isEmpty() && !isPort(Integer.parseInt(m.group("port")));
            assertThat(emptyLabel || badPort || m.group("address") != null).isTrue();
            return;
        }
        assertThat(Authority.hostEnd(parsed)).isEqualTo(host.length());
        String port = m.group("port");
        assertThat(Authority.port(parsed)).isEqualTo(port == null || port.isEmpty() ? -1 : Integer.parseInt(port));
        String address = m.group("address");
        if (address != null) {
            assertThat(Inet6Address.ofLiteral(address)).isNotNull();
        }
        byte[] out = new byte[host.length()];
        int length = Authority.normaliseHost(data, 0, host.length(), out);
        String normal = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        assertThat(new String(out, 0, length, StandardCharsets.ISO_8859_1)).isEqualTo(normal);
    }

    private static boolean isPort(int n) {
        return n > 0 && n < 65536;
    }
}
