package io.weir.config;

import io.weir.topology.Cidr;
import java.util.List;

/**
 * Whose word about the client is believed, and what workers are told.
 *
 * @param trustedProxies the peers whose word is; none twice
 * @param forwarded whether workers get {@code Forwarded} beside {@code X-Forwarded-…}
 * @param via whether workers get {@code Via}
 */
public record ForwardingSettings(List<Cidr> trustedProxies, ForwardedField forwarded, boolean via) {

    public static final ForwardingSettings DEFAULTS = new ForwardingSettings(List.of(), ForwardedField.OFF, true);

    public ForwardingSettings {
        trustedProxies = List.copyOf(trustedProxies);
    }
}
