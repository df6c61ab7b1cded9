package io.weir.health.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In virtual time. */
class DeadlinesTest {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> over = new ArrayList<>();
    private final Deadlines deadlines = new Deadlines(channel.eventLoop(), this::now);
    private long now = 1_000_000_000;

    @BeforeEach
    void freeze() {
        channel.freezeTime();
    }

    private long now() {
        return now;
    }

    private Question ask(String name, long millis) {
        Question question = new Question(Duration.ofMillis(millis), _ -> {}, () -> over.add(name));
        deadlines.add(question);
        return question;
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    /** Time goes on, and nothing runs. */
    private void stall(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    }

    @Test
    void eachQuestionHasItsTime() {
        ask("slow", 2000);
        pass(500);
        ask("quick", 1000);
        pass(400);
        ask("later", 2000);
        pass(599);
        assertThat(over).isEmpty();
        pass(1);
        assertThat(over).containsExactly("quick");
        pass(500);
        assertThat(over).containsExactly("quick", "slow");
        pass(899);
        assertThat(over).hasSize(2);
        pass(1);
        assertThat(over).containsExactly("quick", "slow", "later");
    }

    @Test
    void anAnsweredQuestionIsForgotten() {
        ask("answered", 1000).end();
        Question other = ask("other", 1000);
        pass(1000);
        assertThat(over).containsExactly("other");
        assertThat(other.isOver()).isFalse();
    }

    @Test
    void oneTimerDoesForAllThatAreAnswered() {
        for (int i = 0; i < 1000; i++) {
            ask("answered", 2000).end();
            pass(1);
        }
        ask("last", 2000);
        pass(1999);
        assertThat(over).isEmpty();
        pass(1);
        assertThat(over).containsExactly("last");
    }

    /** A loop that stood still says nothing of the workers. */
    @Test
    void aLateTimerGivesHalfOfTheTimeOnceMore() {
        ask("unread", 2000);
        stall(7000);
        channel.runScheduledPendingTasks();
        assertThat(over).isEmpty();
        pass(999);
        assertThat(over).isEmpty();
        pass(1);
        assertThat(over).containsExactly("unread");
    }

    @Test
    void noQuestionIsGivenMoreTimeTwice() {
        ask("unread", 2000);
        stall(7000);
        channel.runScheduledPendingTasks();
        stall(7000);
        channel.runScheduledPendingTasks();
        assertThat(over).containsExactly("unread");
    }

    @Test
    void aTimerThatIsALittleLateIsOnTime() {
        ask("silent", 2000);
        stall(2000 + TimeUnit.NANOSECONDS.toMillis(Deadlines.LATE));
        channel.runScheduledPendingTasks();
        assertThat(over).containsExactly("silent");
    }
}
