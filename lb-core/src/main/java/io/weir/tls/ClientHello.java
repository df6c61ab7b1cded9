package io.weir.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What of a ClientHello (RFC 8446, 4.1.2) is needed before there is an engine for it. That it is well-formed is for the engine to see: what
 * can't be read here is taken not to be there.
 *
 * @param serverName the host that it asks for (RFC 6066, 3), in lower case, or null
 * @param ecdsa whether it can use a certificate with an EC key
 * @param strangeProtocols whether it names application protocols (RFC 7301) none of which is spoken here
 */
record ClientHello(@Nullable String serverName, boolean ecdsa, boolean strangeProtocols) {
    private static final int RANDOM_AND_VERSION = 34;
    private static final int SERVER_NAME = 0;
    private static final int SIGNATURE_ALGORITHMS = 13;
    private static final int ALPN = 16;
    private static final int SUPPORTED_VERSIONS = 43;

    private static final int TLS_1_3 = 0x0304;
    private static final int HOST_NAME = 0;
    private static final int LONGEST_NAME = 255;

    /** Suites of TLS 1.2 with such a certificate, as {@link CipherSuites} has them. */
    private static final Set<Integer> WITH_ECDSA = Set.of(0xc009, 0xc00a, 0xc02b, 0xc02c, 0xcca9);
    /** ecdsa_secp256r1_sha256, -384-, -521-, and ecdsa_sha1 (RFC 8446, 4.2.3). */
    private static final Set<Integer> ECDSA_SIGNATURES = Set.of(0x0403, 0x0503, 0x0603, 0x0203);

    /** One of a client of today. */
    static ClientHello asking(@Nullable String serverName) {
        return new ClientHello(serverName, true, false);
    }

    /** @param body the message behind its four bytes of type and length; it is not consumed */
    static ClientHello read(ByteBuf body, Set<String> spoken) {
        Reader reader = new Reader(spoken);
        try {
            reader.read(body.duplicate());
        } catch (IndexOutOfBoundsException _) {
            // cut short, or lengths that lie
        }
        boolean ecdsa = reader.ecdsaSignatures && (reader.tls13 || reader.ecdsaSuites);
        return new ClientHello(reader.serverName, ecdsa, reader.namesProtocols && !reader.knowsProtocol);
    }

    private static final class Reader {
        private final Set<String> spoken;
        private @Nullable String serverName;
        private boolean ecdsaSuites;
        private boolean ecdsaSignatures;
        private boolean tls13;
        private boolean namesProtocols;
        private boolean knowsProtocol;

        Reader(Set<String> spoken) {
            this.spoken = spoken;
        }

        void read(ByteBuf in) {
            in.skipBytes(RANDOM_AND_VERSION);
            in.skipBytes(in.readUnsignedByte()); // session id
            ByteBuf suites = in.readSlice(in.readUnsignedShort());
            while (suites.isReadable()) {
                ecdsaSuites |= WITH_ECDSA.contains(suites.readUnsignedShort());
            }
            in.skipBytes(in.readUnsignedByte()); // compression methods
            ByteBuf extensions = in.readSlice(in.readUnsignedShort());
            while (extensions.isReadable()) {
                int type = extensions.readUnsignedShort();
                extension(type, extensions.readSlice(extensions.readUnsignedShort()));
            }
        }

        private void extension(int type, ByteBuf in) {
            switch (type) {
                case SERVER_NAME -> serverName(in.readSlice(in.readUnsignedShort()));
                case SIGNATURE_ALGORITHMS -> {
                    ByteBuf schemes = in.readSlice(in.readUnsignedShort());
                    while (schemes.isReadable()) {
                        ecdsaSignatures |= ECDSA_SIGNATURES.contains(schemes.readUnsignedShort());
                    }
                }
                case SUPPORTED_VERSIONS -> {
                    ByteBuf versions = in.readSlice(in.readUnsignedByte());
                    while (versions.isReadable()) {
                        tls13 |= versions.readUnsignedShort() == TLS_1_3;
                    }
                }
                case ALPN -> {
                    namesProtocols = true;
                    ByteBuf names = in.readSlice(in.readUnsignedShort());
                    while (names.isReadable()) {
                        knowsProtocol |= spoken.contains(names.readString(names.readUnsignedByte(), StandardCharsets.ISO_8859_1));
                    }
                }
                default -> {}
            }
        }

        private void serverName(ByteBuf names) {
            while (names.isReadable() && serverName == null) {
                int kind = names.readUnsignedByte();
                String name = names.readString(names.readUnsignedShort(), StandardCharsets.ISO_8859_1);
                if (kind == HOST_NAME && isName(name)) {
                    String lower = name.toLowerCase(Locale.ROOT);
                    serverName = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
                }
            }
        }

        /** It stands in logs, so that nothing but names goes on. */
        private static boolean isName(String name) {
            return name.length() <= LONGEST_NAME
                    && name.length() > 1
                    && name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_');
        }
    }
}
