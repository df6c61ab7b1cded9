package io.weir.discovery;

import io.weir.topology.IpAddress;
import java.util.function.Consumer;

/** Asks the DNS. Each question is answered once, on the thread that asks, now or later. */
interface DnsClient extends AutoCloseable {

    /** A record of RFC 2782. {@code target} is in lower case and has no final dot. */
    record Srv(int priority, int weight, int port, String target) {}

    enum Family {
        IPV4,
        IPV6
    }

    /** The addresses of a whole name. */
    void addresses(String name, Family family, Consumer<DnsAnswer<IpAddress>> then);

    /** The services of a whole name. */
    void services(String name, Consumer<DnsAnswer<Srv>> then);

    @Override
    void close();
}
