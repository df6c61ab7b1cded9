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
import org.jspecify.annotations.Nullable;

/**
 * Reads a config: bytes → text → {@link YamlText} → {@link SettingsReader} → {@link Settings}, strictly. Every problem is reported at
 * once with its place; only a text that is no YAML at all ends with its first one.
 */
public final class ConfigReader {

    /** Of the checksum's hexadecimal digits; enough to tell the configs of one installation apart. */
    private static final int CHECKSUM_LENGTH = 12;

    private ConfigReader() {}

    /**
     * Reads a file in UTF-8.
     *
     * @throws ConfigProblemsException with everything that is wrong with it, also if it cannot be read
     */
    public static LoadedConfig read(Path file) throws ConfigProblemsException {
        String name = file.toString();
        byte[] bytes = bytes(name, file);
        return new LoadedConfig(settings(name, decode(name, bytes)), checksum(bytes));
    }

    /**
     * Reads a text.
     *
     * @param name stands for the file in problems
     * @throws ConfigProblemsException with everything that is wrong with it
     */
    public static LoadedConfig read(String name, String text) throws ConfigProblemsException {
        return new LoadedConfig(settings(name, text), checksum(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Settings settings(String name, String text) throws ConfigProblemsException {
        // A byte order mark is allowed in UTF-8, means nothing, and is left by some editors.
        Yaml yaml = YamlText.parse(name, text.startsWith("\uFEFF") ? text.substring(1) : text);
        var problems = new Problems(name);
        Settings settings = SettingsReader.read(new Value(yaml, KeyPath.ROOT, new Value.Session(problems, new Nearest())));
        if (!problems.isEmpty()) {
            throw problems.asException();
        }
        if (settings == null) {
            throw new IllegalStateException(name + " was refused without a problem");
        }
        return settings;
    }

    private static byte[] bytes(String name, Path file) throws ConfigProblemsException {
        try {
            if (Files.isDirectory(file)) {
                throw problem(name, "a folder of files is not yet served by this version", "name one file");
            }
            if (Files.size(file) > YamlText.LONGEST) {
                throw problem(name, "is larger than " + Sizes.print(YamlText.LONGEST), null);
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException _) {
            throw problem(name, "there is no such file", null);
        } catch (AccessDeniedException _) {
            throw problem(name, "may not be read by this user", null);
        } catch (IOException e) {
            throw problem(name, "cannot be read: " + e.getMessage(), null);
        }
    }

    private static String decode(String name, byte[] bytes) throws ConfigProblemsException {
        // A fresh decoder reports what it cannot decode, where String's constructor would replace it.
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (result.isError()) {
            Position place = Position.at(text, text.length());
            throw new ConfigProblemsException(
                    List.of(new Problem(name, place.line(), place.column(), "", "is not UTF-8 from here on", "save the file as UTF-8")));
        }
        return text.toString();
    }

    private static String checksum(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(digest).substring(0, CHECKSUM_LENGTH);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static ConfigProblemsException problem(String name, String what, @Nullable String hint) {
        return new ConfigProblemsException(List.of(new Problem(name, 1, 1, "", what, hint)));
    }
}
