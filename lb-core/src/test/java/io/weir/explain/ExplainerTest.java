package io.weir.explain;

import static io.weir.tls.TestCertificates.ec;
import static io.weir.tls.TestCertificates.selfSigned;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.weir.config.ConfigReader;
import io.weir.config.Settings;
import io.weir.failover.Member;
import io.weir.failover.MemberState;
import io.weir.health.AdminState;
import io.weir.health.CheckResult;
import io.weir.health.Health;
import io.weir.health.WorkerReport;
import io.weir.routing.App;
import io.weir.routing.RoutingTable;
import io.weir.topology.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What explanations say: the stories of docs/explain.md, word by word, and what to do about each refusal. */
class ExplainerTest {
    private static final Path DOCS = Path.of("..", "docs", "explain.md");
    private static final String ORDERS = "http://orders.ca-c1.cloudhub.example:8080";
    private static final String HTTP = "listeners: [ { bind: \":8080\" }, { bind: \":8081\", strict-region: on } ]";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static String docs() throws Exception {
        return Files.readString(DOCS);
    }

    /** The config that docs/explain.md begins with. */
    private static String config() throws Exception {
        String docs = docs();
        int from = docs.indexOf("```yaml\n") + "```yaml\n".length();
        return docs.substring(from, docs.indexOf("```", from));
    }

    private static Subject subject(String config, Function<Member, Health> health) throws Exception {
        return new FromConfig(
                ConfigReader.read("test", config).settings(),
                member -> new MemberState(member, health.apply(member), AdminState.ENABLED, MemberState.NOT_WARMING));
    }

    private static Subject healthy(String config) throws Exception {
        return subject(config, _ -> Health.HEALTHY);
    }

    private static Explanation ask(Subject subject, String method, String url, String... fields) {
        return Explainer.explain(Question.of(method, url, List.of(fields), "127.0.0.1", 7), subject);
    }

    private static Explanation explain(Subject subject, String url, String... fields) {
        return ask(subject, "GET", url, fields);
    }

    private static void assertInDocs(Explanation explanation) throws Exception {
        assertThat(docs()).contains("```\n" + explanation.text() + "```\n");
    }

    // ---- stories

    @Test
    void storyOfAHealthyApp() throws Exception {
        assertInDocs(explain(healthy(config()), "http://orders.cloudhub.example:8080/cart"));
    }

    @Test
    void storyOfALostZone() throws Exception {
        Subject lost = subject(config(), member -> member.worker().zone().equals("ca-c1a") ? Health.UNHEALTHY : Health.HEALTHY);
        assertInDocs(explain(lost, "http://shop.example.com/cart?id=1"));
    }

    @Test
    void storyOfAResidencyThatStops() throws Exception {
        assertInDocs(explain(healthy(config()), "http://bills.us-e1.cloudhub.example:8080/"));
    }

    // ---- refusals say what to do

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET   | http://ordres.cloudhub.example:8080/       | 404 | no_route           | Name an app of the config, as orders.cloudhub.example
            GET   | http://www.example.org:8080/               | 404 | no_route           | Add a mapping for host www.example.org and this path
            GET   | http://stock.ca-c1.cloudhub.example:8080/  | 421 | wrong_region       | App stock has no pool in ca-c1: ask for one of us-e1, or add a pool.
            GET   | http://orders.us-e1.cloudhub.example:8081/ | 421 | wrong_region       | ask a load balancer of us-e1, or set strict-region: off at :8081
            GET   | http://bills.us-e1.cloudhub.example:8080/  | 503 | residency          | ask for the app in ca-c1, name that in failover.to
            GET   | http://orders.cloudhub.example:8080/%zz    | 400 | bad_request        | escape what doesn't belong into a URL with %XX
            GET   | http://orders..example:8080/               | 400 | bad_request        | Host or the target's authority is malformed
            TRACE | http://orders.cloudhub.example:8080/       | 405 | method_not_allowed | send another method
            """)
    void eachRefusalSaysWhatToDo(String method, String url, int status, String reason, String remedy) throws Exception {
        Explanation explanation = ask(healthy(config()), method, url);
        assertThat(explanation.ending().status()).isEqualTo(status);
        assertThat(explanation.ending().reason()).isEqualTo(reason);
        assertThat(flat(explanation)).contains(remedy);
    }

    /** On one line, however it was broken. */
    private static String flat(Explanation explanation) {
        return explanation.text().replaceAll("\\s+", " ");
    }

    @Test
    void listenersThatPassBytesOnTakeNoUrl() throws Exception {
        Explanation none = explain(healthy(config().replace(HTTP, "listeners: [ { bind: \":8080\", tcp: sni } ]")), ORDERS);
        Explanation other = explain(healthy(config().replace(HTTP, "listeners: [ { bind: \":8080\", tcp: sni }, { bind: \":8081\" } ]")), ORDERS);

        assertThat(flat(none)).contains("None: no listener speaks HTTP.", "Give HTTP a listener of its own");
        assertThat(flat(other)).contains("None listens at port 8080.", "Ask with the port of a listener: :8081.");
    }

    @Test
    void aBodyOverTheLimitIsRefused() throws Exception {
        Explanation explanation = ask(healthy(config() + "limits: { body: 1KiB }\n"), "POST", ORDERS, "Content-Length: 2000");
        assertThat(explanation.ending().reason()).isEqualTo("body_too_large");
        assertThat(explanation.ending().remedy()).contains("limits.body");
    }

    @Test
    void goingRoundInACircleIsRefused() throws Exception {
        Explanation explanation = explain(healthy(config()), ORDERS, "Via: " + "1.1 weir, ".repeat(8) + "1.1 weir");
        assertThat(explanation.ending().status()).isEqualTo(508);
        assertThat(explanation.ending().remedy()).contains("whose worker is the address of a load balancer");
    }

    @Test
    void wherePanicIsOffNobodyServesAndItSaysWhatTheWorkersLack() throws Exception {
        Subject ill = subject(config().replace("failover: { to: [us-e1] }", "failover: { to: [us-e1] }\n    panic: 0%"), _ -> Health.UNHEALTHY);
        Explanation explanation = explain(ill, ORDERS);
        assertThat(explanation.ending().reason()).isEqualTo("no_workers");
        assertThat(explanation.ending().remedy()).contains("4 are enabled and not well").contains("panic above 0%");
        assertThat(explanation.text()).contains("Nobody takes traffic.").contains("Of 4 workers, none takes traffic, 4 can't be picked.");
    }

    @Test
    void workersThatWereSentAwaySayHowToGetThemBack() throws Exception {
        Subject away = new FromConfig(
                ConfigReader.read("test", config()).settings(),
                member -> new MemberState(member, Health.HEALTHY, AdminState.EVACUATED_HARD, MemberState.NOT_WARMING));
        assertThat(explain(away, ORDERS).ending().remedy()).contains("4 are evacuated: end that with weir restore");
    }

    @Test
    void noListenerIsNoAnswer() throws Exception {
        Subject subject = healthy(config());
        assertThat(explain(subject, "https://orders.cloudhub.example/").text()).contains("no listener speaks TLS").contains(":8080, :8081");
        assertThat(explain(subject, "http://orders.cloudhub.example:99/").text()).contains("None listens at port 99.").contains(":8080, :8081");
        assertThat(explain(subject, "http://orders.cloudhub.example/").text()).contains("none listens at 80: the first is taken");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://orders.cloudhub.example/", "http:///cart", "", "http://a:b@orders.cloudhub.example/", "http://orders.example:0/", "http://orders.example:x/", "http://orders.example:99999/", "http://o/\n"})
    void whatIsNoUrlIsRefusedWithTheFormOfOne(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> Url.parse(url)).withMessageContaining("write http://HOST:PORT/PATH");
    }

    @Test
    void headersMethodsAndAddressesAreCheckedToo() {
        String url = "http://orders.example/";
        assertThatIllegalArgumentException().isThrownBy(() -> Question.of("GET", url, List.of("nonsense"), "::1", 1)).withMessageContaining("'Name: value'");
        assertThatIllegalArgumentException().isThrownBy(() -> Question.of("GET", url, List.of("A: b\r\nC: d"), "::1", 1)).withMessageContaining("is no header");
        assertThatIllegalArgumentException().isThrownBy(() -> Question.of("G T", url, List.of(), "::1", 1)).withMessageContaining("is no method");
        assertThatIllegalArgumentException().isThrownBy(() -> Question.of("GET", url, List.of(), "nowhere", 1)).withMessageContaining("is not an IP address");
    }

    // ---- listeners with TLS, and those that send clients there

    private static Subject redirecting() throws Exception {
        return healthy(config().replace(HTTP, "listeners: [ { bind: \":8080\", plain-http: redirect } ]") + "trusted-proxies: [127.0.0.1]\n");
    }

    @Test
    void onlyWhatResolvesIsSentToHttps() throws Exception {
        Explanation sent = explain(redirecting(), "http://orders.cloudhub.example:8080/cart?a=b");
        Explanation mapped = explain(redirecting(), "http://www.example.com:8080/gone");
        Explanation nowhere = explain(redirecting(), "http://ordres.cloudhub.example:8080/cart");
        Explanation without = explain(redirecting(), "http://orders.cloudhub.example:8080/cart", "X-Forwarded-Proto: https");

        assertThat(flat(sent))
                .contains("plain-http: redirect: what resolves is sent to the same URL with https, by 308; the rest is refused as anywhere.")
                .contains("resolve To app orders for region ca-c1: orders.cloudhub.example is a domain of it. It resolves, so it is sent to https (plain-http: redirect).")
                .contains("answer 308 Permanent Redirect, to https://orders.cloudhub.example/cart?a=b. Ask about that URL");
        assertThat(sent.json()).contains("\"status\": 308", "\"reason\": \"redirected\"", "\"app\": \"orders\"").doesNotContain("\"stage\": \"plan\"");
        assertThat(mapped.ending().status()).isEqualTo(308);
        assertThat(nowhere.ending().reason()).isEqualTo("no_route");
        assertThat(without.ending().worker()).isNotNull();
    }

    /** One with a certificate, and with hosts that ask more of clients; {@code file} may not be there. */
    private static Subject secured(Path file) throws Exception {
        return healthy(config().replace(HTTP, "listeners: [ { bind: \":8443\", tls: { certificates: [ { cert: \"%1$s\", key: \"/none.key\" } ], hosts: { stock.cloudhub.example: { client-auth: { mode: required, ca: \"%1$s\" } } } } } ]".formatted(file)));
    }

    @Test
    void whatAClientMeetsInItsHandshakeIsSaid() throws Exception {
        Subject secured = secured(selfSigned(ec(), "*.cloudhub.example").write(folder, "a"));

        Explanation covered = explain(secured, "https://Orders.cloudhub.example:8443/");
        assertThat(flat(covered))
                .contains("Clients that ask for server name orders.cloudhub.example get the certificate for *.cloudhub.example. client-auth: off: nobody is asked")
                .doesNotContain("most clients refuse it");
        assertThat(covered.json())
                .contains("\"certificate_names\": [\"*.cloudhub.example\"]", "\"server_name\": \"orders.cloudhub.example\"", "\"certificate_covers_host\": true")
                .contains("\"client_auth\": \"off\"");
        assertThat(covered.ending().worker()).isNotNull();

        Explanation uncovered = explain(secured, "https://shop.example.com:8443/");
        assertThat(flat(uncovered)).contains("It is not for shop.example.com, so most clients refuse it.", "any other host is answered 421 misdirected");
        assertThat(uncovered.json()).contains("\"certificate_covers_host\": false");
        assertThat(uncovered.ending().worker()).isNotNull();

        Explanation asked = explain(secured, "https://stock.cloudhub.example:8443/");
        assertThat(flat(asked)).contains("client-auth: required: who shows no certificate that is believed is refused in the handshake.");
        assertThat(asked.json()).contains("\"client_auth\": \"required\"");

        Explanation address = explain(secured, "https://127.0.0.1:8443/", "Host: orders.cloudhub.example");
        assertThat(flat(address)).contains("Clients that name no server, since the URL has an address, get the certificate for *.cloudhub.example.");
        assertThat(address.ending().worker()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://orders.cloudhub.example:8443/, shop.example.com", // which the certificate is not for
        "https://orders.cloudhub.example:8443/, stock.cloudhub.example", // where more is asked of clients
        "https://127.0.0.1:8443/, stock.cloudhub.example"
    })
    void aHostThatTheConnectionIsNotForIsMisdirected(String url, String host) throws Exception {
        Explanation explanation = explain(secured(selfSigned(ec(), "*.cloudhub.example").write(folder, "a")), url, "Host: " + host);

        assertThat(explanation.ending().status()).isEqualTo(421);
        assertThat(explanation.ending().reason()).isEqualTo("misdirected");
        assertThat(flat(explanation)).contains("is for hosts alone that its certificate names", "Ask about the URL of host " + host);
    }

    @Test
    void aCertificateThatIsNotThereLeavesTheRestToBeSaid() throws Exception {
        Explanation explanation = explain(secured(folder.resolve("none.pem")), "https://orders.cloudhub.example:8443/");

        assertThat(flat(explanation)).contains("Which certificate clients would get can't be told: " + folder.resolve("none.pem") + ": there is no such file.");
        assertThat(explanation.ending().worker()).isNotNull();
    }

    // ---- what else it says

    @Test
    void aMappingAnswersByItself() throws Exception {
        Explanation moved = explain(healthy(config()), "http://www.example.com:8080/old/a?b=1");
        assertThat(moved.text()).contains("308 Permanent Redirect, to https://new.example.com/a?b=1.");
        assertThat(explain(healthy(config()), "http://www.example.com:8080/gone").ending().status()).isEqualTo(410);
    }

    @Test
    void aHostFieldStandsForTheUrlsHost() throws Exception {
        assertThat(explain(healthy(config()), "http://127.0.0.1:8080/", "Host: orders.cloudhub.example").text()).contains("To app orders for region ca-c1");
    }

    @Test
    void theClientIsWhomATrustedProxySaysItIs() throws Exception {
        String text = explain(healthy(config() + "trusted-proxies: [127.0.0.0/8]\n"), ORDERS, "X-Forwarded-For: 203.0.113.9").text();
        assertThat(text).contains("from client 203.0.113.9").contains("It comes from 127.0.0.1, one of trusted-proxies");
    }

    @Test
    void whatIsNotIdempotentIsSeldomTriedAgain() throws Exception {
        assertThat(flat(ask(healthy(config()), "POST", ORDERS))).contains("POST is not idempotent: it is tried again only where no worker can have seen any of it.");
    }

    @Test
    void ofManyWorkersAndMappingsThoseThatMatterAreListed() throws Exception {
        List<String> workers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            workers.add("{ address: \"127.1.%d.%d:80\", zone: ca-c1b }".formatted(i / 250, i % 250 + 1));
        }
        StringBuilder mappings = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            mappings.append("  - { host: h%d.example.com, app: stock }\n".formatted(i));
        }
        String many = config()
                .replace("      us-e1: { workers: [ { address: \"127.0.0.1:9101\"", "      us-e1: { workers: [ " + String.join(", ", workers).replace("ca-c1b", "us-e1a") + ", { address: \"127.0.0.1:9101\"")
                + mappings;
        Explanation explanation = explain(healthy(many), "http://h499.example.com:8080/");
        assertThat(explanation.text()).contains("mapping 504 is the first that matches").contains("more mappings");
        assertThat(explanation.text().lines().count()).isLessThan(120);
        Subject twoIll = subject(many, member -> member.worker().address().toString().matches("127.1.3.(100|200):80") ? Health.UNHEALTHY : Health.HEALTHY);
        assertThat(explain(twoIll, "http://orders.us-e1.cloudhub.example:8080/").text())
                .contains("and 961 more workers")
                .contains("127.1.3.100:80")
                .contains("127.1.3.200:80");
    }

    // ---- gateways

    private static String behindAGateway() throws Exception {
        return config().replace("us-e1: { workers: [ { address: \"127.0.0.1:9101\", zone: us-e1a } ] }", "us-e1: { gateway: { address: \"10.9.0.1:8080\" } }");
    }

    /** The same, where the gateway has last said that. */
    private static Subject reporting(Subject subject, CheckResult said) {
        return new Subject() {
            @Override
            public Settings settings() {
                return subject.settings();
            }

            @Override
            public RoutingTable table() {
                return subject.table();
            }

            @Override
            public List<Door> doors() {
                return subject.doors();
            }

            @Override
            public AppNow now(App app, App.RegionPlan plan) {
                return subject.now(app, plan);
            }

            @Override
            public Map<Worker, WorkerReport> reports(Collection<Worker> workers) {
                Map<Worker, WorkerReport> reports = new HashMap<>();
                workers.forEach(worker -> reports.put(worker, new WorkerReport(worker, Health.HEALTHY, 0, null, "", false, said, 0, 0, 0, 0, false, 0)));
                return reports;
            }
        };
    }

    @Test
    void whoIsReachedThroughALoadBalancerIsHandedOver() throws Exception {
        Subject subject = reporting(healthy(behindAGateway()), CheckResult.of(new CheckResult.Behind(3, 4), "3 of 4 well"));
        Explanation explanation = explain(subject, "http://orders.us-e1.cloudhub.example:8080/");

        assertThat(flat(explanation))
                .contains("pick Handed over to the load balancer of us-e1 at 10.9.0.1:8080, which picks among its own; it reports 3 of 4 able to serve.")
                .contains("workers Of 1 gateway, 1 takes traffic.")
                .contains("GATEWAY OF REPORTS")
                .contains("answer What the load balancer of us-e1 at 10.9.0.1:8080 answers.");
        assertThat(explanation.json())
                .contains("\"gateway\": {\"region\": \"us-e1\", \"available\": 3, \"enabled\": 4}")
                .contains("\"gateway_of\": \"us-e1\"", "\"reports\": \"3 of 4\"");
    }

    @Test
    void aConfigDoesNotKnowWhatItReports() throws Exception {
        Explanation explanation = explain(healthy(behindAGateway()), "http://orders.us-e1.cloudhub.example:8080/");

        assertThat(flat(explanation))
                .contains("Handed over to the load balancer of us-e1 at 10.9.0.1:8080, which picks among its own; how many of them can serve is not known here.");
        assertThat(explanation.json()).contains("\"gateway\": {\"region\": \"us-e1\", \"available\": null, \"enabled\": null}");
    }

    @Test
    void aLoadBalancerThatWouldBeTriedNextIsNamedAsOne() throws Exception {
        Explanation explanation = explain(healthy(behindAGateway()), ORDERS);

        assertThat(flat(explanation))
                .contains("then the load balancer of us-e1 at 10.9.0.1:8080.")
                .contains("What a load balancer says it hasn't taken is tried elsewhere at no cost")
                .contains("Of 3 workers and 1 gateway, 3 take traffic, 1 is in reserve.");
        assertThat(explanation.ending().says()).startsWith("What 127.0.0.1:");
    }

    @Test
    void whatATrustedGatewaySaysOfTheClientIsBelieved() throws Exception {
        assertThat(explain(healthy(config() + "trusted-gateways: [127.0.0.0/8]\n"), ORDERS, "X-Forwarded-For: 203.0.113.9").text())
                .contains("from client 203.0.113.9");
    }

    @Test
    void jsonSaysTheSameForPrograms() throws Exception {
        assertThat(explain(healthy(config()), ORDERS).json())
                .startsWith("{")
                .contains("\"seed\": 7")
                .contains("\"stage\": \"plan\"")
                .contains("\"share\": 1")
                .contains("\"worker\": \"127.0.0.1:9002\"")
                .endsWith("}\n");
    }
}
