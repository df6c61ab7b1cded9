package io.weir.tls;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate a name gets. Immutable. A look-up is at most two in hash maps, since {@code *} stands for one label: there is nothing
 * that a cache could do better.
 */
final class CertificateBook {
    private static final String WILDCARD = "*";

    private final List<PairContext> all;
    private final Map<String, Choice> byName = new HashMap<>();
    private final Choice otherwise;

    /** Of one name, by the key's type. */
    private record Choice(@Nullable PairContext ecdsa, @Nullable PairContext rsa) {
        static final Choice NONE = new Choice(null, null);

        Choice with(PairContext more) {
            if (more.pair().ecdsa()) {
                return ecdsa == null ? new Choice(more, rsa) : this;
            }
            return rsa == null ? new Choice(ecdsa, more) : this;
        }

        @Nullable PairContext of(ClientHello hello) {
            return ecdsa != null && (rsa == null || hello.ecdsa()) ? ecdsa : rsa;
        }
    }

    /** @param all in the order of the config: of several for a name, and of the same type, the first is taken */
    CertificateBook(List<PairContext> all) {
        this.all = List.copyOf(all);
        for (PairContext each : all) {
            for (String name : each.pair().names()) {
                byName.merge(name, Choice.NONE.with(each), (before, _) -> before.with(each));
            }
        }
        PairContext first = all.getFirst();
        Choice standard = Choice.NONE.with(first);
        for (PairContext each : all) {
            if (each.pair().names().equals(first.pair().names())) { // the first may be there in both types
                standard = standard.with(each);
            }
        }
        otherwise = standard;
    }

    /** For a client; never null but for books that are wrong. */
    PairContext choose(ClientHello hello) {
        PairContext found = choice(hello.serverName()).of(hello);
        return found == null ? all.getFirst() : found;
    }

    private Choice choice(@Nullable String name) {
        if (name == null) {
            return otherwise;
        }
        Choice exact = byName.get(name);
        if (exact != null) {
            return exact;
        }
        int dot = name.indexOf('.');
        Choice wildcard = dot < 0 ? null : byName.get(WILDCARD + name.substring(dot));
        return wildcard == null ? otherwise : wildcard;
    }

    List<PairContext> all() {
        return all;
    }
}
