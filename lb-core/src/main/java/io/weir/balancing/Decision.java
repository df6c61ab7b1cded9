package io.weir.balancing;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the tier and picks the target. A pure function of its arguments: the same question gets the same answer, live or in a tool.
 *
 * <p>The rules, the first that finds a target:
 * <ol>
 *   <li>A request that carries a target's mark goes back to it while it is ready and its tier takes a share. A tier that loses its traffic
 *       to another keeps those that come back to it until its share is 0.
 *   <li>The tier is chosen by the plan's shares, by the same luck for all attempts of a request. In it, its policy picks: after a failed
 *       attempt in another zone if it can, else any target that is ready: not tried, and not resting after it refused connections.
 *   <li>Other tiers that have one ready, in order of their {@link Standing}: a region whose workers all refuse fails no request that
 *       another can serve. From the attempt behind {@link #FAITHFUL} others on, they come before the chosen one, unless they are in panic.
 *   <li>Targets that rest, in the same order: they are skipped while another one is left, and so never the last.
 * </ol>
 *
 * <p>A plan's tiers hold only targets that may serve. So null means that all of them were tried.
 */
public final class Decision {
    /**
     * Attempts that a request makes in the tier chosen for it while somebody is ready there. An exchange writes at most 3 and tries at most 5
     * in all ({@link Attempts#MOST}): there is a fourth only where connections were refused, and the two that are left go where somebody may
     * take them.
     */
    static final int FAITHFUL = 3;

    private Decision() {}

    /**
     * The target for the next attempt, or null if every one that may serve has been tried.
     *
     * @param now ns on the caller's monotonic clock
     * @param draw what the request brings with it
     */
    public static @Nullable Target decide(Plan plan, Attempts attempts, long now, Draw draw) {
        return decide(plan, attempts, now, draw, DecisionTrace.NONE);
    }

    /** The same; {@code trace} is told each step, with why and why not. It changes no answer. */
    public static @Nullable Target decide(Plan plan, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace) {
        int chosen = plan.choose(draw, now);
        if (trace != null) {
            trace.told(choice(plan, chosen, now, draw));
        }
        Target target = draw.comesBack() ? marked(plan, attempts, now, draw, trace) : null;
        if (target == null) {
            target = inOrder(plan, chosen, Bar.READY, attempts, now, draw, trace);
        }
        if (target == null) {
            target = inOrder(plan, chosen, Bar.UNTRIED, attempts, now, draw, trace);
        }
        if (trace != null) {
            trace.told(new TraceStep.Pick(target == null ? null : target.name()));
        }
        return target;
    }

    private static @Nullable Target marked(Plan plan, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace) {
        for (int i = 0; i < plan.tiers().size(); i++) {
            Tier tier = plan.tiers().get(i);
            Target marked = plan.takesShare(i, now) ? tier.marked(draw) : null;
            if (marked != null) {
                if (trace != null) {
                    trace.told(new TraceStep.Mark(marked.name(), tier.name(), Bar.READY.obstacle(marked, attempts, now)));
                }
                return Bar.READY.admits(marked, attempts, now) ? marked : null;
            }
        }
        if (trace != null) {
            trace.told(new TraceStep.Mark(null, null, null));
        }
        return null;
    }

    private static @Nullable Target inOrder(
            Plan plan, int chosen, Bar bar, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace) {
        boolean faithful = attempts.count() < FAITHFUL;
        for (int n = 0, i = plan.nth(0, chosen, faithful, now); i >= 0; i = plan.nth(++n, chosen, faithful, now)) {
            Tier tier = plan.tiers().get(i);
            Target target = bar == Bar.READY ? ready(tier, attempts, now, draw, trace) : tier.pick(bar, attempts, now, draw, trace);
            if (target != null) {
                return target;
            }
        }
        return null;
    }

    private static @Nullable Target ready(Tier tier, Attempts attempts, long now, Draw draw, @Nullable DecisionTrace trace) {
        if (attempts.count() > 0) {
            Target target = tier.pick(Bar.ELSEWHERE, attempts, now, draw, trace);
            if (target != null) {
                return target;
            }
        }
        return tier.pick(Bar.READY, attempts, now, draw, trace);
    }

    private static TraceStep choice(Plan plan, int chosen, long now, Draw draw) {
        List<TraceStep.TierThen> tiers = new ArrayList<>();
        for (int i = 0; i < plan.tiers().size(); i++) {
            Tier tier = plan.tiers().get(i);
            double share = plan.shares().get(i).at(now);
            tiers.add(new TraceStep.TierThen(tier.name(), share, plan.standing(i, now), tier.targets().size()));
        }
        return new TraceStep.Choice(draw.luck(Draw.TIER, 0), tiers, chosen < 0 ? null : plan.tiers().get(chosen).name());
    }
}
