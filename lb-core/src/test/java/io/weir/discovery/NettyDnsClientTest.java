package io.weir.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.weir.loop.ClosingLoops;
import io.weir.topology.IpAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NettyDnsClientTest {
    private final ClosingLoops loops = new ClosingLoops(1, "test-dns", true, NioIoHandler.newFactory());
    private final EventLoop loop = (EventLoop) loops.next();
    private final ScriptedDns first = new ScriptedDns();
    private final ScriptedDns second = new ScriptedDns();
    private final NettyDnsClient client = new NettyDnsClient(
            loop, new SequentialDnsServerAddressStreamProvider(List.of(first.address(), second.address())), Duration.ofMillis(250));

    @AfterEach
    void close() {
        client.close();
        assertThat(loops.shutDown(2).awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
        first.close();
        second.close();
    }

    private <T> DnsAnswer<T> await(Consumer<Consumer<DnsAnswer<T>>> question) {
        CompletableFuture<DnsAnswer<T>> answer = new CompletableFuture<>();
        loop.execute(() -> question.accept(answer::complete));
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private DnsAnswer<IpAddress> a(String name) {
        return await(then -> client.addresses(name, DnsClient.Family.IPV4, then));
    }

    private static DnsAnswer<IpAddress> records(int ttl, String... addresses) {
        return new DnsAnswer.Records<>(List.of(addresses).stream().map(IpAddress::parse).toList(), Duration.ofSeconds(ttl));
    }

    private String unanswered(String name) {
        String why = ((DnsAnswer.Unanswered<IpAddress>) a(name)).why();
        return why.substring(why.indexOf(": ") + 2);
    }

    @Test
    void addressesWithTheLeastOfTheirTimes() {
        first.on("A a.internal", reply -> reply.address("A.internal.", 60, "10.0.0.2").address("a.internal.", 7, "10.0.0.1"))
                .on("AAAA a.internal", reply -> reply.address("a.internal.", 9, "2001:db8::1"));

        assertThat(a("a.internal")).isEqualTo(records(7, "10.0.0.2", "10.0.0.1"));
        assertThat(await((Consumer<DnsAnswer<IpAddress>> then) -> client.addresses("a.internal", DnsClient.Family.IPV6, then)))
                .isEqualTo(records(9, "2001:db8::1"));
        assertThat(first.asked).containsExactly("udp A a.internal", "udp AAAA a.internal");
        assertThat(second.asked).isEmpty();
    }

    @Test
    void everyQuestionComesFromAnotherPort() {
        first.on("A a.internal", reply -> reply.address("a.internal.", 0, "10.0.0.1"));
        for (int i = 0; i < 20; i++) {
            assertThat(a("a.internal")).isEqualTo(records(0, "10.0.0.1"));
        }

        assertThat(new HashSet<>(first.ports)).hasSizeGreaterThan(10);
    }

    @Test
    void aliasesAreFollowedInTheAnswerAndTheirTimesCount() {
        first.on("A a.internal", reply -> reply.address("c.internal.", 60, "10.0.0.1")
                .alias("a.internal.", 30, "b.internal")
                .alias("b.internal.", 5, "c.internal")
                .address("other.internal.", 1, "10.0.0.9"));

        assertThat(a("a.internal")).isEqualTo(records(5, "10.0.0.1"));
    }

    @Test
    void aliasesThatGoRoundAreNoAnswer() {
        first.on("A a.internal", reply -> reply.alias("a.internal.", 5, "b.internal").alias("b.internal.", 5, "a.internal"));
        second.on("A a.internal", reply -> reply.alias("a.internal.", 5, "a.internal"));

        assertThat(unanswered("a.internal")).isEqualTo("its aliases go round");
    }

    @Test
    void anAliasThatNobodyLooksUpIsNoAnswer() {
        Consumer<ScriptedDns.Reply> alias = reply -> reply.notRecursive().alias("a.internal.", 5, "b.internal");
        first.on("A a.internal", alias);
        second.on("A a.internal", alias);

        assertThat(unanswered("a.internal")).isEqualTo("it is an alias of b.internal, which this server does not look up");
    }

    @Test
    void noSuchNameAndNoSuchRecordAreAnswers() {
        first.on("A none.internal", reply -> reply.code(DnsResponseCode.NOERROR));

        assertThat(a("gone.internal")).isEqualTo(new DnsAnswer.Nothing<>("there is no such name (NXDOMAIN)"));
        assertThat(a("none.internal")).isEqualTo(new DnsAnswer.Nothing<>("the name has no A"));
        assertThat(second.asked).isEmpty();
    }

    @Test
    void theNextServerIsAskedWhenOneFails() {
        for (DnsResponseCode code : List.of(DnsResponseCode.SERVFAIL, DnsResponseCode.REFUSED, DnsResponseCode.FORMERR)) {
            first.on("A a.internal", reply -> reply.code(code));
            second.on("A a.internal", reply -> reply.address("a.internal.", 60, "10.0.0.1"));

            assertThat(a("a.internal")).isEqualTo(records(60, "10.0.0.1"));
        }
    }

    @Test
    void theNextServerIsAskedWhenOneIsSilent() {
        first.on("A a.internal", ScriptedDns.SILENT);
        second.on("A a.internal", reply -> reply.address("a.internal.", 60, "10.0.0.1"));

        assertThat(a("a.internal")).isEqualTo(records(60, "10.0.0.1"));
    }

    @Test
    void whenAllAreSilentThatIsSaid() {
        first.on("A a.internal", ScriptedDns.SILENT);
        second.on("A a.internal", ScriptedDns.SILENT);

        assertThat(unanswered("a.internal")).isEqualTo("no answer in time");
    }

    @Test
    void aServerThatIsNotThereIsSaidToo() {
        first.on("A a.internal", reply -> reply.code(DnsResponseCode.SERVFAIL));
        second.close();

        assertThat(a("a.internal")).isInstanceOf(DnsAnswer.Unanswered.class);
    }

    @Test
    void whatIsTooLongForUdpIsFetchedOverTcp() {
        first.on("A a.internal", reply -> {
            if (reply.overTcp) {
                for (int i = 1; i <= 200; i++) {
                    reply.address("a.internal.", 60, "10.0.0." + i);
                }
            } else {
                reply.truncated().address("a.internal.", 60, "10.0.0.1");
            }
        });

        assertThat(((DnsAnswer.Records<IpAddress>) a("a.internal")).records()).hasSize(200);
        assertThat(first.asked).containsExactly("udp A a.internal", "tcp A a.internal");
    }

    @Test
    void aPieceOfALongAnswerIsNone() {
        for (ScriptedDns server : List.of(first, second)) {
            server.stopTcp();
            server.on("A a.internal", reply -> reply.truncated().address("a.internal.", 60, "10.0.0.1"));
        }

        assertThat(unanswered("a.internal")).isEqualTo("the answer is too long for UDP, and can't be had over TCP");
    }

    @Test
    void malformedRecordsAreNoAnswer() {
        for (ScriptedDns server : List.of(first, second)) {
            server.on("A a.internal", reply -> reply.record("a.internal.", DnsRecordType.A, 60, Unpooled.wrappedBuffer(new byte[3])))
                    .on("SRV s.internal", reply -> reply.record("s.internal.", DnsRecordType.SRV, 60, Unpooled.wrappedBuffer(new byte[5])))
                    .on("SRV t.internal", reply -> reply.record(
                            "t.internal.", DnsRecordType.SRV, 60, Unpooled.wrappedBuffer(new byte[] {0, 1, 0, 1, 0, 80, 63, 'a'})));
        }

        assertThat(unanswered("a.internal")).isEqualTo("a record of it is malformed");
        for (String name : List.of("s.internal", "t.internal")) {
            assertThat(await((Consumer<DnsAnswer<DnsClient.Srv>> then) -> client.services(name, then)))
                    .isInstanceOf(DnsAnswer.Unanswered.class);
        }
    }

    @Test
    void services() {
        first.on("SRV _http._tcp.s.internal", reply -> reply.service("_http._tcp.s.internal.", 60, 10, 5, 8080, "A.internal")
                .service("_http._tcp.s.internal.", 30, 20, 0, 8081, ""));

        assertThat(await((Consumer<DnsAnswer<DnsClient.Srv>> then) -> client.services("_http._tcp.s.internal", then)))
                .isEqualTo(new DnsAnswer.Records<>(
                        List.of(new DnsClient.Srv(10, 5, 8080, "a.internal"), new DnsClient.Srv(20, 0, 8081, "")), Duration.ofSeconds(30)));
    }
}
