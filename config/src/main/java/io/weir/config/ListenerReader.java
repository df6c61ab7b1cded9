package io.weir.config;

import io.weir.topology.BindAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code listeners}. */
final class ListenerReader {

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
            fields.notYet("proxy-protocol");
            Value plain = fields.value("plain-http");
            if (plain != null && fields.value("tls") != null) {
                plain.report("stands beside tls", "remove it, and give plain HTTP a listener of its own");
            }
            return bind == null ? null : new ListenerSettings(bind, plainHttp, timeouts, strictRegion, http2, tls);
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
