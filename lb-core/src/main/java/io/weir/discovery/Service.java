package io.weir.discovery;

import io.weir.config.DiscoverySettings;
import java.util.Comparator;
import java.util.Locale;

/**
 * What workers are found under. Pools that name the same are one service, which is asked for once.
 *
 * @param name without white space
 */
public record Service(Kind kind, String name) implements Comparable<Service> {

    private static final Comparator<Service> ORDER = Comparator.comparing(Service::kind).thenComparing(Service::name);

    /** Whom one asks for it, and how. */
    public enum Kind {
        DNS_A,
        DNS_SRV;

        String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Kind of(String word) {
            for (Kind kind : values()) {
                if (kind.word().equals(word)) {
                    return kind;
                }
            }
            throw new IllegalArgumentException("no kind of service: " + word);
        }
    }

    static Service of(DiscoverySettings.Dns dns) {
        return new Service(dns.type() == DiscoverySettings.RecordType.SRV ? Kind.DNS_SRV : Kind.DNS_A, dns.name());
    }

    @Override
    public int compareTo(Service other) {
        return ORDER.compare(this, other);
    }

    /** As people read it: {@code dns-a orders.internal}. */
    @Override
    public String toString() {
        return kind.word() + ' ' + name;
    }
}
