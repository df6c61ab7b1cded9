package io.weir.platform.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.config.ConfigReader;
import io.weir.config.ListenerSettings;
import io.weir.config.MappingSettings;
import io.weir.config.Settings;
import io.weir.topology.BindAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SceneTest {
    private final Scene scene = Scene.at(8080);

    @Test
    void aZoneIsANetworkOfItsOwn() {
        Map<String, TreeSet<String>> networks = scene.workers().stream()
                .collect(Collectors.groupingBy(
                        Scene.Worker::zone,
                        TreeMap::new,
                        Collectors.mapping(
                                worker -> worker.address().host().substring(0, worker.address().host().lastIndexOf('.')),
                                Collectors.toCollection(TreeSet::new))));

        assertThat(networks).hasToString("{ca-c1a=[127.1.1], ca-c1b=[127.1.2], us-e1a=[127.2.1], us-e1b=[127.2.2]}");
    }

    @Test
    void noAddressIsUsedTwiceAndNoPortBesideThosePromised() {
        assertThat(scene.addresses()).hasSize(15).doesNotHaveDuplicates();
        assertThat(scene.addresses().stream().map(BindAddress::port).distinct()).containsExactly(8080, 8085, 8082, 8081, 8086, 8083, 8084);
        assertThat(8080 + Scene.PORTS - 1).isEqualTo(8086);
    }

    @Test
    void everyAppIsInBothRegionsAndOneIsSpreadOverAllZones() {
        scene.regions().forEach(region -> assertThat(Scene.APPS).allSatisfy(app -> assertThat(scene.pool(app, region)).isNotEmpty()));
        assertThat(scene.workers().stream().filter(w -> w.app().equals("orders")).map(Scene.Worker::zone))
                .containsExactly("ca-c1a", "ca-c1b", "us-e1a", "us-e1b");
    }

    @Test
    void eachBalancersConfigHasNoProblemsAndEveryWorker() throws Exception {
        for (Scene.Balancer balancer : scene.balancers()) {
            Settings settings = ConfigReader.read("demo", SceneConfig.of(scene, balancer, Path.of("/tmp/access.log"))).settings();

            assertThat(settings.here().region()).isEqualTo(balancer.region().name());
            assertThat(settings.listeners()).extracting(ListenerSettings::bind).containsExactly(balancer.address(), balancer.secure());
            assertThat(settings.listeners()).extracting(one -> one.tls() != null).containsExactly(false, true);
            assertThat(settings.mappings()).hasSize(2).allSatisfy(mapping -> assertThat(mapping).isInstanceOf(MappingSettings.class));
            List<String> addresses = settings.apps().values().stream()
                    .flatMap(app -> app.pools().values().stream())
                    .flatMap(pool -> pool.workers().stream())
                    .map(worker -> worker.zone() + " " + worker.address())
                    .toList();
            assertThat(addresses)
                    .containsExactlyInAnyOrderElementsOf(
                            scene.workers().stream().map(worker -> worker.zone() + " " + worker.address()).toList());
        }
    }
}
