package io.weir.config;

import io.weir.topology.Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How load balancers of other regions know this one, and which of them may hand requests over to it.
 *
 * @param trusted the peers whose word is believed that a request was handed over; none twice
 * @param instance the name of this process among them; null: it is made, of the host's name if it has one
 */
public record GatewaySettings(List<Cidr> trusted, @Nullable String instance) {

    static final int LONGEST_INSTANCE = 64;

    public static final GatewaySettings DEFAULTS = new GatewaySettings(List.of(), null);

    public GatewaySettings {
        trusted = List.copyOf(trusted);
        if (instance != null && !isInstance(instance)) {
            throw new IllegalArgumentException("no name of an instance: " + instance);
        }
    }

    /** Whether it may stand in a field between other parts of it. */
    public static boolean isInstance(String text) {
        return !text.isEmpty() && text.length() <= LONGEST_INSTANCE && text.chars().allMatch(GatewaySettings::isNameCharacter);
    }

    private static boolean isNameCharacter(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || "-._:".indexOf(c) >= 0;
    }
}
