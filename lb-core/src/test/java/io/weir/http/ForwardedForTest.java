package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.topology.Cidr;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who the client is by a trusted proxy's X-Forwarded-For, and what of the list goes on. Trusted are 10.0.0.0/8 and fd00::/8. */
class ForwardedForTest {
    private static final TrustedProxies TRUSTED =
            new TrustedProxies(Stream.of("10.0.0.0/8", "fd00::/8").map(Cidr::parse).toList());

    private final ForwardedFor list = new ForwardedFor();
    private final RequestHead head = new RequestHead();

    private void read(String fields) {
        head.reset();
        String input = "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
        assertThat(HeadFeed.read(new RequestParser(new HeadLimits(8192, 65_536, 100)), head, input, 4096)).isEqualTo(Progress.END);
        list.read(head, TRUSTED);
    }

    private String client() {
        return list.names() ? head.text(list.from(), list.to()) : "peer";
    }

    private String passedOn() {
        HeadWriter out = new HeadWriter();
        list.writeTo(out, head);
        return out.toString();
    }

    /** A bar stands for the beginning of another line. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        // One proxy in front.
        "203.0.113.9                              ; 203.0.113.9  ; 203.0.113.9, ",
        "2001:db8::7                              ; 2001:db8::7  ; 2001:db8::7, ",
        "203.0.113.9:51000                        ; 203.0.113.9  ; '203.0.113.9:51000, '",
        "[2001:db8::7]:51000                      ; 2001:db8::7  ; '[2001:db8::7]:51000, '",
        // More of them.
        "203.0.113.9, 10.1.1.1                    ; 203.0.113.9  ; '203.0.113.9, 10.1.1.1, '",
        "203.0.113.9, 10.1.1.1,fd00::1            ; 203.0.113.9  ; '203.0.113.9, 10.1.1.1,fd00::1, '",
        "203.0.113.9, ::ffff:10.1.1.1             ; 203.0.113.9  ; '203.0.113.9, ::ffff:10.1.1.1, '",
        // What a client says itself stands to the left of what its proxy says.
        "6.6.6.6, 203.0.113.9                     ; 203.0.113.9  ; '6.6.6.6, 203.0.113.9, '",
        "10.6.6.6, 203.0.113.9, 10.1.1.1          ; 203.0.113.9  ; '10.6.6.6, 203.0.113.9, 10.1.1.1, '",
        "\"evil, 203.0.113.9                       ; 203.0.113.9  ; '\"evil, 203.0.113.9, '",
        // Proxies alone: the left-most is the client.
        "10.3.3.3, 10.2.2.2, 10.1.1.1             ; 10.3.3.3     ; '10.3.3.3, 10.2.2.2, 10.1.1.1, '",
        // What is no address ends the search: the client is the last one before it, or the peer.
        "203.0.113.9, unknown, 10.1.1.1           ; 10.1.1.1     ; '203.0.113.9, unknown, 10.1.1.1, '",
        "203.0.113.9, 10.2.2.2, 010.0.0.1, 10.1.1.1; 10.1.1.1    ; '203.0.113.9, 10.2.2.2, 010.0.0.1, 10.1.1.1, '",
        "203.0.113.9, _hidden                     ; peer         ; '203.0.113.9, _hidden, '",
        "203.0.113.9, for=10.1.1.1                ; peer         ; '203.0.113.9, for=10.1.1.1, '",
        "203.0.113.9 10.1.1.1                     ; peer         ; '203.0.113.9 10.1.1.1, '",
        "203.0.113.9, <script>                    ; peer         ; '203.0.113.9, <script>, '",
        // Empty entries say nothing (RFC 9110, 5.6.1).
        "203.0.113.9,, ,                          ; 203.0.113.9  ; '203.0.113.9,, ,, '",
        ",, ,                                     ; peer         ; ''",
        "''                                       ; peer         ; ''",
        // Several lines are one list.
        "203.0.113.9 | 10.1.1.1                   ; 203.0.113.9  ; '203.0.113.9, 10.1.1.1, '",
        "6.6.6.6, 7.7.7.7 | 203.0.113.9, 10.2.2.2 | 10.1.1.1 ; 203.0.113.9 ; '6.6.6.6, 7.7.7.7, 203.0.113.9, 10.2.2.2, 10.1.1.1, '",
        "203.0.113.9 | | 10.1.1.1                 ; 203.0.113.9  ; '203.0.113.9, 10.1.1.1, '",
        "6.6.6.6 | 203.0.113.9                    ; 203.0.113.9  ; '6.6.6.6, 203.0.113.9, '",
    })
    void theClientIsTheRightmostThatIsNotTrusted(String lines, String client, String passedOn) {
        read(Stream.of(lines.split("\\|", -1)).map(line -> "X-Forwarded-For: " + line.strip() + "\r\n").collect(Collectors.joining("A: 1\r\n")));

        assertThat(client()).isEqualTo(client);
        assertThat(passedOn().strip()).isEqualTo(passedOn.strip());
        assertThat(HeadFeed.fields(head)).as("what is copied with the head").allMatch(field -> field.startsWith("Host") || field.startsWith("A: "));
    }

    @Test
    void withoutTheFieldTheClientIsThePeer() {
        read("");
        assertThat(client()).isEqualTo("peer");
        assertThat(passedOn()).isEmpty();
    }

    @Test
    void nothingIsLeftOfTheRequestBefore() {
        read("X-Forwarded-For: 203.0.113.9\r\n");
        read("X-Forwarded-For: nonsense\r\n");
        assertThat(client()).isEqualTo("peer");
        read("");
        assertThat(passedOn()).isEmpty();
    }

    @Test
    void aNameWithUnderscoresIsNotTheField() {
        read("X_Forwarded_For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.9\r\nx_forwarded-for: 6.6.6.6\r\n");
        assertThat(client()).isEqualTo("203.0.113.9");
        assertThat(passedOn()).isEqualTo("203.0.113.9, ");
    }

    @Test
    void ofAListThatIsTooLongTheRightmostEntriesGoOn() {
        List<String> entries = IntStream.rangeClosed(1, ForwardedFor.MOST + 10).mapToObj(i -> "10.0.0." + i).toList();
        read("X-Forwarded-For: " + String.join(", ", entries) + "\r\n");

        assertThat(passedOn()).isEqualTo(String.join(", ", entries.subList(10, entries.size())) + ", ");
        assertThat(client()).as("the left-most of those that are looked at").isEqualTo("10.0.0.11");
    }

    @Test
    void entriesAreCountedOverAllLines() {
        read(IntStream.rangeClosed(1, ForwardedFor.MOST + 10).mapToObj(i -> "X-Forwarded-For: 10.0.0." + i + "\r\n").collect(Collectors.joining()));

        assertThat(passedOn()).startsWith("10.0.0.11, ").endsWith("10.0.0.74, ");
        assertThat(passedOn().split(", ")).hasSize(ForwardedFor.MOST);
    }

    @Test
    void aListOfNothingButCommasIsReadOnce() {
        read("X-Forwarded-For: " + ",".repeat(60_000) + "\r\n");
        assertThat(client()).isEqualTo("peer");
        assertThat(passedOn()).isEmpty();
    }
}
