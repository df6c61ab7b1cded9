package io.weir.simulate;

import io.weir.control.AppControl;
import java.util.List;

/** Where situations are taken: a process that runs, or a config. */
public interface Apps {
    List<AppControl> all();

    /** How some of them are. */
    List<Situation> situations(List<AppControl> some);
}
