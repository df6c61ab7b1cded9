package io.weir.discovery;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.util.ReferenceCountUtil;
import io.weir.topology.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A DNS server on a loopback port, UDP and TCP, that answers as it is told: {@code TYPE name} to a script. Others get NXDOMAIN. */
final class ScriptedDns implements AutoCloseable {
    /** Says nothing at all. */
    static final Consumer<Reply> SILENT = reply -> reply.silent = true;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Map<String, Consumer<Reply>> scripts = new ConcurrentHashMap<>();
    private final Channel udp;
    private final Channel tcp;
    /** {@code udp A name}, in order. */
    final List<String> asked = new CopyOnWriteArrayList<>();
    /** Ports that it was asked from over UDP. */
    final List<Integer> ports = new CopyOnWriteArrayList<>();

    /** An answer that is being written. */
    static final class Reply {
        private final DnsResponse response;
        final boolean overTcp;
        private boolean silent;

        Reply(DnsResponse response, boolean overTcp) {
            this.response = response;
            this.overTcp = overTcp;
        }

        Reply code(DnsResponseCode code) {
            response.setCode(code);
            return this;
        }

        Reply notRecursive() {
            response.setRecursionAvailable(false);
            return this;
        }

        Reply truncated() {
            response.setTruncated(true);
            return this;
        }

        Reply address(String name, int ttl, String address) {
            byte[] bytes = IpAddress.parse(address).toBytes();
            return record(name, bytes.length == 4 ? DnsRecordType.A : DnsRecordType.AAAA, ttl, Unpooled.wrappedBuffer(bytes));
        }

        Reply alias(String name, int ttl, String of) {
            return record(name, DnsRecordType.CNAME, ttl, name(Unpooled.buffer(), of));
        }

        Reply service(String name, int ttl, int priority, int weight, int port, String target) {
            ByteBuf content = Unpooled.buffer().writeShort(priority).writeShort(weight).writeShort(port);
            return record(name, DnsRecordType.SRV, ttl, name(content, target));
        }

        Reply record(String name, DnsRecordType type, int ttl, ByteBuf content) {
            response.addRecord(DnsSection.ANSWER, new DefaultDnsRawRecord(name, type, ttl, content));
            return this;
        }

        private static ByteBuf name(ByteBuf buffer, String name) {
            for (String label : name.split("\\.", -1)) {
                if (!label.isEmpty()) {
                    buffer.writeByte(label.length()).writeCharSequence(label, StandardCharsets.US_ASCII);
                }
            }
            return buffer.writeByte(0);
        }
    }

    ScriptedDns() {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        tcp = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new TcpDnsQueryDecoder(), new TcpDnsResponseEncoder(), new Tcp());
                    }
                })
                .bind(any)
                .syncUninterruptibly()
                .channel();
        udp = new Bootstrap()
                .group(group)
                .channel(NioDatagramChannel.class)
                .handler(new ChannelInitializer<DatagramChannel>() {
                    @Override
                    protected void initChannel(DatagramChannel channel) {
                        channel.pipeline().addLast(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new Udp());
                    }
                })
                .bind(tcp.localAddress())
                .syncUninterruptibly()
                .channel();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) udp.localAddress();
    }

    void stopTcp() {
        tcp.close().syncUninterruptibly();
    }

    /** @param question as in {@code A orders.internal} */
    ScriptedDns on(String question, Consumer<Reply> script) {
        scripts.put(question, script);
        return this;
    }

    private void answer(DnsQuery query, DnsResponse response, boolean overTcp, ChannelHandlerContext context) {
        DnsQuestion question = query.recordAt(DnsSection.QUESTION);
        String key = question.type().name() + ' ' + question.name().replaceAll("\\.$", "");
        asked.add((overTcp ? "tcp " : "udp ") + key);
        response.setRecursionDesired(true).setRecursionAvailable(true);
        response.addRecord(DnsSection.QUESTION, ReferenceCountUtil.retain(question));
        Reply reply = new Reply(response, overTcp);
        scripts.getOrDefault(key, none -> none.code(DnsResponseCode.NXDOMAIN)).accept(reply);
        if (reply.silent) {
            response.release();
        } else {
            var _ = context.writeAndFlush(response);
        }
    }

    private final class Udp extends SimpleChannelInboundHandler<DatagramDnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramDnsQuery query) {
            ports.add(query.sender().getPort());
            answer(query, new DatagramDnsResponse(/* sender= */ query.recipient(), /* recipient= */ query.sender(), query.id()), false, context);
        }
    }

    private final class Tcp extends SimpleChannelInboundHandler<DnsQuery> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, DnsQuery query) {
            answer(query, new DefaultDnsResponse(query.id()), true, context);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS);
    }
}
