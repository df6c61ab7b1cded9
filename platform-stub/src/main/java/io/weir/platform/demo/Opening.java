package io.weir.platform.demo;

import io.weir.topology.BindAddress;
import io.weir.topology.Region;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What has to answer before the demo goes on: the workers, before there is a load balancer that could find them unwell; then the load balancers,
 * and each worker of each pool through each of them.
 */
final class Opening {
    private List<Due> due;
    private List<Due> next;

    private Opening(Stream<Due> first, Stream<Due> next) {
        this.due = new ArrayList<>(first.toList());
        this.next = new ArrayList<>(next.toList());
    }

    /** The workers' own: load balancers that come later find all of them well. */
    static Opening ofWorkers(Scene scene) {
        return new Opening(scene.workers().stream().map(w -> answers(w.name(), w.address(), "/health")), Stream.of());
    }

    /** The load balancers', and then of every worker through each of them, unless no request may be sent there. */
    static Opening ofBalancers(Scene scene) {
        return new Opening(
                scene.balancers().stream().map(b -> answers(b.name(), b.admin(), "/ready")),
                scene.balancers().stream().flatMap(balancer -> scene.regions().stream()
                        .flatMap(region -> Scene.APPS.stream()
                                .filter(app -> scene.admits(app, region))
                                .map(app -> passes(balancer, Scene.host(app, region), scene.pool(app, region))))));
    }

    /**
     * One thing that has to answer.
     *
     * @param process who is asked
     */
    record Due(String process, String what, Question question) {
        boolean done() {
            try {
                return question.answered();
            } catch (IOException e) {
                return false; // not yet
            }
        }
    }

    @FunctionalInterface
    interface Question {
        boolean answered() throws IOException;
    }

    /** Asks once for everything that is due; returns whether all has answered. */
    boolean advance() {
        due.removeIf(Due::done);
        if (due.isEmpty()) {
            due = next;
            next = List.of();
            due.removeIf(Due::done);
        }
        return due.isEmpty();
    }

    /** What has not answered. */
    List<Due> missing() {
        return List.copyOf(due);
    }

    private static Due answers(String name, BindAddress address, String path) {
        return new Due(name, name + " at " + address, () -> Ask.get(address, address.toString(), path).status() == 200);
    }

    private static Due passes(Scene.Balancer balancer, String host, List<Scene.Worker> pool) {
        Set<String> silent = new HashSet<>(pool.stream().map(Scene.Worker::name).toList());
        return new Due(balancer.name(), host + " through " + balancer.name(), () -> {
            for (int i = 0; i < pool.size() && !silent.isEmpty(); i++) {
                Ask.get(balancer.address(), host, "/").worker().ifPresent(silent::remove);
            }
            return silent.isEmpty();
        });
    }
}
