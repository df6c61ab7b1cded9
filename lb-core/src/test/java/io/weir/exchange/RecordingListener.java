package io.weir.exchange;

import io.weir.balancing.Target;
import java.util.ArrayList;
import java.util.List;

/** Writes down what listeners learn of exchanges that are over. */
public final class RecordingListener implements ExchangeListener {
    /** What an exchange said of itself; {@code app} and {@code target} are empty where there was none. */
    public record Settled(Reason reason, int status, String app, String target, int attempts, long requestBytes, long responseBytes) {}

    private final List<Settled> settled = new ArrayList<>();
    private final List<Long> totals = new ArrayList<>();

    @Override
    public void settled(Exchange exchange) {
        Target target = exchange.lastTarget();
        settled.add(new Settled(
                exchange.reason(),
                exchange.status(),
                exchange.to() == null ? "" : exchange.to().app().name(),
                target == null ? "" : target.name(),
                exchange.attempts(),
                exchange.requestBytes(),
                exchange.responseBytes()));
        totals.add(exchange.times().total());
    }

    public List<Settled> all() {
        return settled;
    }

    /** The one exchange that is over. */
    public Settled only() {
        if (settled.size() != 1) {
            throw new AssertionError("not one exchange is over, but " + settled);
        }
        return settled.getFirst();
    }

    /** How long each took, in ns. */
    public List<Long> totals() {
        return totals;
    }

    /** The reasons, in order. */
    public List<Reason> reasons() {
        return settled.stream().map(Settled::reason).toList();
    }
}
