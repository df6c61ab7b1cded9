#!/usr/bin/env python3
"""Black-box probe of a reverse proxy's connections: keep-alive races, pipelining, slow and vanished clients, Expect, HTTP/1.0,
streaming in both directions, many requests and large bodies. The probe is the proxy's only worker (--backend), with connect
time-out 1 s, response time-out 3 s, idle time-out 5 s; head and body time-outs of the listener are 5 s.
--long runs the cases that move gigabytes, and only those."""
import functools, hashlib, random, select, socket, struct, sys, threading, time
from probelib import *

S = Suite(__doc__); be = None
OWN = "the product says so"; GONE = "a client that has left must not cost a worker"


def request(n, method=b"GET", fields=b"", body=b"", version=b"1.1"):
    return method + b" /p/" + n.encode() + b" HTTP/" + version + b"\r\nHost: " + S.a.host.encode() + b"\r\n" + fields + b"\r\n" + body


def canary():
    n = nonce(); o = S.talk(request(n), wait=4); need(o.status == 200 and o.r[0].one("x-echo") == n.encode(), "the next request, on its own connection, got %s" % o)


def rst(s): s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()


def wait_for(test, secs):
    end = time.time() + secs
    while time.time() < end:
        if test(): return True
        time.sleep(0.01)
    return bool(test())


def closed_by_peer(c, secs):
    """Seconds until the peer's FIN or RST, None if there was none."""
    t = time.time(); c.settimeout(secs)
    try:
        while c.recv(65536): pass
    except (socket.timeout, TimeoutError): return None
    except OSError: pass
    return time.time() - t


# ---- keep-alive races
class RacingWorker:
    """Closes its connections at random moments: idle ones after 0 to 4 ms, and some exactly when a further request arrives."""
    def __init__(self, seed): self.rnd = random.Random(seed); self.posts = []; self.gets = 0; self.closed_idle = 0; self.closed_on_arrival = 0; self.lock = threading.Lock()
    def __call__(self, c, cid):
        buf = b""; served = 0
        with self.lock: rnd = random.Random(self.rnd.random())
        try:
            while True:
                c.settimeout(rnd.choice((0.0002, 0.0005, 0.001, 0.002, 0.004)) if served else 10)
                while b"\r\n\r\n" not in buf:
                    try: d = c.recv(65536)
                    except (socket.timeout, TimeoutError):
                        if buf: continue
                        self.closed_idle += 1; return True
                    if not d: return True
                    buf += d
                head, buf = buf.split(b"\r\n\r\n", 1); line = head.split(b"\r\n", 1)[0]; path = line.split(b" ")[1]
                if line.startswith(b"POST"):
                    with self.lock: self.posts.append(path)
                    c.settimeout(5)
                    while len(buf) < 5:
                        d = c.recv(65536)
                        if not d: return True
                        buf += d
                    buf = buf[5:]
                else: self.gets += 1
                if served and rnd.random() < 0.1: self.closed_on_arrival += 1; return True
                c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(path), path)); served += 1
                if rnd.random() < 0.1: self.closed_idle += 1; return True
        except OSError: return True


def hammer(method, count, threads, gap=0.0):
    """count requests over `threads` client connections -> {path: (status, body)}"""
    out = {}; lock = threading.Lock()
    def client(k):
        s = r = None; rnd = random.Random(k)
        for i in range(count // threads):
            p = "%d-%d-%s" % (k, i, method.decode().lower()); st, b = 0, b""
            for once in (0, 1):
                try:
                    if s is None: s = S.connect(); r = Reader(s); once = 1
                    s.settimeout(10); s.sendall(method + b" /race/" + p.encode() + b" HTTP/1.1\r\nHost: " + S.a.host.encode() + (b"\r\nContent-Length: 5\r\n\r\nhello" if method == b"POST" else b"\r\n\r\n")); m = r.message(time.time() + 10, response=True)
                    if m: st, b = m.status, m.body
                except OSError: m = None
                if not m or r.eof or b"close" in (m.one("connection") or b""):
                    if s: s.close()
                    s = None
                break
            with lock: out["/race/" + p] = (st, b)
            if gap: time.sleep(rnd.random() * gap)
    ts = [threading.Thread(target=client, args=(k,)) for k in range(threads)]; [t.start() for t in ts]; [t.join() for t in ts]
    return out


def racing(fn, seed):
    w = RacingWorker(seed); be.accept_hook = w
    for c in list(be.live):                                    # connections that plain cases left behind would not race
        try: c.shutdown(socket.SHUT_RDWR)
        except OSError: pass
    try: return w, fn()
    finally: be.accept_hook = None
@S.case("race.10000-gets-none-lost", "RFC 9112 9.3.1, RFC 9110 9.2.2")
def _():
    w, out = racing(lambda: hammer(b"GET", 10000, 8), 1); bad = {k: v for k, v in out.items() if v[0] != 200 or v[1] != k.encode()}
    need(not bad, "%d of %d GETs failed: %s" % (len(bad), len(out), list(bad.items())[:3])); return "the worker closed %d connections when idle and %d on arrival" % (w.closed_idle, w.closed_on_arrival)
@S.case("race.2000-gets-with-gaps-none-lost", "RFC 9112 9.3.1")
def _():
    w, out = racing(lambda: hammer(b"GET", 2000, 8, gap=0.008), 2); bad = {k: v for k, v in out.items() if v[0] != 200 or v[1] != k.encode()}
    need(not bad, "%d of %d GETs failed: %s" % (len(bad), len(out), list(bad.items())[:3])); return "the worker closed %d connections when idle and %d on arrival" % (w.closed_idle, w.closed_on_arrival)
@S.case("race.2000-posts-none-doubled", "RFC 9110 9.2.2")
def _():
    w, out = racing(lambda: hammer(b"POST", 2000, 8, gap=0.002), 3); twice = {p for p in w.posts if w.posts.count(p) > 1}; bad = {k: v for k, v in out.items() if v[0] != 200}; lost = [k for k, v in out.items() if v[0] == 200 and k.encode() not in w.posts]
    need(not twice, "%d POSTs reached the worker twice: %s" % (len(twice), list(twice)[:3])); need(not lost, "answered 200 without the worker: %s" % lost[:3]); need(all(v[0] in (502, 503) for v in bad.values()), "failures other than 502: %s" % list(bad.items())[:3])
    on_worker = sum(k.encode() in w.posts for k in bad); need(len(bad) <= w.closed_on_arrival + w.closed_idle, "%d failures with %d closed connections" % (len(bad), w.closed_on_arrival + w.closed_idle)); return "%d failed (%d of them had reached the worker, which closed %d on arrival and %d idle)" % (len(bad), on_worker, w.closed_on_arrival, w.closed_idle)
@S.case("race.post-on-a-connection-that-the-worker-closed-before", "a POST of which nothing was sent may go again", policy=True)
def _():
    for i in range(30):
        n = nonce()
        def h(c, m, r): c.sendall(resp(b"hello")); return False
        be.on(n, h); s = S.connect(); s.sendall(request(n)); r = Reader(s); need(r.message(time.time() + 3, response=True), "no answer"); time.sleep(0.05)
        k = nonce(); s.sendall(request(k, b"POST", b"Content-Length: 5\r\n", b"hello")); m = r.message(time.time() + 3, response=True); s.close(); need(m and m.status == 200 and len(be.of(k)) == 1, "try %d: a POST 50 ms after the worker's FIN: %s, %d times at the worker" % (i, m and m.status, len(be.of(k))))
# ---- keep-alive and pipelining
@S.case("keepalive.close-honoured", "RFC 9112 9.6")
def _(): o = S.talk(request(nonce(), fields=b"Connection: close\r\n"), linger=1); need(o.status == 200 and o.closed and not o.reset, "answered %s" % o); need(b"close" in (o.r[0].one("connection") or b"").lower(), "closed without saying so")
@S.case("keepalive.close-among-others", "RFC 9112 9.6")
def _(): o = S.talk(request(nonce(), fields=b"Connection: foo, CLOSE ,keep-alive\r\n"), linger=1); need(o.status == 200 and o.closed, "answered %s" % o)
@S.case("keepalive.http10-closes", "RFC 9112 9.3")
def _(): o = S.talk(request(nonce(), version=b"1.0"), linger=1); need(o.status == 200 and o.closed, "answered %s" % o)
@S.case("keepalive.http10-if-asked", "RFC 9112 9.3, C.2.2", policy=True)
def _():
    s = S.connect(); r = Reader(s)
    for i in range(5):
        n = nonce(); s.sendall(request(n, version=b"1.0", fields=b"Connection: Keep-Alive\r\n")); m = r.message(time.time() + 3, response=True); need(m and m.status == 200 and m.one("x-echo") == n.encode(), "request %d got %s" % (i, m and m.status)); need(b"keep-alive" in (m.one("connection") or b"").lower(), "kept open without saying so")
    s.close()
@S.case("keepalive.post-with-body-then-get", "RFC 9112 9.3")
def _():
    s = S.connect(); r = Reader(s)
    for i in range(20):
        n = nonce(); s.sendall(request(n, b"POST", b"Content-Length: 60000\r\n", b"b" * 60000) if i % 2 else request(n)); m = r.message(time.time() + 3, response=True); need(m and m.one("x-echo") == n.encode(), "request %d got %s" % (i, m and m.status))
    s.close()
@S.case("keepalive.idle-connection-closed-cleanly", OWN, policy=True)
def _():
    n = nonce(); s = S.connect(); s.sendall(request(n)); r = Reader(s); need(r.message(time.time() + 3, response=True), "no answer"); time.sleep(6.5); k = nonce(); s.sendall(request(k)); m = r.message(time.time() + 3, response=True); s.close(); need(m and m.status == 200, "a connection idle for 6.5 s (head time-out 5 s, idle time-out 60 s) was closed")
@S.case("pipeline.slow-answers-in-order", "RFC 9112 9.3.2")
def _():
    ns = [nonce() for _ in range(5)]
    for i, n in enumerate(ns): be.on(n, (lambda d: lambda c, m, r: (time.sleep(d), ok(c, m, r))[1])((0.4, 0, 0.3, 0, 0.2)[i]))
    o = S.talk(b"".join(request(n) for n in ns), want=5, wait=6); need([m.one("x-echo") for m in o.r] == [n.encode() for n in ns], "answers: %s" % o)
@S.case("pipeline.bodies-between", "RFC 9112 9.3.2")
def _():
    ns = [nonce() for _ in range(30)]; o = S.talk(b"".join(request(n, b"POST", b"Content-Length: 5\r\n", b"hello") if i % 3 == 0 else request(n, b"POST", b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n") if i % 3 == 1 else request(n) for i, n in enumerate(ns)), want=30, wait=6)
    need([m.one("x-echo") for m in o.r] == [n.encode() for n in ns], "answers: %s" % o); need(all(be.of(n)[0].msg.body == b"hello" for i, n in enumerate(ns) if i % 3 < 2), "bodies mixed up")
@S.case("pipeline.cut-into-odd-pieces", "RFC 9112 9.3.2")
def _():
    ns = [nonce() for _ in range(20)]; raw = b"".join(request(n) for n in ns); o = S.talk(raw, want=20, wait=6, pieces=[raw[i:i + 37] for i in range(0, len(raw), 37)], gap=0.003); need([m.one("x-echo") for m in o.r] == [n.encode() for n in ns], "answers: %s" % o)
@S.case("pipeline.depth-2000", "RFC 9112 9.3.2")
def _():
    ns = [nonce() for _ in range(2000)]; o = S.talk(b"".join(request(n) for n in ns), want=2000, wait=20); need([m.one("x-echo") for m in o.r] == [n.encode() for n in ns], "%d answers, the last %s" % (len(o.r), o.r[-1].status if o.r else None))
@S.case("pipeline.flood-bounded", "one exchange at a time, the rest stays in the kernel")
def _():
    canary(); ns = [nonce() for _ in range(8)]; ev = threading.Event(); cs = []; r0 = S.rss(); taken = 0; others0 = len(be.seen)
    for n in ns: be.on(n, lambda c, m, r: (ev.wait(2.8), ok(c, m, r))[1])
    for n in ns:
        s = S.connect(); s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536); s.sendall(request(n)); s.setblocking(False); cs.append(s)
    unit = request("f" * 11 + "!") * 50; end = time.time() + 1.5
    while time.time() < end:
        for s in cs:
            try: taken += s.send(unit)
            except BlockingIOError: pass
            except OSError: pass
        time.sleep(0.002)
    r1 = S.rss(); seen = sum(b"fffffffffff!" in x.line for x in be.seen); ev.set(); [s.close() for s in cs]; canary()
    need(taken < 8 * (16 << 20), "took %d MiB of pipelined requests" % (taken >> 20)); need(seen == 0, "%d pipelined requests reached the worker before the first was answered" % seen); need(r0 is None or r1 - r0 < 24, "the proxy grew by %.0f MiB" % (r1 - (r0 or 0))); return "%.1f MiB in kernel and proxy for 8 connections%s" % (taken / 2**20, ", RSS %+.1f MiB" % (r1 - r0) if r0 is not None else "")
@S.case("many.10000-sequential-on-one-connection", "RFC 9112 9.3")
def _():
    s = S.connect(); r = Reader(s); t = time.time()
    for i in range(10000):
        n = "%012x" % i; s.sendall(request(n)); m = r.message(time.time() + 5, response=True); need(m and m.status == 200 and m.one("x-echo") == n.encode(), "request %d got %s" % (i, m and m.status))
        if i % 1000 == 0:
            with be.lock: del be.seen[:]
    s.close(); return "%.0f requests a second" % (10000 / (time.time() - t))
@S.case("many.100-connections-mixed-sizes-with-checksums", "every byte once, at its place")
def _():
    bad = []; block = random.Random(9).randbytes(1 << 20); sizes = (0, 1, 99, 4095, 4096, 8191, 16384, 65535, 65536, 200000, 1 << 20)
    def client(k):
        rnd = random.Random(k)
        try:
            s = S.connect(timeout=30); r = Reader(s)
            for i in range(6):
                n = nonce(); up, down = rnd.choice(sizes), rnd.choice(sizes); a = rnd.randrange(1000); data = block[a:a + down]; data = data[:down]; chunked = rnd.random() < 0.5
                def h(c, m, r, data=data, chunked=chunked):
                    d = hashlib.sha256(m.body).hexdigest().encode(); head = b"HTTP/1.1 200 OK\r\nX-Got: " + d + b"\r\n"
                    if chunked:
                        c.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n"); i = 0
                        while i < len(data): j = min(len(data), i + 7777); c.sendall(b"%x\r\n%s\r\n" % (j - i, data[i:j])); i = j
                        c.sendall(b"0\r\n\r\n")
                    else: c.sendall(head + b"Content-Length: %d\r\n\r\n" % len(data) + data)
                    return True
                be.on(n, h); body = block[:up]; s.settimeout(30); s.sendall(request(n, b"POST", b"Content-Length: %d\r\n" % up, body)); m = r.message(time.time() + 30, response=True)
                if not m or m.status != 200 or not m.complete or m.body != data or m.one("x-got") != hashlib.sha256(body).hexdigest().encode(): bad.append((k, i, up, down, chunked, m and m.status, m and len(m.body))); return
            s.close()
        except OSError as e: bad.append((k, e))
    ts = [threading.Thread(target=client, args=(k,)) for k in range(100)]; [t.start() for t in ts]; [t.join() for t in ts]
    with be.lock: del be.seen[:]
    need(not bad, "%d failed: %s" % (len(bad), bad[:3])); return "600 requests"
# ---- slow clients
@S.case("slow.head-cut-off", "RFC 9110 15.5.9")
def _():
    t = time.time(); o = S.talk(b"GET / HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\nX-A: ", wait=S.a.slow + 2, linger=2); d = time.time() - t; need(o.closed and d < S.a.slow + 2, "half a head is still waited for after %.1f s" % d); return "%s after %.1f s" % (o, d)
@S.case("slow.head-408", "RFC 9110 15.5.9", policy=True)
def _(): o = S.talk(b"GET / HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\nX-A: ", wait=S.a.slow + 2, linger=2); need(o.status == 408 and o.closed, "answered %s" % o)
@S.case("slow.head-dribbled", "slowloris: the head time-out covers the whole head")
def _():
    s = S.connect(); t = time.time()
    try:
        for b in b"GET / HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\nX-A: " + b"a" * 200:
            s.sendall(bytes([b])); time.sleep(0.25)
            if select.select([s], [], [], 0)[0]: break
            if time.time() - t > S.a.slow + 2: break
    except OSError: pass
    d = time.time() - t; s.close(); need(d < S.a.slow + 1, "a head at 4 bytes a second is still taken after %.1f s" % d); return "cut after %.1f s" % d
@S.case("slow.connection-without-a-byte-closed", "slowloris", policy=True)
def _(): s = S.connect(); d = closed_by_peer(s, S.a.slow + 3); s.close(); need(d, "a connection that never sent a byte was open after %.0f s" % (S.a.slow + 3)); return "closed after %.1f s" % d
@S.case("slow.body-408-and-worker-released", "RFC 9110 15.5.9", policy=True)
def _():
    st = {}
    def h(c, m, r): st["d"] = closed_by_peer(c, S.a.slow + 4); return False
    n = nonce(); be.on(n, h, True); o = S.talk(request(n, b"POST", b"Content-Length: 1000\r\n", b"part"), wait=S.a.slow + 3, linger=1); need(o.status == 408 and o.closed, "answered %s" % o); need(wait_for(lambda: "d" in st, 2) and st["d"], "the worker's connection stayed open")
@S.case("slow.body-never-forwarded-as-whole", "RFC 9112 8")
def _():
    n = nonce(); o = S.talk(request(n, b"POST", b"Transfer-Encoding: chunked\r\n", b"5\r\nhel"), wait=S.a.slow + 3, linger=1); need(400 <= o.status < 600 or o.closed, "answered %s" % o); need(not any(x.msg.complete for x in be.of(n)), "half a body became a whole one")
@S.case("slow.body-steady-is-fine", "the time-out is for gaps")
def _():
    n = nonce(); t = time.time(); o = S.talk(request(n, b"POST", b"Content-Length: 16\r\n"), pieces=[request(n, b"POST", b"Content-Length: 16\r\n")] + [b"x"] * 16, gap=0.45, wait=S.a.slow + 8); need(o.status == 200 and be.of(n)[0].msg.body == b"x" * 16, "an upload of 7 s with gaps of 0.45 s: %s" % o)
@S.case("slow.reader-gets-everything", "back-pressure")
def _():
    n = nonce(); size = 12 << 20; block = random.Random(4).randbytes(1 << 20); be.on(n, lambda c, m, r: (c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size), [c.sendall(block) for _ in range(12)], True)[2]); s = S.connect(rcvbuf=16384, timeout=10); s.sendall(request(n)); want = hashlib.sha256(block * 12).digest(); got = b""; t = time.time()
    while len(got) < size + 1:
        try: d = s.recv(262144)
        except OSError: break
        if not d: break
        got += d
        if time.time() - t < 6: time.sleep(0.08)
        if b"\r\n\r\n" in got[:2000] and len(got) - got.index(b"\r\n\r\n") - 4 >= size: break
    s.close(); body = got.split(b"\r\n\r\n", 1)[-1]; need(len(body) == size and hashlib.sha256(body).digest() == want, "%d of %d bytes" % (len(body), size)); return "%.1f s" % (time.time() - t)
@S.case("slow.1000-slowloris", "others are served, memory is bounded, all are cut off")
def _():
    canary(); r0 = S.rss(); cs = []
    for i in range(1000): s = S.connect(); s.sendall(b"GET / HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\nX-%d: " % i); cs.append(s)
    worst = 0
    for _ in range(20): t = time.time(); canary(); worst = max(worst, time.time() - t)
    r1 = S.rss(); end = time.time() + S.a.slow + 2; left = set(cs)
    while left and time.time() < end:
        for s in select.select(list(left), [], [], 0.5)[0] if max(x.fileno() for x in left) < 1024 else [x for x in left if poll(x)]:
            try: d = s.recv(4096)
            except OSError: d = b""
            if not d: left.discard(s)
        time.sleep(0.05)
    [s.close() for s in cs]; need(worst < 1, "others waited %.1f s" % worst); need(not left, "%d of 1000 half heads are still open" % len(left)); need(r0 is None or r1 - r0 < 48, "the proxy grew by %.0f MiB" % (r1 - (r0 or 0))); return "others' worst %.0f ms%s" % (worst * 1e3, ", RSS %+.1f MiB" % (r1 - r0) if r0 is not None else "")
def poll(s):
    p = select.poll(); p.register(s, select.POLLIN); return p.poll(0)
# ---- clients that leave
for how in ("fin", "rst"):
    def mk(how):
        def leave(s): rst(s) if how == "rst" else s.close()
        @S.case("gone.mid-response-" + how, GONE)
        def _():
            st = {}
            def h(c, m, r):
                c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                try:
                    for _ in range(400): c.sendall(b"5\r\nhello\r\n"); time.sleep(0.01)
                except OSError: st["t"] = time.time()
                return False
            n = nonce(); be.on(n, h); s = S.connect(); s.sendall(request(n)); s.recv(100); time.sleep(0.1); t = time.time(); leave(s); need(wait_for(lambda: "t" in st, 2), "the worker still writes 2 s after the client left"); canary(); return "%.0f ms" % ((st["t"] - t) * 1e3)
        @S.case("gone.while-waiting-" + how, GONE)
        def _():
            st = {}
            def h(c, m, r): st["d"] = closed_by_peer(c, 2.7); return False
            n = nonce(); be.on(n, h); s = S.connect(); s.sendall(request(n)); need(wait_for(lambda: be.of(n), 2), "never reached the worker"); time.sleep(0.2); t = time.time(); leave(s); need(wait_for(lambda: "d" in st, 2) and st["d"] is not None, "the worker's connection was not closed within 2 s"); canary(); return "%.0f ms" % ((time.time() - t) * 1e3)
        @S.case("gone.mid-upload-" + how, "RFC 9112 8")
        def _():
            n = nonce(); s = S.connect(); s.sendall(request(n, b"POST", b"Content-Length: 100000\r\n", b"x" * 5000)); time.sleep(0.2); leave(s); need(wait_for(lambda: be.of(n), 2), "the worker's connection was not closed within 2 s of the client's leaving"); need(not be.of(n)[0].msg.complete, "half an upload became a whole one"); canary()
        @S.case("gone.mid-response-that-nobody-reads-" + how, GONE)
        def _():
            st = {"n": 0}
            def h(c, m, r):
                c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"); c.settimeout(8)
                try:
                    while st["n"] < 100000000: st["n"] += c.send(b"x" * 65536)
                except OSError: st["t"] = time.time()
                return False
            n = nonce(); be.on(n, h); s = S.connect(rcvbuf=8192); s.sendall(request(n)); time.sleep(0.8); t = time.time(); leave(s); need(wait_for(lambda: "t" in st, 3) and st["t"] >= t, "the worker still writes 3 s after the client left, who had read nothing"); canary(); return "%.0f ms" % ((st["t"] - t) * 1e3)
        @S.case("gone.500-at-once-" + how, GONE)
        def _():
            canary(); live0 = len(be.live); ns = [nonce() for _ in range(500)]; cs = []
            for n in ns: be.on(n, lambda c, m, r: (closed_by_peer(c, 2.7), False)[1])
            for n in ns: s = S.connect(); s.sendall(request(n)); cs.append(s)
            need(wait_for(lambda: sum(len(be.of(n)) for n in ns[-20:]) == 20, 5), "not all reached the worker"); time.sleep(0.2); [leave(s) for s in cs]; t = time.time(); need(wait_for(lambda: len(be.live) <= live0 + 5, 2), "%d worker connections are left" % (len(be.live) - live0)); canary(); return "%.0f ms" % ((time.time() - t) * 1e3)
    mk(how)
@S.case("half.fin-after-request-counts-as-gone", OWN, policy=True)
def _():
    st = {}
    def h(c, m, r): st["d"] = closed_by_peer(c, 2.7); return False
    n = nonce(); be.on(n, h); s = S.connect(); s.sendall(request(n)); need(wait_for(lambda: be.of(n), 2), "never reached the worker"); s.shutdown(socket.SHUT_WR); good = wait_for(lambda: "d" in st, 2) and st["d"] is not None; s.close(); need(good, "the worker's connection was not closed within 2 s"); canary()
@S.case("half.fin-behind-pipelined-requests", "RFC 9112 9.6: served or aborted, never mixed up")
def _():
    ns = [nonce() for _ in range(4)]; o = S.talk(b"".join(request(n) for n in ns), want=4, half_close=True, wait=4); need([m.one("x-echo") for m in o.r] == [n.encode() for n in ns][:len(o.r)], "answers: %s" % o); need(o.closed or len(o.r) == 4, "left open"); return str(o)
@S.case("half.fin-before-any-byte", "RFC 9112 9.5")
def _(): s = S.connect(); s.shutdown(socket.SHUT_WR); d = closed_by_peer(s, 3); s.close(); need(d is not None, "still open 3 s after the client's FIN")
@S.case("half.fin-on-idle-connection", "RFC 9112 9.5")
def _(): n = nonce(); s = S.connect(); s.sendall(request(n)); r = Reader(s); need(r.message(time.time() + 2, response=True), "no answer"); s.shutdown(socket.SHUT_WR); d = closed_by_peer(s, 3); s.close(); need(d is not None, "still open 3 s after the client's FIN")
# ---- early answers
def early(answer, upload, gap):
    """Uploads all of it, as simple clients do, and only then reads: what came of the answer."""
    n = nonce(); be.on(n, lambda c, m, r: (c.sendall(b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer), c.settimeout(1), closed_by_peer(c, 6), False)[3], True)
    s = S.connect(timeout=10); got = b""
    def reader():
        nonlocal got
        try:
            while d := s.recv(65536): got += d; time.sleep(gap)
        except OSError: pass
    t = threading.Thread(target=reader)
    if gap: t.start()
    s.sendall(request(n, b"POST", b"Content-Length: %d\r\n" % upload)); block = b"z" * 65536
    for _ in range(upload // len(block)): s.sendall(block)
    if not gap: t.start()
    t.join(10); s.close(); need(got.startswith(b"HTTP/1.1 413 "), "got %r" % got[:40]); need(got.endswith(answer) and b"\r\n\r\n" in got, "%d of %d bytes of the answer" % (len(got), len(answer))); need(b"connection: close" in got[:500].lower(), "does not say that it closes")
@S.case("early.answer-is-read-behind-a-large-upload", "RFC 9112 9.6", policy=True)
def _(): early(b"y" * 100, 32 << 20, 0)
@S.case("early.large-answer-beside-a-large-upload", "RFC 9112 9.6", policy=True)
def _(): early(b"y" * 6000000, 24 << 20, 0.005)
# ---- Expect
EX = b"Expect: 100-continue\r\nContent-Length: 5\r\n"
def expecting(handler, early=True, fields=EX, version=b"1.1", body_after=None):
    """Sends the head; waits for 100 (or body_after seconds) before the body. -> (1xx statuses, final, had the body been sent, nonce)"""
    n = nonce(); be.on(n, handler, early); s = S.connect(); s.sendall(request(n, b"POST", fields, version=version)); r = Reader(s); inf = []; sent = False; m = None; end = time.time() + S.a.slow
    while time.time() < end:
        m = r.message(time.time() + (body_after if body_after is not None and not sent else S.a.slow), response=True)
        if m is None:
            if body_after is not None and not sent and not r.eof: s.sendall(b"hello"); sent = True; continue
            break
        if 100 <= m.status < 200:
            inf.append(m.status)
            if m.status == 100 and not sent: s.sendall(b"hello"); sent = True
            continue
        break
    return inf, m, sent, n, s, r
def body_of(c, m, r, n=5): return r.until(lambda b: True if len(b) >= n else None, time.time() + 4) and r.take(n)
@S.case("expect.worker-continues", "RFC 9110 10.1.1")
def _():
    st = {}
    def h(c, m, r): st["e"] = m.one("expect"); c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"); st["b"] = body_of(c, m, r); c.sendall(resp(b"done")); return True
    inf, m, sent, n, s, r = expecting(h); s.close(); need(inf == [100] and m and m.status == 200 and m.body == b"done" and st["b"] == b"hello", "1xx %s, then %s; the worker got %r" % (inf, m and m.status, st.get("b")))
@S.case("expect.passed-to-the-worker", "RFC 9110 10.1.1: MUST forward", policy=True)
def _():
    st = {}
    def h(c, m, r): st["e"] = m.one("expect"); c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"); body_of(c, m, r); c.sendall(resp(b"done")); return True
    inf, m, sent, n, s, r = expecting(h); s.close(); need((st.get("e") or b"").lower() == b"100-continue", "Expect at the worker: %r" % st.get("e"))
@S.case("expect.worker-refuses-at-once", "RFC 9110 10.1.1", policy=True)
def _():
    def h(c, m, r): c.sendall(resp(b"no", b"403 Forbidden")); c.settimeout(1.5); closed_by_peer(c, 1.5); return False
    t = time.time(); inf, m, sent, n, s, r = expecting(h); d = time.time() - t; need(m and m.status == 403 and not inf and not sent and d < 2, "1xx %s, %s after %.1f s" % (inf, m and m.status, d)); k = nonce()
    try: s.sendall(request(k)); q = r.message(time.time() + 2, response=True); need(q is None or q.one("x-echo") == k.encode() or 400 <= q.status < 500, "after the refusal the connection is out of step: %s" % (q and q.status))
    except OSError: pass
    s.close(); time.sleep(0.1); need(not any(x.msg.bad for x in be.of(k)) and not any(k.encode() in x.msg.body for x in be.of(n)), "the next request became the refused body"); canary()
@S.case("expect.refused-body-sent-anyway", "RFC 9110 10.1.1")
def _():
    def h(c, m, r): c.sendall(resp(b"no", b"403 Forbidden")); closed_by_peer(c, 1); return False
    n = nonce(); be.on(n, h, True); k = nonce(); s = S.connect(); s.sendall(request(n, b"POST", EX)); time.sleep(0.3)
    try: s.sendall(b"hello" + request(k))
    except OSError: pass
    r = Reader(s); out = []
    while len(out) < 2:
        m = r.message(time.time() + 2, response=True)
        if m is None: break
        if m.status != 100: out.append(m)
    s.close(); need(out and out[0].status == 403, "answered %s" % [m.status for m in out]); need(len(out) < 2 or out[1].one("x-echo") == k.encode(), "out of step: %s" % [m.status for m in out]); canary()
@S.case("expect.worker-says-nothing-until-the-body", "RFC 9110 10.1.1: a client does not wait for ever")
def _():
    st = {}
    def h(c, m, r): st["b"] = body_of(c, m, r); c.sendall(resp(b"done")); return True
    inf, m, sent, n, s, r = expecting(h, body_after=1.0); s.close(); need(m and m.status == 200 and st.get("b") == b"hello", "answered %s, the worker got %r" % (m and m.status, st.get("b")))
@S.case("expect.body-sent-at-once", "RFC 9110 10.1.1")
def _():
    n = nonce(); o = S.talk(request(n, b"POST", EX, b"hello")); need(o.status == 200 and be.of(n)[0].msg.body == b"hello" and len(be.of(n)) == 1, "answered %s" % o); canary()
@S.case("expect.http10-gets-no-100", "RFC 9110 10.1.1: MUST NOT")
def _():
    n = nonce(); o = S.talk(request(n, b"POST", EX, b"hello", version=b"1.0")); need(o.status == 200 and not o.informational and be.of(n)[0].msg.body == b"hello", "answered %s, 1xx %s" % (o, [m.status for m in o.informational]))
@S.case("expect.without-body", "RFC 9110 10.1.1")
def _(): n = nonce(); o = S.talk(request(n, b"GET", b"Expect: 100-continue\r\n")); need(o.status == 200, "answered %s" % o)
@S.case("expect.unknown", "RFC 9110 10.1.1")
def _(): n = nonce(); o = S.talk(request(n, b"GET", b"Expect: tea\r\n")); need(o.status in (200, 417), "answered %s" % o); return str(o)
@S.case("expect.chunked-worker-continues", "RFC 9110 10.1.1")
def _():
    n = nonce(); s = S.connect(); s.sendall(request(n, b"POST", b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")); r = Reader(s); m = r.message(time.time() + 3, response=True); need(m and m.status == 100, "first answer %s" % (m and m.status)); s.sendall(b"5\r\nhello\r\n0\r\n\r\n"); m = r.message(time.time() + 3, response=True); s.close(); need(m and m.status == 200 and be.of(n)[0].msg.body == b"hello", "then %s" % (m and m.status))
@S.case("expect.100-then-refusal", "RFC 9110 10.1.1")
def _():
    def h(c, m, r): c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n"); body_of(c, m, r); c.sendall(resp(b"no", b"403 Forbidden")); return True
    inf, m, sent, n, s, r = expecting(h); s.close(); need(inf == [100] and m and m.status == 403, "1xx %s, then %s" % (inf, m and m.status)); canary()
# ---- streaming
def in_time(late):
    """Parts are 60 ms apart: one that waits for the next is later than that; one that waits for an acknowledgement is 40 or 200 ms late."""
    need(late[len(late) // 2] < 0.03, "parts were held back: median %.0f ms, worst %.0f ms" % (late[len(late) // 2] * 1e3, late[-1] * 1e3))
    need(late[-1] < 0.15, "a part was held back %.0f ms (median %.1f ms)" % (late[-1] * 1e3, late[len(late) // 2] * 1e3))
def stream(nm, head, pieces, ends):
    @S.case("stream.response-" + nm, "each part is passed on when it comes")
    def _():
        n = nonce(); sent = []
        def h(c, m, r):
            c.sendall(head); time.sleep(0.05)
            for p in pieces: sent.append(time.time()); c.sendall(p); time.sleep(0.06)
            if ends: c.sendall(ends)
            return False
        be.on(n, h); s = S.connect(); s.sendall(request(n)); r = Reader(s); late = []
        need(r.head(time.time() + 2), "no head before the worker's end"); 
        for i in range(len(pieces)):
            need(r.until(lambda b: True if b.count(b"tick") > i else None, time.time() + 2), "part %d never came" % i); late.append(time.time() - sent[i])
        s.close(); late.sort(); in_time(late); return "median %.1f ms, worst %.1f ms" % (late[len(late) // 2] * 1e3, late[-1] * 1e3)
TICKS = [b"tick%02d" % i for i in range(15)]
stream("sse-chunked", b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n", [b"6\r\n" + t + b"\r\n" for t in TICKS], b"0\r\n\r\n"); stream("content-length", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n", TICKS, b""); stream("close-delimited", b"HTTP/1.1 200 OK\r\n\r\n", TICKS, b"")
for nm, head, wrap, end in [("content-length", b"Content-Length: 90\r\n", lambda t: t, b""), ("chunked", b"Transfer-Encoding: chunked\r\n", lambda t: b"6\r\n" + t + b"\r\n", b"0\r\n\r\n")]:
    def mk2(nm, head, wrap, end):
        @S.case("stream.upload-" + nm, "each part is passed on when it comes", policy=nm == "chunked")
        def _():
            n = nonce(); came = {}
            def h(c, m, r):
                for i in range(len(TICKS)):
                    if not r.until(lambda b: True if b.count(b"tick") > i else None, time.time() + 3): return False
                    came[i] = time.time()
                c.sendall(resp(b"done", hdrs=b"Connection: close\r\n")); time.sleep(0.1); return False
            be.on(n, h, True); s = S.connect(); s.sendall(request(n, b"POST", head)); sent = []
            for t in TICKS: time.sleep(0.06); sent.append(time.time()); s.sendall(wrap(t))
            if end: s.sendall(end)
            m = Reader(s).message(time.time() + 3, response=True); s.close(); need(m and m.body == b"done", "answered %s after %d parts" % (m and m.status, len(came))); late = sorted(came[i] - sent[i] for i in came); in_time(late); return "median %.1f ms, worst %.1f ms" % (late[len(late) // 2] * 1e3, late[-1] * 1e3)
    mk2(nm, head, wrap, end)
@S.case("stream.both-ways-at-once", "full duplex", policy=True)
def _():
    n = nonce()
    def h(c, m, r):
        c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for i in range(10):
            if not r.until(lambda b: True if b.count(b"tick") > i else None, time.time() + 3): return False
            c.sendall(b"6\r\ntock%02d\r\n" % i)
        r.until(lambda b: True if b.endswith(b"0\r\n\r\n") else None, time.time() + 3); c.sendall(b"0\r\n\r\n"); return False
    be.on(n, h, True); s = S.connect(); s.sendall(request(n, b"POST", b"Transfer-Encoding: chunked\r\n")); r = Reader(s); need(r.head(time.time() + 3), "no head while the upload goes on")
    for i in range(10): s.sendall(b"6\r\ntick%02d\r\n" % i); need(r.until(lambda b: True if b.count(b"tock") > i else None, time.time() + 2), "echo %d never came" % i)
    s.sendall(b"0\r\n\r\n"); need(r.until(lambda b: True if b.endswith(b"0\r\n\r\n") else None, time.time() + 2), "the end never came"); s.close()
@S.case("stream.quiet-stream-outlives-the-response-time-out", "3 s are for the head, 5 s for a gap")
def _():
    n = nonce(); be.on(n, lambda c, m, r: (c.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), time.sleep(2.5), c.sendall(b"5\r\nhello\r\n"), time.sleep(2.5), c.sendall(b"0\r\n\r\n"), True)[-1]); o = S.talk(request(n), wait=9); need(o.status == 200 and o.r[0].complete and o.body == b"hellohello", "answered %s" % o)
# ---- gigabytes
G = 1 << 30; BLOCK = random.Random(12).randbytes((1 << 20) - 8)
def blocks(n):
    for i in range(n >> 20): yield struct.pack(">Q", i) + BLOCK
@functools.lru_cache()
def digest(n):
    h = hashlib.sha256()
    for b in blocks(n): h.update(b)
    return h.hexdigest()
def download(nm, head, chunked):
    @S.case("big.1GB-download-" + nm, "every byte once, at its place", long=True)
    def _():
        n = nonce()
        def h(c, m, r):
            c.settimeout(60); c.sendall(head)
            for b in blocks(G): c.sendall(b"%x\r\n" % len(b)) if chunked else None; c.sendall(b); c.sendall(b"\r\n") if chunked else None
            if chunked: c.sendall(b"0\r\n\r\n")
            return not nm.startswith("close")
        be.on(n, h); r0 = S.rss(); s = S.connect(timeout=60); s.sendall(request(n)); r = Reader(s); t = time.time(); hd = r.head(t + 5); need(hd and hd.startswith(b"HTTP/1.1 200"), "no head"); m = Msg(); parse_head(hd, m, True); kind, _n = body_framing(m, True); d = hashlib.sha256(); left = G
        while left:
            if kind == "chunked":
                k = r.until(lambda b: (b.find(b"\r\n") + 2) if b"\r\n" in b else None, time.time() + 60); need(k, "cut with %d bytes left" % left); size = int(r.take(k).split(b";")[0], 16)
            else: size = left
            while size:
                if not r.buf: need(r.fill(60), "cut with %d bytes left" % left)
                x = r.take(min(size, len(r.buf))); d.update(x); size -= len(x); left -= len(x)
            if kind == "chunked" and left: k = r.until(lambda b: 2 if len(b) >= 2 else None, time.time() + 60); r.take(2)
        s.close(); need(d.hexdigest() == digest(G), "the checksum differs"); secs = time.time() - t; r1 = S.rss(); return "%.0f MB/s%s" % (G / 1e6 / secs, ", RSS %+.1f MiB" % (r1 - r0) if r0 is not None else "")
download("content-length", b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % G, False); download("chunked", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", True); download("close-delimited", b"HTTP/1.1 200 OK\r\n\r\n", False)
for nm in ("content-length", "chunked"):
    def mk3(nm):
        @S.case("big.1GB-upload-" + nm, "every byte once, at its place", long=True)
        def _():
            n = nonce(); st = {}
            def h(c, m, r):
                d = hashlib.sha256(); left = G; chunked = m.framing == "chunked"
                while left:
                    if chunked: k = r.until(lambda b: (b.find(b"\r\n") + 2) if b"\r\n" in b else None, time.time() + 60); size = int(r.take(k).split(b";")[0], 16)
                    else: size = left
                    while size:
                        if not r.buf and not r.fill(60): return False
                        x = r.take(min(size, len(r.buf))); d.update(x); size -= len(x); left -= len(x)
                    if chunked: r.until(lambda b: 2 if len(b) >= 2 else None, time.time() + 60); r.take(2)
                st["d"] = d.hexdigest(); c.sendall(resp(st["d"].encode(), hdrs=b"Connection: close\r\n")); time.sleep(0.1); return False
            be.on(n, h, True); r0 = S.rss(); s = S.connect(timeout=60); s.sendall(request(n, b"POST", b"Content-Length: %d\r\n" % G if nm == "content-length" else b"Transfer-Encoding: chunked\r\n")); t = time.time(); s.settimeout(60)
            for b in blocks(G): s.sendall(b if nm == "content-length" else b"%x\r\n%s\r\n" % (len(b), b))
            if nm == "chunked": s.sendall(b"0\r\n\r\n")
            m = Reader(s).message(time.time() + 60, response=True); s.close(); need(m and m.status == 200 and m.body.decode() == digest(G), "answered %s, checksum %s" % (m and m.status, m and m.body[:64])); r1 = S.rss(); return "%.0f MB/s%s" % (G / 1e6 / (time.time() - t), ", RSS %+.1f MiB" % (r1 - r0) if r0 is not None else "")
    mk3(nm)
def growth(nm, many):
    """many(k): holds k stalled exchanges and returns (bytes moved by the stalling end's peer, function that ends them). MiB of RSS each, once warm."""
    if not S.a.pid: raise Skip("needs --pid")
    canary()
    for _ in range(3):
        _, end = many(8); time.sleep(0.3); end(); time.sleep(1.2)   # warm: code is compiled, arenas are laid out for up to 8
    canary(); r0 = S.rss(); moved, end = many(48); r1 = S.rss(); end(); time.sleep(1); canary(); each = (r1 - r0) / 40
    need(each < 1, "%s: %.2f MiB each (RSS %+.1f MiB for 40 more than warmed)" % (nm, each, r1 - r0)); return "%.2f MiB each (RSS %+.1f MiB), %.1f MiB each moved, most of it into kernel buffers" % (each, r1 - r0, moved / 48 / 2**20)
@S.case("big.stalled-client-on-10GB-response", "memory of an exchange is bounded whatever its size", long=True)
def _():
    def many(k):
        st = [0] * k; cs = []; ns = [nonce() for _ in range(k)]
        for i, n in enumerate(ns):
            def h(c, m, r, i=i):
                c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"); c.settimeout(8); b = b"x" * 65536
                try:
                    while True: st[i] += c.send(b)
                except OSError: return False
            be.on(n, h)
        for n in ns: s = S.connect(rcvbuf=65536); s.sendall(request(n)); cs.append(s)
        for s in cs: need(s.recv(1 << 16), "no answer")
        time.sleep(2.2); return sum(st), lambda: [rst(s) for s in cs]
    return growth("stalled client", many)
@S.case("big.stalled-client-on-a-response-that-ended", "memory of an exchange is bounded, also when the worker is done and gone", long=True)
def _():
    def many(k):
        cs = []; ns = [nonce() for _ in range(k)]; size = 10 << 20; moved = [0] * k
        for i, n in enumerate(ns):
            def h(c, m, r, i=i):
                c.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size); c.settimeout(1.5); b = b"x" * 65536
                try:
                    while moved[i] < size: moved[i] += c.send(b)
                except OSError: pass
                c.shutdown(socket.SHUT_WR); c.settimeout(6); closed_by_peer(c, 6); return False
            be.on(n, h)
        for n in ns: s = S.connect(rcvbuf=65536); s.sendall(request(n)); cs.append(s)
        for s in cs: need(s.recv(1 << 16), "no answer")
        time.sleep(3.2); return sum(moved), lambda: [rst(s) for s in cs]
    return growth("stalled client, worker gone", many)
@S.case("big.stalled-worker-on-10GB-upload", "memory of an exchange is bounded whatever its size", long=True)
def _():
    def many(k):
        ev = threading.Event(); cs = []; ns = [nonce() for _ in range(k)]; moved = 0
        for n in ns: be.on(n, lambda c, m, r: (ev.wait(8), False)[1], True)
        for n in ns: s = S.connect(); s.sendall(request(n, b"POST", b"Content-Length: 10000000000\r\n")); s.setblocking(False); cs.append(s)
        b = b"x" * 65536; end = time.time() + 2.2
        while time.time() < end:
            stuck = 0
            for s in cs:
                try: moved += s.send(b)
                except BlockingIOError: stuck += 1
                except OSError: raise Fail("the proxy closed a stalled upload after %d bytes" % moved)
            if stuck == len(cs): time.sleep(0.01)
        return moved, lambda: ([rst(s) for s in cs], ev.set())
    return growth("stalled worker", many)

if __name__ == "__main__":
    S.parse(); socket.setdefaulttimeout(None); threading.stack_size(512 * 1024)
    if not S.a.list: be = Backend(S.baddr, S.a.backend_log)
    sys.exit(S.run())
