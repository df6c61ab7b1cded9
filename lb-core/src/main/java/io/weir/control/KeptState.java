package io.weir.control;

import io.weir.state.StateThread;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The files of what the control thread keeps over restarts; null where nobody would find them again. */
public record KeptState(@Nullable EvacuationFile evacuations, @Nullable LatchFile latches) {
    /** Nothing is kept. */
    public static final KeptState NONE = new KeptState(null, null);

    /** In that folder, which is made when something is to be kept. */
    public static KeptState in(Path folder) {
        Executor writer = StateThread.start();
        return new KeptState(new EvacuationFile(folder, writer), new LatchFile(folder, writer));
    }
}
