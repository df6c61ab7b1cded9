package io.weir.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stage of a request's way: what came of it, why, and what it was decided on. */
final class Stage {
    private final String name;
    private final String outcome;
    private final List<String> why = new ArrayList<>();
    private final Map<String, Object> facts = new LinkedHashMap<>();
    private final List<Sheet> sheets = new ArrayList<>();

    /** {@code outcome} is a sentence. */
    Stage(String name, String outcome) {
        this.name = name;
        this.outcome = outcome;
    }

    /** A sentence that says why. */
    Stage because(String sentence) {
        why.add(sentence);
        return this;
    }

    /** For programs: what its sentences say. */
    Stage fact(String key, Object value) {
        facts.put(key, value);
        return this;
    }

    Stage sheet(Sheet sheet) {
        sheets.add(sheet);
        return this;
    }

    String name() {
        return name;
    }

    String outcome() {
        return outcome;
    }

    List<String> why() {
        return why;
    }

    Map<String, Object> facts() {
        return facts;
    }

    List<Sheet> sheets() {
        return sheets;
    }
}
