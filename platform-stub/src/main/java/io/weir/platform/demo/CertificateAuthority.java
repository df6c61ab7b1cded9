package io.weir.platform.demo;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * A CA that lives as long as this object: it signs certificates for servers (X.509, RFC 5280), and its own private key is never written
 * anywhere. Java reads certificates but makes none, and its keytool would be a process for each step.
 */
final class CertificateAuthority {
    private static final String NAME = "weir demo CA";

    /** Nobody is to be in its way by a clock that goes behind. */
    private static final Duration BEFORE = Duration.ofHours(1);

    /** Browsers believe no server's certificate that is valid for longer than 398 days. */
    private static final Duration AFTER = Duration.ofDays(365);

    private static final int SERIAL_BITS = 127;
    private static final int KEY_ID_BYTES = 20;

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));
    private static final byte[] COMMON_NAME = Der.oid(2, 5, 4, 3);
    private static final byte[] SUBJECT_KEY_ID = Der.oid(2, 5, 29, 14);
    private static final byte[] KEY_USAGE = Der.oid(2, 5, 29, 15);
    private static final byte[] SUBJECT_ALT_NAME = Der.oid(2, 5, 29, 17);
    private static final byte[] BASIC_CONSTRAINTS = Der.oid(2, 5, 29, 19);
    private static final byte[] AUTHORITY_KEY_ID = Der.oid(2, 5, 29, 35);
    private static final byte[] EXTENDED_KEY_USAGE = Der.oid(2, 5, 29, 37);
    private static final byte[] SERVER_AUTH = Der.oid(1, 3, 6, 1, 5, 5, 7, 3, 1);
    private static final byte[] KEY_CERT_SIGN = Der.bits(2, new byte[] {0x04});
    private static final byte[] DIGITAL_SIGNATURE = Der.bits(7, new byte[] {(byte) 0x80});

    private static final int VERSION_3 = 2;
    private static final int DNS_NAME = 2;

    private final SecureRandom random = new SecureRandom();
    private final KeyPair keys;
    private final byte[] validity;
    private final String certificate;

    private CertificateAuthority(Instant now) throws GeneralSecurityException {
        keys = newKeys();
        validity = Der.sequence(Der.time(now.minus(BEFORE)), Der.time(now.plus(AFTER)));
        certificate = sign(NAME, keys.getPublic(),
                extension(BASIC_CONSTRAINTS, true, Der.sequence(Der.yes(), Der.integer(BigInteger.ZERO))), // issues nothing but leaves
                extension(KEY_USAGE, true, KEY_CERT_SIGN));
    }

    /**
     * A certificate and its private key, both as PEM.
     *
     * @param key PKCS #8, not encrypted
     */
    record Issued(String certificate, String key) {}

    /** A new one. */
    static CertificateAuthority make(Instant now) throws GeneralSecurityException {
        return new CertificateAuthority(now);
    }

    /** Its own certificate, as PEM. */
    String certificate() {
        return certificate;
    }

    /**
     * Makes a key for a server and signs its certificate.
     *
     * @param hosts the names that it is for; {@code *.} stands for one label
     */
    Issued issue(String name, List<String> hosts) throws GeneralSecurityException {
        KeyPair server = newKeys();
        byte[][] names = hosts.stream().map(host -> Der.implicit(DNS_NAME, ascii(host))).toArray(byte[][]::new);
        String signed = sign(name, server.getPublic(),
                extension(BASIC_CONSTRAINTS, true, Der.sequence()),
                extension(KEY_USAGE, true, DIGITAL_SIGNATURE),
                extension(EXTENDED_KEY_USAGE, false, Der.sequence(SERVER_AUTH)),
                extension(SUBJECT_ALT_NAME, false, Der.sequence(names)));
        return new Issued(signed, pem("PRIVATE KEY", server.getPrivate().getEncoded()));
    }

    private String sign(String name, PublicKey key, byte[]... extensions) throws GeneralSecurityException {
        byte[][] all = Arrays.copyOf(extensions, extensions.length + 2);
        all[extensions.length] = extension(SUBJECT_KEY_ID, false, Der.octets(keyId(key)));
        all[extensions.length + 1] = extension(AUTHORITY_KEY_ID, false, Der.sequence(Der.implicit(0, keyId(keys.getPublic()))));
        byte[] content = Der.sequence(
                Der.tagged(0, Der.integer(BigInteger.valueOf(VERSION_3))),
                Der.integer(new BigInteger(SERIAL_BITS, random).setBit(0)), // more than 0
                ECDSA_WITH_SHA256,
                commonName(NAME),
                validity,
                commonName(name),
                key.getEncoded(),
                Der.tagged(3, Der.sequence(all)));
        return pem("CERTIFICATE", Der.sequence(content, ECDSA_WITH_SHA256, Der.bits(0, signature(keys.getPrivate(), content))));
    }

    private static byte[] signature(PrivateKey key, byte[] content) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(content);
        return signature.sign();
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
        keys.initialize(new ECGenParameterSpec("secp256r1"));
        return keys.generateKeyPair();
    }

    /** Of RFC 7093, section 2. */
    private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
        return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), KEY_ID_BYTES);
    }

    private static byte[] commonName(String name) {
        return Der.sequence(Der.set(Der.sequence(COMMON_NAME, Der.utf8(name))));
    }

    private static byte[] extension(byte[] oid, boolean critical, byte[] value) {
        return critical ? Der.sequence(oid, Der.yes(), Der.octets(value)) : Der.sequence(oid, Der.octets(value));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String pem(String label, byte[] bytes) {
        String body = Base64.getMimeEncoder(64, ascii("\n")).encodeToString(bytes);
        return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
    }
}
