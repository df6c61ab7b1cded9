package io.weir.simulation;

import io.weir.control.AppControl;
import io.weir.health.Health;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The end of a world: nothing is wrong any more, nobody is sent away, and a person wants all traffic back. Then everybody becomes healthy,
 * and the first tier carries everything. What may stand in between are ejections, the hold and its penalty, and the ramp.
 */
final class Healing {
    /** Longer than ejections (5 min), the longest hold (30 min) and a ramp (here up to 30 s) together. */
    private static final long PATIENCE = TimeUnit.MINUTES.toNanos(40);

    private final Rules rules;
    private final Ledger ledger;
    private final List<Steered> steered;
    private final SimulatedBalancer balancer;
    private long begun;

    Healing(Rules rules, Ledger ledger, List<Steered> steered, SimulatedBalancer balancer) {
        this.rules = rules;
        this.ledger = ledger;
        this.steered = steered;
        this.balancer = balancer;
    }

    /** Whether there is still something to wait for. */
    boolean goesOn(long now) {
        if (begun == 0) {
            begun = now;
        }
        String missing = missing(now);
        if (!missing.isEmpty() && now - begun > PATIENCE) {
            rules.broken("AllIsWellAgain", "nothing is wrong for 40 min, and still " + missing);
        }
        return !missing.isEmpty();
    }

    private String missing(long now) {
        for (Ledger.Entry each : ledger.all()) {
            // who isn't checked and gets no traffic stays on probation, where nothing can be held against him
            boolean well = each.app().health().check() == null ? each.announced().available() : each.announced() == Health.HEALTHY;
            if (!well) {
                return each + " is " + each.announced();
            }
        }
        for (Steered each : steered) {
            double share = 0;
            int first = each.firstStaffed();
            var plan = each.steering().outlook().plan();
            for (int i = 0; i < plan.tiers().size() && first >= 0; i++) {
                int group = each.order().tiers().get(i).group();
                boolean side = i == first || (group != 0 && group == each.order().tiers().get(first).group());
                share += side ? plan.shares().get(i).at(now) : 0;
            }
            if (first >= 0 && share < 1 - 1e-6) {
                return each + " gets " + share + " of its traffic in its first tier: " + each.steering().outlook().tiers();
            }
        }
        return "";
    }

    void nothingIsLeft(List<SimulatedClient> open) {
        if (!open.isEmpty()) {
            rules.broken("EndsOnce", "requests never end: " + open);
        }
        for (AppControl app : balancer.apps()) {
            app.members().stream().map(member -> member.target()).filter(target -> target.inFlight() != 0).forEach(target ->
                    rules.broken("EndsOnce", target + " has " + target.inFlight() + " requests under way that are over"));
        }
        if (balancer.bytesHeld() != 0) {
            rules.broken("EndsOnce", balancer.bytesHeld() + " bytes are left in buffers");
        }
    }
}
