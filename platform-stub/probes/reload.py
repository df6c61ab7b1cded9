#!/usr/bin/env python3
"""Another config while requests run: what a change does not touch notices nothing, what goes away drains.

Needs wrk, nginx (which answers as worker) and Maven (which fetches gRPC's test service). The long form, WEIR_FULL=1: 500 reloads with 1,000
WebSockets."""
import json, os, random, re, shutil, signal, socket, subprocess, sys, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from grpc_tools import Streams, TestServer
from probelib import need
from proxies import free_ports, http_get
from scene import Anew, Cases, Echo, Listening, Place, Worker, Wrk, Ws, exchange, head

case = Cases("reload", __doc__); FULL = os.environ.get("WEIR_FULL") == "1"


class Weir(Place):
    """One process, with its config as parts that a test changes."""
    def __init__(self, apps, drain="3s", reload="", runtime="event-loops: 2"):
        super().__init__("reload"); self.port, self.admin, self.second = free_ports(3); self.p = None
        self.apps = dict(apps); self.drain = drain; self.runtime = runtime; self.reload = reload; self.listeners = ['{ bind: "127.0.0.1:%d" }' % self.port]; self.mappings = []; self.more = ""
    def text(self):
        apps = "".join("  %s:\n    pools: { r1: { workers: [ %s ] } }\n%s" % (name, ", ".join('{ address: "127.0.0.1:%d", zone: z1, weight: %d }' % w for w in workers), "".join("    %s\n" % k for k in keys)) for name, (workers, keys) in self.apps.items())
        return f"""domains: [x.test]
here: {{ region: r1, zone: z1 }}
regions: {{ r1: {{ jurisdiction: XX, zones: [z1] }} }}
listeners: [ {', '.join(self.listeners)} ]
admin: {{ bind: "127.0.0.1:{self.admin}" }}
runtime: {{ {self.runtime}, drain: {self.drain} }}
{self.more}
{('reload: ' + self.reload) if self.reload else ''}
apps:
{apps}mappings: [ {', '.join(self.mappings)} ]
"""
    def write(self, text=None): self.put(text or self.text())
    def __enter__(self): self.write(); self.p = self.launch().ready(); return self
    def get(self, path): return http_get(self.admin, path, 70, raw=True)[1].split(b"\r\n\r\n", 1)[1]
    def status(self): return json.loads(self.get("/status?format=json"))
    def generation(self): return self.status()["config"]["generation"]
    def post(self):
        """POST /reload at the Unix socket: no JVM for each. (status, text)"""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(70); s.connect(self.socket()); b = exchange(s, b"POST /reload?format=json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        return int(b.split(b" ", 2)[1]), b.split(b"\r\n\r\n", 1)[1].decode()
    def until(self, what, test, wait=15):
        end = time.time() + wait
        while not test(): need(time.time() < end, "not within %d s: %s; %s" % (wait, what, self.p.said()[-1200:])); time.sleep(0.03)
    def ask(self, host): return http_get(self.port, "/", 5, host)


def connections_to(port):
    """Local ports of the connections to a worker: which of them these are."""
    return {l.split()[1] for f in ("/proc/net/tcp", "/proc/net/tcp6") for l in open(f) if l.split()[2].endswith(":%04X" % port) and l.split()[3] == "01"}


CHECK = "check: { http: { path: / }, interval: 1s }"


STREAMS = 50


@case("under-load")
def _():
    # reloads under load: what they do not touch notices nothing, and what is invalid is not applied
    n, sockets, invalid = (500, 1000, 10) if FULL else (40, 100, 3)
    with TestServer() as grpc, Worker() as kept, Worker() as a, Worker() as b, Echo() as echo:
        apps = {"kept": ([(kept.port, 1)], [CHECK]), "ws": ([(echo.port, 1)], ["check: off"]), "other": ([(a.port, 1)], [CHECK]),
                "grpc": ([(grpc.port, 1)], ["check: off", "upstream: { protocol: http2 }", "timeouts: { response: 60s, idle: 60s }"])}
        with Weir(apps) as w, Streams(grpc, w.port, "grpc.x.test", STREAMS) as streams:
            ws = [Ws(w.port, "ws.x.test") for _ in range(sockets)]; w.until("streams are open", streams.open, 30)
            with Wrk(w.port, "kept.x.test", 8) as load, Anew(w.port, "kept.x.test", 0.01) as anew:
                time.sleep(30 if FULL else 1) # warm, before memory is compared
                before = connections_to(kept.port); need(before, "no connections to the worker")
                reloads, early = reload_often(w, n, invalid, a.port, b.port, streams); at = streams.tell()["each"]
                for each in ws: each.echo(b"still there")
                w.until("each stream has gone on after the last reload", lambda: all(now > then for now, then in zip(streams.tell()["each"], at)))
                after = connections_to(kept.port); need(len(before & after) >= len(before) - 1, "connections to an untouched worker were made anew: %s, %s" % (before, after))
                messages = streams.end(); (requests, bad), (fresh, worse) = load.end(), anew.end(); need(requests > 100 and not bad, "of %d requests: %s" % (requests, bad)); need(not worse, "%d failed: %s" % (len(worse), worse[:3]))
            need("unproven" not in w.get("/workers?format=json&app=kept").decode(), "health was forgotten")
            rss, live = collected(w)
            if FULL: need(rss <= early[0] * 1.10, "RSS %d MiB after %d reloads, %d after 10; live heap %.1f and %.1f MiB" % (rss, n, *early, live))
            for each in ws: each.s.close()
            return "%s; %d requests on kept connections, %d anew, %d WebSockets, %d gRPC streams with %d messages, each answered: none failed or closed; RSS %d MiB after 10, %d at the end, live heap %.1f and %.1f MiB" % (reloads, requests, fresh, sockets, STREAMS, messages, early[0], rss, early[1], live)


def reload_often(w, n, invalid, a, b, streams):
    """What was done, as a line, and what was resident and live after ten."""
    rng = random.Random(1); gen = w.generation(); bad_at = set(rng.sample(range(5, n), invalid)); slowest = 0.0; early = (0, 0.0); ways = {"file": 0, "hup": 0, "post": 0}
    for i in range(n):
        if i in bad_at:
            w.write(w.text().replace("listeners:", "listners:", 1)); code, text = w.post()
            need(code == 422 and "did you mean listeners?" in text, "%d %s" % (code, text[:200])); need(w.generation() == gen, "an invalid file was applied"); continue
        change(w, rng, a, b, i); way = ("file", "hup", "post")[i % 3]; t = time.monotonic()
        w.write()
        if way == "hup": w.p.p.send_signal(signal.SIGHUP)
        if way == "post": code, text = w.post(); need(code == 200, "%d %s" % (code, text[:300]))
        w.until("generation %d (by %s)" % (gen + 1, way), lambda: w.generation() >= gen + 1)
        slowest = max(slowest, time.monotonic() - t); gen = w.generation(); ways[way] += 1; streams.tell()
        if i == 10: early = collected(w)
    return "%d applied (%s), %d invalid, slowest %.2f s" % (sum(ways.values()), ", ".join("%d %s" % (v, k) for k, v in ways.items()), invalid, slowest), early


def jcmd(w, *what):
    return subprocess.run([shutil.which("jcmd", path=os.path.join(os.environ.get("JAVA_HOME", "/none"), "bin") + os.pathsep + os.environ["PATH"]) or "jcmd", str(w.p.pid), *what], capture_output=True, text=True).stdout


def collected(w):
    """After a collection: resident and live MiB."""
    jcmd(w, "GC.run"); live = sum(int(n) for n in re.findall(r"used (\d+)K", jcmd(w, "GC.heap_info").split("Metaspace")[0])) / 1024
    return rss(w.p.pid), live


def rss(pid): return int(re.search(r"VmRSS:\s+(\d+)", open("/proc/%d/status" % pid).read()).group(1)) // 1024


def change(w, rng, a, b, i):
    """Something else each time; never of the apps kept, ws and grpc."""
    other = w.apps["other"]
    kind = i % 8
    if kind == 0: w.apps["other"] = ([(b if other[0][0][0] == a else a, 1)], other[1])
    elif kind == 1: w.apps["other"] = ([(a, 1), (b, rng.randint(1, 9))], other[1])
    elif kind == 2: w.apps["other"] = (other[0], [CHECK, "timeouts: { response: %ds }" % (10 + i)])
    elif kind == 3: w.apps["extra%d" % i] = ([(a, 1)], ["check: off"])
    elif kind == 4:
        for name in [n for n in w.apps if n.startswith("extra")][:1]: del w.apps[name]
        w.mappings = []
        w.more = "limits: { fields: %d }" % (100 + i)
    elif kind == 5: w.mappings = ['{ host: "m%d.test", app: other }' % i] + w.mappings[:3]
    elif kind == 6: w.listeners = w.listeners[:1] + ([] if len(w.listeners) > 1 else ['{ bind: "127.0.0.1:%d" }' % w.second])
    else: w.more = "access-log: { format: %s, path: \"%s/access.log\" }" % (rng.choice(["json", "common", "combined"]), w.dir) if i % 16 == 7 else "limits: { fields: %d }" % (200 + i)


@case("worker-that-goes")
def _():
    # a worker that goes: its WebSockets end spread over the drain, and its answers run to their end
    with Echo() as echo, Slow() as slow, Worker() as other:
        with Weir({"ws": ([(echo.port, 1)], ["check: off"]), "slow": ([(slow.port, 1)], ["check: off"])}, drain="5s") as w:
            ws = [Ws(w.port, "ws.x.test") for _ in range(50)]
            s = socket.create_connection(("127.0.0.1", w.port), timeout=20); s.sendall(b"GET / HTTP/1.1\r\nHost: slow.x.test\r\n\r\n"); slow.asked.wait(10)
            w.apps = {"ws": ([(other.port, 1)], ["check: off"]), "slow": ([(other.port, 1)], ["check: off"])}; w.write(); code, text = w.post(); need(code == 200, text); t = time.monotonic(); times = []
            lock = threading.Lock()
            def until_closed(x):
                x.until_closed()
                with lock: times.append(time.monotonic() - t)
            threads = [threading.Thread(target=until_closed, args=(x,)) for x in ws]
            for x in threads: x.start()
            time.sleep(2); slow.go.set(); b = b""
            while not b.endswith(b"slow"): d = s.recv(4096); need(d, "the answer was cut: %r" % b); b += d
            for x in threads: x.join(20)
            need(len(times) == 50, "%d closed" % len(times)); tenths = {int(x * 2) for x in times}; need(len(tenths) >= 6 and max(times) < 6.5, "closed at %s" % sorted(round(x, 1) for x in times))
            return "50 WebSockets ended in %d of 10 tenths of 5 s, the last after %.1f s; an answer that took 2 s arrived whole" % (len(tenths), max(times))


class Slow(Listening):
    """Answers when it is told to."""
    def __init__(self): super().__init__(); self.asked, self.go = threading.Event(), threading.Event()
    def serve(self, c):
        while head(c): self.asked.set(); self.go.wait(30); c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow")


class Warming(Listening):
    """Fails its checks at first, and notes whether it gets anything else."""
    def __init__(self): super().__init__(); self.well = False; self.early = self.late = 0
    def serve(self, c):
        while b := head(c):
            if b"/health" not in b.split(b"\r\n")[0]:
                if self.well: self.late += 1
                else: self.early += 1
            c.sendall(b"HTTP/1.1 %s\r\nContent-Length: 6\r\n\r\nworker" % (b"200 OK" if self.well else b"503 No"))


@case("workers-all-new")
def _():
    # a pool whose workers are all new ones keeps the others until one is well
    with Worker() as old, Warming() as new:
        keys = ["check: { http: { path: /health }, interval: 1s, fall: 10 }"]
        with Weir({"orders": ([(old.port, 1)], keys)}) as w:
            w.until("proven", lambda: w.ask("orders.x.test") == 200); w.apps = {"orders": ([(new.port, 1)], keys)}
            with Anew(w.port, "orders.x.test", 0.01) as anew:
                w.write(); threading.Timer(2.0, lambda: setattr(new, "well", True)).start(); t = time.monotonic()
                w.until("the new one serves", lambda: new.late > 0, 12); took = time.monotonic() - t; good, bad = anew.end()
            need(not bad, "%d failed: %s" % (len(bad), bad[:3])); need(new.early == 0, "%d requests went to a worker that was not well" % new.early)
            return "%d requests, none failed; none to the new one before it was well, after %.1f s" % (good, took)


@case("rolled-back")
def _():
    # errors roll a config back, and that text is not taken again by itself
    with Worker() as good:
        dead = free_ports(1)[0]
        with Weir({"orders": ([(good.port, 1)], ["check: off", "ejection: off"])}, reload="{ watch: 20s, roll-back-if: errors>5% }") as w:
            w.apps = {"orders": ([(dead, 1)], ["check: off", "ejection: off"])}; w.write(); w.until("applied", lambda: w.generation() == 2); t = time.monotonic()
            def asked(): w.ask("orders.x.test"); return w.generation() == 3
            w.until("rolled back", asked, 20); took = time.monotonic() - t
            need(w.ask("orders.x.test") == 200, "the config from before does not serve"); last = w.status()["last_reload"]; need(last["outcome"] == "rolled_back", str(last))
            os.utime(w.file); open(w.file, "a").write("# touched\n"); w.write(); w.p.p.send_signal(0); time.sleep(0.6); need(w.generation() == 3, "it was taken again by itself")
            code, out = w.weir("reload", w.file); need(code == 0 and "applied" in out, out)
            return "rolled back after %.1f s" % took


@case("refused")
def _():
    # what would take too many workers away is refused; commands say what to do
    with Worker() as a, Worker() as b:
        with Weir({"orders": ([(a.port, 1), (b.port, 1)], ["check: off"])}, reload="{ max-removed-workers: 30% }") as w:
            code, out = w.weir("reload", w.file); need(code == 0 and "unchanged" in out, out)
            w.apps = {"orders": ([(a.port, 1)], ["check: off"])}; w.write(); code, out = w.weir("reload", w.file); need(code == 1 and "1 of 2 workers (50%)" in out and "max-removed-workers" in out, out)
            code, plan = w.weir("plan", w.file, "--process", w.file, "--fail-if", "removed-workers>30%"); need(code == 1 and "leaves" in plan, plan)
            w.write("listeners: 7\n"); code, out = w.weir("reload", w.file); need(code == 1 and "weir.yaml:1:" in out, out)
            need(w.ask("orders.x.test") == 200 and w.generation() == 1, "it does not serve as before"); return "refused, with the reason"


@case("links-and-editors")
def _():
    # a link that is swapped as Kubernetes does, and an editor that writes in place
    with Worker() as a, Worker() as b:
        w = Weir({"orders": ([(a.port, 1)], ["check: off"])}); v = w.dir + "/v"; os.mkdir(v)
        def version(n, port): os.mkdir(v + "/..%d" % n); w.apps = {"orders": ([(port, 1)], ["check: off", "timeouts: { connect: %ds }" % (n + 1)])}; open(v + "/..%d/weir.yaml" % n, "w").write(w.text()); os.symlink("..%d" % n, v + "/..tmp"); os.rename(v + "/..tmp", v + "/..data")
        version(1, a.port); os.symlink("..data/weir.yaml", v + "/weir.yaml"); w.file = v + "/weir.yaml"; w.write = lambda text=None: None
        with w:
            t = time.monotonic(); version(2, b.port); shutil.rmtree(v + "/..1"); w.until("the swap", lambda: w.generation() == 2); swap = time.monotonic() - t
            t = time.monotonic(); w.apps["more"] = ([(a.port, 1)], ["check: off"])
            with open(v + "/..data/weir.yaml", "r+") as f: f.truncate(); f.write(w.text())
            w.until("the edit", lambda: w.generation() == 3); return "noticed after %.2f s and %.2f s" % (swap, time.monotonic() - t)


if __name__ == "__main__": case.ask(); sys.exit(case.run())
