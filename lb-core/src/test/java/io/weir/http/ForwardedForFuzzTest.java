package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.topology.Cidr;
import io.weir.topology.IpAddress;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

class ForwardedForFuzzTest {
    private static final Cidr BLOCK = Cidr.parse("10.0.0.0/8");
    private static final TrustedProxies TRUSTED = new TrustedProxies(List.of(BLOCK));

    /** Against plain strings and the JDK's reading of addresses. */
    @FuzzTest(maxDuration = "60s")
    void findsTheClientThatAPlainReadingFinds(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1).replaceAll("[^\\x20-\\x7e\\xa0-\\xff|]", "");
        List<String> lines = Stream.of(text.split("\\|", -1)).limit(50).toList();
        RequestHead head = head(lines);
        if (head.fault() != null) {
            return;
        }
        ForwardedFor list = new ForwardedFor();
        list.read(head, TRUSTED);
        assertThat(list.names() ? new IpAddress(list.high(), list.low()).toString() : "peer").isEqualTo(reference(lines));
        if (list.names()) {
            String range = head.text(list.from(), list.to());
            assertThat(range).matches("[0-9A-Fa-f:.]+");
            assertThat(IpAddress.of(InetAddress.ofLiteral(range).getAddress())).isEqualTo(new IpAddress(list.high(), list.low()));
        }
        HeadWriter out = new HeadWriter();
        list.writeTo(out, head);
        assertThat(entries(List.of(out.toString()))).isEqualTo(entries(lines).reversed().stream().limit(ForwardedFor.MOST).toList().reversed());
    }

    private static RequestHead head(List<String> lines) {
        RequestHead head = new RequestHead();
        String fields = lines.stream().map(line -> "X-Forwarded-For:" + line + "\r\n").collect(Collectors.joining());
        ByteBuf in = Unpooled.wrappedBuffer(HeadFeed.bytes("GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"));
        try {
            assertThat(new RequestParser(new HeadLimits(8192, 65_536, 100)).read(in, head)).isNotEqualTo(Progress.MORE);
        } finally {
            in.release();
        }
        return head;
    }

    private static List<String> entries(List<String> lines) {
        return lines.stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(entry -> entry.replaceAll("^[ \t]+|[ \t]+$", ""))
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    private static String reference(List<String> lines) {
        String client = "peer";
        for (String entry : entries(lines).reversed().stream().limit(ForwardedFor.MOST).toList()) {
            IpAddress address = address(entry);
            if (address == null) {
                return client;
            }
            client = address.toString();
            if (!BLOCK.contains(address.high(), address.low())) {
                return client;
            }
        }
        return client;
    }

    private static @Nullable IpAddress address(String entry) {
        String host = entry;
        if (entry.matches("\\[[^\\[\\]]*:[^\\[\\]]*](:[0-9]{1,5})?")) {
            String port = entry.substring(entry.indexOf(']') + 1);
            if (!port.isEmpty() && !isPort(port.substring(1))) {
                return null;
            }
            host = entry.substring(1, entry.indexOf(']'));
        } else if (entry.indexOf(':') == entry.lastIndexOf(':') && entry.indexOf(':') >= 0) {
            if (!isPort(entry.substring(entry.indexOf(':') + 1))) {
                return null;
            }
            host = entry.substring(0, entry.indexOf(':'));
        }
        try {
            return isOnlyTheJdks(host) ? null : IpAddress.parse(host);
        } catch (IllegalArgumentException _) {
            return null;
        }
    }

    /** IPv6 that the JDK takes and we don't: a group of more than four digits, or IPv4 in it that isn't four numbers without leading zeros. */
    private static boolean isOnlyTheJdks(String host) {
        if (!host.contains(":")) {
            return false;
        }
        String part = host.substring(host.lastIndexOf(':') + 1);
        return host.matches(".*[0-9A-Fa-f]{5}.*") || (part.contains(".") && !part.matches("((0|[1-9][0-9]{0,2})(\\.|$)){4}"));
    }

    private static boolean isPort(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) > 0 && Integer.parseInt(text) < 65_536;
    }
}
