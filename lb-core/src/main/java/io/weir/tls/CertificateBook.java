package io.weir.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which certificate a name gets. Immutable. */
final class CertificateBook {
    private final List<PairContext> all;
    private final ByName<Choice> byName = new ByName<>();
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
                byName.put(name, before -> (before == null ? Choice.NONE : before).with(each));
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
        Choice found = name == null ? null : byName.get(name);
        return found == null ? otherwise : found;
    }

    List<PairContext> all() {
        return all;
    }
}
