package io.weir.control;

import io.weir.failover.Evacuations;
import io.weir.failover.Member;
import io.weir.health.AdminState;
import io.weir.topology.Worker;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Who gets requests while it is well: whose weight is not 0, and whose requests nobody has sent elsewhere. For any thread. */
public final class InService implements Predicate<Worker> {
    private final Set<Worker> weightless = new HashSet<>();
    private final Supplier<Evacuations> evacuations;

    /** Of these apps' workers; {@code evacuations} are those in force, for any thread. */
    public InService(Collection<AppControl> apps, Supplier<Evacuations> evacuations) {
        this.evacuations = evacuations;
        for (AppControl app : apps) {
            app.members().stream().filter(member -> member.target().weight() == 0).map(Member::worker).forEach(weightless::add);
        }
    }

    @Override
    public boolean test(Worker worker) {
        return evacuations.get().of(worker) == AdminState.ENABLED && !weightless.contains(worker);
    }
}
