package io.weir.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of a PEM file (RFC 7468).
 *
 * @param label what stands behind {@code BEGIN}
 * @param text what stands between its first and last line
 */
record Pem(String label, String text) {
    /** In bytes; chains have a few kB. */
    private static final int LARGEST = 1024 * 1024;

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

    /** The blocks of a file, in order. */
    static List<Pem> blocks(Path file) throws BadPairException {
        List<Pem> blocks = new ArrayList<>();
        Matcher found = BLOCK.matcher(new String(bytes(file), StandardCharsets.ISO_8859_1));
        while (found.find()) {
            blocks.add(new Pem(found.group(1), found.group(2)));
        }
        return blocks;
    }

    /** What a file holds. */
    static byte[] bytes(Path file) throws BadPairException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new BadPairException(file, "is larger than 1 MiB; is it the right file?");
            }
            return bytes;
        } catch (NoSuchFileException _) {
            throw new BadPairException(file, "there is no such file");
        } catch (AccessDeniedException _) {
            throw new BadPairException(file, "may not be read by this user; let it read the file, or run as one who may");
        } catch (IOException e) {
            throw new BadPairException(file, "can't be read: " + e.getMessage());
        }
    }

    /** Whether a passphrase is needed, as the older form says inside (RFC 1421, 4.6.1.1). */
    boolean encrypted() {
        return label.equals("ENCRYPTED PRIVATE KEY") || text.contains("ENCRYPTED");
    }

    /**
     * Its content.
     *
     * @throws IllegalArgumentException if it is not base64
     */
    byte[] der() {
        return Base64.getMimeDecoder().decode(text);
    }
}
