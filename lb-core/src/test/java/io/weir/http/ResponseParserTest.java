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

class ResponseParserTest {
    private final ResponseParser parser = new ResponseParser(HeadFeed.LIMITS);

    private ResponseHead parse(String input) {
        ResponseHead head = new ResponseHead();
        assertThat(HeadFeed.read(parser, head, input, Integer.MAX_VALUE)).as("%s: %s", input, head.fault()).isEqualTo(Progress.END);
        return head;
    }

    private static String ok(String fields) {
        return "HTTP/1.1 200 OK\r\n" + fields + "\r\n";
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(BadMessage.BAD_STATUS_LINE, List.of(
                        "HTTP/2.0 200 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/0.9 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
                        "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 000 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1200 OK\r\n\r\n",
                        "HTTP/1.1\t200 OK\r\n\r\n", "HTTP/1.1 200\tOK\r\n\r\n", " HTTP/1.1 200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "<html>\r\n\r\n", "HTTP/1.1\r\n\r\n",
                        "HTTP/1.x 200 OK\r\n\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 O\rK\r\n\r\n", "HTTP/1.1 200 O\0K\r\n\r\n", "\0\0\0\0", "HTTP/1.1 200 \u007f\r\n\r\n")),
                Arguments.of(BadMessage.BAD_LINE_END, List.of(ok("X: a\nY: b\r\n"), ok("X: a\rb\r\n"), ok("X: a\0\r\n"), ok("X: a\u0001\r\n"), ok("\n"), ok("X: a\r\r\n"))),
                Arguments.of(BadMessage.BAD_FIELD_NAME, List.of(ok("X : a\r\n"), ok("garbage\r\n"), ok(": a\r\n"), ok("X\u00e9: a\r\n"))),
                Arguments.of(BadMessage.FOLDED_FIELD, List.of(ok("X: a\r\n b\r\n"), ok(" X: a\r\n"), ok("\tX: a\r\n"))),
                Arguments.of(BadMessage.BAD_CONTENT_LENGTH, List.of(ok("Content-Length: x\r\n"), ok("Content-Length: 5, 5\r\n"), ok("Content-Length: -1\r\n"), ok("Content-Length:\r\n"))),
                Arguments.of(BadMessage.REPEATED_CONTENT_LENGTH, List.of(ok("Content-Length: 5\r\nContent-Length: 5\r\n"), ok("Content-Length: 5\r\nContent-Length: 6\r\n"))),
                Arguments.of(BadMessage.LENGTH_AND_CODING, List.of(ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"))),
                Arguments.of(BadMessage.BAD_TRANSFER_CODING, List.of(ok("Transfer-Encoding: chunked, gzip\r\n"), ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"))),
                Arguments.of(BadMessage.UNKNOWN_TRANSFER_CODING, List.of(ok("Transfer-Encoding: gzip\r\n"), ok("Transfer-Encoding: gzip, chunked\r\n"))),
                Arguments.of(BadMessage.CODING_IN_HTTP_1_0, List.of("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")),
                Arguments.of(BadMessage.TOO_MANY_OPTIONS, List.of(ok("Connection: " + "a,".repeat(65) + "\r\n"))),
                Arguments.of(BadMessage.HEAD_TOO_LARGE, List.of("HTTP/1.1 200 " + "O".repeat(3000), ok("X: " + "a".repeat(9000) + "\r\n"))),
                Arguments.of(BadMessage.TOO_MANY_FIELDS, List.of(ok("X: y\r\n".repeat(41)))));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsAmbiguousOrMalformedIsRefused(BadMessage fault, List<String> inputs) {
        for (String input : inputs) {
            for (int piece : new int[] {1, 17, Integer.MAX_VALUE}) {
                ResponseHead head = new ResponseHead();
                assertThat(HeadFeed.read(parser, head, input, piece)).as("%s", input).isEqualTo(Progress.BAD);
                assertThat(head.fault()).as("%s", input).isEqualTo(fault);
            }
        }
    }

    @Test
    void aResponsesConnectionNamesAnyFieldAway() {
        ResponseHead head = parse(ok("Connection: X-Request-Id, X-Forwarded-For\r\nX-Request-Id: 1\r\nX-Forwarded-For: 2\r\nContent-Length: 0\r\n"));
        FieldRules.applyToResponse(head);
        assertThat(HeadFeed.fields(head)).containsExactly("Content-Length: 0");
    }

    @Test
    void aResponseIsUnderstood() {
        String response = "HTTP/1.1 404 Not Found, caf\u00e9\r\nContent-Length: 12\r\nServer: x\r\n\r\n";
        ResponseHead head = parse(response);
        assertThat(head.status()).isEqualTo(404);
        assertThat(head.contentLength()).isEqualTo(12);
        assertThat(head.keepsAlive()).isTrue();
        assertThat(head.isInterim()).isFalse();
        assertThat(head.neverHasBody()).isFalse();
        assertThat(HeadFeed.written(head)).isEqualTo(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 \r\n\r\n"})
    void aReasonMayBeAbsent(String response) {
        assertThat(parse(response).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"100, true, true", "103, true, true", "200, false, false", "204, false, true", "206, false, false", "304, false, true", "599, false, false", "999, false, false"})
    void theStatusTellsWhetherABodyCanFollow(int status, boolean interim, boolean noBody) {
        ResponseHead head = parse("HTTP/1.1 " + status + " X\r\n\r\n");
        assertThat(head.isInterim()).isEqualTo(interim);
        assertThat(head.neverHasBody()).isEqualTo(noBody);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/1.2"})
    void everyVersionGoesOnAsOurs(String version) {
        ResponseHead head = parse(version + " 200 OK\r\nX: y\r\n\r\n");
        assertThat(head.keepsAlive()).isEqualTo(version.endsWith("2"));
        assertThat(HeadFeed.written(head)).isEqualTo(ok("X: y\r\n"));
    }

    @Test
    void whatIsForOneHopDoesNotGoOn() {
        ResponseHead head = parse(ok("Set-Cookie: a\r\nConnection: close, X-A\r\nX-A: 1\r\nKeep-Alive: 5\r\nSet-Cookie: b\r\nTransfer-Encoding: chunked\r\nVia: x\r\nX-Request-Id: 1\r\n"));
        FieldRules.applyToResponse(head);
        assertThat(HeadFeed.fields(head)).containsExactly("Set-Cookie: a", "Set-Cookie: b", "Via: x", "X-Request-Id: 1");
        assertThat(HeadFeed.written(head)).isEqualTo(ok("Set-Cookie: a\r\nSet-Cookie: b\r\nVia: x\r\nX-Request-Id: 1\r\n"));
        assertThat(head.keepsAlive()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"100, false", "204, false", "200, true", "304, true"})
    void aLengthGoesOnlyWhereItMayStand(int status, boolean stays) {
        ResponseHead head = parse("HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n");
        FieldRules.applyToResponse(head);
        assertThat(HeadFeed.fields(head)).hasSize(stays ? 1 : 0);
    }

    @Test
    void anySplitGivesTheSameAndLeavesWhatFollows() {
        String response = "HTTP/1.0 200 OK\r\nConnection: X ,keep-alive\r\nX: y\r\nContent-Length: 5\r\n\r\n";
        byte[] input = HeadFeed.bytes(response + "hello");
        String whole = HeadFeed.written(parse(response));
        for (int cut = 1; cut < response.length(); cut++) {
            int first = cut;
            ResponseHead head = new ResponseHead();
            int[] taken = new int[1];
            assertThat(HeadFeed.read(parser, head, input, left -> left == input.length ? first : left, taken)).isEqualTo(Progress.END);
            assertThat(taken[0]).isEqualTo(response.length());
            assertThat(HeadFeed.written(head)).isEqualTo(whole);
        }
    }
}
