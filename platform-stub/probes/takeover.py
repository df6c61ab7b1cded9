#!/usr/bin/env python3
"""Restart without loss: processes of ./weir that take each other's place under load, with sockets of another process or of systemd's kind.

Needs wrk and nginx, which answers as the worker. Each case has a run folder of its own."""
import argparse, base64, hashlib, os, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import Fail, need, Reader
from proxies import LAUNCHER, free_ports, http_get, weir_config

CASES = []; A = None


def accept_of(key): return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
def frame(op, payload): return bytes([128 | op, 128 | len(payload)]) + b"\0\0\0\0" + payload


def case(name):
    def d(fn): CASES.append((name, fn)); return fn
    return d


class Worker:
    """nginx, which answers "worker" to whatever it is asked."""
    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="takeover-"); self.port = free_ports(1)[0]; d = self.dir
        open(d + "/conf", "w").write(f"""worker_processes 1; daemon off; pid {d}/pid; error_log {d}/err; events {{ worker_connections 2000; }}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {d}/1; proxy_temp_path {d}/2; fastcgi_temp_path {d}/3; uwsgi_temp_path {d}/4; scgi_temp_path {d}/5;
 server {{ listen 127.0.0.1:{self.port} backlog=1024; location / {{ return 200 "worker"; }} }} }}""")
        self.p = subprocess.Popen(["nginx", "-c", d + "/conf", "-e", d + "/err"], stdin=subprocess.DEVNULL); end = time.time() + 10
        while http_get(self.port, "/") != 200: need(time.time() < end, "nginx did not start"); time.sleep(0.02)
        return self
    def __exit__(self, *_): self.p.terminate(); self.p.wait(); shutil.rmtree(self.dir, ignore_errors=True)


class Echo:
    """A worker that takes each WebSocket, and sends back what comes."""
    def __enter__(self):
        self.s = socket.socket(); self.s.bind(("127.0.0.1", 0)); self.s.listen(); self.port = self.s.getsockname()[1]
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
            key = re.search(rb"(?i)sec-websocket-key: *(\S+)", b).group(1)
            c.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept_of(key) + b"\r\n\r\n")
            while (d := c.recv(65536)): c.sendall(d)
        except (OSError, AttributeError): pass
        c.close()
    def __exit__(self, *_): self.s.close()


class Family:
    """Processes that run with one config, one after the other."""
    def __init__(self, worker, transport=None, loops=2, drain="3s", **config):
        self.dir = tempfile.mkdtemp(prefix="takeover-"); self.port, self.admin = free_ports(2); self.file = self.dir + "/weir.yaml"; self.n = 0; self.all = []
        os.mkdir(self.dir + "/run", 0o700); self.env = {**os.environ, "XDG_RUNTIME_DIR": self.dir + "/run", "XDG_STATE_HOME": self.dir + "/state"}
        self.worker = worker; self.config = config; self.write(transport or A.transport, loops, drain)
    def write(self, transport=None, loops=2, drain="3s", also=""):
        self.transport = transport or A.transport
        text = weir_config(self.port, [("127.0.0.1:%d" % self.worker.port, "r1a")], self.admin, transport=self.transport, runtime="event-loops: %d, drain: %s" % (loops, drain), **self.config)
        open(self.file, "w").write(text + also)
    def __enter__(self): return self
    def __exit__(self, *_):
        for m in self.all:
            if m.p.poll() is None: m.p.send_signal(signal.SIGTERM)
        for m in self.all:
            try: m.p.wait(10)
            except subprocess.TimeoutExpired: m.p.kill(); m.p.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
    def member(self, takeover, env=None, **how):
        m = Member(self, takeover, env, **how); self.all.append(m); return m
    def first(self, **how): return self.member(False, **how).ready()
    def weir(self, *args): p = subprocess.run([LAUNCHER, *args], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, env=self.env); return p.returncode, p.stdout + p.stderr
    def run_folder(self):
        try: return os.listdir(self.dir + "/run/weir")
        except OSError: return []
    def socket(self): return self.dir + "/run/weir/" + next(n for n in self.run_folder() if n.endswith(".sock"))
    def status(self): return http_get(self.port, "/x", host="probe.test")


class Member:
    def __init__(self, family, takeover, env, **how):
        family.n += 1; self.log = family.dir + "/log%d" % family.n
        self.p = subprocess.Popen([LAUNCHER, "run", *(["--takeover"] if takeover else []), family.file], stdout=open(self.log, "ab"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env={**family.env, **(env or {})}, start_new_session=True, **how)
        self.pid = self.p.pid
    def said(self): return open(self.log, errors="replace").read()
    def says(self, what, wait=30):
        end = time.time() + wait
        while what not in self.said():
            need(time.time() < end and (self.p.poll() is None or what in self.said()), "pid %d (exit code %s) does not say %r but %r" % (self.pid, self.p.poll(), what, self.said()[-1500:])); time.sleep(0.01)
        return self
    def ready(self, wait=30): return self.says("ready after", wait)
    def ended(self, wait=20):
        try: return self.p.wait(wait)
        except subprocess.TimeoutExpired: raise Fail("pid %d has not ended after %d s: %r" % (self.pid, wait, self.said()[-1500:]))


class Fresh(threading.Thread):
    """Connects anew for each request."""
    def __init__(self, port): super().__init__(daemon=True); self.port = port; self.good = 0; self.bad = []; self.on = True; self.longest = 0
    def run(self):
        while self.on:
            t = time.monotonic()
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as s:
                    s.sendall(b"GET /fresh HTTP/1.1\r\nHost: probe.test\r\nConnection: close\r\n\r\n"); b = b""
                    while (d := s.recv(65536)): b += d
                if b.startswith(b"HTTP/1.1 200 ") and b.endswith(b"worker"): self.good += 1
                else: self.bad.append("answer %r" % b[:80])
            except OSError as e: self.bad.append(repr(e))
            self.longest = max(self.longest, time.monotonic() - t)
    def end(self): self.on = False; self.join(10)


class Load:
    """wrk with connections that are kept, wrk with one for each request, and one of our own."""
    def __init__(self, port): self.port = port
    def __enter__(self):
        self.fresh = Fresh(self.port); self.wrks = []
        for more in ([], ["-H", "Connection: close"]):
            self.wrks.append(subprocess.Popen(["wrk", "-t1", "-c16", "-d600s", "--timeout", "10s", "-H", "Host: probe.test", *more, "http://127.0.0.1:%d/kept" % self.port], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        self.fresh.start(); return self
    def result(self):
        """Ends the load; what it saw, as a line, and what failed."""
        self.fresh.end(); out = []; bad = list(self.fresh.bad)
        for w in self.wrks: w.send_signal(signal.SIGINT); out.append(w.communicate(timeout=20)[0])
        for o in out: bad += re.findall(r"Socket errors.*|Non-2xx.*|unable.*", o)
        n = [int(re.search(r"(\d+) requests in", o).group(1)) for o in out]
        return "%d requests on kept connections, %d+%d on new ones, the longest of those %d ms" % (n[0], n[1], self.fresh.good, self.fresh.longest * 1000), bad
    def __exit__(self, *_):
        self.fresh.on = False
        for w in self.wrks:
            if w.poll() is None: w.kill(); w.wait()


def times(): return A.times or (20 if os.environ.get("WEIR_FULL") == "1" else 3)


def under_load(change, times):
    with Worker() as w, Family(w) as f:
        now = f.first(); time.sleep(0.5); took = []
        with Load(f.port) as load:
            time.sleep(1)
            for i in range(times):
                change(f, i); t = time.monotonic(); following = f.member(True).ready(); took.append(time.monotonic() - t)
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
def _(): return under_load(lambda f, i: f.write(transport=("epoll", "io_uring")[(i + (A.transport == "epoll")) % 2]), 2)


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
        old = f.first(); f.write(also="nonsense: 1\n"); new = f.member(True); need(new.ended() == 1, "exit code %s" % new.p.returncode); need(f.status() == 200 and http_get(f.admin, "/ready") == 200 and old.p.poll() is None, "the old one does not serve")
        taken = socket.socket(); taken.bind(("127.0.0.1", 0)); taken.listen(); text = open(f.file).read().replace("nonsense: 1\n", "").replace("admin:", '  - { bind: "127.0.0.1:%d" }\nadmin:' % taken.getsockname()[1]); open(f.file, "w").write(text)
        new = f.member(True); need(new.ended() == 3, "exit code %s, %r" % (new.p.returncode, new.said())); taken.close(); old.says("has not taken over: it has ended"); need(f.status() == 200 and http_get(f.admin, "/ready") == 200, "the old one does not serve")
        f.member(True).ready(); need(old.ended() == 0, "exit code %s" % old.p.returncode)


# The first verdict takes the 1 s that a process waits at most: time to kill one that has the sockets and does not serve yet.
SLOW = """    check: { http: { path: /health }, interval: 5s, timeout: 4s }
    ejection: off
    timeouts: { connect: 1s, response: 3s, idle: 5s, websocket: 60s }
"""


class Mute:
    """A worker that takes connections and says nothing."""
    def __enter__(self): self.s = socket.socket(); self.s.bind(("127.0.0.1", 0)); self.s.listen(100); self.port = self.s.getsockname()[1]; return self
    def __exit__(self, *_): self.s.close()


@case("killed-before-it-serves-leaves-the-old-one")
def _():
    with Mute() as w, Family(w, app=SLOW) as f:
        old = f.first(); new = f.member(True).says("taking over from"); new.p.kill(); new.p.wait(); need("ready after" not in new.said(), "it served already"); old.says("this process goes on")
        need(http_get(f.admin, "/ready") == 200, "the old one is not ready"); s = socket.create_connection(("127.0.0.1", f.port)); s.close(); f.member(True).ready(); need(old.ended() == 0, "exit code %s" % old.p.returncode)
@case("old-one-killed-meanwhile")
def _():
    with Mute() as w, Family(w, app=SLOW) as f:
        old = f.first(); new = f.member(True).says("taking over from"); old.p.kill(); old.p.wait(); kept = socket.create_connection(("127.0.0.1", f.port)); new.ready(); need("it has not let go" in new.said(), new.said())
        need(http_get(f.admin, "/ready") == 200, "it is not ready"); kept.close(); need(len(f.run_folder()) <= 3, str(f.run_folder()))


@case("websocket-stays-until-the-drain-ends")
def _():
    with Echo() as w, Family(w, drain="3s") as f:
        old = f.first(); s = socket.create_connection(("127.0.0.1", f.port))
        s.sendall(b"GET /ws HTTP/1.1\r\nHost: probe.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        r = Reader(s); m = r.message(time.time() + 5, response=True); need(m.status == 101, "handshake answered %s" % m.status)
        f.member(True).ready(); old.says("handed over"); t = time.monotonic(); n = 0
        s.settimeout(10); got = r.buf
        while time.monotonic() - t < 2: s.sendall(frame(1, b"hello")); n += 1; got += s.recv(65536); time.sleep(0.02)
        need(old.p.poll() is None, "the old one has ended with a WebSocket open"); end = time.monotonic()
        try:
            while s.recv(65536): pass
        except OSError: pass
        took = time.monotonic() - t; need(2.5 < took < 6, "the WebSocket was closed after %.1f s" % took); need(old.ended() == 0, "exit code %s" % old.p.returncode); return "%d echoes after the takeover, closed %.1f s after it; drain is 3 s" % (n, took)


@case("idle-connection-stays-until-its-next-answer")
def _():
    with Worker() as w, Family(w, drain="20s") as f:
        old = f.first(); s = socket.create_connection(("127.0.0.1", f.port)); r = Reader(s); ask = b"GET /x HTTP/1.1\r\nHost: probe.test\r\n\r\n"
        s.sendall(ask); need(r.message(time.time() + 5, response=True).status == 200, "no answer"); f.member(True).ready(); old.says("handed over"); time.sleep(2.5)
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
        for _ in range(3): new = f.member(True).ready()
        on[0] = False
        for t in ts: t.join()
        c, o = f.weir("status", f.file); need(c == 0 and "ready" in o, "exit %d, %r" % (c, o)); need(max(gaps.values()) < 0.5, "nobody answers for %s" % gaps)
        return "the longest without an answer: %s" % ", ".join("%s %d ms" % (n, g * 1000) for n, g in gaps.items())


@case("evacuations-go-along")
def _():
    with Worker() as w, Family(w) as f:
        f.first(); c, o = f.weir("evacuate", "zone=r1a", "--for", "10m", "--force", "--admin", f.socket())
        need(c == 0, "exit %d, %r" % (c, o)); f.member(True).ready(); c, o = f.weir("status", f.file); need("r1a" in o and "evacuat" in o, o); new = f.member(True).ready(); c, o = f.weir("restore", "zone=r1a", "--admin", f.socket()); need(c == 0, "exit %d, %r" % (c, o))


@case("systemd-sockets-and-notifications")
def _():
    with Worker() as w, Family(w) as f:
        told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); told.bind("\0weir-takeover-%d" % os.getpid()); told.settimeout(20)
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind(("127.0.0.1", f.port)); s.listen(100); early = socket.create_connection(("127.0.0.1", f.port))
        env = {"LISTEN_FDS": "1", "NOTIFY_SOCKET": "@weir-takeover-%d" % os.getpid()}
        m = Member.__new__(Member); f.n += 1; m.log = f.dir + "/log%d" % f.n
        # A shell knows the LISTEN_PID that is meant, and becomes the process.
        m.p = subprocess.Popen(["bash", "-c", 'export LISTEN_PID=$$; exec "$0" run "$1"', LAUNCHER, f.file], stdout=open(m.log, "ab"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env={**f.env, **env}, start_new_session=True, pass_fds=(3,), preexec_fn=lambda: os.dup2(s.fileno(), 3)); m.pid = m.p.pid; f.all.append(m); m.ready()
        need(b"READY=1" in told.recv(4096), "not told that it is ready"); s.close(); early.sendall(b"GET /x HTTP/1.1\r\nHost: probe.test\r\nConnection: close\r\n\r\n"); need(early.recv(100).startswith(b"HTTP/1.1 200"), "who came early is not served"); need(f.status() == 200, "it does not serve")
        new = f.member(True, env={"NOTIFY_SOCKET": env["NOTIFY_SOCKET"]}).ready(); first, second = told.recv(4096), told.recv(4096); need(first == b"MAINPID=%d" % new.pid and b"READY=1" in second, "told %r, %r" % (first, second)); need(m.ended() == 0 and f.status() == 200, "exit code %s" % m.p.returncode)
        new.p.send_signal(signal.SIGTERM); need(b"STOPPING=1" in told.recv(4096), "not told that it ends"); need(new.ended() == 0, "exit code %s" % new.p.returncode)


def main():
    global A
    ap = argparse.ArgumentParser(description=__doc__); ap.add_argument("--transport", default="auto"); ap.add_argument("--times", type=int); ap.add_argument("--only"); ap.add_argument("--not", dest="without"); ap.add_argument("--list", action="store_true"); A = ap.parse_args(); good = bad = 0
    for n, fn in CASES:
        if A.only and not re.search(A.only, n) or A.without and re.search(A.without, n): continue
        if A.list: print(n); continue
        try: why = fn() or ""; res = "PASS"
        except Fail as e: res, why = "FAIL", str(e)
        except Exception as e: res, why = "FAIL", "%s: %s" % (type(e).__name__, e)
        good += res == "PASS"; bad += res == "FAIL"; print("%s takeover.%s (%s) — %s" % (res, n, A.transport, why or "ok"), flush=True)
    if A.list: return 0
    print("%d passed, %d failed" % (good, bad)); return 0 if good and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
