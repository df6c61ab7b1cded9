#!/usr/bin/env python3
"""Restart without loss: processes of ./weir that take each other's place under load, with sockets of another process or of systemd's kind.

Needs wrk and nginx, which answers as the worker. Each case has a run folder of its own."""
import os, signal, socket, sys, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import need, Reader
from proxies import LAUNCHER, free_ports, http_get, weir_config
from scene import Anew, Cases, Echo, Listening, Place, Worker, Wrk, Ws, exchange, head

case = Cases("takeover", __doc__)


class Family(Place):
    """Processes that run with one config, one after the other."""
    def __init__(self, worker, transport=None, loops=2, drain="3s", **config):
        super().__init__("takeover"); self.port, self.admin = free_ports(2); self.worker = worker; self.config = config; self.write(transport, loops, drain)
    def write(self, transport=None, loops=2, drain="3s", also=""):
        self.put(weir_config(self.port, [("127.0.0.1:%d" % self.worker.port, "r1a")], self.admin, transport=transport or case.asked.transport, runtime="event-loops: %d, drain: %s" % (loops, drain), **self.config) + also)
    def first(self): return self.launch().ready()
    def next(self, **how): return self.launch("--takeover", **how)
    def status(self): return http_get(self.port, "/x", host="probe.test")


class Load:
    """wrk with connections that are kept, wrk with one for each request, and one of our own."""
    def __init__(self, port): self.port = port
    def __enter__(self):
        self.fresh = Anew(self.port, "probe.test"); self.wrks = [Wrk(self.port, "probe.test", 16, "--timeout", "10s", *more) for more in ([], ["-H", "Connection: close"])]
        self.fresh.start(); return self
    def result(self):
        """Ends the load; what it saw, as a line, and what failed."""
        (fresh, bad), (kept, not_kept), (new, not_new) = self.fresh.end(), self.wrks[0].end(), self.wrks[1].end()
        return "%d requests on kept connections, %d+%d on new ones, the longest of those %d ms" % (kept, new, fresh, self.fresh.longest * 1000), bad + not_kept + not_new
    def __exit__(self, *_):
        for x in (self.fresh, *self.wrks): x.__exit__()


def times(): return case.asked.times or (20 if os.environ.get("WEIR_FULL") == "1" else 3)


def under_load(change, times):
    with Worker() as w, Family(w) as f:
        now = f.first(); time.sleep(0.5); took = []
        with Load(f.port) as load:
            time.sleep(1)
            for i in range(times):
                change(f, i); t = time.monotonic(); following = f.next().ready(); took.append(time.monotonic() - t)
                now.says("handed over"); time.sleep(0.7); now = following
            time.sleep(1); seen, bad = load.result()
        need(not bad, "%d failures in %s: %s" % (len(bad), seen, bad[:5]))
        for m in f.all[:-1]: need(m.ended() == 0 and "drained" in m.said(), "exit code %s, %r" % (m.p.returncode, m.said()[-500:]))
        need(len(f.run_folder()) == 2, "left in the run folder: %s" % f.run_folder())
        return "%d takeovers, the slowest in %.1f s, none refused, none failed: %s" % (times, max(took), seen)


@case("under-load")
def _(): return under_load(lambda f, i: None, times())
@case("other-loops-under-load")
def _(): return under_load(lambda f, i: f.write(loops=(1, 3, 2)[i % 3]), 3)
@case("other-transport-under-load")
def _(): return under_load(lambda f, i: f.write(transport=("epoll", "io_uring")[(i + (case.asked.transport == "epoll")) % 2]), 2)


@case("second-instance-exit-3-names-takeover")
def _():
    with Worker() as w, Family(w) as f:
        f.first(); c, o = f.weir("run", f.file); need(c == 3 and "--takeover" in o, "exit %d, %r" % (c, o))
@case("nothing-to-take-over-exit-1")
def _():
    with Worker() as w, Family(w) as f:
        c, o = f.weir("run", "--takeover", f.file); need(c == 1 and "start without --takeover" in o, "exit %d, %r" % (c, o)); return o.strip()
@case("nio-refuses")
def _():
    with Worker() as w, Family(w, transport="nio") as f:
        f.first(); c, o = f.weir("run", "--takeover", f.file); need(c == 1 and "runtime.transport" in o, "exit %d, %r" % (c, o))
        f.write(transport="epoll"); d, q = f.weir("run", "--takeover", f.file); need(d == 1 and "NIO" in q, "exit %d, %r" % (d, q)); need(f.status() == 200, "the old one does not serve"); return o.strip() + " / " + q.strip()


@case("bad-config-leaves-the-old-one")
def _():
    with Worker() as w, Family(w) as f:
        old = f.first(); f.write(also="nonsense: 1\n"); new = f.next(); need(new.ended() == 1, "exit code %s" % new.p.returncode); need(f.status() == 200 and http_get(f.admin, "/ready") == 200 and old.p.poll() is None, "the old one does not serve")
        taken = socket.socket(); taken.bind(("127.0.0.1", 0)); taken.listen(); text = open(f.file).read().replace("nonsense: 1\n", "").replace("admin:", '  - { bind: "127.0.0.1:%d" }\nadmin:' % taken.getsockname()[1]); open(f.file, "w").write(text)
        new = f.next(); need(new.ended() == 3, "exit code %s, %r" % (new.p.returncode, new.said())); taken.close(); old.says("has not taken over: it has ended"); need(f.status() == 200 and http_get(f.admin, "/ready") == 200, "the old one does not serve")
        f.next().ready(); need(old.ended() == 0, "exit code %s" % old.p.returncode)


# The first verdict takes the 1 s that a process waits at most: time to kill one that has the sockets and does not serve yet.
SLOW = """    check: { http: { path: /health }, interval: 5s, timeout: 4s }
    ejection: off
    timeouts: { connect: 1s, response: 3s, idle: 5s, websocket: 60s }
"""


class Mute(Listening):
    """Takes connections and says nothing."""
    def serve(self, c):
        while c.recv(65536): pass


@case("killed-before-it-serves-leaves-the-old-one")
def _():
    with Mute() as w, Family(w, app=SLOW) as f:
        old = f.first(); new = f.next().says("taking over from"); new.p.kill(); new.p.wait(); need("ready after" not in new.said(), "it served already"); old.says("this process goes on")
        need(http_get(f.admin, "/ready") == 200, "the old one is not ready"); s = socket.create_connection(("127.0.0.1", f.port)); s.close(); f.next().ready(); need(old.ended() == 0, "exit code %s" % old.p.returncode)
@case("old-one-killed-meanwhile")
def _():
    with Mute() as w, Family(w, app=SLOW) as f:
        old = f.first(); new = f.next().says("taking over from"); old.p.kill(); old.p.wait(); kept = socket.create_connection(("127.0.0.1", f.port)); new.ready(); need("it has not let go" in new.said(), new.said())
        need(http_get(f.admin, "/ready") == 200, "it is not ready"); kept.close(); need(len(f.run_folder()) <= 3, str(f.run_folder()))


@case("websocket-stays-until-the-drain-ends")
def _():
    with Echo() as w, Family(w, drain="3s") as f:
        old = f.first(); ws = Ws(f.port, "probe.test"); f.next().ready(); old.says("handed over"); t = time.monotonic(); n = 0
        while time.monotonic() - t < 2: ws.echo(b"hello"); n += 1; time.sleep(0.02)
        need(old.p.poll() is None, "the old one has ended with a WebSocket open"); ws.until_closed()
        took = time.monotonic() - t; need(2.5 < took < 6, "the WebSocket was closed after %.1f s" % took); need(old.ended() == 0, "exit code %s" % old.p.returncode); return "%d echoes after the takeover, closed %.1f s after it; drain is 3 s" % (n, took)


@case("idle-connection-stays-until-its-next-answer")
def _():
    with Worker() as w, Family(w, drain="20s") as f:
        old = f.first(); s = socket.create_connection(("127.0.0.1", f.port)); r = Reader(s); ask = b"GET /x HTTP/1.1\r\nHost: probe.test\r\n\r\n"
        s.sendall(ask); need(r.message(time.time() + 5, response=True).status == 200, "no answer"); f.next().ready(); old.says("handed over"); time.sleep(2.5)
        s.sendall(ask); m = r.message(time.time() + 5, response=True); need(m.status == 200 and (m.one("connection") or b"").lower() == b"close", "answered %s, Connection %s" % (m.status, m.one("connection"))); need(old.ended(5) == 0, "exit code %s" % old.p.returncode)


@case("status-and-admin-go-along")
def _():
    with Worker() as w, Family(w, drain="1s") as f:
        f.first(); gaps = {"tcp": 0.0, "run folder": 0.0}; on = [True]
        def watch(name, ask):
            since = None
            while on[0]:
                if ask(): since = None
                else: since = since or time.monotonic(); gaps[name] = max(gaps[name], time.monotonic() - since)
                time.sleep(0.001)
        def found():
            for n in f.run_folder():
                if n.endswith(".sock"):
                    s = socket.socket(socket.AF_UNIX)
                    try: s.connect(f.dir + "/run/weir/" + n); return True
                    except OSError: pass
                    finally: s.close()
            return False
        ts = [threading.Thread(target=watch, args=a) for a in (("tcp", lambda: http_get(f.admin, "/live") == 200), ("run folder", found))]
        for t in ts: t.start()
        for _ in range(3): new = f.next().ready()
        on[0] = False
        for t in ts: t.join()
        c, o = f.weir("status", f.file); need(c == 0 and "ready" in o, "exit %d, %r" % (c, o)); need(max(gaps.values()) < 0.5, "nobody answers for %s" % gaps)
        return "the longest without an answer: %s" % ", ".join("%s %d ms" % (n, g * 1000) for n, g in gaps.items())


@case("evacuations-go-along")
def _():
    with Worker() as w, Family(w) as f:
        f.first(); c, o = f.weir("evacuate", "zone=r1a", "--for", "10m", "--force", "--admin", f.socket())
        need(c == 0, "exit %d, %r" % (c, o)); f.next().ready(); c, o = f.weir("status", f.file); need("r1a" in o and "evacuat" in o, o); new = f.next().ready(); c, o = f.weir("restore", "zone=r1a", "--admin", f.socket()); need(c == 0, "exit %d, %r" % (c, o))


class Named(Listening):
    """Answers each request with its name, at a port that it has again after it was away."""
    def __init__(self, name): self.name = name; self.port = 0; self.open = []
    def __enter__(self):
        self.s = socket.socket(); self.s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); self.s.bind(("127.0.0.1", self.port)); self.s.listen(256); self.port = self.s.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start(); return self
    def serve(self, c):
        self.open.append(c)
        while head(c): c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + self.name)
    def __exit__(self, *_):
        for x in (self.s, *self.open):
            try: x.shutdown(socket.SHUT_RDWR)
            except OSError: pass
            x.close()
        self.open = []


# Of two regions; what comes back to the first waits for a person.
WAITING = """domains: [example.test]
here: { region: r1, zone: r1a }
regions: { r1: { jurisdiction: XX, zones: [r1a] }, r2: { jurisdiction: XX, zones: [r2a] } }
listeners: [ { bind: "127.0.0.1:%d", plain-http: serve } ]
admin: { bind: "127.0.0.1:%d" }
runtime: { transport: %s, drain: 1s }
apps:
  probe:
    pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: r1a } ] }, r2: { workers: [ { address: "127.0.0.1:%d", zone: r2a } ] } }
    check: { tcp: {}, interval: 1s, timeout: 500ms }
    failover: { to: [r2], failback: manual }
"""


@case("failback-waits-on-and-health-is-known-at-once")
def _():
    with Named(b"1") as a, Named(b"2") as b, Family(Named(b"")) as f:
        f.put(WAITING % (f.port, f.admin, case.asked.transport, a.port, b.port)); f.first()
        def served(): return exchange(socket.create_connection(("127.0.0.1", f.port)), b"GET / HTTP/1.1\r\nHost: probe.r1.example.test\r\nConnection: close\r\n\r\n")[-1:]
        def until(what, why, wait=15):
            end = time.time() + wait
            while not what(): need(time.time() < end, why); time.sleep(0.05)
        def tier(word): return lambda: word in f.weir("explain", "probe.r1.example.test", f.file)[1]
        until(lambda: served() == b"1", "the first region does not serve"); a.__exit__(); until(lambda: served() == b"2", "nobody took over"); time.sleep(2); a.__enter__()
        until(tier("waits for a person"), "it does not wait"); need(served() == b"2", "it came back by itself")
        for restart in ("takeover", "takeover again", "kill -9"):
            if restart == "kill -9": f.all[-1].p.kill(); f.all[-1].p.wait(); f.launch().ready()
            else: f.next().ready()
            first = served(); need(first == b"2", "after a %s the first request went to %r" % (restart, first)); time.sleep(3); need(served() == b"2", "after a %s the first region has traffic again" % restart); until(tier("waits for a person"), "after a %s it does not wait" % restart)
        b.__exit__(); until(lambda: served() == b"1", "with nobody else, it does not serve"); b.__enter__(); return "2 takeovers and a kill -9, and it waits on; when nobody else was there, it served"


@case("systemd-sockets-and-notifications")
def _():
    with Worker() as w, Family(w) as f:
        told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); told.bind("\0weir-takeover-%d" % os.getpid()); told.settimeout(20)
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", f.port)); s.listen(100); early = socket.create_connection(("127.0.0.1", f.port))
        env = {"LISTEN_FDS": "1", "NOTIFY_SOCKET": "@weir-takeover-%d" % os.getpid()}
        # A shell knows the LISTEN_PID that is meant, and becomes the process.
        m = f.launch(cmd=["bash", "-c", 'export LISTEN_PID=$$; exec "$0" run "$1"', LAUNCHER, f.file], env=env, pass_fds=(3,), preexec_fn=lambda: os.dup2(s.fileno(), 3)).ready()
        need(b"READY=1" in told.recv(4096), "not told that it is ready"); s.close(); early.sendall(b"GET /x HTTP/1.1\r\nHost: probe.test\r\nConnection: close\r\n\r\n"); need(early.recv(100).startswith(b"HTTP/1.1 200"), "who came early is not served"); need(f.status() == 200, "it does not serve")
        new = f.next(env={"NOTIFY_SOCKET": env["NOTIFY_SOCKET"]}).ready(); first, second = told.recv(4096), told.recv(4096); need(first == b"MAINPID=%d" % new.pid and b"READY=1" in second, "told %r, %r" % (first, second)); need(m.ended() == 0 and f.status() == 200, "exit code %s" % m.p.returncode)
        new.p.send_signal(signal.SIGTERM); need(b"STOPPING=1" in told.recv(4096), "not told that it ends"); need(new.ended() == 0, "exit code %s" % new.p.returncode)


if __name__ == "__main__":
    case.parser.add_argument("--transport", default="auto"); case.parser.add_argument("--times", type=int); case.ask()
    sys.exit(case.run(" (%s)" % case.asked.transport))
