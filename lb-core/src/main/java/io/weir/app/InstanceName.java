package io.weir.app;

import io.weir.config.GatewaySettings;
import io.weir.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of this process among load balancers. */
final class InstanceName {
    private static final int LONGEST_HOST = 50;

    private InstanceName() {}

    /** The config's, or the host's name with the first listener's port, so that two on one machine are not taken for one. */
    static String of(Settings settings) {
        GatewaySettings gateways = settings.gateways();
        return gateways.instance() != null ? gateways.instance() : host() + ":" + settings.listeners().getFirst().bind().port();
    }

    private static String host() {
        try {
            String host = InetAddress.getLocalHost().getHostName();
            String fit = host.substring(0, Math.min(host.length(), LONGEST_HOST));
            return GatewaySettings.isInstance(fit) ? fit : "weir";
        } catch (UnknownHostException e) {
            return "weir"; // the port is left to tell them apart
        }
    }
}
