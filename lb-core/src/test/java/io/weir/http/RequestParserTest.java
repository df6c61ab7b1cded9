package io.weir.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
    private static final String HOST = "Host: h\r\n";

    private final RequestParser parser = new RequestParser(HeadFeed.LIMITS);

    private RequestHead parse(String input) {
        RequestHead head = new RequestHead();
        assertThat(HeadFeed.read(parser, head, input, Integer.MAX_VALUE)).as("%s: %s", input, head.fault()).isEqualTo(Progress.END);
        return head;
    }

    private static String get(String fields) {
        return "GET / HTTP/1.1\r\n" + HOST + fields + "\r\n";
    }

    private static String line(String line) {
        return line + "\r\n" + HOST + "\r\n";
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(400, BadMessage.BAD_REQUEST_LINE, List.of(
                        line(" GET / HTTP/1.1"), line("GET /  HTTP/1.1"), line("GET / HTTP/1.1 "), line("GET /a b HTTP/1.1"),
                        line("GET /?a b HTTP/1.1"), line(" / HTTP/1.1"), line("GET"), line("\r\n"), "GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\rHost: h\r\r",
                        line("GET /\u0001 HTTP/1.1"), line("GET /\0 HTTP/1.1"), line("GET /\u007f HTTP/1.1"), line("GET /\rx HTTP/1.1"),
                        line("G\0T / HTTP/1.1"), line("G\u0001T / HTTP/1.1"), "\n" + line("GET / HTTP/1.1"), "\r\n\r\n" + line("GET / HTTP/1.1"))),
                Arguments.of(400, BadMessage.BAD_METHOD, List.of(
                        line("GE(T / HTTP/1.1"), line("GET: / HTTP/1.1"), line("G\u00ffT / HTTP/1.1"), line("\"GET\" / HTTP/1.1"), line("GE@T / HTTP/1.1"),
                        line("GET\t/\tHTTP/1.1"), line("GET/ HTTP/1.1"))),
                Arguments.of(400, BadMessage.BAD_TARGET, List.of(
                        line("GET  / HTTP/1.1"), line("GET p HTTP/1.1"), line("GET * HTTP/1.1"), line("OPTIONS ** HTTP/1.1"), line("GET h:80 HTTP/1.1"), line("GET file:///p HTTP/1.1"),
                        line("GET ftp://h/ HTTP/1.1"), line("GET ?q HTTP/1.1"), line("GET http:/h HTTP/1.1"), line("GET h HTTP/1.1"), line("GET http:// HTTP/1.1"),
                        line("GET https:// HTTP/1.1"))),
                Arguments.of(400, BadMessage.BAD_PATH_BYTE, List.of(
                        line("GET /a#b HTTP/1.1"), line("GET /?a#b HTTP/1.1"), line("GET /a\\b HTTP/1.1"), line("GET /caf\u00e9 HTTP/1.1"),
                        line("GET /?\u00e9 HTTP/1.1"), line("GET http://h?\u00e9 HTTP/1.1"))),
                Arguments.of(400, BadMessage.BAD_PATH_ESCAPE, List.of(line("GET /% HTTP/1.1"), line("GET /%zz HTTP/1.1"), line("GET /%00 HTTP/1.1"), line("GET /%?41 HTTP/1.1"))),
                Arguments.of(400, BadMessage.PATH_ABOVE_ROOT, List.of(line("GET /.. HTTP/1.1"), line("GET /a/%2e%2e/../b HTTP/1.1"), line("GET http://h/../ HTTP/1.1"))),
                Arguments.of(505, BadMessage.BAD_VERSION, List.of(
                        "GET /\r\n", line("GET / HTTP/2.0"), line("GET / HTTP/3.0"), line("GET / HTTP/0.9"), line("GET / http/1.1"), line("GET / HTTP/1"),
                        line("GET / HTTP/1.10"), line("GET / HTTP/01.1"), line("GET / HTTP/1.1x"), line("GET / HTTP/"), line("GET / XTTP/1.1"), line("GET / HTTP/1,1"),
                        line("GET / HTTP/-1.1"), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
                Arguments.of(400, BadMessage.BAD_LINE_END, List.of(
                        get("X: a\nY: b\r\n"), get("X: a\rb\r\n"), get("X: a\r\r\n"), get("X: a\0b\r\n"), get("X: a\u0001b\r\n"), get("X: a\u007f\r\n"),
                        get("X\0: a\r\n"), "GET / HTTP/1.1\r\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\r\n\n", get("X: a\u000bb\r\n"),
                        get("Transfer-\rEncoding: chunked\r\n"), get("\u0001Transfer-Encoding: chunked\r\n"), get("Transfer-Encoding: \u000bchunked\r\n"))),
                Arguments.of(400, BadMessage.BAD_FIELD_NAME, List.of(
                        get("X : a\r\n"), get("X\t: a\r\n"), get("garbage\r\n"), get(": a\r\n"), get("X(A: b\r\n"), get("X A: b\r\n"), get("X\u00ffA: b\r\n"),
                        get("X/A: b\r\n"), get("\u00a0X: a\r\n"), "GET / HTTP/1.1\r\nHost : h\r\n\r\n", get("Transfer-Encoding : chunked\r\n"), get("\"X\": a\r\n"))),
                Arguments.of(400, BadMessage.FOLDED_FIELD, List.of(
                        get("X: a\r\n b\r\n"), get("X: a\r\n\tb\r\n"), "GET / HTTP/1.1\r\n X: a\r\nHost: h\r\n\r\n", get("Accept:\r\n chunked\r\n"), get(" \r\n"))),
                Arguments.of(400, BadMessage.BAD_AUTHORITY, hosts(
                        "", "h evil", "h/evil", "u@h", "h,evil", "h:abc", "h:99999999", "\"h\"", "h\\evil", "h#evil", "h?evil", "[::1", "h\u00e9", "h:80:80", ".", "[::1%25x]")),
                Arguments.of(400, BadMessage.BAD_AUTHORITY, List.of(
                        line("GET http://u:p@h/ HTTP/1.1"), line("GET http:///p HTTP/1.1"), line("GET http://?q HTTP/1.1"), line("GET http://h:x/ HTTP/1.1"),
                        line("GET http://[::1/ HTTP/1.1"))),
                Arguments.of(400, BadMessage.MISSING_HOST, List.of("GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nX: y\r\n\r\n", "GET http://h/ HTTP/1.1\r\n\r\n")),
                Arguments.of(400, BadMessage.REPEATED_HOST, List.of(get(HOST), get("HOST: evil\r\n"), get("host: \r\n"))),
                Arguments.of(400, BadMessage.AUTHORITY_DIFFERS, List.of(line("GET http://evil/ HTTP/1.1"), line("GET http://h:81/ HTTP/1.1"), line("GET http://hh HTTP/1.1"))),
                Arguments.of(400, BadMessage.BAD_CONTENT_LENGTH, List.of(
                        get("Content-Length: \r\n"), get("Content-Length: +5\r\n"), get("Content-Length: -5\r\n"), get("Content-Length: 5, 5\r\n"), get("Content-Length: 5,\r\n"),
                        get("Content-Length: 0x5\r\n"), get("Content-Length: 5 5\r\n"), get("Content-Length: 1e3\r\n"), get("Content-Length: 5.0\r\n"),
                        get("Content-Length: 18446744073709551616\r\n"), get("Content-Length: 9223372036854775808\r\n"), get("Content-Length: \u00b2\r\n"),
                        get("Content-Length: 1_0\r\n"))),
                Arguments.of(400, BadMessage.REPEATED_CONTENT_LENGTH, List.of(
                        get("Content-Length: 5\r\nContent-Length: 6\r\n"), get("Content-Length: 5\r\ncontent-length: 5\r\n"), get("Content-Length: 0\r\nContent-Length: 0\r\n"))),
                Arguments.of(400, BadMessage.LENGTH_AND_CODING, List.of(
                        get("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), get("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"))),
                Arguments.of(400, BadMessage.BAD_TRANSFER_CODING, List.of(
                        get("Transfer-Encoding: chunked, gzip\r\n"), get("Transfer-Encoding: chunked, chunked\r\n"), get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
                        get("Transfer-Encoding:\r\n"), get("Transfer-Encoding: ,chunked\r\n"), get("Transfer-Encoding: \"chunked\"\r\n"), get("Transfer-Encoding: chunked;a=b\r\n"),
                        get("Transfer-Encoding: chun ked\r\n"), get("Transfer-Encoding: chunked,\r\n"), get("Transfer-Encoding: \u00e9\r\n"))),
                Arguments.of(400, BadMessage.CODING_IN_HTTP_1_0, List.of("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")),
                Arguments.of(501, BadMessage.UNKNOWN_TRANSFER_CODING, List.of(
                        get("Transfer-Encoding: gzip\r\n"), get("Transfer-Encoding: gzip, chunked\r\n"), get("Transfer-Encoding: identity\r\n"), get("Transfer-Encoding: xchunked\r\n"),
                        get("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n"))),
                Arguments.of(400, BadMessage.TOO_MANY_OPTIONS, List.of(get("Connection: " + "a,".repeat(65) + "\r\n"), get("Connection: " + "a,".repeat(40) + "\r\nConnection: " + "b,".repeat(25) + "\r\n"))),
                Arguments.of(414, BadMessage.LINE_TOO_LONG, List.of(line("GET /" + "a".repeat(2033) + " HTTP/1.1"), line("A".repeat(4000) + " / HTTP/1.1"), "GET /" + "a".repeat(9000))),
                Arguments.of(431, BadMessage.HEAD_TOO_LARGE, List.of(get("X: " + "a".repeat(8192) + "\r\n"), get("X-" + "a".repeat(8192) + ": b\r\n"), get(("X: " + "a".repeat(1000) + "\r\n").repeat(9)))),
                Arguments.of(431, BadMessage.TOO_MANY_FIELDS, List.of(get("X: y\r\n".repeat(40)))));
    }

    private static List<String> hosts(String... hosts) {
        return Stream.of(hosts).map(h -> "GET / HTTP/1.1\r\nHost: " + h + "\r\n\r\n").toList();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsAmbiguousOrMalformedIsRefused(int status, BadMessage fault, List<String> inputs) {
        assertThat(fault.status()).isEqualTo(status);
        for (String input : inputs) {
            for (int piece : new int[] {1, 17, Integer.MAX_VALUE}) {
                RequestHead head = new RequestHead();
                assertThat(HeadFeed.read(parser, head, input, piece)).as("%s", input).isEqualTo(Progress.BAD);
                assertThat(head.fault()).as("%s", input).isEqualTo(fault);
            }
        }
    }

    @Test
    void aRequestIsUnderstood() {
        RequestHead head = parse("POST /a/b?c=d/../e%zz HTTP/1.1\r\nHost: Example.com:8080\r\nContent-Length: 12\r\nX-A:  one two\t \r\n\r\n");
        assertThat(head.method()).isEqualTo(RequestHead.Method.POST);
        assertThat(head.methodText()).isEqualTo("POST");
        assertThat(head.text(head.pathStart(), head.pathEnd())).isEqualTo("/a/b");
        assertThat(head.target()).isEqualTo("/a/b?c=d/../e%zz");
        assertThat(head.text(head.authorityStart(), head.authorityEnd())).isEqualTo("Example.com:8080");
        assertThat(head.text(head.authorityStart(), head.hostEnd())).isEqualTo("Example.com");
        assertThat(head.contentLength()).isEqualTo(12);
        assertThat(head.chunked()).isFalse();
        assertThat(head.hasBody()).isTrue();
        assertThat(head.isHttp10()).isFalse();
        assertThat(head.keepsAlive()).isTrue();
        assertThat(head.expectsContinue()).isFalse();
        assertThat(head.value("x-a")).isEqualTo("one two");
        assertThat(head.value("x-b")).isNull();
    }

    @ParameterizedTest
    @CsvSource({"GET, GET", "HEAD, HEAD", "PUT, PUT", "DELETE, DELETE", "OPTIONS, OPTIONS", "TRACE, TRACE", "POST, POST", "PATCH, PATCH", "get, OTHER", "PUR, OTHER", "POSX, OTHER",
        "PATCX, OTHER", "DELETX, OTHER", "OPTIONX, OTHER", "FROBNICATE, OTHER", "G, OTHER", "M-SEARCH, OTHER"})
    void methodsAreKnownByTheirExactName(String text, RequestHead.Method method) {
        RequestHead head = parse(line(text + " / HTTP/1.1"));
        assertThat(head.method()).isEqualTo(method);
        assertThat(head.methodText()).isEqualTo(text);
        assertThat(HeadFeed.written(head)).isEqualTo(line(text + " / HTTP/1.1"));
    }

    @ParameterizedTest
    @CsvSource({"/, /", "/?, /?", "/a/./b, /a/b", "/a/%2E%2e/b?x=%2e, /b?x=%2e", "//a, /a", "/%61?%61, /a?%61", "/a//b, /a//b", "/%2f, /%2f", "/a;b?c?d, /a;b?c?d", "/.?/../.., /?/../..",
        "http://h, /", "http://h/, /", "http://H/a/../b?c, /b?c", "https://h?q, /?q", "HTTP://h/a, /a", "http://h//a, /a"})
    void theTargetGoesOnInItsNormalForm(String target, String normal) {
        RequestHead head = parse(line("GET " + target + " HTTP/1.1"));
        assertThat(head.target()).isEqualTo(normal);
        assertThat(HeadFeed.written(head)).isEqualTo(line("GET " + normal + " HTTP/1.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "http://h"})
    void optionsMayAskForTheWholeServer(String target) {
        RequestHead head = parse(line("OPTIONS " + target + " HTTP/1.1"));
        assertThat(head.target()).isEqualTo("*");
        assertThat(HeadFeed.written(head)).isEqualTo(line("OPTIONS * HTTP/1.1"));
    }

    @Test
    void connectIsUnderstoodSoThatItCanBeAnswered() {
        assertThat(parse(line("CONNECT h:80 HTTP/1.1")).method()).isEqualTo(RequestHead.Method.CONNECT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.2", "HTTP/1.9"})
    void everyVersionGoesOnAsOurs(String version) {
        RequestHead head = parse(line("GET /a " + version));
        assertThat(head.isHttp10()).isEqualTo(version.endsWith("0"));
        assertThat(HeadFeed.written(head)).isEqualTo(line("GET /a HTTP/1.1"));
    }

    @Test
    void http10NeedsNoHost() {
        RequestHead head = parse("GET / HTTP/1.0\r\n\r\n");
        assertThat(head.authorityEnd()).isEqualTo(head.authorityStart());
        assertThat(head.keepsAlive()).isFalse();
        assertThat(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepsAlive()).isTrue();
        assertThat(parse("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").keepsAlive()).isFalse();
    }

    @Test
    void oneEmptyLineInFrontIsTolerated() {
        RequestHead head = parse("\r\n" + line("GET / HTTP/1.1"));
        assertThat(head.methodText()).isEqualTo("GET");
        assertThat(HeadFeed.written(head)).isEqualTo(line("GET / HTTP/1.1"));
    }

    @ParameterizedTest
    @CsvSource({"close, false", "Close, false", "'X, close', false", "keep-alive, true", "closed, true", "'', true"})
    void connectionSaysWhetherItStays(String value, boolean keeps) {
        assertThat(parse(get("Connection: " + value + "\r\n")).keepsAlive()).isEqualTo(keeps);
    }

    @Test
    void fieldsThatConnectionNamesAreCutButNotFramingAndHost() {
        RequestHead head = parse(get("Connection: X-A ,\tx-b,, Host, Content-Length,te\r\nx-a: 1\r\nX-AB: 2\r\nX-B: 3\r\nContent-Length: 0\r\nTE: trailers\r\n"));
        FieldRules.applyToRequest(head);
        assertThat(HeadFeed.fields(head)).containsExactly("Host: h", "X-AB: 2", "Content-Length: 0");
        assertThat(HeadFeed.written(head)).isEqualTo(get("X-AB: 2\r\nContent-Length: 0\r\n"));
        assertThat(head.acceptsTrailers()).isTrue();
    }

    @Test
    void whatIsForOneHopOrOursToSayDoesNotGoOn() {
        RequestHead head = parse(get(String.join("\r\n",
                "Keep-Alive: 1", "A: 1", "Proxy-Connection: 1", "Upgrade: h2c", "HTTP2-Settings: x", "Proxy: x", "TE: gzip", "B: 2", "Forwarded: for=1",
                "X-Forwarded-For: 1", "x_forwarded_for: 1", "X-FORWARDED-CLIENT-CERT: 1", "X-Request-Id: 1", "X_Request_Id: 1", "X-SSL-Client-Verify: 1",
                "x_ssl-issuer: 1", "Weir-Zone: 1", "weir_zone: 1", "Transfer-Encoding: chunked", "C: 3", "")));
        FieldRules.applyToRequest(head);
        assertThat(HeadFeed.fields(head)).containsExactly("Host: h", "A: 1", "B: 2", "C: 3");
        assertThat(HeadFeed.written(head)).isEqualTo(get("A: 1\r\nB: 2\r\nC: 3\r\n"));
        assertThat(head.chunked()).isTrue();
        assertThat(head.acceptsTrailers()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"100-continue, true", "100-Continue, true", "200-maybe, false"})
    void expectIsUnderstood(String value, boolean expects) {
        assertThat(parse(get("Expect: " + value + "\r\n")).expectsContinue()).isEqualTo(expects);
    }

    @Test
    void valuesMayHoldTabsAndBytesAboveAscii() {
        RequestHead head = parse(get("X: \t caf\u00e9\tau lait \t\r\nEmpty:\r\nBlank: \t \r\n"));
        assertThat(HeadFeed.fields(head)).containsExactly("Host: h", "X: caf\u00e9\tau lait", "Empty: ", "Blank: ");
    }

    @Test
    void exactlyTheLimitsPass() {
        String longest = line("GET /" + "a".repeat(2048 - 16) + " HTTP/1.1");
        assertThat(longest.indexOf('\n') + 1).isEqualTo(2048);
        assertThat(parse(longest).target()).hasSize(2033);
        assertThat(parse(get("X: y\r\n".repeat(39))).fieldCount()).isEqualTo(40);
        String filler = get("X: " + "a".repeat(8192 - get("X: \r\n").length()) + "\r\n");
        assertThat(parse(filler).length()).isEqualTo(8192);
        assertThat(parse(get("Content-Length: 000000000000000005\r\n")).contentLength()).isEqualTo(5);
        assertThat(parse(get("Content-Length: 999999999999999999\r\n")).contentLength()).isEqualTo(999_999_999_999_999_999L);
        assertThat(parse(get("Connection: " + "a,".repeat(64) + "\r\n")).fieldCount()).isEqualTo(2);
    }

    @Test
    void anySplitGivesTheSameAndLeavesWhatFollows() {
        String request = "\r\nPUT http://h:80/a/%2e%2e/b?c HTTP/1.1\r\nhost: H:80\r\nTransfer-Encoding: Chunked\r\nConnection: x\r\nX: y\r\n\r\n";
        byte[] input = HeadFeed.bytes(request + "5\r\nhello");
        String whole = HeadFeed.written(parse(request));
        for (int cut = 1; cut < request.length(); cut++) {
            int first = cut;
            RequestHead head = new RequestHead();
            int[] taken = new int[1];
            assertThat(HeadFeed.read(parser, head, input, left -> left == input.length ? first : left, taken)).isEqualTo(Progress.END);
            assertThat(taken[0]).isEqualTo(request.length());
            assertThat(head.length()).isEqualTo(request.length());
            assertThat(HeadFeed.written(head)).isEqualTo(whole);
        }
    }

    @Test
    void everyPrefixWantsMore() {
        String request = "POST /a/b?c HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nX: y\r\n\r\n";
        for (int length = 0; length < request.length(); length++) {
            assertThat(HeadFeed.read(parser, new RequestHead(), request.substring(0, length), Integer.MAX_VALUE)).isEqualTo(Progress.MORE);
        }
    }

    @Test
    void aHeadIsAsNewAfterReset() {
        RequestHead head = new RequestHead();
        for (String before : List.of(
                get("Content-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n"), get("Transfer-Encoding: chunked\r\nTE: trailers\r\n"), "GET / HTTP/1.1\r\nX :", "POST http://h/a?b HTT",
                get("X: y\r\n".repeat(39)), "GET / HTTP/1.0\r\nHost: " + "a".repeat(3000))) {
            var _ = HeadFeed.read(parser, head, before, 100);
            FieldRules.applyToRequest(head);
            head.reset();
            assertThat(head.isEmpty()).isTrue();
            assertThat(HeadFeed.read(parser, head, line("DELETE /x HTTP/1.1"), 100)).isEqualTo(Progress.END);
            assertThat(HeadFeed.written(head)).isEqualTo(line("DELETE /x HTTP/1.1"));
            assertThat(head.contentLength()).isEqualTo(-1);
            assertThat(head.hasBody() || head.expectsContinue() || head.acceptsTrailers()).isFalse();
            assertThat(head.keepsAlive()).isTrue();
            head.reset();
        }
    }
}
