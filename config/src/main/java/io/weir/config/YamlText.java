package io.weir.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * A text into one {@link Yaml}: the only place that knows the YAML library.
 *
 * <p>Built from the parser's events and not by its composer, because a composed node weighs several times as much (two marks, each
 * with options around them), recurses with the nesting, and lets aliases multiply unseen. Here the work is bounded by the text: the
 * nesting has a limit, and aliases are counted as what they stand for.
 */
final class YamlText {

    /** In characters; a config of 100,000 apps has some 30 million. */
    static final int LONGEST = 256 << 20;

    /** Eight levels are what a config needs. */
    static final int DEEPEST = 64;

    /** How many values aliases may add to a config, beside ten times as many as are written out. */
    static final int SPARE_VALUES = 1_000_000;

    private static final int MOST_TIMES = 10;

    /** In characters. The parser copies what it has not used yet each time that it reads on. */
    private static final int BUFFER = 1 << 20;

    private final String file;
    private final Parser parser;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private final ArrayDeque<Open> open = new ArrayDeque<>();
    private final @Nullable String[] recent = new String[1024];
    private long written;
    private long expanded;
    private @Nullable Yaml root;
    private final @Nullable Replacing replacing;

    /** What the values of a mapping are replaced by as soon as they have been read, so that a large one is never there as a whole. */
    interface Replacing {
        /** Of the mapping, within the text's own. */
        String key();

        Yaml instead(Yaml key, Yaml value);
    }

    /** A value that can be named by an alias, and how many values it is; null while it is still being read. */
    private record Anchored(@Nullable Yaml yaml, long values) {}

    /** A list or mapping whose end has not been read; of a mapping, keys and values in turn. */
    private record Open(CollectionStartEvent start, List<Yaml> children, long expandedBefore) {}

    private YamlText(String file, String text, @Nullable Replacing replacing) {
        this.replacing = replacing;
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setCodePointLimit(LONGEST)
                .setBufferSize(Math.min(text.length() + 1, BUFFER))
                .build();
        this.file = file;
        this.parser = new ParserImpl(settings, new StreamReader(settings, text));
    }

    /**
     * Reads a text of one document.
     *
     * @throws ConfigProblemsException if it is not well-formed; there is no reading on after that
     */
    static Yaml parse(String file, String text) throws ConfigProblemsException {
        Yaml yaml = parseIfAny(file, text);
        if (yaml == null) {
            throw problem(file, 1, 1, "the file is empty", "domains, here, regions and listeners are needed");
        }
        return yaml;
    }

    /** The same, or null if there is nothing in it: a file of a folder may be empty. */
    static @Nullable Yaml parseIfAny(String file, String text) throws ConfigProblemsException {
        return parseIfAny(file, text, null);
    }

    /** The same, with some of it replaced. */
    static @Nullable Yaml parseIfAny(String file, String text, @Nullable Replacing replacing) throws ConfigProblemsException {
        try {
            return new YamlText(file, text, replacing).document();
        } catch (MarkedYamlEngineException e) {
            throw notYaml(file, e);
        } catch (ReaderException e) {
            Position position = Position.at(text, text.offsetByCodePoints(0, e.getPosition()));
            throw problem(file, position.line(), position.column(), String.format("the character U+%04X is not allowed", e.getCodePoint()), null);
        } catch (YamlEngineException e) {
            throw problem(file, 1, 1, "is not YAML: " + e.getMessage(), null);
        }
    }

    private @Nullable Yaml document() throws ConfigProblemsException {
        while (parser.hasNext()) {
            Event event = parser.next();
            // instanceof, not a switch over types: its linkage costs 15 ms of a start, and the AOT cache can't keep it
            if (event instanceof ScalarEvent scalar) {
                scalar(scalar);
            } else if (event instanceof CollectionStartEvent start) {
                begin(start);
            } else if (event instanceof CollectionEndEvent) {
                end();
            } else if (event instanceof AliasEvent alias) {
                complete(aliased(alias));
            } else if (event instanceof DocumentStartEvent start && root != null) {
                throw problem(start, "a second document begins here", "remove the line with ---");
            }
        }
        return root instanceof Yaml.Scalar scalar && scalar.isNothing() ? null : root;
    }

    private void scalar(ScalarEvent event) throws ConfigProblemsException {
        refuseTag(event, event.getTag());
        count(event, 1);
        boolean plain = event.getScalarStyle() == ScalarStyle.PLAIN;
        Yaml scalar = new Yaml.Scalar(shared(event.getValue()), plain, line(event), column(event));
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(scalar, 1)));
        complete(scalar);
    }

    private void begin(CollectionStartEvent event) throws ConfigProblemsException {
        refuseTag(event, event.getTag());
        if (open.size() == DEEPEST) {
            throw problem(event, "is nested deeper than " + DEEPEST + " levels", null);
        }
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(null, 0)));
        open.push(new Open(event, new ArrayList<>(), expanded));
        count(event, 1);
    }

    private void end() {
        Open ended = open.pop();
        CollectionStartEvent start = ended.start;
        Yaml yaml = start instanceof MappingStartEvent
                ? new Yaml.Table(entries(ended.children), line(start), column(start))
                : new Yaml.Listing(List.copyOf(ended.children), line(start), column(start));
        start.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(yaml, expanded - ended.expandedBefore)));
        complete(yaml);
    }

    private Yaml aliased(AliasEvent event) throws ConfigProblemsException {
        Anchored anchored = anchors.get(event.getAlias());
        if (anchored == null) {
            throw problem(event, "nothing before this place is named &" + Quoted.cut(event.getAlias().getValue()), null);
        }
        if (anchored.yaml == null) {
            throw problem(event, "an alias cannot stand inside the value that it names", null);
        }
        count(event, anchored.values);
        return anchored.yaml;
    }

    private void complete(Yaml yaml) {
        Open parent = open.peek();
        if (parent == null) {
            root = yaml;
        } else {
            parent.children.add(replacing != null && open.size() == 2 ? replaced(replacing, parent, yaml) : yaml);
        }
    }

    /** Of a value in a mapping in the whole one. */
    private Yaml replaced(Replacing by, Open parent, Yaml yaml) {
        List<Yaml> siblings = parent.children;
        boolean isValue = parent.start instanceof MappingStartEvent && siblings.size() % 2 == 1;
        List<Yaml> whole = open.getLast().children;
        return isValue
                        && open.getLast().start instanceof MappingStartEvent
                        && whole.size() % 2 == 1
                        && whole.getLast() instanceof Yaml.Scalar key
                        && key.text().equals(by.key())
                ? by.instead(siblings.getLast(), yaml)
                : yaml;
    }

    private void count(NodeEvent event, long values) throws ConfigProblemsException {
        if (!(event instanceof AliasEvent)) {
            written++;
        }
        expanded += values;
        if (expanded > SPARE_VALUES + MOST_TIMES * written) {
            throw problem(event, "aliases make the config too large", "write less of it as aliases of lists and mappings");
        }
    }

    private void refuseTag(NodeEvent event, Optional<String> tag) throws ConfigProblemsException {
        if (tag.isPresent()) {
            throw problem(event, "a tag (\"!\") is not allowed here", "remove it; every key knows its type");
        }
    }

    private static List<Yaml.Entry> entries(List<Yaml> keysAndValues) {
        var entries = new Yaml.Entry[keysAndValues.size() / 2];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = new Yaml.Entry(keysAndValues.get(2 * i), keysAndValues.get(2 * i + 1));
        }
        return List.of(entries);
    }

    /** One string for keys and names that come again and again; they are a third of a large config's memory, also once it is read. */
    private String shared(String text) {
        int slot = text.hashCode() & (recent.length - 1);
        String before = recent[slot];
        if (before != null && before.equals(text)) {
            return before;
        }
        recent[slot] = text;
        return text;
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static int column(Event event) {
        return event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    }

    private static ConfigProblemsException notYaml(String file, MarkedYamlEngineException e) {
        Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
        int line = mark.map(Mark::getLine).orElse(0) + 1;
        int column = mark.map(Mark::getColumn).orElse(0) + 1;
        String said = e.getProblem();
        if (said.contains("\\t(TAB)")) {
            return problem(file, line, column, "a tab cannot stand here", "indent with spaces");
        }
        if (mark.filter(YamlText::isBehindDollar).isPresent()) {
            return problem(file, line, column, "within […] and {…}, ${…} must stand in quotes", "write \"${…}\"");
        }
        String context = e.getContext();
        return problem(file, line, column, "is not YAML: " + (context == null ? said : context + ", " + said), null);
    }

    private static boolean isBehindDollar(Mark mark) {
        int at = mark.getPointer();
        int[] buffer = mark.getBuffer();
        return at > 0 && at < buffer.length && buffer[at] == '{' && buffer[at - 1] == '$';
    }

    private ConfigProblemsException problem(Event at, String what, @Nullable String hint) {
        return problem(file, line(at), column(at), what, hint);
    }

    private static ConfigProblemsException problem(String file, int line, int column, String what, @Nullable String hint) {
        return new ConfigProblemsException(List.of(new Problem(file, line, column, "", Quoted.clean(what), hint)), Sources.NONE);
    }
}
