package io.weir.explain;

import io.weir.config.JsonText;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What becomes of a request, stage by stage. The same question of the same state makes the same bytes. */
public final class Explanation {
    private final Question question;
    private final List<Stage> stages;
    private final Ending ending;

    Explanation(Question question, List<Stage> stages, Ending ending) {
        this.question = question;
        this.stages = List.copyOf(stages);
        this.ending = ending;
    }

    public Ending ending() {
        return ending;
    }

    List<Stage> stages() {
        return stages;
    }

    /** For people: a paragraph for each stage, with a final line end. */
    public String text() {
        Paragraphs text = new Paragraphs();
        text.line(question.method() + " " + question.url() + " from " + question.from() + ", seed " + question.seed());
        stages.forEach(text::stage);
        Stage answer = new Stage("answer", ending.says());
        text.stage(ending.remedy() == null ? answer : answer.because(ending.remedy()));
        return text.toString();
    }

    /** For programs: durations are seconds, parts of a whole 0 to 1; with a final line end. */
    public String json() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        Map<String, Object> asked = new LinkedHashMap<>();
        asked.put("method", question.method());
        asked.put("url", question.url().toString());
        asked.put("headers", question.fields());
        asked.put("from", question.from().toString());
        asked.put("seed", question.seed());
        all.put("request", asked);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("status", ending.status() == 0 ? null : ending.status());
        answer.put("reason", ending.reason());
        answer.put("worker", ending.worker());
        answer.put("says", ending.says());
        answer.put("remedy", ending.remedy());
        all.put("answer", answer);
        all.put("stages", stages.stream().map(Explanation::facts).toList());
        return JsonText.of(all) + "\n";
    }

    private static Map<String, @Nullable Object> facts(Stage stage) {
        Map<String, @Nullable Object> facts = new LinkedHashMap<>();
        facts.put("stage", stage.name());
        facts.put("says", stage.outcome());
        facts.put("why", stage.why());
        stage.facts().forEach((key, value) -> facts.put(key, cell(value)));
        for (Sheet sheet : stage.sheets()) {
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            for (List<@Nullable Object> row : sheet.rows()) {
                rows.add(row(sheet, row));
            }
            facts.put(sheet.name(), rows);
            facts.put(sheet.name() + "_left_off", sheet.leftOff());
        }
        return facts;
    }

    private static Map<String, @Nullable Object> row(Sheet sheet, List<@Nullable Object> cells) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            row.put(sheet.columns().get(i), cell(cells.get(i)));
        }
        return row;
    }

    private static @Nullable Object cell(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Part part -> rounded(part.of1());
            case Duration duration -> rounded(duration.toNanos() / 1e9);
            case Object other -> other;
        };
    }

    private static BigDecimal rounded(double value) {
        return new BigDecimal(BigDecimal.valueOf(value).setScale(6, RoundingMode.HALF_EVEN).stripTrailingZeros().toPlainString());
    }
}
