package io.weir.tls;

import io.weir.tls.TestCertificates.Issued;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.cert.ocsp.jcajce.JcaBasicOCSPRespBuilder;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.jspecify.annotations.Nullable;

/** What an issuer says of certificates, made for a test. */
public final class TestOcsp {
    static final @Nullable CertificateStatus GOOD = CertificateStatus.GOOD;
    static final CertificateStatus REVOKED = new RevokedStatus(Date.from(Instant.EPOCH), 1);
    static final CertificateStatus UNKNOWN = new UnknownStatus();

    private TestOcsp() {}

    /** That it is good. */
    public static byte[] good(Issued of, Issued by, Instant from, @Nullable Instant until) throws Exception {
        return response(CertificateID.HASH_SHA1, GOOD, by, from, until, of.certificate().getSerialNumber());
    }

    /** With a status for each of these serial numbers. */
    static byte[] response(AlgorithmIdentifier hash, @Nullable CertificateStatus status, Issued by, Instant from, @Nullable Instant until, BigInteger... serials)
            throws Exception {
        DigestCalculator sha1 = new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1);
        DigestCalculator digest = new JcaDigestCalculatorProviderBuilder().build().get(hash);
        JcaBasicOCSPRespBuilder builder = new JcaBasicOCSPRespBuilder(by.certificate().getPublicKey(), sha1);
        for (BigInteger serial : serials) {
            CertificateID id = new CertificateID(digest, new JcaX509CertificateHolder(by.certificate()), serial);
            builder.addResponse(id, status, Date.from(from), until == null ? null : Date.from(until));
        }
        return new OCSPRespBuilder()
                .build(OCSPRespBuilder.SUCCESSFUL, builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.key()), null, Date.from(from)))
                .getEncoded();
    }

    /** That there is no answer. */
    static byte[] failure(int status) throws Exception {
        return new OCSPRespBuilder().build(status, null).getEncoded();
    }
}
