package io.weir.app;

import io.weir.config.ConfigProblemsException;
import io.weir.config.LoadedConfig;
import io.weir.config.Problem;
import io.weir.config.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is said of a config that was read, or refused. */
final class ConfigReport {

    private ConfigReport() {}

    /** Every problem with its line and a caret beneath the column, and how many there are. */
    static void print(ConfigProblemsException refused, Path path, PrintStream to) {
        to.println(refused.report() + "weir: " + count(refused.problems().size(), "problem") + " in " + path);
    }

    /** For JSON: every problem with its parts. */
    static List<Map<String, @Nullable Object>> parts(ConfigProblemsException refused) {
        return refused.problems().stream().map(ConfigReport::parts).toList();
    }

    private static Map<String, @Nullable Object> parts(Problem problem) {
        var parts = new LinkedHashMap<String, @Nullable Object>();
        parts.put("file", problem.file());
        parts.put("line", problem.line());
        parts.put("column", problem.column());
        parts.put("path", problem.path());
        parts.put("what", problem.what());
        parts.put("hint", problem.hint());
        return parts;
    }

    /** {@code ok: 1 app, 2 workers, 1530e9d9afef}. */
    static String ok(LoadedConfig config) {
        return "ok: " + size(config.settings()) + ", " + config.checksum();
    }

    /** {@code 1 app, 2 workers}. */
    static String size(Settings settings) {
        int workers = settings.apps().values().stream()
                .flatMap(app -> app.pools().values().stream())
                .mapToInt(pool -> pool.workers().size())
                .sum();
        return count(settings.apps().size(), "app") + ", " + count(workers, "worker");
    }

    private static String count(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
