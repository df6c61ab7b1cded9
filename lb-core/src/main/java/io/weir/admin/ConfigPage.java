package io.weir.admin;

import io.weir.config.SettingsTree;
import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code /config}: the settings in force with every default, as a config that says them, and where they came from. */
final class ConfigPage implements Page {
    private final Running running;

    ConfigPage(Running running) {
        this.running = running;
    }

    @Override
    public Reply answer(PageRequest request) throws RefusedException {
        request.knowOnly(Fleet.APP);
        ServedConfig config = running.config();
        Map<String, Object> tree = request.query().containsKey(Fleet.APP) ? one(request) : SettingsTree.of(config.settings());
        if (request.form() == Form.JSON) {
            Map<String, Object> facts = origin(config);
            putLastReload(running, facts);
            facts.put("settings", tree);
            return new Reply.Facts(facts);
        }
        return new Reply.Written(Form.TEXT.contentType(), to -> {
            Writer text = new BufferedWriter(new OutputStreamWriter(to, StandardCharsets.UTF_8));
            text.append("# ").append(TextForm.text(origin(config))).append('\n');
            YamlForm.write(tree, text);
            text.flush();
        });
    }

    private Map<String, Object> one(PageRequest request) throws RefusedException {
        Map<String, Object> apps = new LinkedHashMap<>();
        new Fleet(running).apps(request).forEach(app -> apps.put(app.name(), SettingsTree.app(app)));
        return Map.of("apps", apps);
    }

    /** What came of the last time that the config was read again, if it was. */
    static void putLastReload(Running running, Map<String, Object> facts) {
        Reloader reloader = running.reloader();
        if (reloader != null) {
            facts.put("watched", reloader.watched());
            facts.put("leaving", reloader.leaving());
            ReloadReport last = reloader.last();
            if (last != null) {
                facts.put("last_reload", last.facts());
            }
        }
    }

    /** Where a config came from. */
    static Map<String, Object> origin(ServedConfig config) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("origin", config.origin());
        if (config.checksum() != null) {
            facts.put("checksum", config.checksum());
        }
        facts.put("generation", config.generation());
        facts.put("loaded", config.loaded().truncatedTo(ChronoUnit.SECONDS));
        return facts;
    }
}
