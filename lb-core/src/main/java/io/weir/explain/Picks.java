package io.weir.explain;

import io.weir.balancing.Attempts;
import io.weir.balancing.Decision;
import io.weir.balancing.DecisionTrace;
import io.weir.balancing.Draw;
import io.weir.balancing.Plan;
import io.weir.balancing.RecordedTarget;
import io.weir.balancing.Target;
import io.weir.balancing.Tier;
import io.weir.balancing.TraceStep;
import io.weir.config.AffinitySettings;
import io.weir.exchange.ClientAddress;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.WorkerReport;
import io.weir.http.RequestHead;
import io.weir.routing.App;
import io.weir.topology.Worker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The decisions for one request: its first attempt, and those that follow while each fails. On copies of the plan's targets as they are at
 * the moment, whose load stays what it is: an attempt that has failed counts no more.
 */
final class Picks {
    /** Targets that a line names; the others are counted. */
    private static final int NAMED = 3;

    private final AppNow app;
    private final Draw draw;
    private final Map<Target, Target> copies = new HashMap<>();
    private final List<Target> picked = new ArrayList<>();
    /** Those that were picked and are no workers, by copy. */
    private final Map<Target, Gateway> gateways = new HashMap<>();
    private final List<DecisionTrace> traces = new ArrayList<>();

    Picks(AppNow app, Draw draw, Subject subject) {
        this.app = app;
        this.draw = draw;
        Plan plan = app.plan().onto(target -> copies.computeIfAbsent(target, it -> RecordedTarget.of(it, app.now())));
        Attempts attempts = new Attempts();
        while (attempts.count() < Attempts.MOST) {
            DecisionTrace trace = new DecisionTrace();
            Target next = Decision.decide(plan, attempts, app.now(), draw, trace);
            traces.add(trace);
            if (next == null) {
                break;
            }
            picked.add(next);
            attempts.add(next);
        }
        List<Member> reached = app.states().stream().map(MemberState::member)
                .filter(member -> app.settings().isBehindGateway(member.worker().region()) && takes(member.target()))
                .toList();
        Map<Worker, WorkerReport> reports = reached.isEmpty() ? Map.of() : subject.reports(reached.stream().map(Member::worker).toList());
        for (Member member : reached) {
            Target copy = copy(member.target());
            Gateway gateway = Gateway.of(app.settings(), member.worker(), reports.get(member.worker()));
            if (copy != null && gateway != null) {
                gateways.put(copy, gateway);
            }
        }
    }

    /** The first attempt's target, or null if nobody may serve. */
    @Nullable Target first() {
        return picked.isEmpty() ? null : picked.getFirst();
    }

    /** Who one that was picked is, if he is no worker; else null. */
    @Nullable Gateway gateway(Target copy) {
        return gateways.get(copy);
    }

    private String name(Target copy) {
        Gateway gateway = gateway(copy);
        return gateway == null ? copy.name() : gateway.name();
    }

    /** The target as the decisions found it; null if it is in no tier of the plan. */
    @Nullable Target copy(Target target) {
        return copies.get(target);
    }

    /** Whether an attempt takes the target. */
    boolean takes(Target target) {
        Target copy = copy(target);
        return copy != null && picked.contains(copy);
    }

    /** What the first decision saw of its candidates, by name. */
    Map<String, TraceStep.Candidate> candidates() {
        Map<String, TraceStep.Candidate> all = new HashMap<>();
        for (TraceStep step : traces.getFirst().steps()) {
            if (step instanceof TraceStep.Question question) {
                question.candidates().forEach(candidate -> all.putIfAbsent(candidate.target(), candidate));
            }
        }
        return all;
    }

    // ---- stages

    /** What of the request leads it to its worker. */
    Stage key(App routed, RequestHead head, ClientAddress client) {
        AffinitySettings affinity = app.settings().affinity();
        Stage stage;
        if (routed.key() == null) {
            stage = new Stage("key", affinity == null ? "None: it goes by its turn or its luck." : mark(routed, head, affinity));
        } else {
            long key = routed.key().of(head, client.fingerprint());
            stage = new Stage("key", key == 0
                    ? "The request has nothing of what it is hashed by: it goes by its luck."
                    : String.format(Locale.ROOT, "It is hashed: key %016x.", key));
            if (affinity != null) {
                stage.because(mark(routed, head, affinity));
            }
        }
        return stage.fact("turn", Integer.toUnsignedLong(app.turn()));
    }

    private String mark(App routed, RequestHead head, AffinitySettings affinity) {
        if (routed.affinity() == null || routed.affinity().read(head) == 0) {
            return "It carries no cookie " + affinity.cookie() + ": it has no worker to come back to.";
        }
        for (Target copy : copies.values()) {
            if (draw.isMarkedFor(copy)) {
                return "Its cookie " + affinity.cookie() + " is of " + copy.name() + ".";
            }
        }
        return "Its cookie " + affinity.cookie() + " is of no worker that may serve.";
    }

    /** The first decision. */
    Stage pick() {
        Target first = first();
        Gateway gateway = first == null ? null : gateway(first);
        Stage stage = new Stage("pick", first == null ? "Nobody: no worker may serve."
                : gateway == null ? first.name() + " in zone " + first.zone() + "." : gateway.handedOver());
        for (TraceStep step : traces.getFirst().steps()) {
            boolean said = step instanceof TraceStep.Pick || (step instanceof TraceStep.Choice choice && choice.tiers().isEmpty());
            if (!said) {
                stage.because(sentence(step));
            }
        }
        if (first != null) {
            stage.fact("worker", first.name());
        }
        return gateway == null ? stage : stage.fact("gateway", gateway.facts());
    }

    private static String sentence(TraceStep step) {
        String text = step instanceof TraceStep.Question question ? asked(question) : step.text();
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }

    private static String asked(TraceStep.Question question) {
        List<TraceStep.Candidate> barred = question.candidates().stream().filter(it -> it.obstacle() != null).toList();
        int free = question.candidates().size() - barred.size();
        String all = String.format(
                Locale.ROOT, "tier %s, asked for one that is %s: %d of %d", question.tier(), bar(question), free, question.candidates().size());
        if (barred.isEmpty()) {
            return all;
        }
        return all + "; " + barred.stream().limit(NAMED).map(Picks::barred).collect(Collectors.joining(", "))
                + (barred.size() > NAMED ? ", and " + (barred.size() - NAMED) + " more can't be picked" : "");
    }

    private static String bar(TraceStep.Question question) {
        return switch (question.bar()) {
            case ELSEWHERE -> "ready and in another zone";
            case READY -> "ready";
            case UNTRIED -> "not tried, be it at rest";
        };
    }

    private static String barred(TraceStep.Candidate candidate) {
        return candidate.target() + (candidate.obstacle() == null ? "" : " " + candidate.obstacle().text());
    }

    /** What follows while attempts fail. */
    Stage retries(RequestHead.Method method, String methodText) {
        Stage stage = new Stage("retries", outcome());
        if (picked.size() == 1) {
            return stage;
        }
        Sheet sheet = new Sheet("attempts", "attempt", "worker", "zone", "tier");
        for (int i = 1; i < picked.size(); i++) {
            sheet.row(i + 1, picked.get(i).name(), picked.get(i).zone(), tier(picked.get(i)));
        }
        stage.because(method.idempotent()
                ? "At most 3 attempts are written to a worker, each of them after the first paid for from the app's retry budget; those that never got a connection are free."
                : methodText + " is not idempotent: it is tried again only where no worker can have seen any of it.");
        if (!gateways.isEmpty()) {
            stage.because("What a load balancer says it hasn't taken is tried elsewhere at no cost, whatever the method.");
        }
        if (picked.size() < Attempts.MOST) {
            stage.because("Then nobody is left, and how the last attempt failed is the answer.");
        }
        return stage.sheet(sheet);
    }

    private String outcome() {
        return picked.size() == 1
                ? "If that fails: nobody, and how it failed is the answer."
                : "If that fails: " + picked.stream().skip(1).map(this::name).collect(Collectors.joining(", then ")) + ".";
    }

    private @Nullable String tier(Target copy) {
        return app.plan().tiers().stream()
                .filter(tier -> tier.targets().stream().anyMatch(target -> copy.equals(copies.get(target))))
                .map(Tier::name)
                .findFirst()
                .orElse(null);
    }
}
