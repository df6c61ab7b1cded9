package io.weir.control;

import io.weir.balancing.Seconds;
import io.weir.balancing.Traffic;
import io.weir.failover.ErrorRates;
import io.weir.failover.Member;
import io.weir.failover.TierSpec;
import java.util.function.LongSupplier;

/** What requests have seen of tiers over the last ten seconds. Control thread only. */
public record TierErrors(LongSupplier clock) implements ErrorRates {
    @Override
    public Rate of(TierSpec tier) {
        long now = clock.getAsLong();
        long requests = 0;
        long failed = 0;
        for (Member member : tier.members()) {
            Traffic traffic = member.target().seen();
            if (traffic != null) {
                requests += traffic.seconds().requestsOfLast(Seconds.KEPT, now);
                failed += traffic.seconds().badOfLast(Seconds.KEPT, now);
            }
        }
        return new Rate(requests, failed);
    }
}
