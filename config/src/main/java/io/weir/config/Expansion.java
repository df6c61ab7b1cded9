package io.weir.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts into values what stands elsewhere: <code>${NAME}</code>, <code>${NAME:-default}</code>, <code>${file:path}</code>. What was put
 * in is not looked at again, so that nothing in a secret has a meaning. <code>$${</code> stands for <code>${</code>.
 */
final class Expansion {

    /** What every reference begins with. */
    static final String OPEN = "${";

    /** In bytes. Tokens and passwords are shorter; what is longer was named by mistake. */
    private static final int LONGEST_FILE = 64 << 10;

    /** In characters. What is shorter would be found in any message by chance. */
    private static final int SHORTEST_SECRET = 4;

    private static final String FILE = "file:";
    private static final String OTHERWISE = ":-";
    private static final String FORMS = "write ${NAME}, ${NAME:-default} or ${file:path}, or $${ for the characters ${";

    private final Path folder;
    private final Function<String, @Nullable String> environment;
    private final Map<Path, String> texts = new HashMap<>();
    private final Set<String> secrets = new HashSet<>();

    /**
     * For the values of one config.
     *
     * @param folder where relative paths begin
     */
    Expansion(Path folder, Function<String, @Nullable String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** The text with everything put in; null if something is missing, which has been reported. */
    @Nullable String expand(String text, Value at) {
        var expanded = new StringBuilder(text.length());
        int from = 0;
        for (int open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
            if (open > from && text.charAt(open - 1) == '$') {
                expanded.append(text, from, open - 1).append(OPEN);
                from = open + OPEN.length();
                continue;
            }
            String reference = reference(text, open + OPEN.length(), at);
            String found = reference == null ? null : find(reference, at);
            if (reference == null || found == null) {
                return null;
            }
            expanded.append(text, from, open).append(found);
            from = open + OPEN.length() + reference.length() + 1;
        }
        return expanded.append(text, from, text.length()).toString();
    }

    /**
     * The message without any file's text in it, however it got there: as another value's address, or in lower case. Values that
     * were expanded are not quoted in the first place; this is for messages about others.
     */
    String hide(String message) {
        String hidden = message;
        for (String secret : secrets) {
            hidden = Pattern.compile(secret, Pattern.LITERAL | Pattern.CASE_INSENSITIVE).matcher(hidden).replaceAll("…");
        }
        return hidden;
    }

    /** A path as it is written, from the folder on if it is relative. */
    Path resolve(String path) {
        return folder.resolve(path);
    }

    private static @Nullable String reference(String text, int from, Value at) {
        int close = text.indexOf('}', from);
        if (close < 0) {
            at.report("${ is not closed", FORMS);
            return null;
        }
        String reference = text.substring(from, close);
        if (reference.contains(OPEN)) {
            at.report("one ${…} cannot stand inside another", "give the inner one a variable or a file of its own");
            return null;
        }
        return reference;
    }

    private @Nullable String find(String reference, Value at) {
        return reference.startsWith(FILE) ? textOf(reference.substring(FILE.length()), at) : variable(reference, at);
    }

    private @Nullable String variable(String reference, Value at) {
        int mark = reference.indexOf(OTHERWISE);
        String name = mark < 0 ? reference : reference.substring(0, mark);
        if (!isName(name)) {
            at.report("${…} cannot hold " + Quoted.of(reference), FORMS);
            return null;
        }
        String found = environment.apply(name);
        if (mark >= 0) {
            // As in a shell: a variable that is set to nothing has its default, too.
            return found == null || found.isEmpty() ? reference.substring(mark + OTHERWISE.length()) : found;
        }
        if (found == null) {
            at.report("the environment has no " + Quoted.cut(name), "set it, or give a default: ${" + Quoted.cut(name) + ":-…}");
        }
        return found;
    }

    private @Nullable String textOf(String written, Value at) {
        String said = "the file " + Quoted.cut(written);
        Path file;
        try {
            file = resolve(written);
        } catch (InvalidPathException _) {
            at.report("${…} cannot hold " + Quoted.of(FILE + written), FORMS);
            return null;
        }
        String known = texts.get(file);
        if (known != null) {
            return known;
        }
        try {
            String text = read(file);
            if (text == null) {
                at.report(said + " is no file of at most " + Sizes.print(LONGEST_FILE), "name one that holds the value and nothing else");
                return null;
            }
            texts.put(file, text);
            if (text.length() >= SHORTEST_SECRET) {
                secrets.add(text);
            }
            return text;
        } catch (NoSuchFileException _) {
            at.report("there is no file " + Quoted.cut(written), "it was looked for at " + Quoted.clean(file.toAbsolutePath().toString()));
        } catch (AccessDeniedException _) {
            at.report(said + " may not be read by this user", null);
        } catch (CharacterCodingException _) {
            at.report(said + " is not UTF-8", null);
        } catch (IOException e) {
            at.report(said + " cannot be read: " + Quoted.clean(String.valueOf(e.getMessage())), null);
        }
        return null;
    }

    /** Without its last line's end, which editors and {@code echo} put there unasked; null if it is none or too long. */
    private static @Nullable String read(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return null; // a pipe would be waited for
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LONGEST_FILE + 1);
            if (bytes.length > LONGEST_FILE) {
                return null;
            }
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            int end = text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
            return text.substring(0, text.length() - end);
        }
    }

    /** As the shell has it: letters, digits and underscores, no digit first. */
    private static boolean isName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
            if (!letter && (i == 0 || c < '0' || c > '9')) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
