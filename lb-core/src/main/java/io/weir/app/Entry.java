package io.weir.app;

import io.weir.config.ListenerSettings;
import io.weir.config.PlainHttp;
import io.weir.config.ProxyProtocolSettings;
import io.weir.config.Settings;
import io.weir.config.TcpSettings;
import io.weir.config.TlsSettings;
import io.weir.exchange.SecurePort;
import io.weir.topology.Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How clients come in by a listener, and what they are to those inside. Whoever has come in stays while it is equal: they could have come in by
 * the other settings, in the same way, and are served the same.
 *
 * @param onlyRegion where requests have to stay, or null
 * @param securePort where plain requests are sent to, or null
 */
record Entry(
        PlainHttp plainHttp,
        @Nullable String onlyRegion,
        @Nullable SecurePort securePort,
        @Nullable TlsSettings tls,
        @Nullable TcpSettings tcp,
        List<Cidr> allow,
        @Nullable ProxyProtocolSettings proxyProtocol) {

    static Entry of(ListenerSettings listener, Settings settings) {
        return new Entry(
                listener.plainHttp(),
                listener.strictRegion() ? settings.here().region() : null,
                listener.tls() == null && listener.plainHttp() == PlainHttp.REDIRECT ? SecurePort.of(settings) : null,
                listener.tls(),
                listener.tcp(),
                listener.allow(),
                listener.proxyProtocol());
    }
}
