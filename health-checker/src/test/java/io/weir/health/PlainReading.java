package io.weir.health;

import static io.weir.health.Health.HEALTHY;
import static io.weir.health.Health.PROBATION;
import static io.weir.health.Health.UNHEALTHY;
import static io.weir.health.Health.UNPROVEN;
import static java.util.Objects.requireNonNull;

import io.weir.config.CheckSettings;
import io.weir.config.EjectionSettings;
import io.weir.config.HealthSettings;
import io.weir.health.HealthTransition.Cause;
import io.weir.topology.Worker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@code docs/health.md} read once more, plainly: everything that was seen of a worker is kept, and each question is answered by
 * going through it. Without success rates.
 */
final class PlainReading {
    private final HealthSettings settings;
    private final Map<Worker, Story> stories = new LinkedHashMap<>();

    /** One change, as the rules want it. */
    record Change(Worker worker, Health from, Health to, Cause cause, long at) {}

    final List<Change> changes = new ArrayList<>();

    /** Something seen of a worker: a check's outcome, or a report. */
    private record Seen(@Nullable CheckResult check, @Nullable TrafficReport report) {}

    private static final class Story {
        final List<Seen> all = new ArrayList<>();
        /** Where in {@code all} the present health begins; a takeover of an ejection begins it too. */
        int begin;

        Health health = UNPROVEN;
        boolean ejected;
        long since;
        long availableSince;
        long until;
        long remembered;
    }

    PlainReading(List<Worker> workers, HealthSettings settings, long now) {
        this.settings = settings;
        workers.forEach(worker -> stories.put(worker, new Story()));
        if (settings.check() == null) {
            workers.forEach(worker -> change(worker, HEALTHY, Cause.SETTINGS, now));
        }
    }

    void checked(Worker worker, CheckResult result, long now) {
        time(now);
        Story story = story(worker);
        story.all.add(new Seen(result, null));
        CheckSettings check = requireNonNull(settings.check());
        boolean convicted = story.health == UNHEALTHY && !story.ejected;
        if (result.passed()) {
            if (story.health == UNPROVEN) {
                change(worker, HEALTHY, Cause.CHECK, now);
            } else if (convicted && checksInARow(story, true, story.begin) >= check.rise()) {
                change(worker, PROBATION, Cause.CHECK, now);
            } else {
                endProbation(worker, now);
            }
        } else if (!convicted) {
            boolean enough = story.health == PROBATION || complains(story) || checksInARow(story, false, 0) >= check.fall();
            if (enough && story.ejected) {
                story.ejected = false;
                story.begin = story.all.size();
            } else if (enough) {
                forget(story, now);
                change(worker, UNHEALTHY, Cause.CHECK, now);
            }
        }
    }

    void answered(TrafficReport report, long now) {
        time(now);
        Worker worker = report.worker();
        Story story = story(worker);
        story.all.add(new Seen(null, report));
        endProbation(worker, now);
        EjectionSettings limits = settings.ejection();
        if (limits == null || report.bad() == 0 || !story.health.available()) {
            return;
        }
        boolean trial = story.health == PROBATION && goodOnes(story) < limits.failures() && report.bad() >= report.good();
        long ejected = stories.values().stream().filter(each -> each.ejected).count();
        boolean another = stories.values().stream().anyMatch(each -> each != story && each.health.available());
        double most = limits.most() == 0 ? 0 : Math.max(1, Math.floor(limits.most() * stories.size()));
        if ((trial || report.streak() >= limits.failures()) && another && ejected + 1 <= most) {
            forget(story, now);
            story.remembered++;
            story.until = now + Math.min(limits.time().toNanos() * story.remembered, Duration.ofMinutes(5).toNanos());
            story.ejected = true;
            change(worker, UNHEALTHY, Cause.FAILURES, now);
        }
    }

    /** What time alone has brought about up to {@code now}. */
    void time(long now) {
        stories.forEach((worker, story) -> {
            if (story.ejected && now >= story.until) {
                story.ejected = false;
                change(worker, PROBATION, Cause.TIME, story.until);
            }
            long end = story.since + slowStart();
            if (story.health == PROBATION && now > end) {
                endProbation(worker, end);
            }
        });
        changes.sort((one, other) -> Long.compare(one.at(), other.at()));
    }

    private void endProbation(Worker worker, long now) {
        Story story = story(worker);
        List<Seen> here = story.all.subList(story.begin, story.all.size());
        boolean doubted = checksInARow(story, false, 0) > 0 || complains(story);
        if (story.health != PROBATION || now < story.since + slowStart() || doubted) {
            return;
        }
        if (here.stream().anyMatch(seen -> seen.report() != null && wentWell(seen.report()))) {
            change(worker, HEALTHY, Cause.ANSWERS, now);
        } else if (here.stream().anyMatch(seen -> seen.check() != null && seen.check().passed())) {
            change(worker, HEALTHY, Cause.CHECK, now);
        }
    }

    /** Whether traffic's last word, if no check has passed since, was bad. */
    private static boolean complains(Story story) {
        int from = story.health == PROBATION ? story.begin : 0;
        for (int i = story.all.size() - 1; i >= from; i--) {
            Seen seen = story.all.get(i);
            TrafficReport report = seen.report();
            if (seen.check() != null && seen.check().passed()) {
                return false;
            }
            if (report != null && (report.waiting() || (report.bad() > 0 && report.streak() > 0))) {
                return true;
            }
            if (report != null && report.good() > 0) {
                return false;
            }
        }
        return false;
    }

    private static int checksInARow(Story story, boolean passed, int from) {
        int count = 0;
        for (Seen seen : story.all.subList(from, story.all.size())) {
            if (seen.check() != null) {
                count = seen.check().passed() == passed ? count + 1 : 0;
            }
        }
        return count;
    }

    private static int goodOnes(Story story) {
        return story.all.subList(story.begin, story.all.size()).stream()
                .filter(seen -> seen.report() != null && seen.report().good() > seen.report().bad())
                .mapToInt(seen -> seen.report() == null ? 0 : seen.report().good())
                .sum();
    }

    private void forget(Story story, long now) {
        if (story.health.available() && settings.ejection() != null) {
            long forgotten = (now - story.availableSince) / (10 * settings.ejection().time().toNanos());
            story.remembered = Math.max(0, story.remembered - forgotten);
        }
    }

    private void change(Worker worker, Health to, Cause cause, long at) {
        Story story = story(worker);
        changes.add(new Change(worker, story.health, to, cause, at));
        if (to.available() && !story.health.available()) {
            story.availableSince = at;
        }
        story.health = to;
        story.since = at;
        story.begin = story.all.size();
    }

    private static boolean wentWell(TrafficReport report) {
        return report.good() > 0 && report.streak() == 0;
    }

    private long slowStart() {
        return settings.slowStart() == null ? 0 : settings.slowStart().toNanos();
    }

    private Story story(Worker worker) {
        return requireNonNull(stories.get(worker));
    }
}
