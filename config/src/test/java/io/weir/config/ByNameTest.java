package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Large maps that differ little from those before them. */
class ByNameTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void isWhatALinkedMapIs(int seed) {
        var random = new Random(seed);
        Map<String, Integer> before = Map.of();
        ByName<Integer> known = ByName.of(before);
        for (int i = 0; i < 2_000; i++) {
            Map<String, Integer> next = edited(before, random);
            ByName.Builder<Integer> builder = ByName.following(known);
            next.forEach((name, value) -> assertThat(builder.add(name, value)).isTrue());
            if (!next.isEmpty()) {
                assertThat(builder.add(next.keySet().iterator().next(), -1)).as("one that it has").isFalse();
            }
            ByName<Integer> now = builder.build();

            assertThat(now).isEqualTo(next).hasSameHashCodeAs(next);
            assertThat(next).isEqualTo(now);
            assertThat(new ArrayList<>(now.keySet())).isEqualTo(new ArrayList<>(next.keySet()));
            assertThat(new ArrayList<>(now.values())).isEqualTo(new ArrayList<>(next.values()));
            next.forEach((name, value) -> assertThat(now.get(name)).isEqualTo(value));
            assertThat(now.containsKey("none")).isFalse();
            assertThat(ByName.changes(known, now)).isEqualTo(changes(before, next));
            assertThat(ByName.changes(before, next)).isEqualTo(changes(before, next));
            assertThat(now.map(value -> "v" + value).get("a7")).isEqualTo(next.containsKey("a7") ? "v" + next.get("a7") : null);
            before = next;
            known = now;
        }
    }

    @Test
    void onlyItsOwnNamesGetOtherValues() {
        ByName<Integer> map = ByName.of(Collections.unmodifiableMap(new LinkedHashMap<>(Map.of("a", 1, "b", 2))));

        assertThat(map.with(Map.of("b", 3))).isEqualTo(Map.of("a", 1, "b", 3));
        assertThat(map.with(Map.of())).isSameAs(map);
        assertThatIllegalArgumentException().isThrownBy(() -> map.with(Map.of("c", 3)));
    }

    @Test
    void valuesInTheOrderOfOtherNames() {
        ByName<String> map = ByName.of(ordered("a", "b", "c")).map(name -> name + "1");

        ByName<String> next = map.with(Map.of("d", "d2", "b", "b2"), ByName.of(ordered("c", "d", "b", "a")));

        assertThat(next.values()).containsExactly("c1", "d2", "b2", "a1");
        assertThat(next.keySet()).containsExactly("c", "d", "b", "a");
    }

    @Test
    void appsOfWhichSomethingHolds() {
        List<String> asked = new ArrayList<>();
        var those = new AppsThat(app -> {
            asked.add(app.name());
            return app.health().check() == null;
        });
        String off = Configs.ORDERS + "    check: off\n";
        Settings first = Configs.read(Configs.LEAST + off + Configs.ORDERS.replace("apps:\n", "").replace("orders", "stock"));
        assertThat(those.of(first)).extracting(AppSettings::name).containsExactly("orders");
        assertThat(asked).containsExactly("orders", "stock");

        asked.clear();
        Settings second = Configs.read(Configs.LEAST + Configs.ORDERS + off.replace("apps:\n", "").replace("orders", "more"));
        assertThat(those.of(second)).extracting(AppSettings::name).containsExactly("more");
        assertThat(asked).containsExactlyInAnyOrder("orders", "more");
        assertThat(those.of(first)).extracting(AppSettings::name).containsExactly("orders");
    }

    private static Map<String, String> ordered(String... names) {
        Map<String, String> map = new LinkedHashMap<>();
        for (String name : names) {
            map.put(name, name);
        }
        return map;
    }

    private static Map<String, Integer> edited(Map<String, Integer> before, Random random) {
        List<String> names = new ArrayList<>(before.keySet());
        if (random.nextInt(20) == 0) {
            Collections.shuffle(names, random);
        }
        for (int edit = random.nextInt(3); edit > 0; edit--) {
            String name = "a" + random.nextInt(40);
            if (!names.remove(name)) {
                names.add(random.nextInt(names.size() + 1), name);
            }
        }
        Map<String, Integer> next = new LinkedHashMap<>();
        for (String name : names) {
            Integer was = before.get(name);
            // No two names have the same value.
            next.put(new String(name), was == null || random.nextInt(10) == 0 ? Integer.parseInt(name.substring(1)) + 1000 * random.nextInt(1000) : was);
        }
        return next;
    }

    private static List<ByName.Change<Integer>> changes(Map<String, Integer> before, Map<String, Integer> after) {
        List<ByName.Change<Integer>> changes = new ArrayList<>();
        after.forEach((name, value) -> {
            if (!value.equals(before.get(name))) {
                changes.add(new ByName.Change<>(name, before.get(name), value));
            }
        });
        before.forEach((name, value) -> {
            if (!after.containsKey(name)) {
                changes.add(new ByName.Change<>(name, value, null));
            }
        });
        return changes;
    }
}
