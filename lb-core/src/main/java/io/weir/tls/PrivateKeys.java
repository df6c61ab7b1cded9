package io.weir.tls;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/** Reads the private key of a certificate. */
final class PrivateKeys {
    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {2, 1, 0};

    private PrivateKeys() {}

    /** The key in {@code file}, if it is that of {@code certified}. */
    static PrivateKey read(Path file, PublicKey certified) throws BadPairException {
        List<Pem> keys = Pem.blocks(file).stream().filter(block -> block.label().endsWith("PRIVATE KEY")).toList();
        if (keys.isEmpty()) {
            throw new BadPairException(file, "holds no private key; it must have a block BEGIN PRIVATE KEY (PEM)");
        }
        Pem block = keys.getFirst();
        if (block.encrypted()) {
            throw new BadPairException(file, "is encrypted, and there is nobody to ask for the passphrase; write it without: openssl pkey -in "
                    + file.getFileName() + " -out plain.key");
        }
        PrivateKey key;
        try {
            key = KeyFactory.getInstance(certified.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8(block, certified)));
        } catch (GeneralSecurityException | IllegalArgumentException _) {
            throw new BadPairException(file, "is not a private key of type " + certified.getAlgorithm() + ", as its certificate has it; give the one that the certificate was made with");
        }
        if (!belongTogether(key, certified)) {
            throw new BadPairException(file, "does not match its certificate; give the key that the certificate was made with");
        }
        return key;
    }

    /** RSAPrivateKey (RFC 8017, A.1.2) and ECPrivateKey (RFC 5915) as PKCS #8 (RFC 5958) wraps them; its algorithm is that of the public key. */
    private static byte[] pkcs8(Pem block, PublicKey certified) {
        byte[] der = block.der();
        if (block.label().equals("PRIVATE KEY")) {
            return der;
        }
        return element(SEQUENCE, VERSION_0, algorithm(certified.getEncoded()), element(OCTET_STRING, der));
    }

    /** The first element of SubjectPublicKeyInfo (RFC 5280, 4.1). */
    private static byte[] algorithm(byte[] publicKey) {
        int from = headerLength(publicKey, 0);
        int to = from + headerLength(publicKey, from) + contentLength(publicKey, from);
        return java.util.Arrays.copyOfRange(publicKey, from, to);
    }

    private static int headerLength(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? 2 : 2 + (first & 0x7f);
    }

    private static int contentLength(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = (length << 8) | (der[at + 2 + i] & 0xff);
        }
        return length;
    }

    private static byte[] element(int tag, byte[]... contents) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : contents) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        int length = content.size();
        if (length < 0x80) {
            element.write(length);
        } else {
            int bytes = length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3;
            element.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                element.write(length >>> (8 * i));
            }
        }
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }

    private static boolean belongTogether(PrivateKey key, PublicKey certified) {
        String algorithm = certified.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        byte[] something = {1, 2, 3};
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(something);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(something);
            return signature.verify(signed);
        } catch (GeneralSecurityException _) {
            return false; // of another curve
        }
    }
}
