package io.weir.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class QuestionsTest {
    private final Queue<Runnable> thread = new ArrayDeque<>();
    private final Questions questions = new Questions(thread::add);

    @Test
    void anAnswerComesWhenTheThreadHasComeToIt() {
        CompletableFuture<String> answer = questions.ask(() -> "yes");
        assertThat(answer).isNotDone();
        thread.remove().run();
        assertThat(answer).isCompletedWithValue("yes");
    }

    @Test
    void anErrorIsAnAnswerToo() {
        CompletableFuture<String> answer = questions.ask(() -> {
            throw new StackOverflowError("too deep");
        });
        thread.remove().run();
        assertThat(answer).failsWithin(0, TimeUnit.SECONDS).withThrowableOfType(ExecutionException.class).withCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void whoStillWaitsWhenTheThreadEndsIsTold() {
        CompletableFuture<String> waiting = questions.ask(() -> "too late");
        questions.close();
        CompletableFuture<String> later = questions.ask(() -> "much too late");
        for (CompletableFuture<String> answer : List.of(waiting, later)) {
            assertThat(answer)
                    .failsWithin(0, TimeUnit.SECONDS)
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    void aThreadThatTakesNothingOnIsTheSame() {
        Questions ended = new Questions(_ -> {
            throw new RejectedExecutionException("ended");
        });
        assertThat(ended.ask(() -> "never"))
                .failsWithin(0, TimeUnit.SECONDS)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RejectedExecutionException.class);
    }
}
