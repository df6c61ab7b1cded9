#!/usr/bin/env python3
"""The process when something runs out: room for its logs and its state, and descriptors. Nothing that is served may fail of it, it must be
seen from outside, and it must be over by itself once there is enough again. As root, small file systems in memory are mounted; else the two
cases that need one fail and say so, but with --no-mounts."""
import argparse, json, os, re, resource, shutil, socket, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import Fail, need, Reader
from proxies import LAUNCHER, Proxy, free_ports, http_get

CASES = []; A = None
APP = """    check: { tcp: {}, interval: 1s }
    timeouts: { connect: 1s, response: 3s, idle: 5s, websocket: 60s }
"""


def case(name):
    def d(fn): CASES.append((name, fn)); return fn
    return d


class Worker:
    """Answers 200 to whatever is asked, at once."""
    def __enter__(self):
        self.port = free_ports(1)[0]; self.p = subprocess.Popen([sys.executable, HERE + "/worker.py", "--port", str(self.port)]); end = time.time() + 10
        while http_get(self.port, "/health") != 200: need(time.time() < end, "the worker did not start"); time.sleep(0.02)
        return self
    def __exit__(self, *_): self.p.kill(); self.p.wait()


class Volume:
    """A file system in memory that holds that many KiB."""
    def __init__(self, kib): self.kib = kib
    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="starved-"); p = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dk" % self.kib, "weir-starved", self.path], capture_output=True, text=True)
        if p.returncode: os.rmdir(self.path); raise Fail("no file system of %d KiB can be mounted here, so that this can't be seen: %s; run as root, with CAP_SYS_ADMIN, or pass --no-mounts" % (self.kib, p.stderr.strip()))
        return self
    def fill(self):
        """Takes all room that is left; gives it back when freed."""
        with open(self.path + "/filler", "wb", buffering=0) as f:
            try:
                for size in (65536, 4096):
                    while f.write(b"x" * size) == size: pass
            except OSError: pass
        need(self.left() == 0, "%d bytes are left" % self.left())
    def free(self): os.unlink(self.path + "/filler")
    def left(self): s = os.statvfs(self.path); return s.f_bavail * s.f_frsize
    def __exit__(self, *_): subprocess.run(["umount", "-l", self.path], check=True); os.rmdir(self.path)


class Caller:
    """A connection that stays open."""
    def __init__(self, port, host="probe.test"): self.s = socket.create_connection(("127.0.0.1", port), timeout=5); self.r = Reader(self.s); self.host = host
    def get(self, path): self.s.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (path, self.host)).encode()); m = self.r.message(time.time() + 5, response=True); need(m and m.complete, "%s got no answer" % path); return m
    def close(self): self.s.close()


class Watcher(Caller):
    """An open connection to the admin API."""
    def __init__(self, p): super().__init__(p.admin, "127.0.0.1")
    def series(self, name, **labels):
        """The sum of all series of that name with these labels."""
        out = 0.0
        for line in self.get("/metrics").body.decode().splitlines():
            m = re.match(r"%s(?:\{(.*)\})? (\S+)" % re.escape(name), line)
            if m and all('%s="%s"' % kv in (m.group(1) or "") for kv in labels.items()): out += float(m.group(2))
        return out
    def events(self, name): return [e for e in re.findall(r"(?m)^\S+ +\S+ +(%s\b.*)$" % name, self.get("/events?format=text").body.decode())]


def until(what, test, secs):
    begun = time.monotonic()
    while not test(): need(time.monotonic() - begun < secs, "%s, not within %.0f s" % (what, secs)); time.sleep(0.05)
    return time.monotonic() - begun


def cpu(pid):
    """Seconds of CPU time of that process until now."""
    s = open("/proc/%d/stat" % pid).read(); f = s[s.rindex(")") + 2:].split(); return (int(f[11]) + int(f[12])) / os.sysconf("SC_CLK_TCK")


def some(p, n):
    """That many requests, few enough that their lines leave room on the volume, all of which must be answered."""
    c = Caller(p.port)
    for i in range(n): need((m := c.get("/x")).status == 200, "request %d: %d" % (i, m.status))
    c.close()


def load(port, secs):
    """wrk for a while: (requests, those that failed)."""
    o = subprocess.run(["wrk", "-t1", "-c8", "-d%ds" % secs, "-H", "Host: probe.test", "http://127.0.0.1:%d/x" % port], capture_output=True, text=True, timeout=secs + 20).stdout
    m = re.search(r"(\d+) requests in", o); need(m, "wrk said %r" % o[-300:]); bad = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", o)) + sum(sum(map(int, re.findall(r"\d+", l))) for l in re.findall(r"Socket errors: (.*)", o))
    return int(m.group(1)), bad


@case("log-volume-full")
def _():
    """The access log and the process's own log on a volume without room: requests go on, lines are lost whole and counted, and both logs go on when there is room."""
    with Worker() as w, Volume(1024) as v:
        p = Proxy("weir", workers=[("127.0.0.1:%d" % w.port, "r1a")], transport=A.transport, app=APP, extra="access-log: { path: %s/access.log }\n" % v.path); own = p.dir; p.dir = v.path
        try:
            with p:
                watch = Watcher(p); some(p, 50); v.fill(); before = watch.series("weir_access_log_lines_total", outcome="dropped")
                n, bad = load(p.port, 3); need(bad == 0 and n > 100, "%d of %d requests failed while the volume was full" % (bad, n))
                lost = lambda: watch.series("weir_access_log_lines_total", outcome="dropped") - before
                until("lost lines are counted", lost, 2); need(len(watch.events("access_log_failing")) == 1, "events: %r" % watch.events("access_log_failing"))
                p.proc.send_signal(10)  # USR1: what it says of that has no room in its own log
                until("the log is opened anew", lambda: watch.events("access_log_opened"), 3); need(http_get(p.port, "/y", host="probe.test") == 200, "not served")
                written = watch.series("weir_access_log_lines_total", outcome="written"); v.free(); some(p, 50)
                secs = until("lines are written again", lambda: watch.series("weir_access_log_lines_total", outcome="written") > written and watch.events("access_log_back"), 5)
                until("its own log goes on", lambda: "the access log can be written again" in p.tail(10000), 3)
                gone = lost(); watch.close()
                need(p.stop() == 0, "exit code %r" % p.code); lines = open(v.path + "/access.log").readlines()
            for i, line in enumerate(lines): need(line.endswith("}\n") and json.loads(line)["status"] == 200, "line %d is %r" % (i + 1, line[:200]))
            return "%d requests while it was full, %d lines lost, back %.1f s after there was room" % (n, gone, secs)
        finally: shutil.rmtree(own, ignore_errors=True)


@case("state-volume-full")
def _():
    """An evacuation while its volume has no room: in force at once, said not to be kept, and kept when there is room."""
    with Worker() as w, Worker() as w2, Volume(64) as v:
        with Proxy("weir", workers=[("127.0.0.1:%d" % w.port, "r1a"), ("127.0.0.1:%d" % w2.port, "r1b")], transport=A.transport, app=APP, runtime="drain: 3s, state: %s/state" % v.path) as p:
            watch = Watcher(p); v.fill(); c = subprocess.run([LAUNCHER, "evacuate", "zone=r1b", "--for", "10m", "--force", p.file], capture_output=True, text=True, timeout=60); o = c.stdout + c.stderr
            need(c.returncode == 1 and "in force" in o and "restart" in o and "space" in o, "exit %d, %r" % (c.returncode, o[-600:]))
            need(watch.series("weir_evacuations") == 1 and watch.series("weir_worker_evacuated", worker="127.0.0.1:%d" % w2.port) in (0, 1), "it is not in force"); need(watch.series("weir_evacuations_unkept") == 1, "no metric says that it isn't kept"); need(len(watch.events("state_lost")) == 1, "events: %r" % watch.events("state_lost"))
            need(all(http_get(p.port, "/x", host="probe.test") == 200 for _ in range(20)), "requests failed"); v.free()
            secs = until("it is kept when there is room", lambda: watch.series("weir_evacuations_unkept") == 0, 10); need(re.match(r"zone=r1b until ", open(v.path + "/state/evacuations").read()) if os.path.isfile(v.path + "/state/evacuations") else any("zone=r1b until " in open(os.path.join(d, f)).read() for d, _, fs in os.walk(v.path + "/state") for f in fs), "it is not in the folder")
            need(watch.events("state_kept"), "no event says that it is kept"); watch.close()
        need(p.code == 0, "exit code %r" % p.code); return "kept %.1f s after there was room; it had said: %s" % (secs, " ".join(o.split())[-160:])


for transport in ("epoll", "io_uring", "nio"):
    def descriptors(transport):
        @case("descriptors-" + transport)
        def _():
            """Every descriptor taken by clients that say nothing: those that are served go on to be, nothing spins, and new ones are served soon after some are free."""
            with Worker() as w:
                p = Proxy("weir", workers=[("127.0.0.1:%d" % w.port, "r1a")], transport=transport, app=APP, listener="timeouts: { head: 60s, body: 60s, idle: 60s }"); p.cmd = ["prlimit", "--nofile=%d:%d" % (A.limit, A.limit), *p.cmd]
                with p:
                    served, other, watch = Caller(p.port), Caller(p.port), Watcher(p); need(served.get("/x").status == 200 and other.s, "not served before"); idle = []; time.sleep(2)  # in which it takes what a first scrape needs
                    try:
                        for _ in range(A.limit): idle.append(socket.create_connection(("127.0.0.1", p.port), timeout=2))
                        until("descriptors run out", lambda: watch.series("weir_accept_failures_total") > 0, 15); need(len(os.listdir("/proc/%d/fd" % p.pid)) >= A.limit - 5, "%d of %d descriptors are taken" % (len(os.listdir("/proc/%d/fd" % p.pid)), A.limit))
                        before, clock, size = cpu(p.pid), time.monotonic(), len(p.tail(1 << 20)); worst = 0
                        while time.monotonic() - clock < 3:
                            t = time.monotonic(); need(served.get("/x").status == 200, "what is open is not served"); worst = max(worst, time.monotonic() - t); time.sleep(0.1)
                        used = (cpu(p.pid) - before) / (time.monotonic() - clock); need(used < 0.3, "%.0f %% of a core while nothing happens" % (100 * used)); need(worst < 1, "a request took %.2f s" % worst)
                        # The one connection to the worker is lent out, so that another request needs one that can't be had.
                        served.s.sendall(b"GET /x?delay=1500 HTTP/1.1\r\nHost: probe.test\r\n\r\n"); time.sleep(0.2); m = other.get("/y"); starved = m.status; need(starved in (200, 503), "a request without a descriptor for its worker: %d" % starved); m = served.r.message(time.time() + 5, response=True); need(m and m.status == 200, "the slow request was not answered")
                        tries, said = watch.series("weir_accept_failures_total"), [l for l in p.tail(1 << 20)[size:].splitlines() if re.search("(?i)accept|open files|exception", l) and not l.startswith(" ")]; need(len(watch.events("accept_failing")) == 1 and "LimitNOFILE" in watch.events("accept_failing")[0], "events: %r" % watch.events("accept_failing"))
                        need(p.tail(1 << 20).count("connections can't be accepted") == 1 and len(said) < 3, "%d lines of log in 5 s: %r" % (len(said), said[:5]))
                    finally: [s.close() for s in idle]
                    begun = time.monotonic(); got = http_get(p.port, "/z", timeout=2, host="probe.test"); secs = time.monotonic() - begun; need(got == 200 and secs < 2, "after descriptors were free: %d after %.1f s" % (got, secs))
                    need(http_get(p.admin, "/ready") == 200, "not ready"); until("it is said to be over", lambda: watch.events("accept_back"), 5); need(watch.series("weir_worker_health", worker="127.0.0.1:%d" % w.port) == 1, "the worker is taken for ill"); [c.close() for c in (served, other, watch)]
                need(p.code == 0, "exit code %r" % p.code); return "%.0f %% of a core, %d tries, without a descriptor for its worker %d, a new client served after %.2f s" % (100 * used, tries, starved, secs)
    descriptors(transport)


def main():
    global A
    ap = argparse.ArgumentParser(description=__doc__); ap.add_argument("--transport", default="auto", help="of the cases of volumes (auto)"); ap.add_argument("--only", default=""); ap.add_argument("--no-mounts", action="store_true"); ap.add_argument("--limit", type=int, default=160, help="descriptors that the process may have (160)"); ap.add_argument("--list", action="store_true"); A = ap.parse_args()
    passed = failed = 0
    for name, fn in CASES:
        if not re.search(A.only, name) or A.no_mounts and "volume" in name: continue
        if A.list: print(name); continue
        t = time.monotonic()
        try: detail = fn(); passed += 1; print("PASS %s — %s (%.0f s)" % (name, detail, time.monotonic() - t), flush=True)
        except Exception as e: failed += 1; print("FAIL %s — %s: %s" % (name, type(e).__name__, e), flush=True)
    if not A.list: print("%d passed, %d failed" % (passed, failed)); sys.exit(failed > 0)


if __name__ == "__main__": main()
