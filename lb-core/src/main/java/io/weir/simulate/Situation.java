package io.weir.simulate;

import io.weir.config.AppSettings;
import io.weir.control.AppControl;
import io.weir.control.Steering;
import io.weir.failover.FailoverPlanner;
import io.weir.failover.MemberState;
import io.weir.topology.Here;
import java.util.List;
import java.util.function.Predicate;

/**
 * An app as it is at one moment, to try out what would become of it. Nothing that is done to it is felt by the traffic.
 *
 * @param states of all its workers
 * @param entrances each way in which requests may ask for it; at least one
 * @param home the place among them of the one that requests take which name no region
 * @param now ns on the planners' clock
 */
public record Situation(AppSettings settings, List<MemberState> states, List<Entrance> entrances, int home, long now) {
    /**
     * A way in.
     *
     * @param asked the region that requests name, or {@link Steering#GLOBAL}
     * @param planner as it is now; its own, and whoever uses it copies it
     */
    public record Entrance(String asked, FailoverPlanner planner) {
        private boolean beginsAtHome() {
            return planner.order().tiers().stream().anyMatch(tier -> tier.region().equals(asked));
        }
    }

    public Situation {
        states = List.copyOf(states);
        entrances = List.copyOf(entrances);
    }

    /** The app with its workers in these states. Control thread only, if there is one. */
    public static Situation of(AppControl app, List<MemberState> states, Here here, long now) {
        List<Entrance> entrances =
                app.steerings().stream().map(steering -> new Entrance(steering.asked(), steering.plannerToTry())).toList();
        return new Situation(app.settings(), states, entrances, home(entrances, here), now);
    }

    /** That of the global domain where it has a plan of its own, else the region where it begins ({@link io.weir.failover.TierOrder#home}). */
    private static int home(List<Entrance> entrances, Here here) {
        int global = first(entrances, entrance -> entrance.asked().equals(Steering.GLOBAL));
        int local = first(entrances, entrance -> entrance.asked().equals(here.region()) && entrance.beginsAtHome());
        return global >= 0 ? global : local >= 0 ? local : Math.max(0, first(entrances, Entrance::beginsAtHome));
    }

    private static int first(List<Entrance> entrances, Predicate<Entrance> wanted) {
        for (int i = 0; i < entrances.size(); i++) {
            if (wanted.test(entrances.get(i))) {
                return i;
            }
        }
        return -1;
    }
}
