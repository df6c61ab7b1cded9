package io.weir.simulation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A request makes 5 attempts at most, 3 of them written, and one if it may not be repeated. In any 10 s, an app's requests are written no
 * more often than once each and as often again as the budget holds: what is free, 100 and 10 a second, and 0.2 for each request, of which
 * those of before are forgotten by a tenth a second.
 */
final class AttemptsAreBounded implements Invariant {
    private static final int MOST = 5;
    private static final int MOST_WRITTEN = 3;
    private static final long WINDOW = 10_000_000_000L;
    private static final double FREE = 100 + 10 * 10;
    private static final double EARNED = 0.2;
    /** Budgets count time in steps of 100 ms. */
    private static final double COARSE = 0.01;

    private final Rules rules;
    private final SimulatedTime time;
    private final Map<String, Times> requests = new HashMap<>();
    private final Map<String, Times> repeats = new HashMap<>();

    /** A list of times in their order, in ns. */
    private static final class Times {
        private long[] at = new long[64];
        private int count;

        void add(long now) {
            if (count == at.length) {
                at = Arrays.copyOf(at, 2 * count);
            }
            int place = count++;
            while (place > 0 && at[place - 1] > now) {
                at[place] = at[place - 1];
                place--;
            }
            at[place] = now;
        }

        /** Sums {@code fresh} for each of the last 10 s up to the last, and less for those before. */
        double weigh(double fresh, boolean older) {
            double sum = 0;
            long now = count == 0 ? 0 : at[count - 1];
            for (int i = count - 1; i >= 0; i--) {
                long age = now - at[i];
                if (age <= WINDOW) {
                    sum += fresh;
                } else if (older) {
                    sum += fresh * Math.exp(-(double) (age - WINDOW) / WINDOW);
                } else {
                    break;
                }
            }
            return sum;
        }
    }

    AttemptsAreBounded(Rules rules, SimulatedTime time) {
        this.rules = rules;
        this.time = time;
    }

    @Override
    public void came(SimulatedClient client) {
        requests.computeIfAbsent(client.app().name(), _ -> new Times()).add(time.nanoTime());
    }

    @Override
    public void written(SimulatedClient client, Ledger.Entry worker) {
        if (client.attempts() > MOST || client.written() > (client.idempotent() ? MOST_WRITTEN : 1)) {
            rules.broken(this, "too many attempts: " + client);
        }
    }

    @Override
    public void repeated(SimulatedClient client, long at) {
        Times spent = repeats.computeIfAbsent(client.app().name(), _ -> new Times());
        spent.add(at);
        double repeated = spent.weigh(1, false);
        if (repeated > FREE) {
            double budget = FREE + requests.computeIfAbsent(client.app().name(), _ -> new Times()).weigh(EARNED, true);
            if (repeated > budget * (1 + COARSE) + 1) {
                rules.broken(this, "%s repeats %.0f requests within 10 s, the budget holds %.1f".formatted(client.app().name(), repeated, budget));
            }
        }
    }

    @Override
    public void settled(SimulatedClient client) {
        if (client.attempts() > MOST) {
            rules.broken(this, "too many attempts: " + client);
        }
    }
}
