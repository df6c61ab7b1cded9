package io.weir.topology;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A text with captures, {@code /{app}/v1/}: to be matched, or to be filled in with what was captured elsewhere.
 *
 * @param parts in order, none of them empty; no capture follows another directly, since nothing would say where the first one ends
 */
public record Template(List<Part> parts) {
    /** A piece of text, or the name of a capture. */
    public record Part(String text, boolean isCapture) {}

    public Template {
        parts = List.copyOf(parts);
    }

    /**
     * Reads a text in which {@code {name}} is a capture and everything else stands for itself. A name is lower-case letters, digits and
     * hyphens, and begins with a letter.
     *
     * @throws IllegalArgumentException if it is malformed; the message says how
     */
    public static Template parse(String text) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int open = indexOf(text, '{', from);
            int stray = indexOf(text, '}', from);
            if (stray < open) {
                throw new IllegalArgumentException("a } stands without its {");
            }
            if (open > from) {
                parts.add(new Part(text.substring(from, open), false));
            }
            if (open == text.length()) {
                break;
            }
            if (stray == text.length()) {
                throw new IllegalArgumentException("a { is not closed");
            }
            String name = text.substring(open + 1, stray);
            if (!isName(name)) {
                throw new IllegalArgumentException(
                        "a capture must be named in lower-case letters, digits and hyphens, as in {app}, is {" + name + "}");
            }
            if (open == from && !parts.isEmpty()) {
                throw new IllegalArgumentException("{" + name + "} follows another capture directly: put something between them");
            }
            parts.add(new Part(name, true));
            from = stray + 1;
        }
        return new Template(parts);
    }

    private static int indexOf(String text, char c, int from) {
        int at = text.indexOf(c, from);
        return at < 0 ? text.length() : at;
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean later = i > 0 && ((c >= '0' && c <= '9') || c == '-');
            if (!((c >= 'a' && c <= 'z') || later)) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** The names of its captures, in order; one that stands twice is there twice. */
    public List<String> captures() {
        return parts.stream().filter(Part::isCapture).map(Part::text).toList();
    }

    /** The first capture that stands in it twice or in {@code others}, or an empty text. */
    public String repeated(List<String> others) {
        Set<String> seen = new HashSet<>(others);
        for (String name : captures()) {
            if (!seen.add(name)) {
                return name;
            }
        }
        return "";
    }

    /** The text with each capture replaced. */
    public String with(String replacement) {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.isCapture ? replacement : part.text));
        return text.toString();
    }

    /** As it is written. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        parts.forEach(part -> text.append(part.isCapture ? "{" + part.text + "}" : part.text));
        return text.toString();
    }
}
