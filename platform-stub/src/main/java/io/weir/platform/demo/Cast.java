package io.weir.platform.demo;

import io.weir.platform.Jvm;
import io.weir.platform.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The scene as processes: what each is started with. */
final class Cast {
    /** Lives in a module that this one only runs. */
    private static final String BALANCER = "io.weir.app.Main";

    private static final List<String> EVERY_JVM = List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError");
    private static final List<String> BALANCER_JVM = List.of("-Xmx128m", "-XX:MaxDirectMemorySize=128m");
    /** Small and soon there; a sample app has no hot path that would need the second compiler. */
    private static final List<String> WORKER_JVM = List.of("-Xmx32m", "-XX:MaxDirectMemorySize=32m", "-XX:TieredStopAtLevel=1");

    private Cast() {}

    /** The load balancers, whose configs and certificates are written for them, the latter by a new CA. */
    static List<Processes.Part> balancers(Scene scene, Workplace workplace) throws IOException {
        certify(scene, workplace);
        Jvm jvm = Jvm.likeThisOne().with(EVERY_JVM).with(BALANCER_JVM);
        List<Processes.Part> parts = new ArrayList<>();
        for (Scene.Balancer balancer : scene.balancers()) {
            Path config = workplace.file(balancer.configName());
            Files.writeString(config, SceneConfig.of(scene, balancer, workplace.file(balancer.accessLogName())));
            parts.add(part(workplace, balancer.name(), jvm.tied(BALANCER, List.of("run", config.toString()))));
        }
        return parts;
    }

    private static void certify(Scene scene, Workplace workplace) throws IOException {
        try {
            CertificateAuthority authority = CertificateAuthority.make(Instant.now());
            Files.writeString(workplace.authority(), authority.certificate());
            for (Scene.Balancer balancer : scene.balancers()) {
                CertificateAuthority.Issued issued = authority.issue("weir demo " + balancer.name(), scene.certifiedHosts());
                Files.writeString(workplace.file(balancer.certificateName()), issued.certificate());
                Files.writeString(workplace.secret(balancer.keyName()), issued.key());
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("this Java can't make certificates: " + e.getMessage(), e);
        }
    }

    static List<Processes.Part> workers(Scene scene, Workplace workplace) {
        Jvm jvm = Jvm.likeThisOne().with(EVERY_JVM).with(WORKER_JVM);
        return scene.workers().stream()
                .map(worker -> part(workplace, worker.name(), jvm.tied(WorkerProcess.class.getName(), options(worker))))
                .toList();
    }

    private static List<String> options(Scene.Worker worker) {
        return List.of(
                "--app", worker.app(),
                "--name", worker.name(),
                "--region", worker.region(),
                "--zone", worker.zone(),
                "--bind", worker.address().toString());
    }

    private static Processes.Part part(Workplace workplace, String name, List<String> command) {
        return new Processes.Part(name, command, workplace.file(name + ".log"));
    }
}
