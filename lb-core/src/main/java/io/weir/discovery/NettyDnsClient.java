package io.weir.discovery;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AddressedEnvelope;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStream;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.weir.topology.IpAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks with Netty's resolver: over UDP from a port that is another each time, and over TCP what is too long for that. The servers are asked
 * in their order, the next if one gives no answer that can be used; nothing is cached, since what is asked for again is wanted anew.
 */
final class NettyDnsClient implements DnsClient {

    /** As most resolvers do: what is longer may be lost in fragments (DNS flag day 2020). */
    private static final int PAYLOAD = 1232;
    /** Servers asked before the answer is that there is none. */
    private static final int MOST_SERVERS = 3;
    private static final int MOST_ALIASES = 16;
    private static final int INTERNET = 1;
    private static final int CLASS = 0x7fff; // without mDNS's flag

    private final DnsServerAddressStreamProvider servers;
    private final DnsNameResolver resolver;

    NettyDnsClient(EventLoop loop, DnsServerAddressStreamProvider servers, Duration timeout) {
        this.servers = servers;
        this.resolver = new DnsNameResolverBuilder(loop)
                .datagramChannelType(NioDatagramChannel.class)
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .socketChannelType(NioSocketChannel.class)
                .nameServerProvider(servers)
                .queryTimeoutMillis(timeout.toMillis())
                .maxPayloadSize(PAYLOAD)
                .searchDomains(List.of())
                .build();
    }

    @Override
    public void addresses(String name, Family family, Consumer<DnsAnswer<IpAddress>> then) {
        DnsRecordType type = family == Family.IPV4 ? DnsRecordType.A : DnsRecordType.AAAA;
        int length = family == Family.IPV4 ? 4 : 16;
        ask(new Asking<>(name, type, content -> address(content, length), then));
    }

    private static @Nullable IpAddress address(ByteBuf content, int length) {
        if (content.readableBytes() != length) {
            return null;
        }
        byte[] bytes = new byte[length];
        content.getBytes(content.readerIndex(), bytes);
        return IpAddress.of(bytes);
    }

    @Override
    public void services(String name, Consumer<DnsAnswer<Srv>> then) {
        ask(new Asking<>(name, DnsRecordType.SRV, NettyDnsClient::service, then));
    }

    private static @Nullable Srv service(ByteBuf content) {
        if (content.readableBytes() < 7) {
            return null;
        }
        ByteBuf rest = content.duplicate(); // its names may point to any part of the message
        int priority = rest.readUnsignedShort();
        int weight = rest.readUnsignedShort();
        int port = rest.readUnsignedShort();
        return new Srv(priority, weight, port, canonical(DefaultDnsRecordDecoder.decodeName(rest)));
    }

    private static String canonical(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** One question, at one server after the other. */
    private record Asking<T>(String name, DnsRecordType type, Function<ByteBuf, @Nullable T> parse, Consumer<DnsAnswer<T>> then) {}

    private <T> void ask(Asking<T> asking) {
        DnsServerAddressStream stream = servers.nameServerAddressStream(asking.name);
        ask(asking, stream, Math.min(MOST_SERVERS, stream.size()));
    }

    private <T> void ask(Asking<T> asking, DnsServerAddressStream stream, int left) {
        InetSocketAddress server = stream.next();
        resolver.query(server, new DefaultDnsQuestion(asking.name + '.', asking.type)).addListener(future -> {
            DnsAnswer<T> answer;
            if (future.isSuccess()) {
                @SuppressWarnings("unchecked")
                var envelope = (AddressedEnvelope<DnsResponse, InetSocketAddress>) Objects.requireNonNull(future.getNow());
                try {
                    answer = read(asking, envelope.content());
                } catch (RuntimeException e) { // whatever a server sends
                    answer = new DnsAnswer.Unanswered<>("can't be read: " + e.getMessage());
                } finally {
                    envelope.release();
                }
            } else {
                answer = new DnsAnswer.Unanswered<>(reason(future.cause()));
            }
            if (answer instanceof DnsAnswer.Unanswered<T>(String why)) {
                if (left > 1) {
                    ask(asking, stream, left - 1);
                    return;
                }
                answer = new DnsAnswer.Unanswered<>(asking.type.name() + " from " + server.getAddress().getHostAddress() + ": " + why);
            }
            asking.then.accept(answer);
        });
    }

    private static String reason(@Nullable Throwable cause) {
        return cause instanceof DnsNameResolverTimeoutException ? "no answer in time" : String.valueOf(cause == null ? null : cause.getMessage());
    }

    private static <T> DnsAnswer<T> read(Asking<T> asking, DnsResponse response) {
        if (DnsResponseCode.NXDOMAIN.equals(response.code())) {
            return new DnsAnswer.Nothing<>("there is no such name (NXDOMAIN)");
        }
        if (!DnsResponseCode.NOERROR.equals(response.code())) {
            return new DnsAnswer.Unanswered<>(response.code().toString());
        }
        if (response.isTruncated()) {
            return new DnsAnswer.Unanswered<>("the answer is too long for UDP, and can't be had over TCP");
        }
        String owner = asking.name;
        long ttl = Long.MAX_VALUE;
        int aliases = 0;
        for (DnsRawRecord alias = record(response, owner, DnsRecordType.CNAME); alias != null; alias = record(response, owner, DnsRecordType.CNAME)) {
            if (++aliases > MOST_ALIASES) {
                return new DnsAnswer.Unanswered<>("its aliases go round");
            }
            owner = canonical(DefaultDnsRecordDecoder.decodeName(alias.content().duplicate()));
            ttl = Math.min(ttl, alias.timeToLive());
        }
        List<T> records = new ArrayList<>();
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
            if (!is(record, owner, asking.type)) {
                continue;
            }
            T parsed = asking.parse.apply(((DnsRawRecord) record).content());
            if (parsed == null) {
                return new DnsAnswer.Unanswered<>("a record of it is malformed");
            }
            records.add(parsed);
            ttl = Math.min(ttl, record.timeToLive());
        }
        if (!records.isEmpty()) {
            return new DnsAnswer.Records<>(records, Duration.ofSeconds(ttl));
        }
        return aliases > 0 && !response.isRecursionAvailable()
                ? new DnsAnswer.Unanswered<>("it is an alias of " + owner + ", which this server does not look up")
                : new DnsAnswer.Nothing<>("the name has no " + asking.type.name());
    }

    private static @Nullable DnsRawRecord record(DnsResponse response, String owner, DnsRecordType type) {
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
            if (is(record, owner, type)) {
                return (DnsRawRecord) record;
            }
        }
        return null;
    }

    private static boolean is(DnsRecord record, String owner, DnsRecordType type) {
        return record instanceof DnsRawRecord
                && record.type().equals(type)
                && (record.dnsClass() & CLASS) == INTERNET
                && canonical(record.name()).equals(owner);
    }

    @Override
    public void close() {
        resolver.close();
    }
}
