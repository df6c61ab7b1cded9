package io.weir.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ZoneChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TierOrderTest {
    private final Fleet fleet = new Fleet().with("ca", 4).with("us", 4).with("eu", 4);

    private static List<String> names(Order order) {
        return order.tiers().stream().map(TierSpec::name).toList();
    }

    @Test
    void aNamedRegionComesFirstThenThoseThatTakeOverInOrder() {
        fleet.failingOverTo("eu", "us");
        assertThat(names(fleet.order("ca"))).containsExactly("ca", "eu", "us");
    }

    @Test
    void noRegionStandsInAnOrderTwice() {
        fleet.failingOverTo("eu", "ca", "eu");
        assertThat(names(fleet.order("ca"))).containsExactly("ca", "eu");
        assertThat(names(fleet.order("eu"))).containsExactly("eu", "ca");
    }

    @Test
    void aRegionWithoutWorkersOfTheAppIsSkipped() {
        fleet.failingOverTo("mars", "us");
        assertThat(names(fleet.order("ca"))).containsExactly("ca", "us");
    }

    @Test
    void preferLocalPutsTheProcessesOwnZoneFirst() {
        fleet.failingOverTo("us").zones = ZoneChoice.PREFER_LOCAL;
        Order order = fleet.order("ca");
        assertThat(names(order)).containsExactly("caa", "ca", "us");
        assertThat(order.tiers().getFirst().members()).allMatch(member -> member.worker().zone().equals("caa")).hasSize(2);
        assertThat(order.tiers().get(1).members()).allMatch(member -> member.worker().zone().equals("cab")).hasSize(2);
        assertThat(order.tiers()).extracting(TierSpec::region).containsExactly("ca", "ca", "us");
    }

    @Test
    void preferLocalMeansNothingInAnotherRegion() {
        fleet.failingOverTo("ca").zones = ZoneChoice.PREFER_LOCAL;
        assertThat(names(fleet.order("us"))).containsExactly("us", "ca");
    }

    @Test
    void preferLocalMeansNothingToAZoneWithoutWorkersOrWithAllOfThem() {
        Fleet one = new Fleet().with("ca", 1);
        one.zones = ZoneChoice.PREFER_LOCAL;
        assertThat(names(one.order("ca"))).containsExactly("ca");
        Fleet elsewhere = new Fleet().with("us", 2);
        elsewhere.zones = ZoneChoice.PREFER_LOCAL;
        assertThat(names(elsewhere.order("us"))).containsExactly("us");
    }

    @Test
    void membersOutsideOfTheResidencyStandInNoTierAndAreRemembered() {
        fleet.failingOverTo("us", "eu").residency = Set.of("CA", "EU");
        Order order = fleet.order("ca");
        assertThat(names(order)).containsExactly("ca", "eu");
        assertThat(order.outside()).isEqualTo(fleet.of("us"));
        assertThat(order.residencyStopped()).isFalse();
    }

    @Test
    void aNameOfARegionOutsideOfTheResidencyIsServedInsideIfAnybodyTakesOver() {
        fleet.failingOverTo("us").residency = Set.of("US");
        assertThat(names(fleet.order("ca"))).containsExactly("us");
    }

    @Test
    void aNameOfARegionOutsideOfTheResidencyIsStoppedIfNobodyTakesOver() {
        fleet.residency = Set.of("US");
        Order order = fleet.order("ca");
        assertThat(order.tiers()).isEmpty();
        assertThat(order.residencyStopped()).isTrue();
    }

    @Test
    void aRegionWithoutWorkersIsNotAMatterOfResidency() {
        assertThat(fleet.order("mars").residencyStopped()).isFalse();
    }

    @Test
    void theGlobalDomainBeginsWithTheRegionOfTheProcess() {
        fleet.failingOverTo("us");
        assertThat(names(fleet.globalOrder())).containsExactly("ca", "us");
    }

    @Test
    void theGlobalDomainOfAnAppThatLivesElsewhereBeginsWithItsFirstRegion() {
        Fleet elsewhere = new Fleet().with("eu", 1).with("us", 1).failingOverTo("us");
        assertThat(names(elsewhere.globalOrder())).containsExactly("eu", "us");
    }

    @Test
    void theGlobalDomainBeginsInsideTheResidency() {
        fleet.residency = Set.of("EU");
        assertThat(names(fleet.globalOrder())).containsExactly("eu");
    }

    @Test
    void anActiveActiveDomainHasItsRegionsSideBySideAndTheOthersBehind() {
        fleet.failingOverTo("us", "eu").global = weights();
        Order order = fleet.globalOrder();
        assertThat(names(order)).containsExactly("us", "ca", "eu");
        assertThat(order.tiers().get(0).sharesWith(order.tiers().get(1))).isTrue();
        assertThat(order.tiers().get(1).sharesWith(order.tiers().get(2))).isFalse();
        assertThat(order.tiers()).extracting(TierSpec::weight).containsExactly(3, 1, 1);
        assertThat(names(fleet.order("ca"))).containsExactly("ca", "us", "eu");
    }

    @Test
    void residencyHoldsAmongRegionsSideBySide() {
        fleet.global = weights();
        fleet.residency = Set.of("CA");
        Order order = fleet.globalOrder();
        assertThat(names(order)).containsExactly("ca");
        assertThat(order.outside()).isEqualTo(fleet.of("us"));
    }

    @Test
    void ordersOfOneAppShareTheirTiers() {
        fleet.failingOverTo("us");
        TierOrder orders = fleet.orders();
        assertThat(orders.named("ca").tiers().get(1)).isSameAs(orders.named("us").tiers().getFirst());
    }

    private static Map<String, Integer> weights() {
        Map<String, Integer> weights = new LinkedHashMap<>();
        weights.put("us", 3);
        weights.put("ca", 1);
        weights.put("eu", 0);
        return weights;
    }

    @Test
    void whereNobodyWasFoundYetNobodyServesAndThatIsNotForTheResidency() {
        Fleet empty = new Fleet().with("ca", 0).with("us", 0).failingOverTo("us");
        empty.residency = Set.of("CA");

        for (Order order : List.of(empty.order("ca"), empty.order("us"))) {
            assertThat(order.tiers()).isEmpty();
            assertThat(order.residencyStopped()).isFalse();
            assertThat(new Voyage(empty, order).outlook().plan().tiers()).isEmpty();
            assertThat(Strength.of(order, empty::state).exposures("ca")).isEmpty();
        }
    }

    @Test
    void theOthersServeWhereNobodyWasFoundYet() {
        Fleet half = new Fleet().with("ca", 0).with("us", 2).failingOverTo("us");

        assertThat(names(half.order("ca"))).containsExactly("us");
    }
}
