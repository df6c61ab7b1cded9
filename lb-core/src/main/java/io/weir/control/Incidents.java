package io.weir.control;

import io.weir.balancing.Setbacks;
import io.weir.control.Incident.FailedOver;
import io.weir.failover.FailbackState.Phase;
import io.weir.failover.Outlook;
import io.weir.failover.TierOutlook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds what happens to the traffic of apps in the difference between one outlook and the next. Control thread only. */
final class Incidents {
    private final Consumer<Incident> told;
    private final Map<Place, Absence> away = new HashMap<>();

    /** A tier of one of an app's plans. */
    private record Place(AppControl app, String asked, int tier) {}

    /** That a tier doesn't have what it should. */
    private static final class Absence {
        private final long since;
        /** When its share began to come back; null while it doesn't. */
        private @Nullable Long backSince;

        private Setbacks.Sums before = new Setbacks.Sums(0, 0);

        Absence(long since) {
            this.since = since;
        }
    }

    Incidents(Consumer<Incident> told) {
        this.told = told;
    }

    /** Another outlook is in force at {@code now} ns. Returns the failovers of tiers that it is, untold: a zone may be the matter. */
    List<FailedOver> planned(AppControl app, String asked, Outlook before, Outlook after, long now) {
        List<FailedOver> failovers = new ArrayList<>(0);
        for (int i = 0; i < after.tiers().size(); i++) {
            TierOutlook was = before.tiers().get(i);
            TierOutlook is = after.tiers().get(i);
            panic(app, asked, was, is);
            if (is.failback().phase() != was.failback().phase()) {
                FailedOver over = turned(new Place(app, asked, i), was.failback().phase(), is, now);
                if (over != null) {
                    failovers.add(over);
                }
            }
        }
        return failovers;
    }

    /**
     * Another app is in the place of that one, or with null none, by whose plans requests go from now on. What was under way goes on for tiers that
     * are still there; nothing of what differs is a failover.
     */
    void replaced(AppControl before, @Nullable AppControl after) {
        for (Steering was : before.steerings()) {
            Steering is = after == null
                    ? null
                    : after.steerings().stream().filter(each -> each.asked().equals(was.asked())).findFirst().orElse(null);
            for (int i = 0; i < was.outlook().tiers().size(); i++) {
                Absence absence = away.remove(new Place(before, was.asked(), i));
                int place = is == null ? -1 : place(is.outlook(), was.outlook().tiers().get(i).name());
                if (after != null && is != null && place >= 0) {
                    if (absence != null) {
                        away.put(new Place(after, was.asked(), place), absence);
                    }
                    panic(after, was.asked(), was.outlook().tiers().get(i), is.outlook().tiers().get(place));
                } else if (was.outlook().tiers().get(i).panic()) {
                    told.accept(new Incident.PanicEnded(before.settings().name(), was.asked(), was.outlook().tiers().get(i).name()));
                }
            }
        }
    }

    private static int place(Outlook outlook, String tier) {
        for (int i = 0; i < outlook.tiers().size(); i++) {
            if (outlook.tiers().get(i).name().equals(tier)) {
                return i;
            }
        }
        return -1;
    }

    private void panic(AppControl app, String asked, TierOutlook was, TierOutlook is) {
        if (is.panic() && !was.panic()) {
            told.accept(new Incident.PanicBegan(app.settings().name(), asked, is.name(), is.available(), is.enabled()));
        } else if (was.panic() && !is.panic()) {
            told.accept(new Incident.PanicEnded(app.settings().name(), asked, is.name()));
        }
    }

    private @Nullable FailedOver turned(Place place, Phase was, TierOutlook is, long now) {
        return switch (is.failback().phase()) {
            case SPILLING, LOST -> lost(place, was, is, now);
            case STEADYING, HOLDING, WAITING -> null;
            case RAMPING, PAUSED -> {
                comesBack(place, is, now);
                yield null;
            }
            case SETTLED -> {
                settled(place, was, is, now);
                yield null;
            }
        };
    }

    private @Nullable FailedOver lost(Place place, Phase was, TierOutlook is, long now) {
        Absence absence = away.computeIfAbsent(place, _ -> new Absence(now));
        absence.backSince = null;
        boolean more = is.failback().phase() == Phase.LOST && was == Phase.SPILLING;
        boolean relapse = was == Phase.RAMPING || was == Phase.PAUSED;
        if (was != Phase.SETTLED && !more && !relapse) {
            return null; // it was lost, and had nothing that it could lose
        }
        return new FailedOver(
                place.app.settings().name(), place.asked, FailedOver.TIER + is.name(), is.share().at(now), is.failback().why());
    }

    private void comesBack(Place place, TierOutlook is, long now) {
        Absence absence = away.computeIfAbsent(place, _ -> new Absence(now));
        if (absence.backSince == null) {
            absence.backSince = now;
            absence.before = place.app.app().setbacks().sums();
            told.accept(new Incident.FailbackBegan(place.app.settings().name(), place.asked, is.name(), Duration.ofNanos(now - absence.since)));
        }
    }

    private void settled(Place place, Phase was, TierOutlook is, long now) {
        if (was == Phase.SPILLING) {
            away.remove(place); // what it was to get became less
            return;
        }
        comesBack(place, is, now); // it may have been given all at once, because the others could not carry it
        Absence absence = away.remove(place);
        if (absence != null && absence.backSince != null) {
            Setbacks.Sums meanwhile = place.app.app().setbacks().sums().minus(absence.before);
            told.accept(new Incident.FailbackDone(
                    place.app.settings().name(),
                    place.asked,
                    is.name(),
                    Duration.ofNanos(absence.backSince - absence.since),
                    Duration.ofNanos(now - absence.backSince),
                    meanwhile.failed(),
                    meanwhile.retried()));
        }
    }
}
