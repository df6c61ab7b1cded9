package io.weir.tls;

import java.math.BigInteger;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the issuer of a certificate says of it (RFC 6960): that it is good, for a time. Who signed that is not looked at: clients do, and believe
 * nothing else. Immutable.
 */
final class OcspResponse {
    private static final String LABEL = "OCSP RESPONSE";
    private static final String REMEDY = "; fetch the one of this certificate from its issuer anew, as openssl ocsp -respout FILE does, or leave ocsp out";

    /** Why there is none, by responseStatus. */
    private static final Map<Integer, String> FAILURES = Map.of(
            1, "malformedRequest", 2, "internalError", 3, "tryLater", 5, "sigRequired", 6, "unauthorized");

    /** id-pkix-ocsp-basic. */
    private static final String BASIC = "2b0601050507300101";
    /** By their OIDs. */
    private static final Map<String, String> HASHES = Map.of(
            "2b0e03021a", "SHA-1", "608648016503040201", "SHA-256", "608648016503040202", "SHA-384", "608648016503040203", "SHA-512");

    private final byte[] der;
    private final Instant from;
    private final @Nullable Instant until;

    private OcspResponse(byte[] der, Instant from, @Nullable Instant until) {
        this.der = der;
        this.from = from;
        this.until = until;
    }

    /**
     * Reads the one of a chain's first certificate, in DER or PEM.
     *
     * @throws BadOcspException if it is none that clients could be helped with, at whatever time
     */
    static OcspResponse read(Path file, List<X509Certificate> chain) throws BadPairException {
        byte[] der = der(file);
        try {
            return new Reader(file, der, chain).read();
        } catch (ParseException e) {
            throw new BadOcspException(file, "is no OCSP response, or not whole: there is " + e.getMessage() + REMEDY);
        }
    }

    private static byte[] der(Path file) throws BadPairException {
        try {
            byte[] bytes = Pem.bytes(file);
            if (bytes.length > 0 && bytes[0] == Der.SEQUENCE) {
                return bytes;
            }
            for (Pem block : Pem.blocks(file)) {
                if (block.label().equals(LABEL)) {
                    return block.der();
                }
            }
            throw new BadOcspException(file, "holds no OCSP response, neither DER nor a block BEGIN " + LABEL + " (PEM)" + REMEDY);
        } catch (IllegalArgumentException _) {
            throw new BadOcspException(file, "can't be understood; is the file whole?");
        } catch (BadOcspException e) {
            throw e;
        } catch (BadPairException e) {
            throw new BadOcspException(e);
        }
    }

    /** As it is served; not to be changed. */
    byte[] der() {
        return der;
    }

    /** When it begins to hold. */
    Instant from() {
        return from;
    }

    /** When it no longer holds, or null if that is not said. */
    @Nullable Instant until() {
        return until;
    }

    /** Whether clients may be told so at that time. */
    boolean holds(Instant now) {
        return !now.isBefore(from) && (until == null || now.isBefore(until));
    }

    /** Reads one of one certificate. */
    private static final class Reader {
        private final Path file;
        private final byte[] der;
        private final X509Certificate own;
        private final @Nullable X509Certificate issuer;

        Reader(Path file, byte[] der, List<X509Certificate> chain) {
            this.file = file;
            this.der = der;
            this.own = chain.getFirst();
            this.issuer = chain.size() > 1 ? chain.get(1) : null;
        }

        OcspResponse read() throws ParseException, BadOcspException {
            Der all = new Der(der);
            Der response = all.in(Der.SEQUENCE);
            all.end();
            byte[] status = response.in(Der.ENUMERATED).content();
            if (status.length != 1 || status[0] != 0) {
                String why = status.length == 1 ? FAILURES.get((int) status[0]) : null;
                throw new BadOcspException(file, "is no answer to who asked for it, but " + (why == null ? "a failure" : why) + REMEDY);
            }
            Der bytes = response.in(Der.context(0, true)).in(Der.SEQUENCE);
            if (!hex(bytes.in(Der.OID)).equals(BASIC)) {
                throw new BadOcspException(file, "is of a type that clients don't know" + REMEDY);
            }
            Der octets = bytes.in(Der.OCTET_STRING);
            Der basic = octets.in(Der.SEQUENCE);
            octets.end();
            Der data = basic.in(Der.SEQUENCE);
            var _ = basic.in(Der.SEQUENCE); // the signature's algorithm, and itself
            var _ = basic.in(Der.BIT_STRING);
            data.skip(Der.context(0, true)); // version
            var _ = data.next(); // who says it
            var _ = data.time(); // when
            Der each = data.in(Der.SEQUENCE);
            BigInteger other = null;
            while (each.hasMore()) {
                Der single = each.in(Der.SEQUENCE);
                Der id = single.in(Der.SEQUENCE);
                Der hash = id.in(Der.SEQUENCE);
                String algorithm = HASHES.get(hex(hash.in(Der.OID)));
                byte[] name = id.in(Der.OCTET_STRING).content();
                byte[] key = id.in(Der.OCTET_STRING).content();
                BigInteger serial = id.integer();
                id.end();
                if (serial.equals(own.getSerialNumber()) && (algorithm == null || isIssuer(algorithm, name, key))) {
                    return read(single);
                }
                other = serial;
            }
            throw new BadOcspException(file, (other == null ? "is for no certificate" : "is for another certificate, of serial number " + other.toString(16))
                    + "; this one has " + own.getSerialNumber().toString(16) + " of " + own.getIssuerX500Principal().getName() + REMEDY);
        }

        private OcspResponse read(Der single) throws ParseException, BadOcspException {
            int status = single.tag();
            var _ = single.next();
            if (status == Der.context(1, true)) {
                throw new BadOcspException(file, "says that the certificate is revoked; get another one from its issuer");
            }
            if (status == Der.context(2, false)) {
                throw new BadOcspException(file, "says that the certificate is unknown to whom was asked" + REMEDY);
            }
            if (status != Der.context(0, false)) {
                throw new ParseException("no status of the certificate", 0);
            }
            Instant from = single.time();
            Instant until = single.tag() == Der.context(0, true) ? single.next().time() : null;
            single.skip(Der.context(1, true)); // extensions
            single.end();
            return new OcspResponse(der, from, until);
        }

        private boolean isIssuer(String algorithm, byte[] name, byte[] key) throws ParseException {
            if (!Arrays.equals(name, digest(algorithm, own.getIssuerX500Principal().getEncoded()))) {
                return false;
            }
            return issuer == null || Arrays.equals(key, digest(algorithm, keyBits(issuer)));
        }

        /** Of SubjectPublicKeyInfo (RFC 5280, 4.1) what is hashed. */
        private static byte[] keyBits(X509Certificate certificate) throws ParseException {
            Der info = new Der(certificate.getPublicKey().getEncoded()).in(Der.SEQUENCE);
            var _ = info.in(Der.SEQUENCE);
            byte[] bits = info.in(Der.BIT_STRING).content();
            return Arrays.copyOfRange(bits, 1, bits.length); // behind the number of bits that are unused
        }

        private static byte[] digest(String algorithm, byte[] bytes) {
            try {
                return MessageDigest.getInstance(algorithm).digest(bytes);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("a Java without " + algorithm, e);
            }
        }

        private static String hex(Der element) {
            return HexFormat.of().formatHex(element.content());
        }
    }
}
