package io.weir.admin;

import io.netty.util.NetUtil;
import io.weir.config.Secret;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who may call what. Pure: a verdict depends on nothing but the call.
 *
 * <table>
 * <caption>What is needed beside an acceptable Host, Origin and method</caption>
 * <tr><th></th><th>Unix socket</th><th>loopback</th><th>elsewhere</th></tr>
 * <tr><td>{@link Access#PROBE}, {@link Access#FIGURES}</td><td>nothing</td><td>nothing</td><td>nothing</td></tr>
 * <tr><td>{@link Access#INSIGHT}</td><td>nothing</td><td>nothing</td><td>the token</td></tr>
 * <tr><td>{@link Access#CHANGE}</td><td>nothing</td><td>the token</td><td>the token</td></tr>
 * </table>
 *
 * <p>A page in somebody's browser can call us too, from this machine. It can't hide its {@code Origin}, which is refused if it isn't this
 * very host; and where it leads a name of its own to our address (DNS rebinding), it can't but send that name as {@code Host}, which must be
 * an address, {@code localhost} or the name that we are bound to. The token excuses the name: no such page knows it.
 */
final class AccessRules {
    private static final Verdict ALLOWED = new Verdict.Allowed();
    private static final String BEARER = "bearer ";

    /**
     * A call.
     *
     * @param authorization the field, or null; likewise {@code host} and {@code origin}
     */
    record Call(Peer peer, Access access, String method, @Nullable String authorization, @Nullable String host, @Nullable String origin) {}

    private volatile @Nullable Secret token;
    private final String boundName;

    /** @param boundName the host of {@code admin.bind}, or empty */
    AccessRules(@Nullable Secret token, String boundName) {
        this.token = token;
        this.boundName = boundName;
    }

    /** Another one from now on. */
    void token(@Nullable Secret next) {
        token = next;
    }

    Verdict judge(Call call) {
        boolean trusted = isToken(call.authorization);
        boolean wrong = token != null && call.authorization != null && !trusted;
        if (call.origin != null && !isSameHost(call.origin, call.host)) {
            return new Verdict.Refused(403, "a page of another origin may not call this", wrong);
        }
        if (call.peer != Peer.UNIX && call.access != Access.PROBE && !trusted && !isOurs(call.host)) {
            return new Verdict.Refused(403, "call this by an IP address or as localhost, not as another name, or send the token", wrong);
        }
        if (!call.access.takes(call.method)) {
            return new Verdict.Refused(405, "this page takes " + call.access.methods(), wrong);
        }
        return trusted || !needsToken(call) ? ALLOWED : withoutToken(call);
    }

    private static boolean needsToken(Call call) {
        return switch (call.access) {
            case PROBE, FIGURES -> false;
            case INSIGHT -> call.peer == Peer.OTHER;
            case CHANGE -> call.peer != Peer.UNIX;
        };
    }

    private Verdict withoutToken(Call call) {
        if (token == null) {
            return new Verdict.Refused(403, "this needs a token, and none is set: set admin.token, or call over the Unix socket", false);
        }
        if (call.authorization == null) {
            return new Verdict.Refused(401, "this needs admin.token: send Authorization: Bearer TOKEN", false);
        }
        return new Verdict.Refused(401, "this is not admin.token", true);
    }

    private boolean isToken(@Nullable String authorization) {
        Secret wanted = token;
        return wanted != null
                && authorization != null
                && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && wanted.is(authorization.substring(BEARER.length()).strip());
    }

    /** None at all is HTTP/1.0, which no browser speaks. */
    private boolean isOurs(@Nullable String host) {
        if (host == null) {
            return true;
        }
        String name = withoutPort(host).toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            return NetUtil.isValidIpV6Address(name);
        }
        return name.equals("localhost") || NetUtil.isValidIpV4Address(name) || (!name.isEmpty() && name.equals(boundName));
    }

    private static String withoutPort(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    /** {@code http://} or {@code https://} and exactly the host that was called. */
    private static boolean isSameHost(String origin, @Nullable String host) {
        int scheme = origin.indexOf("://");
        return scheme > 0 && host != null && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }
}
