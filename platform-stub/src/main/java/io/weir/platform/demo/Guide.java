package io.weir.platform.demo;

import io.weir.topology.Region;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What the demo says when it is open: what runs where, and commands to paste. Each command stands on a line of its own, behind four blanks, and
 * works as it is in any shell; the line above it, behind {@code #}, says what it shows.
 */
final class Guide {
    /** The pages of the admin port that are worth a look, with what they show. */
    private static final List<AdminPage> ADMIN_PAGES = List.of(
            new AdminPage("/status", "how a load balancer is, at one glance"),
            new AdminPage("/workers", "the workers that it knows, and what checks and requests say of them"),
            new AdminPage("/routes", "which names lead where"),
            new AdminPage("/events?format=text", "what has happened"),
            new AdminPage("/metrics", "figures for Prometheus"));

    private static final String EACH = "curl -s -o /dev/null -w '%{http_code} in %{time_total} s\\n' ";

    private final Scene scene;
    private final ToLongFunction<String> pids;
    private final StringBuilder text = new StringBuilder();

    private record AdminPage(String path, String shows) {}

    private Guide(Scene scene, ToLongFunction<String> pids) {
        this.scene = scene;
        this.pids = pids;
    }

    /** @param pids the process of each name */
    static String of(Scene scene, ToLongFunction<String> pids, Workplace workplace) {
        Guide guide = new Guide(scene, pids);
        guide.whatRuns(workplace);
        guide.text.append("\nTo paste into another terminal:\n");
        guide.routes();
        guide.https(workplace);
        guide.misbehaviour();
        guide.loss();
        guide.log(workplace);
        guide.lostRegion();
        guide.admin();
        guide.text.append("\nConfigs, certificates and logs are in ").append(workplace.folder()).append(". Ctrl-C ends everything.\n");
        return guide.text.toString();
    }

    private void whatRuns(Workplace workplace) {
        Columns balancers = new Columns().row("load balancer", "region", "zone", "address", "https", "admin", "pid", "config");
        for (Scene.Balancer balancer : scene.balancers()) {
            Path config = workplace.file(balancer.configName());
            balancers.row(balancer.name(), balancer.region().name(), balancer.zone(), balancer.address().toString(), balancer.secure().toString(),
                    balancer.admin().toString(), pid(balancer.name()), config.toString());
        }
        Columns workers = new Columns().row("worker", "app", "region", "zone", "address", "pid");
        for (Scene.Worker worker : scene.workers()) {
            workers.row(worker.name(), worker.app(), worker.region(), worker.zone(), worker.address().toString(), pid(worker.name()));
        }
        text.append(balancers).append('\n').append(workers);
    }

    private void routes() {
        Scene.Balancer here = scene.balancers().getFirst();
        Scene.Balancer there = scene.balancers().getLast();
        say("an app by its region's name", "curl " + url(here, Scene.host("orders", here.region()), "/"));
        say("the other region's workers, through the same load balancer", "curl " + url(here, Scene.host("orders", there.region()), "/"));
        say("the global name: the load balancer of " + there.region().name() + " chooses the region",
                "curl " + url(there, "orders." + Scene.DOMAIN, "/"));
        say("a mapping: /stock/v1/pens is /pens of stock, which is told where it was", "curl " + url(here, Scene.MAPPED_HOST, "/stock/v1/pens"));
        say("a redirect, followed to a mapping", "curl -L " + url(here, Scene.MAPPED_HOST, "/old/pens"));
        say("a body", "curl -d 'two pens' " + url(here, Scene.host("hello", here.region()), "/"));
        say("an app that is not there", "curl " + url(here, "nobody." + Scene.DOMAIN, "/"));
    }

    private void https(Workplace workplace) {
        Scene.Balancer here = scene.balancers().getFirst();
        String url = "https://" + Scene.host("orders", here.region()) + ":" + here.secure().port() + "/";
        String believing = "--cacert " + workplace.authority() + " " + url;
        say("https: the demo has a CA of its own, new at each start, which curl is told to believe", "curl " + believing);
        say("over HTTP/2, if the client speaks it", "curl -s -o /dev/null -w 'HTTP/%{http_version}\\n' --http2 " + believing);
        say("who does not know that CA does not believe the load balancer", "curl -sS " + url + " 2>&1 | head -n 1");
    }

    private void misbehaviour() {
        Scene.Balancer here = scene.balancers().getFirst();
        Region region = here.region();
        Scene.Worker worker = scene.pool("stock", region).getFirst();
        String four = EACH + "'" + url(here, Scene.host(worker.app(), region), "/[1-4]") + "'";
        say("let one of two workers be slow", behave(worker, "delay=500ms"));
        say("then every second request is", four);
        say("let it fail instead", behave(worker, "delay=0s&errors=100%"));
        say("then every second answer is its error: it was the app's to give", four);
        say("let it be well again", behave(worker, "errors=0%"));
    }

    private void loss() {
        Scene.Balancer here = scene.balancers().getFirst();
        Scene.Worker worker = scene.pool("orders", here.region()).getFirst();
        say("kill a worker: no request is lost, and the demo starts it again after " + RestartRule.PAUSE.toSeconds() + " s",
                "kill -9 " + pid(worker.name()) + "; " + EACH + "'" + url(here, Scene.host(worker.app(), here.region()), "/[1-8]") + "'");
    }

    private void log(Workplace workplace) {
        Scene.Balancer here = scene.balancers().getFirst();
        say("the line of the last of them in the access log, with the time of each verb that took some",
                "sleep 0.5; grep '\"app\":\"orders\"' " + workplace.file(here.accessLogName()) + " | tail -n 1");
    }

    private void lostRegion() {
        Scene.Balancer here = scene.balancers().getFirst();
        Region region = here.region();
        String admin = "curl -s 'http://" + here.admin();
        String explain = admin + "/explain?url=" + url(here, Scene.host("orders", region), "/") + "'";
        say("what would become of the apps if " + region.name() + " were lost: nothing is touched", admin + "/simulate?lose=region%3D" + region.name() + "'");
        String pids = scene.workers().stream()
                .filter(worker -> worker.region().equals(region.name()))
                .map(worker -> pid(worker.name()))
                .collect(Collectors.joining(" "));
        say("lose it: kill all of its workers; the other region serves, and no request is lost",
                "kill -9 " + pids + "; " + EACH + "'" + url(here, Scene.host("orders", region), "/[1-8]") + "'");
        say("where such a request goes now, and why", "sleep 1; " + explain);
        say("the demo starts the workers again; traffic waits until they have been well for 5 s, and comes back over 5 s",
                "sleep 25; " + EACH + "'" + url(here, Scene.host("orders", region), "/[1-8]") + "'");
        say("and now", explain);
    }

    private void admin() {
        Scene.Balancer here = scene.balancers().getFirst();
        for (AdminPage page : ADMIN_PAGES) {
            say(page.shows(), "curl -s '" + "http://" + here.admin() + page.path() + "'");
        }
    }

    private void say(String shows, String command) {
        text.append("\n  # ").append(shows).append("\n    ").append(command).append('\n');
    }

    private static String behave(Scene.Worker worker, String how) {
        return "curl -X POST 'http://" + worker.address() + "/behave?" + how + "'";
    }

    private static String url(Scene.Balancer balancer, String host, String path) {
        return "http://" + host + ":" + balancer.address().port() + path;
    }

    private String pid(String name) {
        return Long.toString(pids.applyAsLong(name));
    }
}
