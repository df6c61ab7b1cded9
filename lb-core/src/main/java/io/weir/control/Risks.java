package io.weir.control;

import io.weir.failover.Exposure;
import io.weir.failover.Scope;
import java.util.List;
import java.util.Objects;

/**
 * How many losses an app couldn't bear.
 *
 * @param zones zones of which the loss would leave too little for some of its requests
 * @param regions the same of regions
 * @param shortNow whether there is too little for some of its requests as it is
 */
public record Risks(int zones, int regions, boolean shortNow) {
    /** It can lose any one zone or region. */
    public static final Risks NONE = new Risks(0, 0, false);

    static Risks of(List<Exposure> exposures) {
        if (exposures.isEmpty()) {
            return NONE;
        }
        return new Risks(
                count(exposures, Scope.Kind.ZONE), count(exposures, Scope.Kind.REGION), exposures.stream().anyMatch(each -> each.lost() == null));
    }

    private static int count(List<Exposure> exposures, Scope.Kind kind) {
        return (int) exposures.stream().map(Exposure::lost).filter(Objects::nonNull).filter(lost -> lost.kind() == kind).distinct().count();
    }
}
