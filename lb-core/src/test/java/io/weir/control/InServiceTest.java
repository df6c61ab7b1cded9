package io.weir.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.balancing.StandInTarget;
import io.weir.config.ConfigReader;
import io.weir.failover.Evacuation;
import io.weir.failover.Evacuations;
import io.weir.failover.Scope;
import io.weir.health.Service;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class InServiceTest {
    private static final String CONFIG = """
            domains: [d.example]
            here: {region: r1, zone: r1a}
            regions: {r1: {jurisdiction: XX, zones: [r1a, r1b]}}
            listeners: [{bind: ":8080"}]
            apps:
              orders:
                pools: {r1: {workers: [{address: "127.0.0.1:1", zone: r1a}, {address: "127.0.0.1:2", zone: r1b},
                                       {address: "127.0.0.1:3", zone: r1b, weight: 0}]}}
            """;

    private Evacuations evacuations = Evacuations.NONE;

    @Test
    void whoIsEvacuatedMayBeCalledBackAndWhoWeighsNothingNever() throws Exception {
        Targets targets = (_, worker, weight, _) -> new StandInTarget(worker.address().toString(), worker.zone(), weight);
        List<AppControl> apps = new Tables(targets, 1).build(ConfigReader.read("test", CONFIG).settings(), 0).apps();
        InService inService = new InService(apps, () -> evacuations);
        assertThat(services(apps.getFirst(), inService)).containsExactly(Service.SERVES, Service.SERVES, Service.NEVER);

        evacuations = evacuations.with(new Evacuation(Scope.parse("zone=r1a"), Instant.MAX, false));
        assertThat(services(apps.getFirst(), inService)).containsExactly(Service.IF_CALLED_BACK, Service.SERVES, Service.NEVER);

        evacuations = Evacuations.NONE.with(new Evacuation(Scope.parse("region=r1"), Instant.MAX, false))
                .with(new Evacuation(Scope.parse("zone=r1b"), Instant.MAX, true));
        assertThat(services(apps.getFirst(), inService)).containsExactly(Service.IF_CALLED_BACK, Service.NEVER, Service.NEVER);

        evacuations = Evacuations.NONE;
        assertThat(services(apps.getFirst(), inService)).containsExactly(Service.SERVES, Service.SERVES, Service.NEVER);
    }

    @Test
    void whoWeighsNothingIsOthersAfterAChange() throws Exception {
        Targets targets = (_, worker, weight, _) -> new StandInTarget(worker.address().toString(), worker.zone(), weight);
        Tables tables = new Tables(targets, 1);
        Tables.Built before = tables.build(ConfigReader.read("test", CONFIG).settings(), 0);
        String changed = CONFIG.replace(":1\", zone: r1a", ":1\", zone: r1a, weight: 0").replace("zone: r1b, weight: 0", "zone: r1b");
        Tables.Rebuilt next = tables.rebuild(before, ConfigReader.read("test", changed).settings(), 0, Evacuations.NONE);

        InService inService = new InService(before.apps(), () -> evacuations).with(next.changes());

        assertThat(services(next.built().apps().getFirst(), inService)).containsExactly(Service.NEVER, Service.SERVES, Service.SERVES);
    }

    private static List<Service> services(AppControl app, InService inService) {
        return app.members().stream().map(member -> inService.apply(member.worker())).toList();
    }
}
