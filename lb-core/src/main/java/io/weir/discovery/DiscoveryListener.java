package io.weir.discovery;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Is told what becomes of discovery, on threads that must not be held up. Each is told when it begins, not as long as it goes on. */
public interface DiscoveryListener {

    /** Other workers are believed in than {@link Discovery#fill} said last. Not told again before it is asked again. */
    void changed();

    /**
     * A service gets no answer that is believed; its workers stay.
     *
     * @param age of the last good answer; null: there was none, it has no workers
     */
    void unanswered(Service service, String why, @Nullable Duration age);

    /** It gets answers again. */
    void answered(Service service);

    /**
     * An answer left out more than half of the workers: they stay, until it turns out that it is so.
     *
     * @param missing how many it left out
     * @param known of how many
     */
    void doubted(Service service, int missing, int known);

    /** That is over: the answers name the workers again, or those that they don't name are given up. */
    void undoubted(Service service, int workers);

    /** Of an answer some was left out, or could not be had; null: no longer. */
    void leftOut(Service service, @Nullable String what);

    /**
     * Some of a pool's workers are in no zone, and so are not used.
     *
     * @param workers how many; 0: no longer
     */
    void withoutZone(String app, String region, int workers);

    /**
     * Workers of services that were not asked for yet are those of a process before.
     *
     * @param oldest age of the oldest such answer
     */
    void recalled(int services, Duration oldest);

    /** What was kept can't be read; it is there now. */
    void notRead(Path file, String why);

    /** Answers can't be kept, and so a restart knows older ones, or none. It is tried again. */
    void notKept(Path file, String why);

    void keptAgain(Path file);
}
