package io.weir.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventBrakeTest {
    private long now;
    private int made;
    private final List<Event> through = new ArrayList<>();
    private final EventBrake brake = new EventBrake(() -> now, through::add);

    private void publish(String kind, int count, String gist) {
        for (int i = 0; i < count; i++) {
            int number = i;
            brake.publish(kind, gist, () -> {
                made++;
                return Map.of("number", number);
            });
        }
    }

    @Test
    void aFewGoThrough() {
        publish("health_changed", EventBrake.FREE, "zone a");
        publish("failover", EventBrake.FREE, "zone a");
        now += EventBrake.SECOND;
        publish("health_changed", EventBrake.FREE, "zone a");
        now += EventBrake.SECOND;
        brake.check();

        assertThat(through).hasSize(3 * EventBrake.FREE).noneMatch(event -> event.kind().equals("more"));
    }

    @Test
    void ofAStormTheRestIsOneEventWhenItsSecondIsOver() {
        publish("health_changed", 400, "zone a");
        publish("health_changed", 600, "zone b");
        now += EventBrake.SECOND - 1;
        brake.check();
        assertThat(through).hasSize(EventBrake.FREE);
        assertThat(made).isEqualTo(EventBrake.FREE);

        now++;
        brake.check();

        assertThat(through).hasSize(EventBrake.FREE + 1);
        assertThat(through.getLast().kind()).isEqualTo("more");
        assertThat(through.getLast().facts())
                .isEqualTo(Map.of("event", "health_changed", "count", 990, "about", "zone b: 600; zone a: 390"));
        brake.check();
        assertThat(through).hasSize(EventBrake.FREE + 1);
    }

    @Test
    void whatWasHeldBackComesBeforeTheNextOfItsKind() {
        publish("failover", EventBrake.FREE + 1, "zone a");
        now += 5 * EventBrake.SECOND;
        publish("failover", 1, "zone a");

        assertThat(through.subList(EventBrake.FREE, through.size())).extracting(Event::kind).containsExactly("more", "failover");
    }

    @Test
    void ofManyThingsTheMostFrequentAreNamed() {
        publish("health_changed", EventBrake.FREE, "free");
        for (int i = 0; i < 9; i++) {
            publish("health_changed", 10 - i, "zone " + i);
        }
        now += EventBrake.SECOND;
        brake.check();

        assertThat(through.getLast().facts().get("about")).isEqualTo("zone 0: 10; zone 1: 9; zone 2: 8; zone 3: 7; zone 4: 6; and others");
    }
}
