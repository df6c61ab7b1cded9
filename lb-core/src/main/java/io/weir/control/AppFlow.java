package io.weir.control;

import io.weir.balancing.Seconds;
import io.weir.balancing.Target;
import io.weir.balancing.Traffic;
import io.weir.failover.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** An app's requests, parted by whether the plans in force give their worker any. Control thread only. */
final class AppFlow implements Recovery.Flow {
    private final List<Target> serving = new ArrayList<>();
    private final List<Target> others = new ArrayList<>();

    /** By the app's plans as they are at {@code now} ns. */
    AppFlow(AppControl app, long now) {
        Set<Target> served = served(app, now);
        for (Member member : app.members()) {
            (served.contains(member.target()) ? serving : others).add(member.target());
        }
    }

    private static Set<Target> served(AppControl app, long now) {
        Set<Target> served = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Steering steering : app.steerings()) {
            var plan = steering.outlook().plan();
            for (int i = 0; i < plan.tiers().size(); i++) {
                if (plan.shares().get(i).at(now) > 0) {
                    served.addAll(plan.tiers().get(i).targets());
                }
            }
        }
        return served;
    }

    @Override
    public int requests(long second) {
        return astray(second) + sum(serving, second);
    }

    @Override
    public int astray(long second) {
        return sum(others, second);
    }

    private static int sum(List<Target> targets, long second) {
        int sum = 0;
        for (Target target : targets) {
            Traffic traffic = target.seen();
            sum += traffic == null ? 0 : traffic.seconds().requests(second);
        }
        return sum;
    }

    @Override
    public int goodElsewhere(long second) {
        int sum = 0;
        for (Target target : serving) {
            Traffic traffic = target.seen();
            if (traffic != null) {
                Seconds seconds = traffic.seconds();
                sum += seconds.requests(second) - seconds.bad(second);
            }
        }
        return sum;
    }
}
