package io.weir.platform.demo;

import io.weir.topology.Region;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** The config of one load balancer of the scene, as a person would write it. */
final class SceneConfig {
    /** How long a load balancer waits at its end for requests under way, in seconds. */
    static final int DRAIN_SECONDS = 3;

    /** How soon an app is to be served well again after a loss, in seconds. */
    private static final int RECOVERY_SECONDS = 10;

    private SceneConfig() {}

    static String of(Scene scene, Scene.Balancer balancer, Path accessLog) {
        StringBuilder yaml = new StringBuilder();
        yaml.append("# Written by `weir demo`. All keys: docs/config.md\n");
        yaml.append("domains: [").append(Scene.DOMAIN).append("]\n");
        yaml.append("here: { region: ").append(balancer.region().name()).append(", zone: ").append(balancer.zone()).append(" }\n");
        yaml.append("listeners:\n");
        yaml.append("  - { bind: \"").append(balancer.address()).append("\" }\n");
        yaml.append("  - bind: \"").append(balancer.secure()).append("\"\n");
        yaml.append("    tls: { certificates: [ { cert: ").append(balancer.certificateName()).append(", key: ").append(balancer.keyName())
                .append(" } ] }\n");
        yaml.append("admin: { bind: \"").append(balancer.admin()).append("\" }\n");
        yaml.append("regions:\n");
        for (Region region : scene.regions()) {
            yaml.append("  ").append(region.name()).append(": { jurisdiction: ").append(region.jurisdiction()).append(", zones: ")
                    .append(region.zones()).append(" }\n");
        }
        yaml.append("apps:\n");
        Scene.APPS.forEach(app -> app(scene, app, yaml));
        yaml.append("mappings:\n");
        yaml.append("  - { host: ").append(Scene.MAPPED_HOST).append(", path: \"/old/\", redirect: \"/orders/v1/{rest}\" }\n");
        yaml.append("  - { host: ").append(Scene.MAPPED_HOST).append(", path: \"/{app}/v1/\", app: \"{app}\", rewrite: \"/\" }\n");
        yaml.append("access-log: { format: json, path: \"").append(accessLog).append("\" }\n");
        yaml.append("runtime: { drain: ").append(DRAIN_SECONDS).append("s }\n");
        return yaml.toString();
    }

    private static void app(Scene scene, String app, StringBuilder yaml) {
        yaml.append("  ").append(app).append(":\n");
        yaml.append("    check: { http: { path: /health }, interval: 2s }\n");
        yaml.append("    failover: { ").append(failover(scene, app)).append(" }\n");
        yaml.append("    objective: { rto: ").append(RECOVERY_SECONDS).append("s }\n");
        yaml.append("    pools:\n");
        for (Region region : scene.regions()) {
            yaml.append("      ").append(region.name()).append(":\n        workers:\n");
            for (Scene.Worker worker : scene.pool(app, region)) {
                yaml.append("          - { address: \"").append(worker.address()).append("\", zone: ").append(worker.zone()).append(" }\n");
            }
        }
    }

    /** Data of {@link Scene#RESIDENT} stays where it is; the others' apps fail over to any region, and come back soon, so that one can watch it. */
    private static String failover(Scene scene, String app) {
        String failback = "failback: { hold: 5s, ramp: 5s }";
        if (app.equals(Scene.RESIDENT)) {
            return "residency: [" + scene.regions().getFirst().jurisdiction() + "], " + failback;
        }
        String regions = scene.regions().stream().map(Region::name).collect(Collectors.joining(", "));
        return "to: [" + regions + "], " + failback;
    }
}
