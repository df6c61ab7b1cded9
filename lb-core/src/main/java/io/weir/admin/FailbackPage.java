package io.weir.admin;

import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.control.Steering;
import io.weir.failover.FailbackState;
import io.weir.failover.TierOutlook;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code /failback}: brings an app's traffic back at once where it waits, for its time or for a person; says where it did. */
final class FailbackPage implements Page {
    private final Running running;

    FailbackPage(Running running) {
        this.running = running;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(Fleet.APP);
        String name = request.needed(Fleet.APP);
        Table waited = new Table(WorkersPage.MOST, "asked", "tier", "phase", "why");
        if (!running.onControl(control -> failBack(control, name, waited)).join()) {
            throw new RefusedException(404, "there is no app " + name + " among " + running.config().settings().apps().size());
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("app", name);
        facts.put("waited", waited);
        return new Reply.Facts(facts);
    }

    private static boolean failBack(Control control, String name, Table waited) {
        AppControl app = control.app(name);
        if (app == null) {
            return false;
        }
        for (Steering steering : app.steerings()) {
            for (TierOutlook tier : steering.outlook().tiers()) {
                FailbackState state = tier.failback();
                if (state.phase() != FailbackState.Phase.SETTLED) {
                    waited.row(ControlEvents.asked(steering.asked()), tier.name(), ControlEvents.word(state.phase()), state.why());
                }
            }
        }
        return control.failBack(name);
    }
}
