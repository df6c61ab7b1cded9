package io.weir.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByNameTest {
    private final ByName<Integer> names = new ByName<>();

    @Test
    void aStarOfACertificateIsOneLabelAndOneOfAPolicyAnyNumber() {
        names.put("*.secure.example", _ -> 1);
        names.put("*.a.secure.example", _ -> 2);
        names.put("b.a.secure.example", _ -> 3);

        assertThat(names.get("x.secure.example")).isEqualTo(1);
        assertThat(names.get("y.x.secure.example")).isNull();
        assertThat(names.getBelow("y.x.secure.example")).isEqualTo(1);
        assertThat(names.getBelow("c.a.secure.example")).isEqualTo(2);
        assertThat(names.getBelow("b.a.secure.example")).isEqualTo(3);
        assertThat(names.getBelow("secure.example")).isNull();
    }
}
