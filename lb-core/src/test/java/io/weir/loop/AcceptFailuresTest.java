package io.weir.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptFailuresTest {
    private final AcceptFailures failures = new AcceptFailures();
    private final EmbeddedChannel listening = new EmbeddedChannel();

    AcceptFailuresTest() {
        listening.freezeTime();
        failures.guard(listening);
    }

    private void fail() {
        listening.pipeline().fireExceptionCaught(new IOException("Too many open files"));
    }

    @Test
    void aSocketRestsAfterAFailureAndTriesAgain() {
        fail();
        fail(); // one that was under way

        assertThat(listening.config().isAutoRead()).isFalse();
        assertThat(failures.sum()).isEqualTo(2);
        assertThat(failures.latest()).isEqualTo("Too many open files");
        listening.advanceTimeBy(AcceptPause.MILLIS, TimeUnit.MILLISECONDS);
        listening.runPendingTasks();
        assertThat(listening.config().isAutoRead()).isTrue();
        listening.checkException(); // nothing has reached the end of the pipeline
    }

    @Test
    void whatIsNoFailureOfTheSystemIsLeftToOthers() {
        listening.pipeline().fireExceptionCaught(new IllegalStateException("a fault"));

        assertThat(listening.config().isAutoRead()).isTrue();
        assertThat(failures.sum()).isZero();
        assertThatThrownBy(listening::checkException).hasMessage("a fault");
    }

    @Test
    void aSocketThatIsClosedMeanwhileStaysSo() {
        fail();
        var _ = listening.close();
        listening.advanceTimeBy(AcceptPause.MILLIS, TimeUnit.MILLISECONDS);
        listening.runPendingTasks();

        assertThat(listening.isOpen()).isFalse();
    }
}
