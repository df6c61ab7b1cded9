package io.weir.exchange;

import io.weir.balancing.Draw;
import io.weir.http.RequestHead;
import io.weir.routing.AffinityCookie;
import io.weir.routing.App;
import io.weir.routing.RequestKey;
import io.weir.routing.Route;
import io.weir.tls.TlsFacts;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange makes of a request before it asks for a worker: functions of the request alone, so that a tool which has no exchange says
 * what one would do.
 */
public final class Admission {
    /** More than any sensible chain of load balancers has. */
    private static final int MOST_HOPS = 8;

    private Admission() {}

    /**
     * What is known of an admitted request.
     *
     * @param client whom it is from
     * @param cameWithTls whether a proxy that is believed says that the client spoke TLS with it
     */
    public record Admitted(ClientAddress client, boolean cameWithTls) {}

    /** Cuts what workers must not get from a head that is whole. */
    public static Admitted admit(RequestHead head, Peer from) {
        Forwarding forwarding = new Forwarding(head, new RequestIds(0));
        forwarding.begin(from);
        forwarding.admit();
        return new Admitted(forwarding.client(), forwarding.cameWithTls());
    }

    /**
     * Why an admitted request is refused whatever it asks for, or null.
     *
     * @param bodyLimit bytes its body may have, or -1
     */
    public static @Nullable Reason refusal(RequestHead request, long bodyLimit) {
        if (request.method() == RequestHead.Method.CONNECT || request.method() == RequestHead.Method.TRACE) {
            return Reason.METHOD_NOT_ALLOWED;
        }
        if (request.hops() >= MOST_HOPS) {
            return Reason.LOOP;
        }
        return bodyLimit >= 0 && request.contentLength() > bodyLimit ? Reason.BODY_TOO_LARGE : null;
    }

    /**
     * Whether a request may come on its connection (RFC 9110, 7.4): without TLS, any; else one for the host that the handshake named, or for
     * another that its certificate is for; a trusted proxy may ask for any. And none may come where its host asks more of a client, or something
     * else, than the handshake did.
     */
    public static boolean mayComeFrom(Peer peer, RequestHead request) {
        byte[] named = peer.serverName();
        TlsFacts tls = peer.tls();
        if (tls == null || tls.anyHost() || (named != null && request.isForHost(named))) {
            return true;
        }
        String host = host(request);
        return tls.askedFor(host) && (peer.trusted() || tls.covers(host));
    }

    private static String host(RequestHead request) {
        String host = request.text(request.authorityStart(), request.hostEnd()).toLowerCase(Locale.ROOT);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** Whether the app is served for the region that was asked for, to a client that is served {@code onlyRegion}, or with null all. */
    public static boolean serves(Route route, @Nullable String onlyRegion) {
        return route.plan() != null && (onlyRegion == null || onlyRegion.equals(route.region()));
    }

    /**
     * What the request brings to every pick of its target.
     *
     * @param turn the running number that its plan gave it
     * @param seed 64 random bits
     */
    public static void draw(App app, RequestHead request, ClientAddress client, int turn, long seed, Draw draw) {
        draw.begin(turn, seed);
        RequestKey key = app.key();
        if (key != null) {
            draw.hashedBy(key.of(request, client.fingerprint()));
        }
        AffinityCookie affinity = app.affinity();
        if (affinity != null) {
            long mark = affinity.read(request);
            if (mark != 0) {
                draw.backTo(affinity.affinity(), mark);
            }
        }
    }
}
