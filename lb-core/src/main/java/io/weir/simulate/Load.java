package io.weir.simulate;

import io.weir.balancing.Target;
import io.weir.control.AppControl;
import io.weir.failover.Member;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many exchanges are under way in each app.
 *
 * @param basis where the numbers come from
 * @param total exchanges over all apps that are looked at
 * @param whole the measure by which the basis lays them over the apps, of all of these
 */
public record Load(Basis basis, double total, double whole) {
    /** Where the numbers come from. */
    public enum Basis {
        /** As many as there are now. */
        UNDER_WAY("those under way now"),
        /** A number, laid over the apps as those are that are under way now. */
        GIVEN_AS_UNDER_WAY("given, over the apps like those under way now"),
        /** A number, laid over the apps by the weight of their workers. */
        GIVEN_BY_WEIGHT("given, over the apps by their workers' weight"),
        /** Some for each worker, where nothing is known. */
        FOR_EACH_WORKER("10 for each worker");

        private final String text;

        Basis(String text) {
            this.text = text;
        }

        public String text() {
            return text;
        }
    }

    private static final int OF_A_WORKER = 10;

    /** Over these apps; {@code given} is how many there are to be, or null. */
    static Load over(Collection<AppControl> apps, @Nullable Integer given) {
        long underWay = apps.stream().mapToLong(app -> underWay(app.members())).sum();
        if (given == null) {
            long workers = apps.stream().mapToLong(app -> app.members().size()).sum();
            return underWay > 0 ? new Load(Basis.UNDER_WAY, underWay, underWay) : new Load(Basis.FOR_EACH_WORKER, OF_A_WORKER * workers, workers);
        }
        return underWay > 0
                ? new Load(Basis.GIVEN_AS_UNDER_WAY, given, underWay)
                : new Load(Basis.GIVEN_BY_WEIGHT, given, Math.max(1, apps.stream().mapToLong(app -> weight(app.members())).sum()));
    }

    /** What an app with these workers has of it. */
    double of(List<Member> members) {
        return total / whole * switch (basis) {
            case UNDER_WAY, GIVEN_AS_UNDER_WAY -> underWay(members);
            case GIVEN_BY_WEIGHT -> weight(members);
            case FOR_EACH_WORKER -> members.size();
        };
    }

    static long underWay(List<Member> members) {
        return members.stream().map(Member::target).mapToLong(Target::inFlight).sum();
    }

    private static long weight(List<Member> members) {
        return members.stream().mapToLong(member -> member.target().weight()).sum();
    }
}
