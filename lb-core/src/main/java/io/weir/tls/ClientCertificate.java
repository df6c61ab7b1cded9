package io.weir.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** The certificate that a client has shown and proved to be its own, as workers are told of it. */
public record ClientCertificate(X509Certificate certificate) {
    private static final int LINE = 64;

    /** The value of {@code X-SSL-Client-DN}, as RFC 2253 writes names; what is not visible ASCII is escaped. */
    public String subject() {
        return ascii(certificate.getSubjectX500Principal().getName());
    }

    /** The most specific common name of its subject, or null if there is none that is text. */
    public @Nullable String commonName() {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName()).getRdns().reversed().stream()
                    .filter(part -> part.getType().equalsIgnoreCase("CN"))
                    .map(Rdn::getValue)
                    .filter(String.class::isInstance)
                    .map(String.class::cast)
                    .findFirst()
                    .orElse(null);
        } catch (InvalidNameException _) {
            return null;
        }
    }

    /** The value of {@code X-SSL-Issuer}. */
    public String issuer() {
        return ascii(certificate.getIssuerX500Principal().getName());
    }

    /** The value of {@code X-SSL-Client-Serial}: hexadecimal, in upper case. */
    public String serial() {
        String hex = certificate.getSerialNumber().toString(16).toUpperCase(Locale.ROOT);
        return hex.length() % 2 == 0 ? hex : "0" + hex;
    }

    /** The value of {@code X-Forwarded-Client-Cert}, in the form that Envoy has made known. */
    public String forwarded() {
        try {
            byte[] der = certificate.getEncoded();
            String pem = "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der)
                    + "\n-----END CERTIFICATE-----\n";
            String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
            String subject = subject().replace("\\", "\\\\").replace("\"", "\\\"");
            return "Hash=" + hash + ";Cert=\"" + escaped(pem) + "\";Subject=\"" + subject + "\"";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was understood can be written", e);
        }
    }

    /** As in a URL (RFC 3986, 2.1). */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-') {
                escaped.append(c);
            } else {
                escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            }
        }
        return escaped.toString();
    }

    /** RFC 2253, 2.4: an escaped byte is a backslash and two hexadecimal digits, of UTF-8. */
    private static String ascii(String name) {
        StringBuilder ascii = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~') {
                ascii.append((char) b);
            } else {
                ascii.append('\\').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return ascii.toString();
    }
}
