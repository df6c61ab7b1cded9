package io.weir.benchmarks.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.weir.http.FieldRules;
import io.weir.http.HeadLimits;
import io.weir.http.HeadWriter;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import io.weir.http.ResponseHead;
import io.weir.http.ResponseParser;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Reading a head, and sending it on: a proxy does both twice for each exchange. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HeadBenchmark {
    private static final HeadLimits LIMITS = new HeadLimits(8192, 32_768, 100);

    private static final String SMALL_REQUEST = String.join("\r\n", "GET /a HTTP/1.1", "Host: example.com", "User-Agent: curl/8.0", "Accept: */*", "", "");

    private static final String BROWSER_REQUEST = String.join("\r\n",
            "GET /products/4711/reviews?page=2&sort=newest HTTP/1.1", "Host: shop.example.com", "Connection: keep-alive", "Cache-Control: max-age=0",
            "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"", "sec-ch-ua-mobile: ?0", "sec-ch-ua-platform: \"Linux\"", "Upgrade-Insecure-Requests: 1",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate",
            "Sec-Fetch-Dest: document", "Referer: https://shop.example.com/products/4711", "Accept-Encoding: gzip, deflate, br, zstd", "Accept-Language: en-GB,en;q=0.9",
            "Cookie: session=0123456789abcdef0123456789abcdef; consent=yes; theme=dark", "", "");

    private static final String RESPONSE = String.join("\r\n",
            "HTTP/1.1 200 OK", "Date: Thu, 01 Jan 2026 00:00:00 GMT", "Content-Type: application/json", "Content-Length: 1024", "Cache-Control: no-store",
            "ETag: \"0123456789abcdef\"", "Vary: Accept-Encoding", "Connection: keep-alive", "", "");

    @Param({"small", "browser", "dotted"})
    public String request = "small";

    private final RequestParser requests = new RequestParser(LIMITS);
    private final ResponseParser responses = new ResponseParser(LIMITS);
    private final RequestHead requestHead = new RequestHead();
    private final ResponseHead responseHead = new ResponseHead();
    private final HeadWriter writer = new HeadWriter();
    private final ByteBuf requestBytes = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
    private final ByteBuf responseBytes = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
    private final ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(4096);

    @Setup
    public void fill() {
        String text = switch (request) {
            case "browser" -> BROWSER_REQUEST;
            case "dotted" -> BROWSER_REQUEST.replace("/products/", "/shop/%2e%2e/./products/%7e");
            default -> SMALL_REQUEST;
        };
        requestBytes.writeCharSequence(text, StandardCharsets.US_ASCII);
        responseBytes.writeCharSequence(RESPONSE, StandardCharsets.US_ASCII);
        if (readRequest().fault() != null || readResponse().fault() != null) {
            throw new IllegalStateException("a head of this benchmark is malformed");
        }
    }

    @TearDown
    public void release() {
        requestBytes.release();
        responseBytes.release();
        out.release();
    }

    @Benchmark
    public RequestHead readRequest() {
        requestHead.reset();
        if (requests.read(requestBytes.readerIndex(0), requestHead) != Progress.END) {
            throw new IllegalStateException();
        }
        return requestHead;
    }

    @Benchmark
    public ResponseHead readResponse() {
        responseHead.reset();
        if (responses.read(responseBytes.readerIndex(0), responseHead) != Progress.END) {
            throw new IllegalStateException();
        }
        return responseHead;
    }

    @Benchmark
    public ByteBuf readAndCopyRequest() {
        RequestHead head = readRequest();
        FieldRules.applyToRequest(head);
        head.writeTo(writer);
        writer.endOfLine().flushTo(out.clear());
        return out;
    }

    @Benchmark
    public ByteBuf readAndCopyResponse() {
        ResponseHead head = readResponse();
        FieldRules.applyToResponse(head);
        head.writeTo(writer);
        writer.endOfLine().flushTo(out.clear());
        return out;
    }
}
