#!/usr/bin/env python3
"""The launcher and the process: verbs, exit codes, messages, start-up lines, readiness, draining and signals of ./weir."""
import argparse, json, os, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import Fail, Skip, need, Reader
from proxies import LAUNCHER, Proxy, free_ports, http_get, weir_config

CASES = []; A = None


def case(name):
    def d(fn): CASES.append((name, fn)); return fn
    return d


def weir(*args, timeout=60, cwd=None):
    try: p = subprocess.run([LAUNCHER, *args], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL, cwd=cwd)
    except subprocess.TimeoutExpired: raise Fail("weir %s had not ended after %d s" % (" ".join(args), timeout))
    return p.returncode, p.stdout + p.stderr


class Worker:
    def __init__(self): self.port = free_ports(1)[0]
    def __enter__(self):
        self.p = subprocess.Popen([sys.executable, HERE + "/worker.py", "--port", str(self.port)]); end = time.time() + 10
        while http_get(self.port, "/health") != 200:
            if time.time() > end: raise RuntimeError("the worker did not start")
            time.sleep(0.02)
        return self
    def __exit__(self, *_): self.p.kill(); self.p.wait()


def running(worker, **k):
    k.setdefault("runtime", "drain: 6s"); k.setdefault("transport", A.transport)
    return Proxy("weir", workers=[("127.0.0.1:%d" % worker.port, "r1a")], **k)


def ask(port, path, wait=10):
    """Sends a request; returns the socket and a function that reads the answer."""
    s = socket.create_connection(("127.0.0.1", port), timeout=5); s.sendall(("GET %s HTTP/1.1\r\nHost: probe.test\r\n\r\n" % path).encode()); r = Reader(s)
    return s, (lambda: r.message(time.time() + wait, response=True)), r


def ended(p, secs):
    try: return p.proc.wait(secs)
    except subprocess.TimeoutExpired: return None


def refused(port):
    """How a new connection fares: True if it is refused, or closed without an answer."""
    try: s = socket.create_connection(("127.0.0.1", port), timeout=1)
    except OSError: return True
    try: s.sendall(b"GET / HTTP/1.1\r\nHost: probe.test\r\n\r\n"); s.settimeout(1); return not s.recv(100)
    except (socket.timeout, TimeoutError): return False
    except OSError: return True
    finally: s.close()


@case("version")
def _(): c, o = weir("version"); need(c == 0 and re.search(r"(?i)weir.*\d+\.\d+", o), "exit %d, %r" % (c, o[:200])); return o.strip().splitlines()[0]
@case("help")
def _(): c, o = weir("--help"); need(c == 0 and "run" in o and "proxy" in o, "exit %d, %r" % (c, o[:200]))
@case("unknown-verb-exit-2")
def _(): c, o = weir("frobnicate"); need(c == 2 and "frobnicate" in o, "exit %d, %r" % (c, o[:300]))
@case("unknown-option-exit-2")
def _(): c, o = weir("run", "--frobnicate", "x.yaml"); need(c == 2 and "frobnicate" in o, "exit %d, %r" % (c, o[:300]))
@case("run-without-file-exit-2")
def _(): c, o = weir("run"); need(c == 2 and o.strip(), "exit %d, %r" % (c, o[:300]))
@case("run-missing-file-exit-1")
def _(): c, o = weir("run", "/nonexistent/weir.yaml"); need(c == 1 and "/nonexistent/weir.yaml" in o and "Exception" not in o, "exit %d, %r" % (c, o[:300]))
def bad_file(text, verb="run"):
    d = tempfile.mkdtemp(prefix="ops-"); f = d + "/weir.yaml"; open(f, "w").write(text)
    try: return weir(verb, f) + (f,)
    finally: shutil.rmtree(d)
GOOD = weir_config(18080, [("127.0.0.1:17070", "r1a")], 18089)
for nm, text, line, col, word in [
        ("unknown-key", GOOD.replace("domains:", "domians:"), 1, 1, "domains"),
        ("unknown-key-deep", GOOD.replace("timeouts: { connect", "timeouts: { conect"), None, None, "connect"),
        ("bad-duration", GOOD.replace("response: 3s", "response: 3 parsecs"), None, None, "response"),
        ("yaml-syntax", GOOD + "mappings: [ {{\n", None, None, ""),
        ("unknown-zone", GOOD.replace('zone: r1a }', 'zone: nowhere }', 1) if GOOD.count("zone: r1a }") == 1 else GOOD.replace('17070", zone: r1a', '17070", zone: nowhere'), None, None, "nowhere"),
        ("mapping-to-unknown-app", GOOD.replace("app: probe }", "app: prob }"), None, None, "prob"),
        ("duplicate-key", GOOD + "domains: [other.test]\n", None, None, "domains")]:
    def mk(nm, text, line, col, word):
        @case("bad-file-" + nm)
        def _():
            c, o, f = bad_file(text); m = re.search(re.escape(f) + r":(\d+):(\d+):", o) or re.search(re.escape(os.path.basename(f)) + r":(\d+):(\d+):", o)
            need(c == 1, "exit %d, %r" % (c, o[:400])); need(m, "no file:line:column in %r" % o[:400]); need(word in o, "%r is not named in %r" % (word, o[:400])); need("\tat " not in o, "a stack trace: %r" % o[:300])
            if line: need((int(m.group(1)), int(m.group(2))) == (line, col), "it points to %s:%s, not %d:%d" % (m.group(1), m.group(2), line, col))
            return next(l for l in o.splitlines() if m.group(0) in l)[-150:]
    mk(nm, text, line, col, word)
@case("bad-file-all-problems-at-once")
def _():
    c, o, f = bad_file(GOOD.replace("domains:", "domians:").replace("response: 3s", "response: soon")); n = len(re.findall(r"weir\.yaml:\d+:\d+:", o)); need(c == 1 and n >= 2, "exit %d with %d problems: %r" % (c, n, o[:400])); return "%d problems" % n
@case("check-good-file-exit-0")
def _(): c, o, f = bad_file(GOOD, "check"); need(c == 0 and re.search(r"(?m)^ok: 1 app, 1 worker, [0-9a-f]{12}$", o), "exit %d, %r" % (c, o[:300])); return o.strip()[-100:]
@case("check-bad-file-exit-1-with-caret")
def _(): c, o, f = bad_file(GOOD.replace("domains:", "domians:"), "check"); need(c == 1 and re.search(r"weir\.yaml:1:1: domians: .*\n +domians:.*\n +\^\n", o), "exit %d, %r" % (c, o[:400]))
@case("check-without-file-exit-2")
def _(): c, o = weir("check"); need(c == 2 and o.strip(), "exit %d, %r" % (c, o[:300]))
@case("run-folder-problems-name-both-files")
def _():
    d = tempfile.mkdtemp(prefix="ops-")
    try:
        for name in ("10-a.yaml", "20-b.yaml"): open(d + "/" + name, "w").write(GOOD)
        c, o = weir("run", d); need(c == 1 and re.search(r"20-b\.yaml:\d+:\d+: apps\.probe: .*10-a\.yaml:\d+", o), "exit %d, %r" % (c, o[:600]))
    finally: shutil.rmtree(d)
@case("mappings-example-does-what-it-says")
def _():
    """docs/examples/mappings.yaml as it stands, but for its ports: what clients get, and what the worker saw."""
    text = open(os.path.join(HERE, "..", "..", "docs", "examples", "mappings.yaml")).read(); a, b = free_ports(2); seen = []
    def serve(c):
        r = Reader(c)
        while (h := r.head(time.time() + 20)):
            seen.append(h.decode()); c.sendall(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nSet-Cookie: s=1; Path=/\r\nContent-Length: 0\r\n\r\n")
    def accept(l):
        try:
            while True: threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()
        except OSError: pass
    ls = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]; [threading.Thread(target=accept, args=(l,), daemon=True).start() for l in ls]
    for old, new in ((":8080", ":%d" % a), (":8081", ":%d" % b), *zip((":9001", ":9101", ":9002"), (":%d" % l.getsockname()[1] for l in ls))): need(old in text, "the example has no %s" % old); text = text.replace(old, new)
    d = tempfile.mkdtemp(prefix="ops-"); f = d + "/weir.yaml"; open(f, "w").write(text); p = subprocess.Popen([LAUNCHER, "run", f], stdout=open(d + "/log", "w"), stderr=subprocess.STDOUT)
    def get(host, path, port=a):
        s = socket.create_connection(("127.0.0.1", port), timeout=5); s.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (path, host)).encode()); m = Reader(s).message(time.time() + 5, response=True); s.close(); need(m, "%s%s got no answer" % (host, path)); return m.status, (m.one("location") or b"").decode(), (m.one("set-cookie") or b"").decode()
    try:
        end = time.time() + 20
        while "ready" not in open(d + "/log").read(): need(time.time() < end and p.poll() is None, "not started: %s" % open(d + "/log").read()); time.sleep(0.05)
        for host, path, port, want, line, field in [
                ("api.example.com", "/orders/v1/list?a=1", a, (302, "/orders/v1/next", "s=1; Path=/orders/v1"), "GET /list?a=1 ", "X-CH1-Path: /orders/v1/list"),
                ("API.example.com.:80", "/orders/./v1", a, (302, "/orders/v1/next", "s=1; Path=/orders/v1"), "GET / ", "X-Forwarded-Prefix: /orders/v1"),
                ("api.example.com", "/us/x", a, (302, "/us/next", "s=1; Path=/us"), "GET /x ", "X-Forwarded-Prefix: /us"),
                ("shop.example.com", "/x", a, (302, "/next", "s=1; Path=/"), "GET /x ", "Host: shop.example.com"),
                ("api.example.com", "/us/x", b, (421, "", ""), None, None), ("api.example.com", "/private/x", a, (403, "", ""), None, None),
                ("api.example.com", "/old/a/b?q=1", a, (308, "https://api.example.com/orders/v1/a/b?q=1", ""), None, None),
                ("api.example.com", "/orders/v12/", a, (302, "https://www.example.com/", ""), None, None), ("nix.example.com", "/", a, (302, "https://www.example.com/", ""), None, None),
                ("ordres.cloudhub.example", "/", a, (404, "", ""), None, None), ("orders.us-e1.cloudhub.example", "/", b, (421, "", ""), None, None)]:
            del seen[:]; got = get(host, path, port); need(got == want, "%s%s: %r, not %r" % (host, path, got, want)); need(bool(seen) == bool(line), "%s%s: the workers saw %r" % (host, path, seen))
            if line: need(seen[0].startswith(line) and "\r\n%s\r\n" % field in seen[0], "%s%s: the worker saw %r" % (host, path, seen[0]))
    finally: p.terminate(); p.wait(10); [l.close() for l in ls]; shutil.rmtree(d)
@case("trusted-proxies-are-believed-and-nobody-else")
def _():
    """A proxy in front at 127.0.1.1, which is trusted, and a client at 127.0.0.1, which is not: what the worker is told, field by field."""
    def serve(c):
        r = Reader(c)
        while (h := r.head(time.time() + 20)): seen.append(h.decode()); c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    def accept():
        try:
            while True: threading.Thread(target=serve, args=(l.accept()[0],), daemon=True).start()
        except OSError: pass
    def told(source, *fields):
        del seen[:]; s = socket.create_connection(("127.0.0.1", p.port), timeout=5, source_address=(source, 0)); s.sendall(("GET / HTTP/1.1\r\nHost: probe.test\r\nConnection: close, X-Forwarded-For\r\n" + "".join(f + "\r\n" for f in fields) + "\r\n").encode())
        m = Reader(s).message(time.time() + 5, response=True); s.close(); need(m and m.status == 200 and len(seen) == 1, "from %s: answered %s, the worker saw %r" % (source, m and m.status, seen)); out = {}
        for line in seen[0].split("\r\n")[1:]: k, _, v = line.partition(": "); out.setdefault(k.lower(), []).append(v)
        return out
    def wants(got, **k):
        for name, value in k.items(): need(got.get(name.replace("_", "-")) == (value if isinstance(value, list) or value is None else [value]), "%s is %r, not %r" % (name, got.get(name.replace("_", "-")), value))
    seen = []; l = socket.create_server(("127.0.0.1", 0)); threading.Thread(target=accept, daemon=True).start(); trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"; port = l.getsockname()[1]
    says = ["X-Forwarded-For: 6.6.6.6, 203.0.113.9", "X-Forwarded-For: 127.0.1.7", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /p", "X-Request-Id: its-own", "Forwarded: for=203.0.113.9", "X_Forwarded_For: 7.7.7.7", "X-Forwarded-Client-Cert: 7.7.7.7", "Weir-Hop: 7.7.7.7", "traceparent: " + trace, "tracestate: a=b"]
    with Proxy("weir", workers=[("127.0.0.1:%d" % port, "r1a")], transport=A.transport, extra="trusted-proxies: [ 127.0.1.0/24 ]\nforwarded: rfc7239\n", app="    host: worker\n") as p:
        got = told("127.0.1.1", *says); need("7.7.7.7" not in seen[0], "from the proxy, and yet %r" % seen[0])
        wants(got, x_forwarded_for="6.6.6.6, 203.0.113.9, 127.0.1.7, 127.0.1.1", x_forwarded_proto="https", x_forwarded_prefix="/p", x_request_id="its-own", x_forwarded_host="probe.test", x_forwarded_port="443", traceparent=trace, tracestate="a=b",
              forwarded="for=203.0.113.9, for=127.0.1.1;proto=http;host=\"probe.test\"", host="127.0.0.1:%d" % port, via="1.1 weir")
        got = told("127.0.0.1", *says); need("7.7.7.7" not in seen[0] and "6.6.6.6" not in seen[0] and "its-own" not in seen[0], "from a client, and yet %r" % seen[0])
        wants(got, x_forwarded_for="127.0.0.1", x_forwarded_proto="http", x_forwarded_prefix=None, x_forwarded_host="probe.test", x_forwarded_port=str(p.port), traceparent=trace, tracestate="a=b", forwarded="for=127.0.0.1;proto=http;host=\"probe.test\"", host="127.0.0.1:%d" % port)
    with Proxy("weir", workers=[("127.0.0.1:%d" % port, "r1a")], transport=A.transport, extra="via: off\n") as p: wants(told("127.0.1.1", *says), x_forwarded_for="127.0.1.1", via=None, forwarded=None, host="probe.test")
    l.close()
def await_start(p):
    """The port is there a little earlier than the first verdicts on workers, and with them the start-up lines."""
    end = time.monotonic() + 10
    while "ready after" not in p.tail(100000) and time.monotonic() < end: time.sleep(0.01)
@case("start-up-lines")
def _():
    with Worker() as w, running(w) as p:
        await_start(p)
        log = "\n".join(l for l in p.tail(100000).splitlines() if not re.search(r"\b(DEBUG|TRACE)\b", l)); wanted = {"version": r"\d+\.\d+", "transport": r"epoll|io_uring|nio|kqueue", "transport's reason": r"(?i)(epoll|io_uring|nio)[^\n]{8,}|transport[^\n]{12,}", "event loops": r"(?i)event.?loop", "listener's address": r"127\.0\.0\.1:%d" % p.port, "admin's address": r"127\.0\.0\.1:%d" % p.admin, "region and zone": r"r1a", "number of apps": r"(?i)\b1 app|apps?\W+1\b", "number of workers": r"(?i)\b1 worker|workers?\W+1\b", "config checksum": r"(?i)(sha|checksum|config)[^\n]{0,80}\b[0-9a-f]{8,}"}
        missing = [k for k, x in wanted.items() if not re.search(x, log)]; need(not missing, "not said at start: %s. The log:\n%s" % (", ".join(missing), log)); return "%d lines" % len(log.strip().splitlines())
@case("start-up-without-debug-lines")
def _():
    with Worker() as w, running(w) as p: await_start(p); noise = [l for l in p.tail(100000).splitlines() if re.search(r"\b(DEBUG|TRACE)\b", l)]; need(not noise, "%d debug lines at start, such as %r" % (len(noise), noise and noise[0][:120]))
@case("live-and-ready")
def _():
    with Worker() as w, running(w) as p: live, ready = http_get(p.admin, "/live"), http_get(p.admin, "/ready"); need((live, ready) == (200, 200), "/live %d, /ready %d" % (live, ready)); need(http_get(p.port, "/x", host="probe.test") == 200, "no app is served though /ready says so")
@case("admin-not-on-the-listener")
def _():
    with Worker() as w, running(w) as p: st, b = http_get(p.port, "/ready", raw=True); need(st == 200 and b.endswith(b"/ready"), "the listener answered /ready itself: %d" % st); need(http_get(p.admin, "/nothing-here") == 404, "an unknown path on the admin port: %d" % http_get(p.admin, "/nothing-here"))
@case("explain-says-what-is-served")
def _():
    """Of a process and of its config: the mapping, the worker, the same bytes for the same seed, and what to do about a refusal."""
    with Worker() as w, running(w) as p:
        url = "http://shop.test:%d/x" % p.port; need(http_get(p.port, "/x", host="shop.test") == 200, "not served")
        c, o = weir("explain", url, "--admin", "127.0.0.1:%d" % p.admin, "--seed", "7"); need(c == 0 and "mapping 1 is the first that matches" in o and "What 127.0.0.1:%d answers." % w.port in o, "exit %d, %r" % (c, o[:600]))
        c, again = weir("explain", url, p.file, "--seed", "7"); need(c == 0 and again == o, "another text for the same seed: %r" % again[:600])
        c, o = weir("explain", url, "--admin", "127.0.0.1:%d" % p.admin, "--format", "json"); need(c == 0 and json.loads(o)["answer"]["worker"] == "127.0.0.1:%d" % w.port, "exit %d, %r" % (c, o[:300]))
        c, o = weir("explain", "http://nope.example.test:%d/" % p.port, "--config", p.file); need(c == 0 and "404 Not Found, no_route" in o and "probe.example.test" in o and http_get(p.port, "/", host="nope.example.test") == 404, "exit %d, %r" % (c, o[-400:]))
        c, o = weir("explain", "ftp://x/", "--config", p.file); need(c == 2 and "http://HOST:PORT/PATH" in o, "exit %d, %r" % (c, o[:300]))
@case("admin-pages-and-rules")
def _():
    """The real process: each page in both forms, its socket's rights, strangers and other machines refused, weir status, nothing left behind."""
    def call(port, path, *lines, method="GET", to="127.0.0.1", host="127.0.0.1"):
        s = socket.create_connection((to, port), timeout=5); s.sendall(("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n" % (method, path, host, "".join(l + "\r\n" for l in lines))).encode()); b = b""
        while (d := s.recv(65536)): b += d
        s.close(); return int(b[9:12]), b.split(b"\r\n\r\n", 1)[1].decode()
    d = tempfile.mkdtemp(prefix="ops-"); os.chmod(d, 0o700); env = os.environ; before = env.get("XDG_RUNTIME_DIR"); env["XDG_RUNTIME_DIR"] = d
    try:
        with Worker() as w, running(w) as p:
            p.pid
            for page, words in (("/status", "readiness     ready"), ("/workers", "127.0.0.1:%d" % w.port), ("/routes", "probe.example.test"), ("/config", "probe:"), ("/explain?url=http://probe.example.test", "To app probe"), ("/events?format=text", "ready"), ("/", "/workers")):
                st, b = call(p.admin, page); need(st == 200 and words in b, "%s: %d, %r" % (page, st, b[:300]))
                st, b = call(p.admin, page.split("?format")[0], "Accept: application/json"); need(st == 200 and isinstance(json.loads(b), dict), "%s as JSON: %d, %r" % (page, st, b[:300]))
            for want, got in ((404, call(p.admin, "/nope")), (405, call(p.admin, "/config", method="POST")), (403, call(p.admin, "/config", host="evil.example")), (403, call(p.admin, "/config", "Origin: http://evil.example")), (400, call(p.admin, "/workers?lmit=1"))): need(got[0] == want, "%d instead of %d: %r" % (got[0], want, got[1][:200]))
            sockets = sorted(os.listdir(d + "/weir"), reverse=True); need(sorted(x.rsplit(".", 1)[1] for x in sockets) == ["handover", "sock"] and os.stat(d + "/weir").st_mode & 0o777 == 0o700 and all(os.stat(d + "/weir/" + x).st_mode & 0o777 == 0o600 for x in sockets), "the run folder holds %r" % sockets)
            others = [f for f in (os.listdir("/tmp/weir-%d" % os.getuid()) if os.path.isdir("/tmp/weir-%d" % os.getuid()) else [])]  # of processes that are not ours
            for args in ((() if not others else (p.file,)), (p.file,), ("--admin", "127.0.0.1:%d" % p.admin), ("--admin", d + "/weir/" + sockets[0])): c, o = weir("status", *args); need(c == 0 and "readiness     ready" in o and "probe" in o, "status %r: exit %d, %r" % (args, c, o[:300]))
            c, o = weir("status", p.file, "--format", "json"); need(c == 0 and json.loads(o)["readiness"] == "ready", "exit %d, %r" % (c, o[:300])); c, o = weir("status", p.file, "--app", "nope"); need(c == 1 and "no app nope" in o, "exit %d, %r" % (c, o[:300]))
        need(os.listdir(d + "/weir") == [], "left in the run folder: %r" % os.listdir(d + "/weir")); c, o = weir("status"); need(others or c in (1, 2) and "--admin" in o, "with none running: exit %d, %r" % (c, o[:300]))
    finally:
        shutil.rmtree(d)
        if before is None: del env["XDG_RUNTIME_DIR"]
        else: env["XDG_RUNTIME_DIR"] = before
@case("admin-socket-and-token-from-the-config")
def _():
    d = tempfile.mkdtemp(prefix="ops-"); f = d + "/weir.yaml"; token = "probe-token-of-26-letters."; a, b = free_ports(2); open(d + "/token", "w").write(token + "\n"); own = None
    try:
        u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.connect(("192.0.2.1", 9)); own = u.getsockname()[0]; u.close()  # no packet is sent: this asks for our address
    except OSError: pass
    open(f, "w").write(GOOD.replace("127.0.0.1:18080", "127.0.0.1:%d" % a).replace('admin: { bind: "127.0.0.1:18089" }', 'admin: { bind: "0.0.0.0:%d", socket: admin.sock, token: "${file:token}" }' % b))
    s = socket.socket(socket.AF_UNIX); s.bind(d + "/admin.sock"); s.close()  # as a killed process leaves it
    def start(): p = subprocess.Popen([LAUNCHER, "run", f], stdout=open(d + "/log", "w"), stderr=subprocess.STDOUT); end = time.time() + 20; [time.sleep(0.05) for _ in iter(lambda: "ready after" not in open(d + "/log").read() and p.poll() is None and time.time() < end, False)]; need("ready after" in open(d + "/log").read(), "not started: %s" % open(d + "/log").read()); return p
    def ask(to, path, *lines):
        s = socket.create_connection((to, b), timeout=5); s.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n" % (path, to, "".join(l + "\r\n" for l in lines))).encode()); r = b""
        while (x := s.recv(65536)): r += x
        s.close(); return int(r[9:12]), r
    p = start()
    try:
        need(os.stat(d + "/admin.sock").st_mode & 0o777 == 0o600, "its mode is %o" % os.stat(d + "/admin.sock").st_mode); c, o = weir("status", "--admin", d + "/admin.sock"); need(c == 0 and "readiness     ready" in o and token not in o, "exit %d, %r" % (c, o[:300]))
        st, r = ask("127.0.0.1", "/config"); need(st == 200 and token.encode() not in r and b'token: "(redacted)"' in r, "%d, %r" % (st, r[:300]))
        c, o = weir("run", f); need(c == 3 and "admin.sock" in o, "a second one: exit %d, %r" % (c, o[-400:])); c, o = weir("status", "--admin", d + "/admin.sock"); need(c == 0, "the second one has taken the first one's socket: %r" % o[:300])
        if own and not own.startswith("127."):
            for want, path, lines in ((401, "/config", ()), (401, "/config", ("Authorization: Bearer wrong-wrong-wrong-wrong",)), (200, "/config", ("Authorization: Bearer " + token,)), (200, "/live", ()), (404, "/metrics", ())): st, r = ask(own, path, *lines); need(st == want or (path == "/metrics" and st == 200), "%s from %s: %d instead of %d" % (path, own, st, want))
            c, o = weir("status", "--admin", "%s:%d" % (own, b)); need(c == 1 and "--token-file" in o, "exit %d, %r" % (c, o[:300])); c, o = weir("status", "--admin", "%s:%d" % (own, b), "--token-file", d + "/token"); need(c == 0 and "wrong tokens  1" in o, "exit %d, %r" % (c, o[:300]))
        p.send_signal(signal.SIGTERM); need(p.wait(10) == 0 and not os.path.exists(d + "/admin.sock"), "the socket is left behind")
        return "from %s too" % own if own else "from loopback alone"
    finally:
        if p.poll() is None: p.kill(); p.wait()
        shutil.rmtree(d)
@case("second-instance-exit-3")
def _():
    with Worker() as w, running(w) as p:
        t = time.time(); c, o = weir("run", p.file); d = time.time() - t; need(c == 3, "exit %d, %r" % (c, o[-300:])); need(str(p.port) in o, "the address is not named: %r" % o[-300:]); need(d < 15, "it took %.1f s" % d); need(all(http_get(p.port, "/x%d" % i, host="probe.test") == 200 for i in range(20)), "the first instance lost requests"); return "%.1f s" % d
@case("second-instance-while-listener-alone-is-taken-exit-3")
def _():
    with Worker() as w, running(w) as p:
        q = running(w); text = open(q.file).read().replace(":%d\"" % q.port, ":%d\"" % p.port, 1); open(q.file, "w").write(text); c, o = weir("run", q.file); shutil.rmtree(q.dir, ignore_errors=True); need(c == 3 and str(p.port) in o, "exit %d, %r" % (c, o[-300:])); need(all(http_get(p.port, "/x%d" % i, host="probe.test") == 200 for i in range(20)), "the first instance lost requests")
@case("term-exit-0")
def _():
    with Worker() as w, running(w) as p: t = time.time(); p.proc.send_signal(signal.SIGTERM); c = ended(p, 10); need(c == 0, "exit %s" % c); need(time.time() - t < 3, "idle, and yet %.1f s" % (time.time() - t)); return "%.2f s" % (time.time() - t)
@case("term-the-moment-it-is-ready-exit-0")
def _():
    """Whoever is told that it is ready may end it: a drain, not a death by signal; and whoever is not, ends it at once."""
    def once(w, early):
        q = running(w); p = subprocess.Popen([LAUNCHER, "run", q.file], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True); end = time.time() + 30
        try:
            if early: time.sleep(early)
            else:
                while http_get(q.admin, "/ready", 0.5) != 200: need(p.poll() is None and time.time() < end, "not ready")
            p.send_signal(signal.SIGTERM); out, _ = p.communicate(timeout=20); return p.returncode, out
        finally: p.kill(); p.wait(); shutil.rmtree(q.dir, ignore_errors=True)
    with Worker() as w:
        for i in range(8): c, o = once(w, 0); need(c == 0 and "drained" in o, "start %d: exit %s, %r" % (i + 1, c, o[-300:]))
        for early in (0.05, 0.15, 0.25): c, o = once(w, early); need(c in (0, 143, -15), "TERM after %.2f s: exit %s, %r" % (early, c, o[-300:]))
@case("int-exit-0")
def _():
    with Worker() as w, running(w) as p: p.proc.send_signal(signal.SIGINT); c = ended(p, 10); need(c == 0, "exit %s" % c)
@case("term-closes-idle-client-connections")
def _():
    with Worker() as w, running(w) as p:
        s, get, r = ask(p.port, "/x"); need(get().status == 200, "not served"); t = time.time(); p.proc.send_signal(signal.SIGTERM); c = ended(p, 10); s.close(); need(c == 0 and time.time() - t < 5, "an idle connection held the drain up: exit %s after %.1f s" % (c, time.time() - t))
@case("term-drains")
def _():
    with Worker() as w, running(w) as p:
        s, get, r = ask(p.port, "/slow?delay=2500"); idle, iget, ir = ask(p.port, "/x"); need(iget().status == 200, "not served"); time.sleep(0.3); t = time.time(); p.proc.send_signal(signal.SIGTERM); first = None
        while time.time() < t + 1.5:
            st = http_get(p.admin, "/ready", 0.5)
            if st != 200: first = (st, time.time() - t); break
            time.sleep(0.01)
        need(first, "/ready still says 200 1.5 s after TERM"); need(first[1] < 0.5, "/ready turned to %d only after %.2f s" % first); need(first[0] == 503, "/ready does not say 503 while draining: %d (0: no answer)" % first[0]); need(http_get(p.admin, "/live", 0.5) == 200, "/live says %d while draining" % http_get(p.admin, "/live", 0.5)); need(refused(p.port), "a new connection was served while draining")
        m = get(); need(m and m.status == 200 and m.complete, "the request in flight got %s" % (m and m.status)); d = time.time() - t; need(b"close" in (m.one("connection") or b"").lower(), "its answer lacks Connection: close"); c = ended(p, 5); need(c == 0, "exit %s" % c); s.close(); idle.close(); return "/ready %d after %.0f ms, the slow request was answered after %.1f s, exit 0 after %.1f s" % (first[0], first[1] * 1e3, d, time.time() - t)
def slowly(size, listener, term, version=b"1.1", pause=0.04):
    """A client that takes its response at some 400 KB/s, through the end of the exchange and beyond: how much it got of it."""
    def worker():  # with HTTP/1.0 its end is told by closing alone
        c, _ = l.accept(); Reader(c).head(time.time() + 5); chunked = version == b"1.0"; c.sendall(b"HTTP/1.1 200 OK\r\n" + (b"Transfer-Encoding: chunked\r\n\r\n" if chunked else b"Content-Length: %d\r\n\r\n" % size))
        for _ in range(size // 65536): c.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n" if chunked else b"x" * 65536)
        if chunked: c.sendall(b"0\r\n\r\n")
        time.sleep(20)
    l = socket.create_server(("127.0.0.1", 0)); threading.Thread(target=worker, daemon=True).start(); got = 0; head = b""; end = None
    with Proxy("weir", workers=[("127.0.0.1:%d" % l.getsockname()[1], "r1a")], transport=A.transport, listener=listener, runtime="drain: 60s") as p:
        s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536); s.settimeout(20); s.connect(("127.0.0.1", p.port)); s.sendall(b"GET / HTTP/%s\r\nHost: probe.test\r\n\r\n" % version)
        while True:
            try: d = s.recv(16384)
            except OSError as e: end = e; break
            if not d: break
            got += len(d); head += d if len(head) < 4096 else b""
            if term and got > size // 2: term = False; p.proc.send_signal(signal.SIGTERM)
            if got > size // 2: time.sleep(pause)
            if version == b"1.1" and got - head.index(b"\r\n\r\n") - 4 == size: break
        s.close()
    l.close()
    return got - head.index(b"\r\n\r\n") - 4, end


@case("term-waits-for-a-slow-reader")
def _(): n, e = slowly(4 << 20, "timeouts: { idle: 60s }", True); need(n >= 4 << 20, "TERM cut the response at %d of %d bytes (%s)" % (n, 4 << 20, e)); return "whole"
@case("idle-time-is-not-for-slow-readers")
def _(): n, e = slowly(6 << 20, "timeouts: { idle: 1s }", False, pause=0.1); need(n == 6 << 20, "cut at %d of %d bytes (%s)" % (n, 6 << 20, e)); return "whole"
@case("http10-response-that-was-cut-is-not-ended")
def _(): n, e = slowly(4 << 20, "timeouts: { idle: 1s }", False, b"1.0", 0.15); need(n == 4 << 20 or e is not None, "%d of %d bytes and then a FIN" % (n, 4 << 20)); return "whole" if e is None else "%d bytes, then %s" % (n, e)
@case("term-drain-deadline")
def _():
    with Worker() as w, running(w, runtime="drain: 1s") as p:
        s, get, r = ask(p.port, "/slow?delay=2900"); time.sleep(0.3); t = time.time(); p.proc.send_signal(signal.SIGTERM); m = get(); c = ended(p, 8); d = time.time() - t; s.close(); need(c == 0, "exit %s" % c); need(d < 2.4, "with drain: 1s it ended after %.1f s" % d); need(m is None or m.status == 503, "the request got %s" % (m and m.status)); return "%s, exit 0 after %.1f s" % (m.status if m else "closed", d)
@case("second-term-exits-at-once")
def _():
    with Worker() as w, running(w) as p:
        s, get, r = ask(p.port, "/slow?delay=2900"); time.sleep(0.3); p.proc.send_signal(signal.SIGTERM); time.sleep(0.4); need(p.proc.poll() is None, "ended at the first TERM with a request in flight"); t = time.time(); p.proc.send_signal(signal.SIGTERM); c = ended(p, 4); s.close(); need(c is not None and time.time() - t < 1, "still there %.1f s after the second TERM" % (time.time() - t)); return "%.2f s, exit %d" % (time.time() - t, c)
@case("launcher-becomes-the-jvm")
def _():
    with Worker() as w, running(w) as p: exe = os.readlink("/proc/%d/exe" % p.pid); need(os.path.basename(exe) == "java", "the process that was started is %s: signals do not reach the program" % exe)
@case("launcher-through-a-link-and-from-elsewhere")
def _():
    d = tempfile.mkdtemp(prefix="ops-"); os.symlink(LAUNCHER, d + "/w")
    try: p = subprocess.run([d + "/w", "version"], capture_output=True, text=True, cwd="/", timeout=60); need(p.returncode == 0, "exit %d, %r" % (p.returncode, p.stderr[:200]))
    finally: shutil.rmtree(d)
@case("proxy-verb")
def _():
    with Worker() as w:
        port = free_ports(1)[0]; f = tempfile.TemporaryFile(); p = subprocess.Popen([LAUNCHER, "proxy", "--from", "127.0.0.1:%d" % port, "--to", "127.0.0.1:%d" % w.port], stdout=f, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            end = time.time() + 20; st = 0
            while time.time() < end and p.poll() is None:
                st, b = http_get(port, "/any/path?x=1", host="any.host", raw=True)
                if st == 200: break
                time.sleep(0.05)
            f.seek(0); need(port != w.port and st == 200 and b.endswith(b"/any/path?x=1"), "answered %d; %r" % (st, f.read()[-500:])); p.send_signal(signal.SIGTERM); c = p.wait(10); need(c == 0, "exit %d" % c)
        finally:
            if p.poll() is None: p.kill(); p.wait()
def lines_of(path, want, secs=5):
    """The lines of the file once it has so many, as objects."""
    end = time.time() + secs
    while time.time() < end:
        got = open(path).read().splitlines() if os.path.exists(path) else []
        if len(got) >= want: return [json.loads(l) for l in got]
        time.sleep(0.02)
    raise Fail("%d lines in %s after %d s, not %d" % (len(got), path, secs, want))
@case("access-log-usr1-opens-anew")
def _():
    d = tempfile.mkdtemp(prefix="ops-"); f = d + "/access.log"
    try:
        with Worker() as w, running(w, extra="access-log: { path: %s, request-headers: [traceparent] }\n" % f) as p:
            s = socket.create_connection(("127.0.0.1", p.port), timeout=5); s.sendall(b"GET /a?b=%221%22 HTTP/1.1\r\nHost: probe.test\r\nTraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nAuthorization: Bearer secret\r\nCookie: s=secret\r\n\r\n"); m = Reader(s).message(time.time() + 5, response=True); s.close(); need(m.status == 200, "not served: %d" % m.status)
            one = lines_of(f, 1)[0]; want = dict(client="127.0.0.1", method="GET", host="probe.test", path="/a?b=%221%22", version="1.1", status=200, reason="ok", app="probe", region="r1", worker="127.0.0.1:%d" % w.port, zone="r1a", attempts=1)
            need(all(one.get(k) == v for k, v in want.items()), "%r, not %r" % (one, want)); need(one["request_headers"]["traceparent"].startswith("00-0af7"), "no traceparent: %r" % one); need("secret" not in open(f).read(), "a secret is logged"); parts = sum(one.get(k, 0) for k in ("admit_us", "resolve_us", "pick_us", "connect_us", "relay_us")); need(one["relay_us"] >= one["first_byte_us"] > 0 and abs(one["total_us"] - parts) <= 5, "times that don't add up: %r" % one)
            os.rename(f, f + ".1"); need(http_get(p.port, "/moved", host="probe.test") == 200, "not served"); lines_of(f + ".1", 2); p.proc.send_signal(signal.SIGUSR1); end = time.time() + 5
            while not os.path.exists(f): need(time.time() < end, "USR1 opened no new file"); time.sleep(0.02)
            need(http_get(p.port, "/new", host="probe.test") == 200, "not served"); new = lines_of(f, 1); need(new[0]["path"] == "/new" and len(lines_of(f + ".1", 2)) == 2, "the new file has %r" % new)
            s = socket.create_connection(("127.0.0.1", p.port), timeout=5); s.sendall(b"GE\x01T / HTTP/1.1\r\n\r\n"); s.recv(1000); s.close(); need(lines_of(f, 2)[1]["reason"] == "bad_request", "a bad request is not logged as one"); http_get(p.port, "/last", host="probe.test"); p.stop(); last = lines_of(f, 3)[-1]; need(last["path"] == "/last", "the last line before the end is missing: %r" % last); return "%d µs in all" % one["total_us"]
    finally: shutil.rmtree(d)
@case("access-log-that-can-not-be-written-exit-1")
def _(): c, o, f = bad_file(GOOD + "access-log: { path: /nonexistent/access.log }\n"); need(c == 1 and "access-log.path" in o and "/nonexistent/access.log" in o and "no such folder" in o and "\tat " not in o, "exit %d, %r" % (c, o[-400:]))
@case("access-log-on-standard-output")
def _():
    with Worker() as w, running(w, extra="access-log: { format: combined }\n") as p:
        need(http_get(p.port, "/out", host="probe.test") == 200, "not served"); p.stop(); need(re.search(r'(?m)^127\.0\.0\.1 - - \[[^]]+ \+0000\] "GET /out HTTP/1\.1" 200 \d+ "-" "[^"]*"$', p.tail(10000)), "no line in %r" % p.tail(2000))
@case("access-log-on-a-full-disk-costs-lines-and-no-request")
def _():
    with Worker() as w, running(w, extra="access-log: { path: /dev/full }\n") as p:
        need(all(http_get(p.port, "/x%d" % i, host="probe.test") == 200 for i in range(50)), "requests failed"); end = time.time() + 5
        while "can't be written" not in p.tail(10000): need(time.time() < end, "nothing is said of a full disk: %r" % p.tail(2000)); time.sleep(0.05)
        need(http_get(p.port, "/after", host="probe.test") == 200, "requests failed"); need(p.stop() == 0, "exit %s" % p.code)
@case("proxy-verb-bad-address-exit-2")
def _(): c, o = weir("proxy", "--from", "127.0.0.1:nonsense", "--to", "127.0.0.1:1", timeout=20); need(c in (1, 2) and o.strip() and "\tat " not in o, "exit %d, %r" % (c, o[:300])); return "exit %d" % c
@case("proxy-verb-port-taken-exit-3")
def _():
    s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
    try: c, o = weir("proxy", "--from", "127.0.0.1:%d" % s.getsockname()[1], "--to", "127.0.0.1:1", timeout=20); need(c == 3, "exit %d, %r" % (c, o[-300:]))
    finally: s.close()


def main():
    global A
    ap = argparse.ArgumentParser(description=__doc__); ap.add_argument("--transport", default="auto"); ap.add_argument("--only"); ap.add_argument("--list", action="store_true"); A = ap.parse_args(); good = bad = 0
    for n, fn in CASES:
        if A.only and not re.search(A.only, n): continue
        if A.list: print(n); continue
        try: why = fn() or ""; res = "PASS"
        except Fail as e: res, why = "FAIL", str(e)
        except Exception as e: res, why = "FAIL", "%s: %s" % (type(e).__name__, e)
        good += res == "PASS"; bad += res == "FAIL"; print("%s ops.%s — %s" % (res, n, why or "ok"), flush=True)
    if A.list: return 0
    print("%d passed, %d failed" % (good, bad)); return 0 if good and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
