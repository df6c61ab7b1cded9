package io.weir.tls;

import io.weir.config.CipherSet;
import java.util.List;
import java.util.stream.Stream;

/** Which versions and suites stand behind a name of the config, most wanted first. */
final class CipherSuites {
    private static final List<String> TLS_1_3 = List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    private static final List<String> AEAD = List.of("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256");
    private static final List<String> CBC = List.of("AES_128_CBC_SHA", "AES_256_CBC_SHA");

    private CipherSuites() {}

    static List<String> versions(CipherSet set) {
        return set == CipherSet.MODERN ? List.of("TLSv1.3") : List.of("TLSv1.3", "TLSv1.2");
    }

    static List<String> suites(CipherSet set) {
        return switch (set) {
            case MODERN -> TLS_1_3;
            case INTERMEDIATE -> Stream.concat(TLS_1_3.stream(), ecdhe(AEAD)).toList();
            case COMPATIBLE -> Stream.of(TLS_1_3.stream(), ecdhe(AEAD), ecdhe(CBC)).flatMap(suites -> suites).toList();
        };
    }

    private static Stream<String> ecdhe(List<String> ciphers) {
        return ciphers.stream().flatMap(cipher -> Stream.of("TLS_ECDHE_ECDSA_WITH_" + cipher, "TLS_ECDHE_RSA_WITH_" + cipher));
    }
}
