package io.weir.benchmarks.micro;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.balancing.RetryBudget;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import io.weir.routing.App;
import io.weir.routing.Destination;
import io.weir.routing.Route;
import io.weir.routing.RoutingTable;
import io.weir.routing.Rule;
import io.weir.topology.Template;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.Warmup;

/** From a request's host and path to its app. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ResolveBenchmark {
    private static final App.Timeouts TIMEOUTS = new App.Timeouts(1, 1, 1, 1, App.Timeouts.OFF, App.Timeouts.OFF);
    private static final int HEADS = 256;

    @Param({"1", "100000"})
    public int apps = 1;

    private final RequestHead[] appDomains = new RequestHead[HEADS];
    private final RequestHead[] hostCaptures = new RequestHead[HEADS];
    private final RequestHead[] pathCaptures = new RequestHead[HEADS];
    private final RequestHead[] hostAndPath = new RequestHead[HEADS];
    private final RequestHead[] rewrites = new RequestHead[HEADS];
    private final RequestHead[] misses = new RequestHead[HEADS];
    private @Nullable RoutingTable table;
    private int next;

    @Setup
    public void build() {
        Map<String, Route> byHost = new HashMap<>();
        Map<String, Route> homes = new HashMap<>();
        for (int i = 0; i < apps; i++) {
            Route home = new Route(new App("app" + i, TIMEOUTS, Map.of(), new RetryBudget[0]), "ca-c1", null, null);
            homes.put("app" + i, home);
            byHost.put("app" + i + ".cloudhub.example", home);
        }
        table = new RoutingTable(
                byHost,
                List.of("cloudhub.example"),
                homes,
                List.of(
                        new Rule("{app}.example.com", "/", new Rule.ToApp(Template.parse("{app}"), null, null, null)),
                        new Rule("api.example.test", "/{app}/v1/", new Rule.ToApp(Template.parse("{app}"), null, Template.parse("/"), null)),
                        new Rule("shop.example.test", "/admin/", new Rule.Respond(403)),
                        new Rule("shop.example.test", "/basket/", new Rule.ToApp(Template.parse("app0"), null, null, null)),
                        new Rule("shop.example.test", "/old/", new Rule.ToApp(Template.parse("app0"), null, Template.parse("/new"), null))));
        for (int i = 0; i < HEADS; i++) {
            String app = "app" + (int) ((long) i * apps / HEADS);
            appDomains[i] = head(app + ".cloudhub.example", "/list");
            hostCaptures[i] = head(app + ".example.com", "/list");
            pathCaptures[i] = head("api.example.test", "/" + app + "/v1/list");
            hostAndPath[i] = head("shop.example.test", "/basket/" + i);
            rewrites[i] = head("shop.example.test", "/old/" + i);
            misses[i] = head("mistyped" + i + ".cloudhub.example", "/list");
        }
    }

    private static RequestHead head(String host, String path) {
        RequestHead head = new RequestHead();
        ByteBuf in = Unpooled.copiedBuffer("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n", StandardCharsets.US_ASCII);
        try {
            if (new RequestParser(new HeadLimits(8192, 32_768, 100)).read(in, head) != Progress.END) {
                throw new IllegalStateException(String.valueOf(head.fault()));
            }
        } finally {
            in.release();
        }
        return head;
    }

    private @Nullable Destination resolve(RequestHead... heads) {
        return java.util.Objects.requireNonNull(table).resolve(heads[next++ & (HEADS - 1)]);
    }

    @Benchmark
    public @Nullable Destination appDomain() {
        return resolve(appDomains);
    }

    /** A host that is remembered. */
    @Benchmark
    public @Nullable Destination hostCapture() {
        return resolve(hostCaptures);
    }

    @Benchmark
    public @Nullable Destination pathCapture() {
        return resolve(pathCaptures);
    }

    /** A host that a mapping names, and the second of its paths. */
    @Benchmark
    public @Nullable Destination hostAndPath() {
        return resolve(hostAndPath);
    }

    /** The third of its paths, which is rewritten; without a capture. */
    @Benchmark
    public @Nullable Destination rewrite() {
        return resolve(rewrites);
    }

    /** An app domain of no app: 404. */
    @Benchmark
    public @Nullable Destination miss() {
        return resolve(misses);
    }
}
