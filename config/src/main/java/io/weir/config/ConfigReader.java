package io.weir.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a config, a file or a folder of files: bytes → text → {@link YamlText} → {@link SettingsReader} → {@link Settings}, strictly.
 * Every problem is reported at once with its place; only of a text that is no YAML at all, its first one is all that can be said.
 */
public final class ConfigReader {

    /** Of the checksum's hexadecimal digits; enough to tell the configs of one installation apart. */
    private static final int CHECKSUM_LENGTH = 12;

    /** Stands for what is no UTF-8, or for itself. */
    private static final char REPLACEMENT = '\uFFFD';

    private ConfigReader() {}

    /**
     * Reads a file in UTF-8, or all {@code *.yaml} and {@code *.yml} of a folder as one config. Hidden files and folders within it are
     * passed over.
     *
     * @throws ConfigProblemsException with everything that is wrong with it, also if it cannot be read
     */
    public static LoadedConfig read(Path path) throws ConfigProblemsException {
        return read(path, System::getenv);
    }

    /** The same, with variables from elsewhere. */
    static LoadedConfig read(Path path, Function<String, @Nullable String> environment) throws ConfigProblemsException {
        if (Files.isDirectory(path)) {
            return new ConfigFolder(path, environment).read();
        }
        String name = path.toString();
        byte[] bytes = bytes(path);
        var expansion = new Expansion(folderOf(path), environment);
        return new LoadedConfig(settings(name, decode(name, bytes), expansion), checksum(bytes));
    }

    /**
     * Reads a text. Paths in it are relative to where the process runs.
     *
     * @param name stands for the file in problems
     * @throws ConfigProblemsException with everything that is wrong with it
     */
    public static LoadedConfig read(String name, String text) throws ConfigProblemsException {
        var expansion = new Expansion(Path.of(""), System::getenv);
        return new LoadedConfig(settings(name, text, expansion), checksum(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** What is wrong with things that the config of that path names, with its places there. At least one. */
    public static ConfigProblemsException problems(Path path, List<Misfit> misfits) {
        return new MisfitPlaces(path).problems(misfits);
    }

    /** Where relative paths of a config begin that is one file. */
    static Path folderOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? Path.of("") : parent;
    }

    private static Settings settings(String name, String text, Expansion expansion) throws ConfigProblemsException {
        String shown = withoutMark(text);
        var sources = Sources.of(name, shown);
        Yaml yaml;
        try {
            yaml = YamlText.parse(name, shown);
        } catch (ConfigProblemsException e) {
            throw new ConfigProblemsException(e.problems(), sources);
        }
        var session = new Value.Session(name, true, new Problems(), new Nearest(), expansion);
        return settings(new Value(yaml, KeyPath.ROOT, session), session, sources);
    }

    static Settings settings(Value root, Value.Session session, Sources sources) throws ConfigProblemsException {
        Settings settings = SettingsReader.read(root);
        if (!session.problems().isEmpty()) {
            throw session.problems().asException(sources);
        }
        if (settings == null) {
            throw new IllegalStateException(session.file() + " was refused without a problem");
        }
        return settings;
    }

    /** A byte order mark is allowed in UTF-8, means nothing, and is left by some editors. */
    static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    static byte[] bytes(Path file) throws ConfigProblemsException {
        String name = file.toString();
        try {
            if (Files.size(file) > YamlText.LONGEST) {
                throw problem(name, "is larger than " + Sizes.print(YamlText.LONGEST), null);
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            throw problem(name, "there is no such file", null);
        } catch (AccessDeniedException _) {
            throw problem(name, "may not be read by this user", null);
        } catch (IOException e) {
            throw problem(name, "cannot be read: " + Quoted.clean(String.valueOf(e.getMessage())), null);
        }
    }

    static String decode(String name, byte[] bytes) throws ConfigProblemsException {
        String lenient = new String(bytes, StandardCharsets.UTF_8);
        if (lenient.indexOf(REPLACEMENT) < 0) {
            return lenient; // as it mostly is: without a copy in chars, which may be large
        }
        // A fresh decoder reports what it cannot decode, where String's constructor would replace it.
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (result.isError()) {
            Position place = Position.at(text, text.length());
            throw new ConfigProblemsException(
                    List.of(new Problem(name, place.line(), place.column(), "", "is not UTF-8 from here on", "save the file as UTF-8")),
                    Sources.of(name, withoutMark(text.toString())));
        }
        return text.toString();
    }

    static String checksum(byte[] bytes) {
        return checksum(digest(bytes));
    }

    static String checksum(String digest) {
        return digest.substring(0, CHECKSUM_LENGTH);
    }

    /** The SHA-256, in hexadecimal. */
    static String digest(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    static ConfigProblemsException problem(String name, String what, @Nullable String hint) {
        return new ConfigProblemsException(List.of(new Problem(name, 1, 1, "", what, hint)), Sources.NONE);
    }
}
