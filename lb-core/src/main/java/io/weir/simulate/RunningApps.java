package io.weir.simulate;

import io.weir.control.AppControl;
import io.weir.control.Control;
import io.weir.topology.Here;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The apps of a process that runs, as they are when they are asked for. For threads that may wait. */
public final class RunningApps implements Apps {
    /** Asks the control thread. */
    @FunctionalInterface
    public interface Asking {
        <T> CompletableFuture<T> ask(Function<Control, T> question);
    }

    private final Asking control;
    private final Here here;

    public RunningApps(Asking control, Here here) {
        this.control = control;
        this.here = here;
    }

    @Override
    public List<AppControl> all() {
        return control.ask(it -> List.copyOf(it.apps())).join();
    }

    @Override
    public List<Situation> situations(List<AppControl> some) {
        return control.ask(it -> some.stream().map(app -> Situation.of(app, it.states(app), here, it.now())).toList()).join();
    }
}
