package io.weir.explain;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weir.balancing.Draw;
import io.weir.config.LimitSettings;
import io.weir.config.PlainHttp;
import io.weir.config.Settings;
import io.weir.exchange.Admission;
import io.weir.exchange.ClientAddress;
import io.weir.exchange.Gateways;
import io.weir.exchange.Peer;
import io.weir.exchange.Peers;
import io.weir.exchange.Reason;
import io.weir.exchange.SecurePort;
import io.weir.http.BadMessage;
import io.weir.http.HeadLimits;
import io.weir.http.Progress;
import io.weir.http.RequestHead;
import io.weir.http.RequestParser;
import io.weir.routing.Answer;
import io.weir.routing.App;
import io.weir.routing.Route;
import io.weir.routing.RoutingTrace;
import io.weir.tls.BadPairException;
import io.weir.tls.TlsFacts;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Follows a request through the stages that an exchange would lead it through, on the same functions: the parser, {@link Admission}, the
 * table, and the decision. What is decided on are copies, so that asking changes nothing.
 */
public final class Explainer {
    private final Question question;
    private final Subject subject;
    private final List<Stage> stages = new ArrayList<>();
    private final RequestHead head = new RequestHead();

    private Explainer(Question question, Subject subject) {
        this.question = question;
        this.subject = subject;
    }

    /**
     * What becomes of the request, and why.
     *
     * @throws IllegalStateException if that can't be told; the message says what to do
     */
    public static Explanation explain(Question question, Subject subject) {
        Explainer explainer = new Explainer(question, subject);
        Ending ending = explainer.listener();
        return new Explanation(question, explainer.stages, ending);
    }

    private Stage add(Stage stage) {
        stages.add(stage);
        return stage;
    }

    // ---- the listener

    private Ending listener() {
        Url url = question.url();
        if (subject.doors().isEmpty()) {
            add(new Stage("listener", "None: no listener speaks HTTP."));
            return Ending.nobody("Give HTTP a listener of its own, without tcp.");
        }
        boolean tls = url.scheme().equals("https");
        List<Door> all = subject.doors().stream().filter(door -> (door.tls() != null) == tls).toList();
        if (all.isEmpty()) {
            add(new Stage("listener", tls ? "None: no listener speaks TLS." : "None: all listeners speak TLS."));
            return Ending.nobody(
                    tls
                            ? "Ask about the http URL, to see what becomes of the request behind whatever ends TLS in front: " + doors(subject.doors())
                            : "Ask about the https URL: " + doors(subject.doors()));
        }
        Door door = door(url, all);
        if (door == null) {
            add(new Stage("listener", "None listens at port " + url.port() + "."));
            return Ending.nobody("Ask with the port of a listener: " + doors(all));
        }
        String region = door.onlyRegion();
        Stage stage = add(new Stage("listener", door.at() + " takes it; it serves " + (region == null ? "every region." : "region " + region + " alone (strict-region).")))
                .fact("listener", door.at().toString())
                .fact("strict_region", region != null);
        if (door.at().port() != url.port()) {
            stage.because("The URL names no port, and none listens at " + url.port() + ": the first is taken.");
        }
        if (door.tls() != null) {
            return admit(door, handshake(door.tls(), stage));
        }
        if (door.plainHttp() == PlainHttp.DROP) {
            stage.because("plain-http: drop: it closes every connection without a word.");
            return Ending.nobody("Ask about the https URL.");
        }
        if (door.plainHttp() == PlainHttp.REDIRECT) {
            stage.because("plain-http: redirect: what resolves is sent to the same URL with https, by 308; the rest is refused as anywhere.");
        }
        return admit(door, null);
    }

    /** Of a client that asks for the URL's host; null if there would be none. */
    private @Nullable TlsFacts handshake(DoorTls tls, Stage stage) {
        String name = question.url().serverName();
        String asking = name == null ? "Clients that name no server, since the URL has an address," : "Clients that ask for server name " + name;
        try {
            Set<String> certified = new TreeSet<>(tls.certificates().certified(name));
            TlsFacts facts = TlsFacts.foreseen(tls.settings(), name, certified);
            stage.because(asking + " get the certificate for " + (certified.isEmpty() ? "no name" : String.join(", ", certified)) + ".");
            stage.fact("certificate_names", List.copyOf(certified));
            if (name != null) {
                boolean covered = TlsFacts.covers(certified, name);
                stage.fact("server_name", name).fact("certificate_covers_host", covered);
                if (!covered) {
                    stage.because("It is not for " + name + ", so most clients refuse it. Over such a connection " + name
                            + " and the certificate's own names may be asked for; any other host is answered 421 misdirected.");
                }
            }
            String mode = facts.clientAuth().mode().name().toLowerCase(Locale.ROOT);
            stage.fact("client_auth", mode).because(switch (facts.clientAuth().mode()) {
                case OFF -> "client-auth: off: nobody is asked for a certificate.";
                case OPTIONAL -> "client-auth: optional: they are asked for a certificate, and served without one too; a bad one is refused in the handshake.";
                case REQUIRED -> "client-auth: required: who shows no certificate that is believed is refused in the handshake.";
            });
            return facts;
        } catch (BadPairException e) {
            stage.because("Which certificate clients would get can't be told: " + e.getMessage() + ".");
            return null;
        }
    }

    private static @Nullable Door door(Url url, List<Door> all) {
        Door best = null;
        for (Door door : all) {
            if (door.fit(url.host(), url.port()) > (best == null ? 0 : best.fit(url.host(), url.port()))) {
                best = door;
            }
        }
        return best == null && !url.portWritten() ? all.getFirst() : best;
    }

    private static String doors(List<Door> all) {
        return String.join(", ", all.stream().map(door -> door.at().toString()).toList()) + ".";
    }

    // ---- admit

    private Ending admit(Door door, @Nullable TlsFacts tls) {
        Settings settings = subject.settings();
        BadMessage fault = read(settings.limits());
        if (fault != null) {
            add(new Stage("admit", "The head is refused: " + fault.sentence() + ".")).fact("fault", fault.name().toLowerCase(Locale.ROOT));
            return Ending.refused(Reason.of(fault), fault.sentence(), "Ask about a request that a client may send: escape what doesn't belong into a URL with %XX.");
        }
        Gateways gateways = new Gateways(settings.gateways().trusted(), Gateways.NONE.instance(), Gateways.NONE.pools());
        Peer from = new Peers(settings.forwarding(), gateways).of(peer(), InetSocketAddress.createUnresolved("", door.at().port()), tls);
        Admission.Admitted admitted = Admission.admit(head, from);
        ClientAddress client = admitted.client();
        String host = head.text(head.authorityStart(), head.hostEnd());
        String path = head.text(head.pathStart(), head.pathEnd());
        Stage stage = add(new Stage("admit", "The head is well: " + question.method() + " of " + path + " at host " + host + ", from client " + client + "."))
                .fact("host", host)
                .fact("path", path)
                .fact("client", client.toString());
        if (!client.toString().equals(question.from().toString())) {
            stage.because("It comes from " + question.from() + ", one of trusted-proxies or trusted-gateways, whose word about the client is believed.");
        }
        Reason refusal = Admission.refusal(head, settings.limits().body());
        if (refusal != null) {
            return Ending.refused(refusal, Remedies.unadmitted(refusal));
        }
        if (!Admission.mayComeFrom(from, head)) {
            stage.because("A connection that was opened for " + question.url().host() + " is for hosts alone that its certificate names and that the same client-auth holds for.");
            return Ending.refused(Reason.MISDIRECTED, Remedies.misdirected(host));
        }
        return resolve(door, admitted);
    }

    private @Nullable BadMessage read(LimitSettings limits) {
        HeadLimits most = new HeadLimits(limits.requestLine(), Math.max(limits.head(), limits.requestLine()), limits.fields());
        ByteBuf in = Unpooled.wrappedBuffer(question.head());
        Progress progress = new RequestParser(most).read(in, head);
        BadMessage fault = head.fault();
        return progress == Progress.END ? null : fault == null ? BadMessage.BAD_REQUEST_LINE : fault;
    }

    private InetSocketAddress peer() {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(question.from().toBytes()), 0);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    // ---- resolve

    private Ending resolve(Door door, Admission.Admitted admitted) {
        RoutingTrace trace = subject.table().trace(head);
        Stage stage = add(Leading.stage(trace, head, subject.settings()));
        if (door.plainHttp() == PlainHttp.REDIRECT && door.tls() == null && trace.destination() != null && !admitted.cameWithTls()) {
            return secure(stage);
        }
        return switch (trace.destination()) {
            case null -> Ending.refused(Reason.NO_ROUTE, Remedies.noRoute(trace, head, subject.settings()));
            case Answer given -> Ending.answered(given.status(), given.location());
            case Route route -> follow(route, door, admitted.client());
        };
    }

    private Ending secure(Stage stage) {
        stage.because("It resolves, so it is sent to https (plain-http: redirect).");
        String url = SecurePort.of(subject.settings()).url(head);
        return url == null
                ? Ending.refused(Reason.BAD_REQUEST, "There is no host to redirect to https", "Send a Host.")
                : Ending.secured(url);
    }

    private Ending follow(Route route, Door door, ClientAddress client) {
        App.RegionPlan plan = route.plan();
        if (plan == null || !Admission.serves(route, door.onlyRegion())) {
            return Ending.refused(Reason.WRONG_REGION, Remedies.wrongRegion(route, door, subject));
        }
        return decide(route, subject.now(route.app(), plan), client);
    }

    // ---- choose and pick

    private Ending decide(Route route, AppNow app, ClientAddress client) {
        Tiers tiers = new Tiers(app, subject.settings());
        add(tiers.app(route));
        add(tiers.residency());
        add(tiers.plan());
        Draw draw = new Draw();
        Admission.draw(route.app(), head, client, app.turn(), question.seed(), draw);
        Picks picks = new Picks(app, draw, subject);
        add(new Workers(app, picks).stage(subject));
        add(picks.key(route.app(), head, client));
        add(picks.pick());
        if (picks.first() == null) {
            return app.order().residencyStopped()
                    ? Ending.refused(Reason.RESIDENCY, Remedies.residency(app, subject.settings()))
                    : Ending.refused(Reason.NO_WORKERS, Remedies.noWorkers(app));
        }
        add(picks.retries(head.method(), question.method()));
        Gateway gateway = picks.gateway(picks.first());
        return gateway == null ? Ending.served(picks.first().name()) : Ending.handedOver(gateway);
    }
}
