package io.weir.config;

import io.weir.config.ProxyProtocolSettings.Accept;
import io.weir.topology.BindAddress;
import io.weir.topology.Cidr;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code listeners}. */
final class ListenerReader {

    /** As a value of {@code tcp}: each connection leads where its TLS asks to. */
    static final String BY_SERVER_NAME = "sni";

    private final BoundAddresses addresses = new BoundAddresses();

    @Nullable List<ListenerSettings> listeners(Value value) {
        return value.nonEmptyList("listener", this::listener);
    }

    /** For {@code admin}, which may not be in a listener's way. */
    BoundAddresses addresses() {
        return addresses;
    }

    private @Nullable ListenerSettings listener(Value value) {
        return value.fields(fields -> {
            BindAddress bind = fields.required("bind", addresses::read);
            PlainHttp plainHttp = fields.optional("plain-http", Scalars.oneOf(PlainHttp.class), PlainHttp.SERVE);
            ListenerTimeouts timeouts = fields.optional("timeouts", ListenerReader::timeouts, ListenerTimeouts.DEFAULTS);
            boolean strictRegion = fields.optional("strict-region", Scalars::onOrOff, false);
            Http2ListenerSettings http2 = fields.optional("http2", ListenerReader::http2, Http2ListenerSettings.DEFAULTS);
            TlsSettings tls = fields.optional("tls", TlsReader::tls);
            TcpSettings tcp = fields.optional("tcp", Scalars.orWord(BY_SERVER_NAME, TcpSettings.BY_SERVER_NAME, ListenerReader::tcp));
            ProxyProtocolSettings proxyProtocol = fields.optional("proxy-protocol", ListenerReader::proxyProtocol);
            List<Cidr> allow = fields.optional("allow", ListenerReader::blocks, List.of());
            Value plain = fields.value("plain-http");
            if (fields.value("tcp") != null) {
                refuseBesideTcp(plain);
                refuseBesideTcp(fields.value("tls"));
            } else if (plain != null && fields.value("tls") != null) {
                plain.report("stands beside tls", "remove it, and give plain HTTP a listener of its own");
            }
            return bind == null ? null : new ListenerSettings(bind, plainHttp, timeouts, strictRegion, http2, tls, tcp, proxyProtocol, allow);
        });
    }

    private static @Nullable Http2ListenerSettings http2(Value value) {
        return value.fields(fields -> {
            Http2ListenerSettings defaults = Http2ListenerSettings.DEFAULTS;
            return new Http2ListenerSettings(
                    fields.optional("max-streams", Scalars.number(Http2ListenerSettings.MAX_STREAMS), defaults.maxStreams()),
                    fields.optional("max-age", Scalars.orOff(Scalars.duration(Http2ListenerSettings.MAX_AGE), null)));
        });
    }

    private static @Nullable TcpSettings tcp(Value value) {
        String host = Scalars.hostName(value);
        return host == null ? null : new TcpSettings(host);
    }

    private static void refuseBesideTcp(@Nullable Value ofHttp) {
        if (ofHttp != null) {
            ofHttp.report("stands beside tcp, which passes bytes on as they come", "remove one of the two, or give each a listener of its own");
        }
    }

    private static @Nullable ProxyProtocolSettings proxyProtocol(Value value) {
        return value.fields(fields -> {
            Accept accept = fields.required("accept", Scalars.oneOf(Accept.class));
            List<Cidr> from = fields.required("from", ListenerReader::blocks);
            return accept == null || from == null ? null : new ProxyProtocolSettings(accept, from);
        });
    }

    /** At least one. */
    private static @Nullable List<Cidr> blocks(Value value) {
        return value.nonEmptyList("block of addresses", Scalars.onceEach(Scalars::cidr));
    }

    private static @Nullable ListenerTimeouts timeouts(Value value) {
        return value.fields(fields -> {
            Reading<Duration> timeout = Scalars.duration(Timeouts.BOUNDS);
            ListenerTimeouts defaults = ListenerTimeouts.DEFAULTS;
            return new ListenerTimeouts(
                    fields.optional("head", timeout, defaults.head()),
                    fields.optional("body", timeout, defaults.body()),
                    fields.optional("idle", timeout, defaults.idle()));
        });
    }
}
