package io.weir.simulation;

import io.weir.config.CheckSettings;
import io.weir.health.Check;
import io.weir.health.CheckResult;
import io.weir.health.CheckResult.Failure;
import io.weir.health.Checks;
import io.weir.topology.WorkerAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Checks that find what there is at the worker when the question arrives. A connection alone is answered by the kernel. */
record SimulatedChecks(SimulatedThread health, Function<WorkerAddress, SimulatedWorker> workers) implements Checks {
    @Override
    public Check of(WorkerAddress address, CheckSettings settings) {
        return new Asking(health, workers.apply(address), settings.kind());
    }

    private static final class Asking implements Check {
        private final SimulatedThread health;
        private final SimulatedWorker worker;
        private final CheckSettings.Kind kind;
        /** Changes with each question. */
        private int question;

        private boolean open;

        Asking(SimulatedThread health, SimulatedWorker worker, CheckSettings.Kind kind) {
            this.health = health;
            this.worker = worker;
            this.kind = kind;
        }

        @Override
        public void ask(Duration timeout, Consumer<CheckResult> answer) {
            if (open) {
                throw new AssertionError("a question before the last was answered: " + worker);
            }
            open = true;
            int asked = ++question;
            health.after(timeout.toNanos(), () -> answer(asked, answer, CheckResult.failed(Failure.TIMEOUT, "no answer in time")));
            health.after(worker.roundTrip() / 2, () -> arrived(asked, answer));
        }

        private void arrived(int asked, Consumer<CheckResult> answer) {
            boolean kernelAnswers = kind instanceof CheckSettings.Tcp;
            if (worker.reach() == SimulatedWorker.Reach.LOST || (worker.hangs() && !kernelAnswers)) {
                return;
            }
            CheckResult result;
            if (worker.reach() == SimulatedWorker.Reach.REFUSED || (worker.unwell() && kernelAnswers)) {
                result = CheckResult.failed(Failure.REFUSED, "connection refused");
            } else {
                result = worker.unwell() ? CheckResult.failed(Failure.UNWELL, "status 503") : CheckResult.passed("as it is");
            }
            long slow = kernelAnswers ? 0 : TimeUnit.MILLISECONDS.toNanos(worker.amount(Fault.Kind.SLOW));
            health.after(slow + worker.roundTrip() / 2, () -> answer(asked, answer, result));
        }

        private void answer(int asked, Consumer<CheckResult> answer, CheckResult result) {
            if (open && asked == question) {
                open = false;
                answer.accept(result);
            }
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
