#!/usr/bin/env python3
"""Another config while requests run: what a change does not touch notices nothing, what goes away drains.

Needs wrk, nginx (which answers as worker) and curl. The long form, WEIR_FULL=1: 500 reloads with 1,000 WebSockets and 50 streams."""
import argparse, base64, json, os, random, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import Fail, need, Reader
from proxies import LAUNCHER, free_ports, http_get
from takeover import Echo, Worker, frame

CASES = []; FULL = os.environ.get("WEIR_FULL") == "1"; A = None


def case(name):
    def d(fn): CASES.append((name, fn)); return fn
    return d


class Ticking:
    """A worker whose responses have no end before stop(): a chunk each 200 ms."""
    def __enter__(self):
        self.s = socket.socket(); self.s.bind(("127.0.0.1", 0)); self.s.listen(256); self.port = self.s.getsockname()[1]; self.on = True; self.open = 0
        threading.Thread(target=self.run, daemon=True).start(); return self
    def run(self):
        while True:
            try: c, _ = self.s.accept()
            except OSError: return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()
    def serve(self, c):
        try:
            b = b""
            while b"\r\n\r\n" not in b: b += c.recv(65536)
            c.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nTransfer-Encoding: chunked\r\n\r\n"); self.open += 1
            while self.on: c.sendall(b"5\r\ntick\n\r\n"); time.sleep(0.2)
            c.sendall(b"4\r\nend\n\r\n0\r\n\r\n"); c.recv(1)
        except OSError: pass
        c.close()
    def stop(self): self.on = False
    def __exit__(self, *_): self.stop(); self.s.close()


class Weir:
    """One process, with its config as parts that a test changes."""
    def __init__(self, apps, drain="3s", reload="", runtime="event-loops: 2", **more):
        self.dir = tempfile.mkdtemp(prefix="reload-"); self.port, self.admin, self.second = free_ports(3); self.file = self.dir + "/weir.yaml"
        self.apps = dict(apps); self.drain = drain; self.runtime = runtime; self.reload = reload; self.listeners = ['{ bind: "127.0.0.1:%d" }' % self.port]; self.mappings = []; self.more = ""
        os.mkdir(self.dir + "/run", 0o700); self.env = {**os.environ, "XDG_RUNTIME_DIR": self.dir + "/run", "XDG_STATE_HOME": self.dir + "/state"}
        self.log = self.dir + "/log"; self.p = None
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
    def write(self, text=None):
        with open(self.file + ".new", "w") as f: f.write(text or self.text())
        os.rename(self.file + ".new", self.file)
    def __enter__(self):
        self.write()
        self.p = subprocess.Popen([LAUNCHER, "run", self.file], stdout=open(self.log, "ab"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self.env, start_new_session=True)
        end = time.time() + 30
        while "ready after" not in self.said(): need(time.time() < end and self.p.poll() is None, "did not start: " + self.said()[-2000:]); time.sleep(0.02)
        return self
    def __exit__(self, *_):
        if self.p.poll() is None: self.p.send_signal(signal.SIGTERM)
        try: self.p.wait(15)
        except subprocess.TimeoutExpired: self.p.kill(); self.p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
    def said(self): return open(self.log, errors="replace").read()
    def get(self, path):
        with socket.create_connection(("127.0.0.1", self.admin), timeout=70) as s:
            s.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % path.encode()); b = b""
            while (d := s.recv(65536)): b += d
        return b.split(b"\r\n\r\n", 1)[1]
    def status(self): return json.loads(self.get("/status?format=json"))
    def generation(self): return self.status()["config"]["generation"]
    def weir(self, *args): p = subprocess.run([LAUNCHER, *args], capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL, env=self.env); return p.returncode, p.stdout + p.stderr
    def post(self):
        """POST /reload at the Unix socket: no JVM for each. (status, text)"""
        sock = self.dir + "/run/weir/" + next(n for n in os.listdir(self.dir + "/run/weir") if n.endswith(".sock"))
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(70); s.connect(sock); s.sendall(b"POST /reload?format=json HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"); b = b""
            while (d := s.recv(65536)): b += d
        return int(b.split(b" ", 2)[1]), b.split(b"\r\n\r\n", 1)[1].decode()
    def until(self, what, test, wait=15):
        end = time.time() + wait
        while not test(): need(time.time() < end, "not within %d s: %s; %s" % (wait, what, self.said()[-1200:])); time.sleep(0.03)
    def ask(self, host, port=None, path="/", wait=5):
        with socket.create_connection(("127.0.0.1", port or self.port), timeout=wait) as s:
            s.sendall(b"GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (path.encode(), host.encode())); b = b""
            while (d := s.recv(65536)): b += d
        return int(b.split(b" ", 2)[1]) if b.startswith(b"HTTP/1.1 ") else 0


class Ws:
    def __init__(self, port, host):
        self.s = socket.create_connection(("127.0.0.1", port), timeout=30); self.closed = None
        self.s.sendall(b"GET /ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n" % (host.encode(), base64.b64encode(os.urandom(16))))
        b = b""
        while b"\r\n\r\n" not in b: d = self.s.recv(4096); need(d, "no upgrade: %r" % b); b += d
        need(b.startswith(b"HTTP/1.1 101"), "%r" % b[:100])
    def echo(self, text):
        f = frame(1, text); self.s.sendall(f); b = b""
        while len(b) < len(f): d = self.s.recv(4096); need(d, "a WebSocket was closed"); b += d
        need(b == f, "%r" % b)


class Wrk:
    def __init__(self, port, host, seconds):
        self.p = subprocess.Popen(["wrk", "-t1", "-c8", "-d%ds" % seconds, "-H", "Host: " + host, "http://127.0.0.1:%d/" % port], stdout=subprocess.PIPE, text=True)
    def __enter__(self): return self
    def __exit__(self, *_):
        if self.p.poll() is None: self.p.kill(); self.p.wait()
    def end(self):
        self.p.send_signal(signal.SIGINT); out = self.p.communicate(timeout=30)[0]
        n = int(re.search(r"(\d+) requests in", out).group(1)); bad = re.findall(r"Non-2xx.*|Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", out)
        need("Non-2xx" not in out and "Socket errors" not in out, out); need(n > 100, out); return n


class Anew(threading.Thread):
    def __init__(self, port, host): super().__init__(daemon=True); self.port, self.host, self.good, self.bad, self.on = port, host, 0, [], True; self.start()
    def run(self):
        while self.on:
            try: ok = http_get(self.port, "/", host=self.host) == 200
            except OSError as e: ok = False; self.bad.append(repr(e))
            if ok: self.good += 1
            else: self.bad.append("no 200")
            time.sleep(0.01)
    def end(self): self.on = False; self.join(10); need(not self.bad, "%d failed: %s" % (len(self.bad), self.bad[:3])); return self.good


def connections_to(port):
    """Local ports of the connections to a worker: which of them these are."""
    return {l.split()[1] for f in ("/proc/net/tcp", "/proc/net/tcp6") for l in open(f) if l.split()[2].endswith(":%04X" % port) and l.split()[3] == "01"}


CHECK = "check: { http: { path: / }, interval: 1s }"


@case("under-load")
def _():
    # reloads under load: what they do not touch notices nothing, and what is invalid is not applied
    n, sockets, streams, invalid = (500, 1000, 50, 10) if FULL else (40, 100, 10, 3)
    with Worker() as kept, Worker() as a, Worker() as b, Echo() as echo, Ticking() as ticking:
        apps = {"kept": ([(kept.port, 1)], [CHECK]), "ws": ([(echo.port, 1)], ["check: off"]), "grpc": ([(ticking.port, 1)], ["check: off", "timeouts: { response: 60s, idle: 60s }"]), "other": ([(a.port, 1)], [CHECK])}
        with Weir(apps) as w:
            ws = [Ws(w.port, "ws.x.test") for _ in range(sockets)]
            urls = []
            for i in range(streams): urls += ["-o", w.dir + "/s%d" % i, "http://grpc.x.test:%d/s%d" % (w.port, i)]
            curl = subprocess.Popen(["curl", "-sS", "-N", "-Z", "--parallel-max", "100", "--parallel-immediate", "--http2-prior-knowledge", "--resolve", "grpc.x.test:%d:127.0.0.1" % w.port, "-X", "POST", "-H", "content-type: application/grpc", "-H", "te: trailers", *urls], stderr=subprocess.PIPE, text=True)
            w.until("streams are open", lambda: ticking.open == streams, 30)
            with Wrk(w.port, "kept.x.test", 3600) as load: return reloads(w, n, invalid, sockets, streams, ws, kept, a, b, ticking, curl, load)


def reloads(w, n, invalid, sockets, streams, ws, kept, a, b, ticking, curl, load):
    anew = Anew(w.port, "kept.x.test"); time.sleep(30 if FULL else 1) # warm, before memory is compared
    before = connections_to(kept.port); need(before, "no connections to the worker")
    rng = random.Random(1); gen = w.generation(); bad_at = set(rng.sample(range(5, n), invalid)); applied = 0; slowest = 0.0; rss10 = live10 = 0; ways = {"file": 0, "hup": 0, "post": 0}
    for i in range(n):
        if i in bad_at:
            w.write(w.text().replace("listeners:", "listners:", 1)); code, text = w.post()
            need(code == 422 and "did you mean listeners?" in text, "%d %s" % (code, text[:200])); need(w.generation() == gen, "an invalid file was applied"); continue
        change(w, rng, a.port, b.port, i); way = ("file", "hup", "post")[i % 3]; t = time.monotonic()
        w.write()
        if way == "hup": w.p.send_signal(signal.SIGHUP)
        if way == "post": code, text = w.post(); need(code == 200, "%d %s" % (code, text[:300]))
        w.until("generation %d (by %s)" % (gen + 1, way), lambda: w.generation() >= gen + 1)
        slowest = max(slowest, time.monotonic() - t); gen = w.generation(); applied += 1; ways[way] += 1
        if i == 10: rss10, live10 = collected(w)
    for each in ws: each.echo(b"still there")
    need(all("tick" in open(w.dir + "/s%d" % i).read() for i in range(streams)), "a stream has nothing"); need(curl.poll() is None, "streams ended: %s" % (curl.stderr.read() if curl.poll() is not None else ""))
    ticking.stop(); need(curl.wait(30) == 0, "streams failed: " + curl.stderr.read()); need(all(open(w.dir + "/s%d" % i).read().endswith("end\n") for i in range(streams)), "a stream was cut")
    after = connections_to(kept.port); need(before <= after or len(before & after) >= len(before) - 1, "connections to an untouched worker were made anew: %s, %s" % (before, after))
    requests = load.end(); fresh = anew.end()
    health = json.loads(w.get("/workers?format=json&app=kept")); need("unproven" not in json.dumps(health), "health was forgotten")
    end, live = collected(w)
    if FULL: need(end <= rss10 * 1.10, "RSS %d MiB after %d reloads, %d after 10; live heap %.1f and %.1f MiB" % (end, n, rss10, live, live10))
    for each in ws: each.s.close()
    return "%d applied (%s), %d invalid, slowest %.2f s; %d requests on kept connections, %d anew, %d WebSockets, %d streams: none failed or closed; RSS %d MiB after 10, %d at the end, live heap %.1f and %.1f MiB" % (applied, ", ".join("%d %s" % (v, k) for k, v in ways.items()), len(bad_at), slowest, requests, fresh, sockets, streams, rss10, end, live10, live)


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
                while x.s.recv(4096): pass
                with lock: times.append(time.monotonic() - t)
            threads = [threading.Thread(target=until_closed, args=(x,)) for x in ws]
            for x in threads: x.start()
            time.sleep(2); slow.go.set(); b = b""
            while not b.endswith(b"slow"): d = s.recv(4096); need(d, "the answer was cut: %r" % b); b += d
            for x in threads: x.join(20)
            need(len(times) == 50, "%d closed" % len(times)); tenths = {int(x * 2) for x in times}; need(len(tenths) >= 6 and max(times) < 6.5, "closed at %s" % sorted(round(x, 1) for x in times))
            return "50 WebSockets ended in %d of 10 tenths of 5 s, the last after %.1f s; an answer that took 2 s arrived whole" % (len(tenths), max(times))


class Slow:
    """Answers when it is told to."""
    def __enter__(self):
        self.s = socket.socket(); self.s.bind(("127.0.0.1", 0)); self.s.listen(); self.port = self.s.getsockname()[1]; self.asked, self.go = threading.Event(), threading.Event()
        threading.Thread(target=self.run, daemon=True).start(); return self
    def run(self):
        try: c, _ = self.s.accept(); c.recv(65536); self.asked.set(); self.go.wait(30); c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow"); c.recv(1)
        except OSError: pass
    def __exit__(self, *_): self.s.close(); self.go.set()


class Warming:
    """Fails its checks at first, and notes whether it gets anything else."""
    def __enter__(self):
        self.s = socket.socket(); self.s.bind(("127.0.0.1", 0)); self.s.listen(64); self.port = self.s.getsockname()[1]; self.well = False; self.early = 0; self.late = 0
        threading.Thread(target=self.run, daemon=True).start(); return self
    def run(self):
        while True:
            try: c, _ = self.s.accept()
            except OSError: return
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()
    def serve(self, c):
        try:
            while True:
                b = b""
                while b"\r\n\r\n" not in b:
                    d = c.recv(65536)
                    if not d: return
                    b += d
                if b"/health" not in b.split(b"\r\n")[0]:
                    if self.well: self.late += 1
                    else: self.early += 1
                c.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % (b"200 OK" if self.well else b"503 No"))
        except OSError: pass
    def __exit__(self, *_): self.s.close()


@case("workers-all-new")
def _():
    # a pool whose workers are all new ones keeps the others until one is well
    with Worker() as old, Warming() as new:
        keys = ["check: { http: { path: /health }, interval: 1s, fall: 10 }"]
        with Weir({"orders": ([(old.port, 1)], keys)}) as w:
            w.until("proven", lambda: w.ask("orders.x.test") == 200); anew = Anew(w.port, "orders.x.test")
            w.apps = {"orders": ([(new.port, 1)], keys)}; w.write()
            threading.Timer(2.0, lambda: setattr(new, "well", True)).start(); t = time.monotonic()
            w.until("the new one serves", lambda: new.late > 0, 12); took = time.monotonic() - t; good = anew.end()
            need(new.early == 0, "%d requests went to a worker that was not well" % new.early)
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
            os.utime(w.file); open(w.file, "a").write("# touched\n"); w.write(); w.p.send_signal(0); time.sleep(0.6); need(w.generation() == 3, "it was taken again by itself")
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


def main():
    global A
    p = argparse.ArgumentParser(description=__doc__); p.add_argument("--case", default="", help="those alone whose name matches"); A = p.parse_args(); bad = 0
    for name, fn in CASES:
        if not re.search(A.case, name): continue
        t = time.monotonic()
        try: report(name, fn, t)
        except (Fail, OSError, subprocess.SubprocessError, AssertionError, KeyError, ValueError) as e: bad += 1; print("FAIL reload.%s — %s (%.1f s)" % (name, e, time.monotonic() - t), flush=True)
    print("%d passed, %d failed" % (sum(1 for n, _ in CASES if re.search(A.case, n)) - bad, bad)); sys.exit(1 if bad else 0)


def report(name, fn, t):
    detail = fn(); print("PASS reload.%s — %s (%.1f s)" % (name, detail, time.monotonic() - t), flush=True)


if __name__ == "__main__": main()
