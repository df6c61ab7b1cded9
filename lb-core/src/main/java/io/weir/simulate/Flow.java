package io.weir.simulate;

import io.weir.balancing.Traffic;
import io.weir.failover.Member;
import java.util.List;

/** What some workers were asked in one second. Control thread only. */
@FunctionalInterface
public interface Flow {
    /** As the event loops count it, for the last ten seconds. */
    Flow COUNTED = Flow::counted;

    /** Those that ended in that second of the control thread's clock. */
    Attempts of(List<Member> members, long second);

    /** Attempts; those that failed did so by the worker's fault. */
    record Attempts(long all, long failed) {
        static final Attempts NONE = new Attempts(0, 0);

        Attempts plus(Attempts others) {
            return new Attempts(all + others.all, failed + others.failed);
        }
    }

    private static Attempts counted(List<Member> members, long second) {
        long all = 0;
        long failed = 0;
        for (Member member : members) {
            Traffic traffic = member.target().seen();
            if (traffic != null) {
                all += traffic.seconds().requests(second);
                failed += traffic.seconds().bad(second);
            }
        }
        return new Attempts(all, failed);
    }
}
