package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelException;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import io.weir.config.CheckSettings;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import io.weir.health.Contact;
import io.weir.topology.WorkerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What all kinds have in common: questions, names, and the end. */
class WireCheckTest {
    private static final CheckSettings.Kind TCP = new CheckSettings.Tcp();
    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

    /** Knows what the test tells it, and counts who asks. */
    private static final class ScriptedNames extends AddressResolverGroup<InetSocketAddress> {
        private final AtomicInteger asked = new AtomicInteger();
        private final boolean silent;

        ScriptedNames(boolean silent) {
            this.silent = silent;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) {
                    asked.incrementAndGet();
                    if (silent) {
                        return;
                    }
                    if (name.equals("known.internal")) {
                        promise.setSuccess(InetAddress.getLoopbackAddress());
                    } else {
                        promise.setFailure(new UnknownHostException("no record of " + name));
                    }
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
                    promise.setFailure(new UnknownHostException("only one is wanted"));
                }
            }.asAddressResolver();
        }
    }

    private static CheckRig rigWith(ScriptedNames names) {
        return new CheckRig(Transport.NIO, NioSocketChannel.class, names);
    }

    @Test
    void aNameIsLookedUpForEachConnection() throws Exception {
        ScriptedNames names = new ScriptedNames(false);
        try (CheckRig rig = rigWith(names);
                ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::awaitEnd)) {
            Check check = rig.check(new WorkerAddress("known.internal", server.port()), CheckRig.settings(TCP));
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(rig.ask(check).passed()).isTrue();
            assertThat(names.asked).hasValue(2);
        }
    }

    @Test
    void aConnectionToANameIsNotKeptForEver() throws Exception {
        ScriptedNames names = new ScriptedNames(false);
        try (CheckRig rig = rigWith(names);
                ScriptedServer server = ScriptedServer.answering(OK)) {
            Check check = rig.check(new WorkerAddress("known.internal", server.port()), CheckRig.settings(CheckRig.http()));
            for (int i = 0; i < 30; i++) {
                assertThat(rig.ask(check).passed()).isTrue();
            }
            assertThat(server.request()).contains("host: known.internal:" + server.port() + "\r\n");
            assertThat(names.asked).hasValue(3);
        }
    }

    @Test
    void aNameThatNobodyKnowsIsRefused() throws Exception {
        try (CheckRig rig = rigWith(new ScriptedNames(false))) {
            Check check = rig.check(new WorkerAddress("unknown.internal", 80), CheckRig.settings(TCP));
            assertThat(rig.ask(check))
                    .isEqualTo(CheckResult.failed(Failure.REFUSED, "unknown host: no record of unknown.internal"));
        }
    }

    @Test
    void aNameThatIsNotResolvedInTimeIsATimeout() throws Exception {
        try (CheckRig rig = rigWith(new ScriptedNames(true))) {
            Check check = rig.check(new WorkerAddress("known.internal", 80), CheckRig.settings(TCP));
            assertThat(rig.ask(check, CheckRig.SHORT)).isEqualTo(CheckResult.failed(Failure.TIMEOUT, "no connection within 700 ms"));
            assertThat(rig.ask(check, CheckRig.SHORT).failure()).isEqualTo(Failure.TIMEOUT);
        }
    }

    /** A socket that can't be had, as when there are no descriptors left. */
    public static final class NoSocket extends NioSocketChannel {
        public NoSocket() {
            throw new ChannelException("Failed to open a socket.", new IOException("Too many open files"));
        }
    }

    @Test
    void aProcessWithoutDescriptorsSaysNothingOfItsWorkers() throws Exception {
        try (CheckRig rig = new CheckRig(Transport.NIO, NoSocket.class, DefaultAddressResolverGroup.INSTANCE)) {
            CheckResult result = rig.ask(80, TCP);
            assertThat(result).isEqualTo(CheckResult.failed(Failure.UNASKED, "no socket: Too many open files"));
            assertThat(Failure.UNASKED.contact()).isEqualTo(Contact.ANSWERS);
        }
    }

    @Test
    void aClosedCheckNeverAnswers() throws Exception {
        try (CheckRig rig = new CheckRig();
                ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::awaitEnd)) {
            Check closed = rig.check(server.port(), CheckRig.http());
            CompletableFuture<CheckResult> never = rig.begin(closed, Duration.ofMillis(100));
            rig.close(closed);
            CompletableFuture<CheckResult> neither = rig.begin(closed, Duration.ofMillis(100));
            assertThat(rig.ask(rig.check(server.port(), CheckRig.http()), CheckRig.SHORT).failure()).isEqualTo(Failure.TIMEOUT);
            assertThat(never).isNotDone();
            assertThat(neither).isNotDone();
        }
    }

    @Test
    void aCheckThatIsClosedWhileItConnectsLeavesNothingBehind() throws Exception {
        try (CheckRig rig = new CheckRig();
                ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::awaitEnd)) {
            for (int i = 0; i < 20; i++) {
                Check check = rig.check(server.port(), CheckRig.http());
                CompletableFuture<CheckResult> never = new CompletableFuture<>();
                rig.onLoop(() -> {
                    check.ask(CheckRig.LONG, never::complete);
                    check.close();
                    return null;
                });
                assertThat(never).isNotDone();
            }
            assertThat(rig.ask(server.port(), TCP).passed()).isTrue();
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void closingAllEndsEveryConnection() throws Exception {
        try (CheckRig rig = new CheckRig();
                ScriptedServer server = new ScriptedServer(
                        connection -> {
                            connection.request();
                            connection.write(OK);
                            connection.awaitEnd();
                        },
                        connection -> {
                            connection.request();
                            connection.awaitEnd();
                        })) {
            assertThat(rig.ask(server.port(), CheckRig.http()).passed()).isTrue();
            CompletableFuture<CheckResult> never = rig.begin(rig.check(server.port(), CheckRig.http()), CheckRig.LONG);
            assertThat(server.request()).isNotNull();
            assertThat(server.request()).isNotNull();
            rig.checks().close();
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
            assertThat(server.end()).isEqualTo(ScriptedServer.End.FIN);
            assertThat(never).isNotDone();
        }
    }

    @Test
    void aCheckIsAskedOneQuestionAtATime() throws Exception {
        try (CheckRig rig = new CheckRig();
                ScriptedServer server = new ScriptedServer(ScriptedServer.Connection::awaitEnd)) {
            Check check = rig.check(server.port(), CheckRig.http());
            var _ = rig.begin(check, CheckRig.LONG);
            assertThatThrownBy(() -> rig.begin(check, CheckRig.LONG))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aQuestionMayBeAskedFromWithinAnAnswer() throws Exception {
        try (CheckRig rig = new CheckRig();
                ScriptedServer server = ScriptedServer.answering(OK)) {
            Check check = rig.check(server.port(), CheckRig.http());
            CompletableFuture<CheckResult> second = new CompletableFuture<>();
            rig.onLoop(() -> {
                check.ask(CheckRig.LONG, _ -> check.ask(CheckRig.LONG, second::complete));
                return null;
            });
            assertThat(CheckRig.await(second).passed()).isTrue();
            assertThat(server.connections()).isEqualTo(1);
        }
    }
}
