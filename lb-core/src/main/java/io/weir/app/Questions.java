package io.weir.app;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * What others ask of a thread. Each question is answered, also if it fails with an error, or the thread ends before its turn: somebody waits.
 * Any thread.
 */
final class Questions implements AutoCloseable {
    private final Executor thread;
    private final Set<Question<?>> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Questions(Executor thread) {
        this.thread = thread;
    }

    private final class Question<T> implements Runnable {
        private final Supplier<T> asked;
        private final CompletableFuture<T> answer = new CompletableFuture<>();

        Question(Supplier<T> asked) {
            this.asked = asked;
        }

        @Override
        public void run() {
            try {
                answer.complete(asked.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            } finally {
                open.remove(this);
            }
        }

        void refuse(RejectedExecutionException why) {
            open.remove(this);
            answer.completeExceptionally(why);
        }
    }

    /** Its answer. Fails as the question does, and with a {@link RejectedExecutionException} when there is no thread any more. */
    <T> CompletableFuture<T> ask(Supplier<T> asked) {
        Question<T> question = new Question<>(asked);
        open.add(question);
        try {
            thread.execute(question);
        } catch (RejectedExecutionException e) {
            question.refuse(e);
        }
        if (closed) { // perhaps after close() has looked
            close();
        }
        return question.answer;
    }

    /** Once the thread takes nothing on any more. */
    @Override
    public void close() {
        closed = true;
        open.forEach(question -> question.refuse(new RejectedExecutionException("the process ends")));
    }
}
