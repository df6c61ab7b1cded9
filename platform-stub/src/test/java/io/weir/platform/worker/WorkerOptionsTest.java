package io.weir.platform.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.topology.BindAddress;
import org.junit.jupiter.api.Test;

class WorkerOptionsTest {
    private static final String WHOLE = "--app orders --name o1 --region ca-c1 --zone ca-c1a --bind 127.1.1.1:8084";

    @Test
    void aWorkerIsToldWhoAndWhereItIs() {
        assertThat(of(WHOLE))
                .isEqualTo(new WorkerOptions(new Identity("orders", "o1", "ca-c1", "ca-c1a", 4711), new BindAddress("127.1.1.1", 8084)));
    }

    @Test
    void whatIsMissingOrUnknownIsNamed() {
        assertThatThrownBy(() -> of(WHOLE.replace("--zone ca-c1a ", ""))).hasMessage("--zone is missing");
        assertThatThrownBy(() -> of(WHOLE + " --weight 2")).hasMessage("there is no option --weight");
        assertThatThrownBy(() -> of(WHOLE + " --app")).hasMessage("--app needs a value");
        assertThatThrownBy(() -> of(WHOLE.replace(":8084", ""))).hasMessage("the port is missing, as in 127.0.0.1:8080");
    }

    private static WorkerOptions of(String options) {
        return WorkerOptions.of(options.split(" ", -1), 4711);
    }
}
