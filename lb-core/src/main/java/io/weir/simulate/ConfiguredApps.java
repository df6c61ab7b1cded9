package io.weir.simulate;

import io.weir.balancing.RecordedTarget;
import io.weir.config.Settings;
import io.weir.control.AppControl;
import io.weir.control.Tables;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.Health;
import io.weir.topology.Here;
import java.util.List;

/** The apps of a config that nobody runs, with all workers well. */
public final class ConfiguredApps implements Apps {
    private final List<AppControl> all;
    private final Here here;

    public ConfiguredApps(Settings settings) {
        Tables tables = new Tables((_, worker, weight, _) -> new RecordedTarget(worker.address().toString(), worker.zone(), weight, 0, 0, true), 1);
        all = tables.build(settings, 0).apps();
        here = settings.here();
    }

    @Override
    public List<AppControl> all() {
        return all;
    }

    @Override
    public List<Situation> situations(List<AppControl> some) {
        return some.stream().map(app -> Situation.of(app, app.members().stream().map(ConfiguredApps::well).toList(), here, 0)).toList();
    }

    private static MemberState well(Member member) {
        return new MemberState(member, Health.HEALTHY, AdminState.ENABLED, MemberState.NOT_WARMING);
    }
}
