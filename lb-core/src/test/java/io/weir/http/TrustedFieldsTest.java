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
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a trusted proxy's fields goes on. */
class TrustedFieldsTest {
    private final TrustedFields fields = new TrustedFields();
    private final RequestHead head = new RequestHead();

    private void read(boolean keepsForwarded, String... lines) {
        head.reset();
        String input = "GET / HTTP/1.1\r\nHost: h\r\n" + String.join("\r\n", lines) + "\r\n\r\n";
        assertThat(HeadFeed.read(new RequestParser(new HeadLimits(8192, 65_536, 100)), head, input, 4096)).isEqualTo(Progress.END);
        FieldRules.applyToTrustedRequest(head);
        fields.read(head, new TrustedProxies(List.of(Cidr.parse("10.0.0.0/8"))), keepsForwarded);
    }

    private List<String> goOn() {
        return HeadFeed.fields(head);
    }

    private String forwarded() {
        HeadWriter out = new HeadWriter();
        fields.writeForwarded(out, head);
        return out.toString();
    }

    @Test
    void whatItSaysOfTheClientGoesOn() {
        read(false, "X-Forwarded-Proto: https", "X-Forwarded-Host: a.example", "x-forwarded-port: 443", "X-Forwarded-Prefix: /p", "X-Forwarded-User: u",
                "X-Request-Id: abc", "Via: 1.1 other");
        assertThat(goOn()).containsExactly("Host: h", "X-Forwarded-Proto: https", "X-Forwarded-Host: a.example", "x-forwarded-port: 443",
                "X-Forwarded-Prefix: /p", "X-Forwarded-User: u", "X-Request-Id: abc", "Via: 1.1 other");
        assertThat(List.of(fields.saysProto(), fields.saysHost(), fields.saysPort())).containsOnly(true);
        assertThat(fields.requestId()).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "X-SSL-Client-Verify", "X-SSL-Client-DN", "x-ssl-issuer", "X-SSL-Client-Serial", "X-Forwarded-Client-Cert", "x-forwarded-client-cert-chain",
        "Weir-Hop", "X-CH1-Path", "X_Forwarded_For", "X_Forwarded-Proto", "X-Forwarded_Host", "x_forwarded_port", "X_Forwarded_Prefix", "X-Forwarded-A_B",
        "X_Request_Id", "X-Request_ID", "weir_hop", "X_SSL_Client_Verify", "X_CH1_PATH", "x_forwarded_client_cert", "Connection", "Keep-Alive",
        "Proxy-Connection", "Upgrade", "HTTP2-Settings", "Proxy"
    })
    void whatNobodyMaySayAndWhatIsForOneHopDoesNot(String name) {
        read(true, name + ": evil");
        assertThat(goOn()).containsExactly("Host: h");
        assertThat(fields.requestId()).isNegative();
    }

    @Test
    void aFieldWithoutValueSaysNothing() {
        read(false, "X-Forwarded-Proto:", "X-Forwarded-Host: ", "X-Forwarded-Port: \t", "X-Request-Id:");
        assertThat(goOn()).containsExactly("Host: h");
        assertThat(List.of(fields.saysProto(), fields.saysHost(), fields.saysPort())).containsOnly(false);
    }

    @Test
    void nothingIsLeftOfTheRequestBefore() {
        read(true, "X-Forwarded-Proto: https", "X-Forwarded-Host: a", "X-Forwarded-Port: 1", "X-Request-Id: a", "Forwarded: for=a", "X-Forwarded-For: 1.1.1.1");
        read(true);
        assertThat(List.of(fields.saysProto(), fields.saysHost(), fields.saysPort(), fields.forwardedFor().names())).containsOnly(false);
        assertThat(fields.requestId()).isNegative();
        assertThat(forwarded()).isEmpty();
    }

    // ---- X-Request-Id

    @ParameterizedTest
    @ValueSource(strings = {"1", "5f0c6f0a-7f3b-4d07-9d4a-5a2f1c9e8b77", "Root=1-67891233-abcdef012345678912345678", "AbC+/_.~:@#$%^*(){}[]|!?", "01J9ZQ"})
    void anIdThatIsSaneIsKept(String id) {
        read(false, "X-Request-Id: " + id);
        assertThat(fields.requestId()).isEqualTo(1);
        assertThat(goOn()).contains("X-Request-Id: " + id);
    }

    static List<String> insaneIds() {
        return List.of("a b", "a\tb", "a,b", "a;b", "\"a\"", "it's", "a\\b", "<b>", "a&b", "`a`", "caf\u00e9", "x".repeat(129));
    }

    @ParameterizedTest
    @MethodSource("insaneIds")
    void anIdThatIsNotIsCut(String id) {
        read(false, "X-Request-Id: " + id);
        assertThat(fields.requestId()).isNegative();
        assertThat(goOn()).containsExactly("Host: h");
    }

    @Test
    void theLongestIdHas128Characters() {
        read(false, "X-Request-Id: " + "x".repeat(128));
        assertThat(fields.requestId()).isEqualTo(1);
    }

    @Test
    void ofTwoIdsNeitherIsBelieved() {
        read(false, "X-Request-Id: a", "X-Request-Id: a");
        assertThat(fields.requestId()).isNegative();
        assertThat(goOn()).containsExactly("Host: h");
    }

    // ---- Forwarded

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "for=1.1.1.1                                     ; 'for=1.1.1.1, '",
        "for=1.1.1.1, for=\"[::1]\"                      ; 'for=1.1.1.1, for=\"[::1]\", '",
        "for=1.1.1.1 | for=2.2.2.2                       ; 'for=1.1.1.1, for=2.2.2.2, '",
        "for=\"a, b\\\"c\"                                ; 'for=\"a, b\\\"c\", '",
        "for=\"1.1.1.1                                   ; ''",
        "for=\"1.1.1.1 | for=2.2.2.2                     ; ''",
        "for=2.2.2.2 | for=\"1.1.1.1\\\"                 ; ''",
        "''                                              ; ''",
    })
    void itsForwardedGoesOnInOneLineIfEveryQuotationIsClosed(String lines, String passedOn) {
        read(true, Stream.of(lines.split("\\|", -1)).map(line -> "Forwarded: " + line.strip()).toArray(String[]::new));
        assertThat(forwarded().strip()).isEqualTo(passedOn.strip());
        assertThat(goOn()).containsExactly("Host: h");
    }

    @Test
    void itsForwardedIsLeftOutIfItIsNotAskedFor() {
        read(false, "Forwarded: for=1.1.1.1");
        assertThat(forwarded()).isEmpty();
        assertThat(goOn()).containsExactly("Host: h");
    }

    @ParameterizedTest
    @CsvSource({"64, true", "65, false"})
    void moreThan64ElementsDoNotGoOn(int elements, boolean goOn) {
        read(true, "Forwarded: " + IntStream.range(0, elements).mapToObj(i -> "for=10.0.0." + i).collect(Collectors.joining(",")));
        assertThat(forwarded().isEmpty()).isEqualTo(!goOn);
    }

    // ---- the port that is not said

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "https, -, 443",
        "HTTPS, -, 443",
        "wss, -, 443",
        "http, -, 80",
        "'https, http', -, 443",
        "https, a.example, 443",
        "https, a.example:8443, 8443",
        "http, [::1]:8080, 8080",
        "https, 'a.example:1, b', 443",
    })
    void thePortGoesByWhatIsSaid(String proto, String host, int port) {
        read(false, "X-Forwarded-Proto: " + proto, host == null ? "A: 1" : "X-Forwarded-Host: " + host);
        assertThat(fields.portOfScheme(head)).isEqualTo(port);
    }
}
