package io.weir.tls;

import io.weir.config.CertificateSettings;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** A certificate with its key, read and checked. Files that are read again are another pair, even if they say the same. */
public final class Pair {
    private static final int DNS_NAME = 2;
    private static final int LEAST_RSA_BITS = 2048;

    private final CertificateSettings files;
    private final List<X509Certificate> chain;
    private final PrivateKey key;
    private final Set<String> names;
    private final @Nullable OcspResponse ocsp;
    /** The OCSP response while it holds. Written by whoever looks after it, read by loops. */
    private volatile byte @Nullable [] staple;

    private Pair(CertificateSettings files, List<X509Certificate> chain, PrivateKey key, Set<String> names, @Nullable OcspResponse ocsp) {
        this.files = files;
        this.chain = chain;
        this.key = key;
        this.names = names;
        this.ocsp = ocsp;
    }

    /**
     * Reads it.
     *
     * @throws BadPairException if clients can't be served with it
     */
    public static Pair read(CertificateSettings files) throws BadPairException {
        Pair pair = readUnstapled(files);
        return files.ocsp() == null ? pair : new Pair(files, pair.chain, pair.key, pair.names, OcspResponse.read(files.ocsp(), pair.chain));
    }

    /** Reads it without the OCSP response that its settings may name. */
    static Pair readUnstapled(CertificateSettings files) throws BadPairException {
        List<X509Certificate> chain = chain(files.cert());
        X509Certificate own = chain.getFirst();
        String type = own.getPublicKey().getAlgorithm();
        if (!type.equals("EC") && !type.equals("RSA")) {
            throw new BadPairException(files.cert(), "has a key of type " + type + "; RSA and EC are served");
        }
        PrivateKey key = PrivateKeys.read(files.key(), own.getPublicKey());
        return new Pair(files, chain, key, names(own), null);
    }

    /** At least one. */
    static List<X509Certificate> certificates(Path file) throws BadPairException {
        List<X509Certificate> chain = new ArrayList<>();
        for (Pem block : Pem.blocks(file)) {
            if (block.label().equals("CERTIFICATE")) {
                chain.add(certificate(file, block, chain.size() + 1));
            }
        }
        if (chain.isEmpty()) {
            throw new BadPairException(file, "holds no certificate; it must have a block BEGIN CERTIFICATE (PEM)");
        }
        return List.copyOf(chain);
    }

    private static List<X509Certificate> chain(Path file) throws BadPairException {
        List<X509Certificate> chain = certificates(file);
        for (int i = 1; i < chain.size(); i++) {
            if (!signed(chain.get(i - 1), chain.get(i))) {
                throw new BadPairException(file, "certificate " + (i + 1) + " (" + subject(chain.get(i)) + ") is not the issuer of the one before it ("
                        + subject(chain.get(i - 1)) + "); put the server's own first, and behind each the one of its issuer");
            }
        }
        return chain;
    }

    private static X509Certificate certificate(Path file, Pem block, int number) throws BadPairException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(block.der()));
        } catch (CertificateException | IllegalArgumentException _) {
            throw new BadPairException(file, "certificate " + number + " can't be understood; is the file whole?");
        }
    }

    static boolean signed(X509Certificate certificate, X509Certificate issuer) {
        try {
            if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
                return false;
            }
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException _) {
            return false;
        }
    }

    static Set<String> names(X509Certificate certificate) {
        Set<String> names = new java.util.LinkedHashSet<>();
        try {
            Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
            if (alternatives != null) {
                for (List<?> name : alternatives) {
                    if (name.get(0) instanceof Integer kind && kind == DNS_NAME && name.get(1) instanceof String text) {
                        names.add(text.toLowerCase(Locale.ROOT));
                    }
                }
            }
        } catch (CertificateParsingException _) {
            // then it is for its common name alone
        }
        String common = commonName(certificate);
        if (names.isEmpty() && common != null) { // clients no longer look at it, but who gives no other name means this one
            names.add(common.toLowerCase(Locale.ROOT));
        }
        return Set.copyOf(names);
    }

    private static @Nullable String commonName(X509Certificate certificate) {
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return String.valueOf(part.getValue());
                }
            }
        } catch (InvalidNameException _) {
            // it has none
        }
        return null;
    }

    private static String subject(X509Certificate certificate) {
        String common = commonName(certificate);
        return common == null ? certificate.getSubjectX500Principal().getName() : common;
    }

    /** Where it was read. */
    public CertificateSettings files() {
        return files;
    }

    /** The certificate, then those of its issuers, each signed by the next. */
    List<X509Certificate> chain() {
        return chain;
    }

    PrivateKey key() {
        return key;
    }

    /** Those that it is for, in lower case; {@code *.example.com} is for every name of one label more than {@code example.com}. */
    Set<String> names() {
        return names;
    }

    /** The issuer's OCSP response, or null. */
    @Nullable OcspResponse ocsp() {
        return ocsp;
    }

    /** From now on clients get the OCSP response if it holds. Returns whether there is one that does not. */
    boolean staple(Instant now) {
        boolean holds = ocsp != null && ocsp.holds(now);
        staple = holds ? Objects.requireNonNull(ocsp).der() : null;
        return ocsp != null && !holds;
    }

    /** What clients get with the certificate, if they ask for it: DER, or null. */
    byte @Nullable [] staple() {
        return staple;
    }

    /** When a new OCSP response is needed at the latest, or null if there is none, or it does not say. */
    public @Nullable Instant nextUpdate() {
        return ocsp == null ? null : ocsp.until();
    }

    /** That the OCSP response does not hold at that time, and what to do; null if it does, or there is none. */
    @Nullable String staleness(Instant now) {
        if (ocsp == null || ocsp.holds(now)) {
            return null;
        }
        return files.ocsp() + (ocsp.from().isAfter(now)
                ? ": the OCSP response is not valid before " + ocsp.from() + ", until when it is not served"
                : ": the OCSP response has expired, on " + ocsp.until() + ", and is not served; fetch a new one from the certificate's issuer");
    }

    /** Whether its key is EC, else it is RSA. */
    boolean ecdsa() {
        return key.getAlgorithm().equals("EC");
    }

    /** What it is called in messages and metrics. */
    public String name() {
        return subject(chain.getFirst());
    }

    /** When it ends. */
    public Instant notAfter() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    /** What is wrong with it that clients may mind, though it is served. */
    public List<String> weaknesses(Instant now) {
        X509Certificate own = chain.getFirst();
        List<String> found = new ArrayList<>();
        for (X509Certificate each : chain) {
            if (each.getNotAfter().toInstant().isBefore(now)) {
                found.add(files.cert() + ": the certificate of " + subject(each) + " has expired, on " + each.getNotAfter().toInstant() + "; renew it");
            } else if (each.getNotBefore().toInstant().isAfter(now)) {
                found.add(files.cert() + ": the certificate of " + subject(each) + " is not valid before " + each.getNotBefore().toInstant());
            }
        }
        X509Certificate last = chain.getLast();
        if (chain.size() == 1 && !signed(own, own) && !PublicRoots.issued(own)) {
            found.add(files.cert() + ": the chain may be incomplete: it ends with " + subject(last) + ", whose issuer " + last.getIssuerX500Principal().getName()
                    + " is no root that clients know by themselves; put the issuer's certificate behind it, unless all clients believe it");
        }
        if (own.getPublicKey() instanceof java.security.interfaces.RSAPublicKey rsa && rsa.getModulus().bitLength() < LEAST_RSA_BITS) {
            found.add(files.cert() + ": an RSA key of " + rsa.getModulus().bitLength() + " bits is refused by many clients; use 2048 or EC");
        }
        String stale = staleness(now);
        if (stale != null) {
            found.add(stale);
        }
        return found;
    }

    @Override
    public String toString() {
        return files.cert() + " for " + names; // never the key
    }
}
