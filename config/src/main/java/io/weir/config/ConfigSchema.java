package io.weir.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON Schema of a config, for editors. It is made from the readers themselves. */
public final class ConfigSchema {

    private ConfigSchema() {}

    /**
     * The schema's text, draft 2020-12. No key is required at the top, since a file of a folder may leave any to the others; and
     * what keys have to do with each other is for {@link ConfigReader} alone.
     */
    public static String json() {
        var schema = new LinkedHashMap<String, Object>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "Weir config");
        schema.put("description", "A config of Weir, or one file of a folder. `weir check` knows more: names that must exist, and what must not be twice.");
        schema.putAll(Shape.of(SettingsReader::read));
        schema.remove("required");
        schema.put("$defs", Map.of(Forms.EXPANDED_NAME, Forms.expanded()));
        return JsonText.of(schema) + '\n';
    }
}
