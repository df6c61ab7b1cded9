package io.weir.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Work grows with the file and no faster. It is measured as what is allocated, which, unlike time, is the same on every machine. */
class LargeConfigTest {

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void fourTimesTheAppsAreFourTimesTheWork() {
        String small = config(5_000, "app");
        String large = config(20_000, "app");
        Configs.read(Configs.LEAST);

        long smallWork = allocatedBy(() -> assertThat(Configs.read(small).apps()).hasSize(5_000));
        long largeWork = allocatedBy(() -> assertThat(Configs.read(large).apps()).hasSize(20_000));

        assertThat(largeWork).isLessThan(smallWork * 5);
    }

    @Test
    void namesThatDoNotExistAreNotComparedWithAllThatDo() {
        // 3,000 mappings that name none of 3,000 apps: nine million comparisons, if all were made.
        String text = config(3_000, "apq");

        assertThatExceptionOfType(ConfigProblemsException.class)
                .isThrownBy(() -> ConfigReader.read("weir.yaml", text))
                .satisfies(e -> {
                    assertThat(e.problems()).hasSize(Problems.MOST + 1);
                    assertThat(e.problems().getFirst().hint()).startsWith("did you mean");
                    assertThat(e.problems().get(Problems.MOST - 1).hint()).isEqualTo("define it under apps");
                });
    }

    private static String config(int apps, String mapped) {
        var text = new StringBuilder(Configs.LEAST).append("apps:\n");
        for (int i = 0; i < apps; i++) {
            text.append("  app").append(i).append(":\n    pools:\n      ca-c1: {workers: [{address: \"127.0.0.1:")
                    .append(1 + i).append("\", zone: ca-c1a}, {address: \"127.0.0.2:").append(1 + i).append("\", zone: ca-c1b}]}\n");
        }
        text.append("mappings:\n");
        for (int i = 0; i < apps; i++) {
            text.append("  - {host: h").append(i).append(".example.com, app: ").append(mapped).append(i).append("}\n");
        }
        return text.toString();
    }

    private long allocatedBy(Runnable reading) {
        long before = threads.getCurrentThreadAllocatedBytes();
        reading.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }
}
