package io.weir.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.weir.loop.AcceptFailures;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptTroubleTest {
    private final AcceptFailures failures = new AcceptFailures();
    private final EmbeddedChannel listening = new EmbeddedChannel();
    private final RecordingTrouble trouble = new RecordingTrouble();
    private final AcceptTrouble it = new AcceptTrouble(failures, trouble);

    AcceptTroubleTest() {
        failures.guard(listening);
    }

    private void fail(String why) {
        listening.pipeline().fireExceptionCaught(new IOException(why));
    }

    @Test
    void itIsSaidOnceWithARemedyAndWhenItIsOver() {
        it.check(0);
        for (int i = 1; i <= 10; i++) {
            fail("accept(..) failed with error(-24): Too many open files");
            it.check(TimeUnit.SECONDS.toNanos(i));
        }
        it.check(TimeUnit.SECONDS.toNanos(10) + AcceptTrouble.QUIET - 1);
        assertThat(trouble.told).singleElement().asString().startsWith("accept failing: accept(..) failed").contains("LimitNOFILE", "limits.connections");

        it.check(TimeUnit.SECONDS.toNanos(10) + AcceptTrouble.QUIET);
        it.check(TimeUnit.SECONDS.toNanos(90));
        assertThat(trouble.told).hasSize(2).last().isEqualTo("accept back");
    }

    @Test
    void ofTheWholeMachineTheRemedyIsAnother() {
        fail("accept(..) failed with error(-23): Too many open files in system");
        it.check(0);

        assertThat(trouble.told).singleElement().asString().contains("fs.file-max").doesNotContain("LimitNOFILE");
    }
}
