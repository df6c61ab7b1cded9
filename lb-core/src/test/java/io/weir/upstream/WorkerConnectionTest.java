package io.weir.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.resolver.NoopAddressResolverGroup;
import io.weir.config.UpstreamSettings;
import io.weir.http.BadMessage;
import io.weir.http.HeadLimits;
import io.weir.loop.EventLoops;
import io.weir.loop.LoopClock;
import io.weir.loop.TransportKind;
import io.weir.topology.WorkerAddress;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One connection to a worker, in memory and with time of its own. */
class WorkerConnectionTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final HeadLimits LIMITS = new HeadLimits(4096, 4096, 50);
    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static EventLoops loops;

    private final UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
    private EmbeddedChannel channel = new EmbeddedChannel(false, false);
    private long now = TimeUnit.HOURS.toNanos(1);
    private EventLoops.Loop loop;
    private Endpoint endpoint;
    private WorkerConnection connection;
    private Attempt attempt;

    @BeforeAll
    static void startLoops() {
        loops = new EventLoops(TransportKind.NIO, 1);
    }

    @AfterAll
    static void stopLoops() {
        assertThat(loops.shutDown().awaitUninterruptibly(10, TimeUnit.SECONDS)).isTrue();
    }

    @BeforeEach
    void connect() throws Exception {
        loop = new EventLoops.Loop(0, new EmbeddedChannel().eventLoop(), new LoopClock(() -> now));
        WorkerAddress address = new WorkerAddress("127.0.0.1", 1);
        endpoint = new Endpoint(address, UpstreamSettings.DEFAULTS, () -> LIMITS, loops, NoopAddressResolverGroup.INSTANCE, null, EndpointListener.NOBODY);
        EndpointPool pool = new EndpointPool(endpoint, loop, new Bootstrap(), () -> LIMITS, 10, 60 * SECOND);
        assertThat(endpoint.takePermit()).isTrue();
        attempt = Attempt.get(loop);
        connection = new WorkerConnection(pool, attempt, LIMITS);
        channel.config().setAllocator(alloc);
        channel.pipeline().addLast(connection);
        channel.register();
    }

    @AfterEach
    void nothingIsLeft() {
        channel.finishAndReleaseAll();
        assertThat(alloc.metric().usedHeapMemory() + alloc.metric().usedDirectMemory()).as("bytes in buffers").isZero();
        assertThat(endpoint.connections()).isZero();
    }

    private void receive(String text) {
        channel.writeInbound(ByteBufUtil.writeAscii(alloc, text));
    }

    private void setUpAgain() {
        channel.finishAndReleaseAll();
        channel = new EmbeddedChannel(false, false);
        try {
            connect();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void writable(boolean writable) {
        Objects.requireNonNull(channel.unsafe().outboundBuffer()).setUserDefinedWritability(1, writable);
        channel.runPendingTasks();
    }

    /** Gives the idle connection to another attempt. */
    private boolean lend(Attempt next) {
        boolean lent = connection.lend(next, now);
        if (lent) {
            next.connected(connection);
        }
        return lent;
    }

    private boolean isUsableAfter(long nanos) {
        now += nanos;
        loop.clock().refresh();
        return lend(Attempt.get(loop));
    }

    @Test
    void theEndOfAConnectionIsSeenAtTheTimeThatItIs() {
        now += 80_000_000;
        var _ = channel.close();
        assertThat(loop.clock().now()).isEqualTo(now);
    }

    @Test
    void aResponseMayComeByteByByte() {
        connection.established();
        String hints = "HTTP/1.1 103 Hints\r\n\r\n";
        String response = hints + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n2\r\nok\r\n0\r\nSum: 1\r\n\r\n";
        for (int i = 0; i < response.length(); i++) {
            receive(response.substring(i, i + 1));
        }
        assertThat(attempt.outcome()).isEqualTo("103 200 hellook|end Sum: 1");
        assertThat(lend(Attempt.get(loop))).isTrue();
    }

    @Test
    void anAttemptThatGaveUpLeavesAnIdleConnection() {
        assertThat(connection.abandon(attempt)).isTrue();
        assertThat(connection.abandon(attempt)).as("it has no say any longer").isFalse();
        connection.established();
        assertThat(attempt.isConnected()).isFalse();
        assertThat(lend(Attempt.get(loop))).isTrue();
    }

    // ---- upgraded

    private Attempt upgrading() {
        Attempt upgrade = new Attempt(
                loop, "GET / HTTP/1.1", "Host: x", "Connection: upgrade", "Upgrade: WebSocket", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        connection.established();
        receive(OK);
        assertThat(lend(upgrade)).isTrue();
        channel.releaseOutbound();
        return upgrade;
    }

    private String sent() {
        channel.runPendingTasks();
        StringBuilder out = new StringBuilder();
        for (ByteBuf piece; (piece = channel.readOutbound()) != null; piece.release()) {
            out.append(piece.toString(StandardCharsets.ISO_8859_1));
        }
        return out.toString();
    }

    private void endInput() {
        channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }

    @Test
    void anUpgradeIsAskedForAnew() {
        connection.established();
        receive(OK);
        channel.releaseOutbound();
        Attempt upgrade = new Attempt(
                loop, "GET / HTTP/1.1", "Host: x", "Connection: keep-alive, Upgrade", "Upgrade: h2c, websocket", "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
        assertThat(lend(upgrade)).isTrue();
        assertThat(sent()).containsOnlyOnce("Upgrade: websocket\r\n").containsOnlyOnce("Connection: Upgrade\r\n").contains("Sec-WebSocket-Key: dGhl");
        receive(OK);
        assertThat(upgrade.outcome()).as("a refusal").isEqualTo("200 ok|end");
        assertThat(lend(Attempt.get(loop))).as("of which nothing is left").isTrue();
        assertThat(sent()).doesNotContain("Upgrade");
    }

    @Test
    void whatComesBehindTheSwitchIsBytesInOrderHoweverTheyAreSplit() {
        for (int piece : new int[] {1, 2, 7, 1000}) {
            setUpAgain();
            Attempt upgrade = upgrading();
            String all = SWITCH + "HTTP/1.1 200 OK\r\n\r\n\0\r\n0\r\n\r\nbytes";
            for (int i = 0; i < all.length(); i += piece) {
                receive(all.substring(i, Math.min(i + piece, all.length())));
            }
            endInput();
            assertThat(upgrade.outcome()).isEqualTo("101 HTTP/1.1 200 OK\r\n\r\n\0\r\n0\r\n\r\nbytes|end");
            assertThat(channel.isOpen()).as("the client may still say something").isTrue();
            connection.body(ByteBufUtil.writeAscii(alloc, "last words"));
            connection.end(null);
            assertThat(sent()).isEqualTo("last words");
            assertThat(channel.isOpen()).isFalse();
            assertThat(endpoint.connections()).isZero();
        }
    }

    @Test
    void aClientThatEndsFirstStillGetsWhatTheWorkerSays() {
        Attempt upgrade = upgrading();
        receive(SWITCH);
        connection.body(ByteBufUtil.writeAscii(alloc, "hi"));
        connection.end(null);
        assertThat(sent()).isEqualTo("hi");
        receive("and bye");
        endInput();
        assertThat(upgrade.outcome()).isEqualTo("101 and bye|end");
        channel.runPendingTasks();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatBreaksIsCut() {
        Attempt upgrade = upgrading();
        receive(SWITCH + "half");
        var _ = channel.close();
        assertThat(upgrade.outcome()).isEqualTo("101 half|CUT");
    }

    @Test
    void silenceOfTheWorkerDoesNotMatterOnceItHasSwitched() {
        Attempt upgrade = upgrading();
        receive(SWITCH);
        connection.foundSilent();
        receive("x");
        endInput();
        assertThat(upgrade.outcome()).isEqualTo("101 x|end");
        connection.abort();
    }

    @ParameterizedTest
    @CsvSource({
        "'Upgrade: websocket;Connection: Upgrade;Sec-WebSocket-Accept: bogus', BAD_WEBSOCKET_ACCEPT",
        "'Upgrade: websocket;Connection: Upgrade', BAD_WEBSOCKET_ACCEPT",
        "'Upgrade: h2c;Connection: Upgrade;Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', BAD_SWITCH",
        "'Connection: Upgrade;Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', BAD_SWITCH",
        "'Upgrade: websocket;Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', BAD_SWITCH",
        "'Upgrade: websocket;Connection: Upgrade, Sec-WebSocket-Accept;Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=', BAD_WEBSOCKET_ACCEPT"
    })
    void aSwitchThatDoesNotFitIsABadResponse(String lines, BadMessage fault) {
        Attempt upgrade = upgrading();
        receive("HTTP/1.1 101 Switching Protocols\r\n" + lines.replace(";", "\r\n") + "\r\n\r\nbytes");
        assertThat(upgrade.outcome()).isEqualTo("|BAD_RESPONSE");
        assertThat(upgrade.fault()).isEqualTo(fault);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aSwitchThatNobodyAskedForIsABadResponse() {
        connection.established();
        receive(SWITCH + "bytes");
        assertThat(attempt.outcome()).isEqualTo("|BAD_RESPONSE");
        assertThat(attempt.fault()).isEqualTo(BadMessage.UNASKED_SWITCH);
        assertThat(channel.isOpen()).isFalse();
    }

    // ---- a response that is left

    private void leaving(Attempt next) {
        connection.established();
        receive(OK);
        assertThat(lend(next.leavingAnswers())).isTrue();
    }

    @Test
    void aResponseThatIsLeftAndThereLeavesAnIdleConnection() {
        connection.established();
        receive(OK);
        for (String rest : new String[] {
            "Content-Length: 2\r\n\r\nno", "Content-Length: 0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"
        }) {
            Attempt left = Attempt.get(loop).leavingAnswers();
            assertThat(lend(left)).isTrue();
            receive("HTTP/1.1 503 Service Unavailable\r\n" + rest);
            assertThat(left.outcome()).isEqualTo("503 |left");
        }
        assertThat(lend(Attempt.get(loop))).isTrue();
    }

    @Test
    void aResponseThatIsLeftBeforeItsEndIsThereEndsItsConnection() {
        leaving(Attempt.get(loop));
        receive("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nn");
        assertThat(channel.isOpen()).isFalse();
        assertThat(endpoint.connections()).isZero();
    }

    @Test
    void aResponseThatIsLeftAndEndsWithItsConnectionEndsIt() {
        leaving(Attempt.get(loop));
        receive("HTTP/1.1 503 Service Unavailable\r\n\r\nno");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aResponseThatIsLeftBeforeItsRequestIsWholeEndsTheConnection() {
        leaving(new Attempt(loop, "PUT / HTTP/1.1", "Host: x", "Content-Length: 4").open());
        receive("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aMalformedRestOfAResponseThatIsLeftEndsItsConnection() {
        leaving(Attempt.get(loop));
        receive("HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anIdleConnectionGrowsTooOld() {
        connection.established();
        receive(OK);
        assertThat(isUsableAfter(60 * SECOND - 1)).isTrue();
        receive(OK);
        assertThat(isUsableAfter(60 * SECOND)).isFalse();
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void theWorkersOwnTimeIsHeededWithHalfASecondToSpare() {
        connection.established();
        receive("HTTP/1.1 200 OK\r\nKeep-Alive: max=100, timeout=5\r\nContent-Length: 0\r\n\r\n");
        assertThat(isUsableAfter(4 * SECOND)).isTrue();
        receive(OK); // what it said once holds for the connection
        assertThat(isUsableAfter(4 * SECOND + SECOND / 2)).isFalse();
    }

    @Test
    void bytesThatNobodyAskedForCloseAnIdleConnection() {
        connection.established();
        receive(OK);
        receive("HTTP/1.1 408 Too late\r\n\r\n");
        assertThat(channel.isOpen()).isFalse();
        assertThat(lend(Attempt.get(loop))).isFalse();
    }

    @Test
    void aConnectionThatWasNotReadIsReadAgainOnceItIsIdle() {
        connection.established();
        receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
        connection.demand(false);
        assertThat(channel.config().isAutoRead()).isFalse();
        receive("k");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void theAttemptLearnsWhetherTheWorkerKeepsUp() {
        connection.established();
        writable(false);
        assertThat(connection.isWritable()).isFalse();
        writable(true);
        receive(OK);
        assertThat(attempt.outcome()).isEqualTo("[full][writable]200 ok|end");
    }

    @Test
    void aWorkerThatTakesNoMoreOfTheRequestMayStillAnswer() {
        connection.established();
        channel.pipeline().fireExceptionCaught(new ChannelOutputShutdownException("broken pipe"));
        channel.pipeline().fireExceptionCaught(new ClosedChannelException()); // what is written after the output was shut
        assertThat(attempt.isOver()).isFalse();
        receive(OK);
        assertThat(attempt.outcome()).isEqualTo("200 ok|end");
    }

    @Test
    void aConnectionThatTookNoMoreOfARequestIsNotUsedAgain() {
        connection.established();
        channel.pipeline().fireExceptionCaught(new ChannelOutputShutdownException("broken pipe"));
        receive(OK);
        assertThat(attempt.outcome()).isEqualTo("200 ok|end");
        assertThat(channel.isOpen()).isFalse();
        assertThat(lend(Attempt.get(loop))).isFalse();
    }

    @Test
    void aBodyThatOnlyAFinEndsIsCutOnAConnectionThatTookNoMoreOfItsRequest() {
        connection.established();
        channel.pipeline().fireExceptionCaught(new ChannelOutputShutdownException("broken pipe"));
        receive("HTTP/1.1 200 OK\r\n\r\nhalf");
        var _ = channel.close();
        assertThat(attempt.outcome()).isEqualTo("200 half|CUT");
    }

    @Test
    void aFloodOfInterimResponsesIsABadResponse() {
        connection.established();
        String hints = "HTTP/1.1 103 Hints\r\n\r\n";
        receive(hints.repeat(32) + OK);
        assertThat(attempt.outcome()).isEqualTo("103 ".repeat(32) + "200 ok|end");
        Attempt second = Attempt.get(loop);
        assertThat(lend(second)).isTrue();
        receive(hints.repeat(33) + OK);
        assertThat(second.outcome()).isEqualTo("103 ".repeat(32) + "|BAD_RESPONSE");
        assertThat(second.fault()).isEqualTo(BadMessage.TOO_MANY_INTERIM);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aLongJobMaySayThatItIsAliveAsOftenAsItLikes() {
        connection.established();
        for (int i = 0; i < 100; i++) {
            now += 2 * SECOND;
            receive("HTTP/1.1 102 Processing\r\n\r\n");
        }
        receive(OK);
        assertThat(attempt.outcome()).isEqualTo("102 ".repeat(100) + "200 ok|end");
    }

    @Test
    void anyOtherErrorEndsTheAttempt() {
        connection.established();
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThat(attempt.outcome()).isEqualTo("|RESET");
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void anErrorCutsABodyThatOnlyAFinEnds() {
        connection.established();
        receive("HTTP/1.1 200 OK\r\n\r\nhalf");
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThat(attempt.outcome()).isEqualTo("200 half|CUT");
    }

    @Test
    void anAbortInTheMiddleOfWhatWasReadLeavesTheRest() {
        connection.established();
        receive("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nx");
        connection.abort();
        channel.pipeline().fireChannelRead(ByteBufUtil.writeAscii(alloc, "more")); // was on its way up
        assertThat(channel.isOpen()).isFalse();
        assertThat(attempt.isOver()).isFalse();
    }

    @Test
    void aConnectionThatIsRefusedTellsItsAttempt() {
        connection.refused(AttemptFailure.CONNECT_TIMEOUT);
        assertThat(attempt.outcome()).isEqualTo("|CONNECT_TIMEOUT");
    }
}
