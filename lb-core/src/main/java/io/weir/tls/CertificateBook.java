package io.weir.tls;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which certificate a name gets. Immutable.
 *
 * @param <C> a certificate
 */
final class CertificateBook<C extends CertificateBook.Certified> {
    private final List<C> all;
    private final ByName<Choice<C>> byName = new ByName<>();
    private final Choice<C> otherwise;

    /** What is asked of a certificate. */
    interface Certified {
        Set<String> names();

        boolean ecdsa();
    }

    /** Of one name, by the key's type. */
    private record Choice<C extends Certified>(@Nullable C ecdsa, @Nullable C rsa) {
        Choice<C> with(C more) {
            if (more.ecdsa()) {
                return ecdsa == null ? new Choice<>(more, rsa) : this;
            }
            return rsa == null ? new Choice<>(ecdsa, more) : this;
        }

        @Nullable C of(ClientHello hello) {
            return ecdsa != null && (rsa == null || hello.ecdsa()) ? ecdsa : rsa;
        }
    }

    /** @param all in the order of the config: of several for a name, and of the same type, the first is taken */
    CertificateBook(List<C> all) {
        this.all = List.copyOf(all);
        Choice<C> none = new Choice<>(null, null);
        for (C each : all) {
            for (String name : each.names()) {
                byName.put(name, before -> (before == null ? none : before).with(each));
            }
        }
        C first = all.getFirst();
        Choice<C> standard = none.with(first);
        for (C each : all) {
            if (each.names().equals(first.names())) { // the first may be there in both types
                standard = standard.with(each);
            }
        }
        otherwise = standard;
    }

    /** For a client; never null but for books that are wrong. */
    C choose(ClientHello hello) {
        C found = choice(hello.serverName()).of(hello);
        return found == null ? all.getFirst() : found;
    }

    private Choice<C> choice(@Nullable String name) {
        Choice<C> found = name == null ? null : byName.get(name);
        return found == null ? otherwise : found;
    }

    List<C> all() {
        return all;
    }
}
