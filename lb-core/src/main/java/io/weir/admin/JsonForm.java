package io.weir.admin;

import java.io.OutputStream;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** Facts as JSON. Durations are seconds; beside a table stands {@code NAME_left_off}. */
final class JsonForm {
    private static final JsonFactory JSON =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private static final ObjectWriteContext IN_LINES = new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }

        @Override
        public boolean hasPrettyPrinter() {
            return true;
        }
    };

    private JsonForm() {}

    /** On as many lines as it takes. */
    static void write(Map<String, ?> facts, OutputStream to) {
        try (JsonGenerator json = JSON.createGenerator(IN_LINES, to)) {
            value(facts, json);
            json.writeRaw('\n');
        }
    }

    /** On one line, without its end. */
    static String line(Map<String, ?> facts) {
        var text = new java.io.StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            value(facts, json);
        }
        return text.toString();
    }

    private static void value(@Nullable Object value, JsonGenerator json) {
        switch (value) {
            case null -> json.writeNull();
            case Map<?, ?> facts -> object(facts, json);
            case List<?> items -> {
                json.writeStartArray();
                items.forEach(item -> value(item, json));
                json.writeEndArray();
            }
            case Table table -> rows(table, json);
            case Boolean bool -> json.writeBoolean(bool);
            case Integer number -> json.writeNumber(number);
            case Long number -> json.writeNumber(number);
            case Share share -> json.writeNumber(share.value());
            case Duration duration -> json.writeNumber(seconds(duration));
            case Instant instant -> json.writeString(instant.toString());
            case Object other -> json.writeString(other.toString());
        }
    }

    private static void object(Map<?, ?> facts, JsonGenerator json) {
        json.writeStartObject();
        facts.forEach((name, fact) -> {
            json.writeName(String.valueOf(name));
            value(fact, json);
            if (fact instanceof Table table) {
                json.writeName(name + "_left_off");
                json.writeNumber(table.leftOff());
            }
        });
        json.writeEndObject();
    }

    private static void rows(Table table, JsonGenerator json) {
        json.writeStartArray();
        for (List<@Nullable Object> row : table.rows()) {
            json.writeStartObject();
            for (int i = 0; i < row.size(); i++) {
                json.writeName(table.columns().get(i));
                value(row.get(i), json);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** To the millisecond, or to the microsecond where there is a part of one. */
    private static BigDecimal seconds(Duration duration) {
        long micros = duration.toNanos() / 1000;
        return micros % 1000 == 0 ? BigDecimal.valueOf(micros / 1000, 3) : BigDecimal.valueOf(micros, 6);
    }
}
