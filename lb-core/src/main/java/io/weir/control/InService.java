package io.weir.control;

import io.weir.failover.Evacuations;
import io.weir.failover.Member;
import io.weir.health.AdminState;
import io.weir.health.Service;
import io.weir.topology.Worker;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Who gets requests while it is well: whose weight is not 0, and whose requests nobody has sent elsewhere. For any thread. */
public final class InService implements Function<Worker, Service> {
    private final Set<Worker> weightless = new HashSet<>();
    private final Supplier<Evacuations> evacuations;

    /** Of these apps' workers; {@code evacuations} are those in force, for any thread. */
    public InService(Collection<AppControl> apps, Supplier<Evacuations> evacuations) {
        this.evacuations = evacuations;
        apps.forEach(this::add);
    }

    private InService(InService before, List<AppChange> changes) {
        evacuations = before.evacuations;
        weightless.addAll(before.weightless);
        for (AppChange change : changes) {
            if (change.before() != null) {
                change.before().members().forEach(member -> weightless.remove(member.worker()));
            }
        }
        for (AppChange change : changes) {
            if (change.after() != null) {
                add(change.after());
            }
        }
    }

    /** The same after these changes. */
    public InService with(List<AppChange> changes) {
        return new InService(this, changes);
    }

    private void add(AppControl app) {
        for (Member member : app.members()) { // no stream for each: there may be a hundred thousand apps
            if (member.target().weight() == 0) {
                weightless.add(member.worker());
            }
        }
    }

    @Override
    public Service apply(Worker worker) {
        return weightless.contains(worker) ? Service.NEVER : service(evacuations.get().of(worker));
    }

    private static Service service(AdminState said) {
        return switch (said) {
            case ENABLED -> Service.SERVES;
            case EVACUATED -> Service.IF_CALLED_BACK;
            case DRAINING, DISABLED, EVACUATED_HARD -> Service.NEVER;
        };
    }
}
