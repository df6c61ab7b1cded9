package io.weir.tls;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Keys and certificates that are made for a test. */
public final class TestCertificates {
    private static long serial = 1;

    private TestCertificates() {}

    /** A certificate with its key. */
    public record Issued(X509Certificate certificate, PrivateKey key) {
        /** Writes the certificate and those of {@code issuers}, and the key, beside each other; returns the certificate's file. */
        public Path write(Path folder, String name, Issued... issuers) {
            Path cert = folder.resolve(name + ".pem");
            Object[] chain = Stream.concat(Stream.of(this), Stream.of(issuers)).map(Issued::certificate).toArray();
            put(cert, pem(chain));
            put(folder.resolve(name + ".key"), pem(key));
            return cert;
        }
    }

    static void put(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As PEM has them; keys in their traditional form. */
    static String pem(Object... things) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            for (Object each : things) {
                pem.writeObject(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    public static KeyPair ec() {
        return pair("EC");
    }

    public static KeyPair rsa() {
        return pair("RSA");
    }

    private static KeyPair pair(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (algorithm.equals("EC")) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            } else {
                generator.initialize(2048);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** One that is signed by itself. */
    public static Issued selfSigned(KeyPair keys, String... names) {
        return signed(keys, null, false, Instant.now().plus(30, ChronoUnit.DAYS), names);
    }

    /** One that is signed by itself, and may sign others. */
    public static Issued authority(String name) {
        return signed(ec(), null, true, Instant.now().plus(30, ChronoUnit.DAYS), name);
    }

    private static GeneralName alternative(String name) {
        return new GeneralName(NetUtil.isValidIpV4Address(name) ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }

    public static Issued signed(KeyPair keys, @org.jspecify.annotations.Nullable Issued by, boolean authority, Instant until, String... names) {
        X500Name subject = new X500Name("CN=" + names[0]);
        X500Name issuer = by == null ? subject : new X500Name(by.certificate().getSubjectX500Principal().getName());
        PrivateKey signer = by == null ? keys.getPrivate() : by.key();
        Date from = Date.from(until.minus(60, ChronoUnit.DAYS));
        try {
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(issuer, BigInteger.valueOf(serial++), from, Date.from(until), subject, keys.getPublic());
            if (authority) {
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            } else {
                GeneralName[] alternatives = Stream.of(names).map(TestCertificates::alternative).toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
            }
            String algorithm = signer.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            return new Issued(new JcaX509CertificateConverter().getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(signer))), keys.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new AssertionError(e);
        }
    }
}
