"""Shared parts of the black-box probes: a recording raw-socket backend, a strict HTTP/1.1 reader, a case runner.

Python 3.9+ standard library only. Every socket that this opens must be on the loopback; other targets are refused.
"""
import argparse, ipaddress, json, os, random, re, resource, select, socket, ssl, struct, sys, threading, time, traceback

TCHAR = re.compile(rb"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$")
FORBIDDEN_TRAILERS = {b"transfer-encoding", b"content-length", b"host", b"trailer", b"authorization", b"connection"}


def nonce():
    return "%012x" % random.getrandbits(48)


class Msg:
    """One parsed message. `bad` lists everything a second parser might read differently."""
    def __init__(self):
        self.start = b""; self.headers = []; self.body = b""; self.trailers = []; self.raw = b""
        self.bad = []; self.complete = False; self.framing = ""; self.chunks = 0

    def get(self, name):
        n = name.lower().encode() if isinstance(name, str) else name.lower()
        return [v for k, v in self.headers if k.lower() == n]

    def one(self, name):
        v = self.get(name)
        return b", ".join(v) if v else None

    @property
    def status(self):
        m = re.match(rb"HTTP/1\.[01] (\d{3})(?: |$)", self.start)
        return int(m.group(1)) if m else 0


def parse_head(block, msg, response=False):
    """block: the bytes up to and including the blank line."""
    if b"\x00" in block: msg.bad.append("NUL in head")
    t = block.replace(b"\r\n", b"\n")
    if b"\r" in t: msg.bad.append("bare CR in head")
    if len(re.findall(rb"(?<!\r)\n", block)): msg.bad.append("bare LF in head")
    lines = t.split(b"\n")
    while lines and lines[-1] == b"": lines.pop()
    msg.start = lines[0] if lines else b""
    if response:
        if not re.match(rb"^HTTP/1\.[01] [1-9]\d\d( [\t\x20-\xff]*)?$", msg.start): msg.bad.append("status line %r" % msg.start[:60])
    elif not re.match(rb"^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\x7e\x80-\xff]+ HTTP/1\.[01]$", msg.start):
        msg.bad.append("request line %r" % msg.start[:60])
    for i, ln in enumerate(lines[1:]):
        if ln[:1] in (b" ", b"\t"):
            msg.bad.append("obs-fold or leading whitespace %r" % ln[:40]); continue
        if b":" not in ln:
            msg.bad.append("no colon %r" % ln[:40]); continue
        k, v = ln.split(b":", 1)
        if not TCHAR.match(k): msg.bad.append("field name %r" % k[:40])
        msg.headers.append((k.strip(), v.strip(b" \t")))


def body_framing(msg, response=False, method=b"GET"):
    """Returns ('none'|'cl'|'chunked'|'close', length) by RFC 9112 section 6.3, recording ambiguities in msg.bad."""
    te, cl = msg.get(b"transfer-encoding"), msg.get(b"content-length")
    if te and cl: msg.bad.append("both Transfer-Encoding and Content-Length")
    if len(te) > 1: msg.bad.append("several Transfer-Encoding fields")
    if te and te[-1].lower() != b"chunked": msg.bad.append("Transfer-Encoding %r" % te[-1][:40])
    if len(cl) > 1: msg.bad.append("several Content-Length fields")
    if cl and not re.match(rb"^\d{1,18}$", cl[0]): msg.bad.append("Content-Length %r" % cl[0][:40])
    if not response and len(msg.get(b"host")) > 1: msg.bad.append("several Host fields")
    if response and (method == b"HEAD" or msg.status in (204, 304) or 100 <= msg.status < 200): return "none", 0
    if te and te[-1].lower().endswith(b"chunked"): return "chunked", 0
    if te: return ("close", 0)
    if cl and re.match(rb"^\d{1,18}$", cl[0]): return "cl", int(cl[0])
    return ("close", 0) if response else ("none", 0)


class Reader:
    """Strict reader on a socket. Keeps what it has not consumed in self.buf."""
    def __init__(self, sock, tap=None):
        self.s = sock; self.buf = b""; self.eof = False; self.err = None; self.tap = tap

    def fill(self, timeout):
        if self.eof: return False
        try:
            self.s.settimeout(max(0.001, timeout))
            d = self.s.recv(262144)
        except (socket.timeout, TimeoutError, ssl.SSLWantReadError):
            return None
        except (OSError, ssl.SSLError) as e:
            self.eof = True; self.err = e; return False
        if not d: self.eof = True; return False
        if self.tap: self.tap(d)
        self.buf += d
        return True

    def until(self, test, deadline):
        while True:
            r = test(self.buf)
            if r is not None: return r
            left = deadline - time.time()
            if left <= 0: return None
            if self.fill(left) is False: return test(self.buf)

    def take(self, n):
        d, self.buf = self.buf[:n], self.buf[n:]
        return d

    def head(self, deadline):
        def t(b):
            m = re.search(rb"\r?\n\r?\n", b)
            return m.end() if m else None
        n = self.until(t, deadline)
        return None if n is None else self.take(n)

    def message(self, deadline, response=False, method=b"GET", keep_body=True, on_head=None):
        """Returns Msg or None if not even a head came. msg.complete tells whether framing was satisfied."""
        if not response:
            self.until(lambda b: True if b.lstrip(b"\r\n") else None, deadline)
            self.buf = self.buf.lstrip(b"\r\n")
        h = self.head(deadline)
        if h is None: return None
        m = Msg(); m.raw = h
        parse_head(h, m, response)
        kind, n = body_framing(m, response, m.start.split(b" ")[0] if not response else method)
        m.framing = kind
        if on_head: on_head(m)
        if kind == "none": m.complete = True; return m
        if kind == "cl":
            got = 0; parts = []
            while got < n:
                if not self.buf:
                    left = deadline - time.time()
                    if left <= 0 or self.fill(left) is False: break
                    if not self.buf: continue
                d = self.take(min(n - got, len(self.buf)))
                got += len(d)
                if keep_body: parts.append(d)
            m.body = b"".join(parts); m.raw += m.body[:200000]; m.complete = got == n; m.got = got
            return m
        if kind == "close":
            while self.fill(deadline - time.time()) is not False and time.time() < deadline: pass
            m.body = self.take(len(self.buf)); m.raw += m.body[:200000]
            m.complete = self.eof and self.err is None; m.got = len(m.body)
            return m
        m.got = 0; parts = []
        while True:
            n = self.until(lambda b: (b.find(b"\n") + 1) or None, deadline)
            if n is None: break
            ln = self.take(n); m.raw += ln
            if not ln.endswith(b"\r\n"): m.bad.append("bare LF after chunk size")
            core = ln.rstrip(b"\r\n")
            x = re.match(rb"^([0-9A-Fa-f]{1,16})(?:[ \t]*;[^\x00\r\n]*)?$", core)
            if not x: m.bad.append("chunk size line %r" % core[:40]); break
            if b";" in core: m.bad.append("chunk extension forwarded") if len(core) > 4096 else None
            size = int(x.group(1), 16)
            if size == 0:
                while True:
                    n = self.until(lambda b: (b.find(b"\n") + 1) or None, deadline)
                    if n is None: break
                    t = self.take(n); m.raw += t
                    if not t.endswith(b"\r\n"): m.bad.append("bare LF in trailer section")
                    t = t.rstrip(b"\r\n")
                    if not t: m.complete = True; break
                    k = t.split(b":", 1)[0]
                    if b":" not in t or not TCHAR.match(k): m.bad.append("trailer line %r" % t[:40])
                    elif k.lower() in FORBIDDEN_TRAILERS: m.bad.append("framing field in trailers: %r" % k)
                    m.trailers.append(t)
                break
            m.chunks += 1
            got = 0
            while got < size:
                if not self.buf:
                    left = deadline - time.time()
                    if left <= 0 or self.fill(left) is False: break
                    if not self.buf: continue
                d = self.take(min(size - got, len(self.buf))); got += len(d)
                if keep_body: parts.append(d)
            m.got += got
            if got < size: break
            n = self.until(lambda b: 2 if len(b) >= 2 else None, deadline)
            if n is None: break
            if self.take(2) != b"\r\n": m.bad.append("chunk data not ended by CRLF"); break
        m.body = b"".join(parts)
        if len(m.raw) < 200000: m.raw += b"<body %d>" % len(m.body)
        return m


class Seen:
    def __init__(self, conn_id, msg):
        self.conn = conn_id; self.msg = msg; self.t = time.time()
        self.line = msg.start; p = msg.start.split(b" ")
        self.method = p[0]; self.path = p[1] if len(p) > 1 else b""


class Backend:
    """The recording backend. Behaviour per request is chosen by the nonce in the path; unknown paths get a plain 200."""
    def __init__(self, addr, log=None):
        self.addr = addr; self.lock = threading.Lock(); self.seen = []; self.handlers = {}; self.bytes = {}
        self.log = open(log, "a") if log else None
        self.n = 0; self.live = set(); self.partial = []; self.accept_hook = None
        self.ls = None; self.start()

    def start(self):
        self.ls = socket.socket(); self.ls.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.ls.bind(self.addr); self.ls.listen(4096)
        threading.Thread(target=self._accept, args=(self.ls,), daemon=True).start()

    def stop(self):
        ls, self.ls = self.ls, None
        try: ls.shutdown(socket.SHUT_RDWR)
        except OSError: pass
        ls.close()
        for c in list(self.live):
            # A close alone leaves it open while its thread polls: the kernel holds it until that ends, and who is given its number next keeps the poll going.
            try: c.shutdown(socket.SHUT_RDWR)
            except OSError: pass
            try: c.close()
            except OSError: pass

    def _accept(self, ls):
        while True:
            try: c, _ = ls.accept()
            except OSError: return
            c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.n += 1
            threading.Thread(target=self._serve, args=(c, self.n), daemon=True).start()

    def on(self, key, fn, early=False):
        """fn(sock, msg, reader) -> True to keep the connection, else it is closed. early: called at the end of the head."""
        self.handlers[key.encode()] = (fn, early)

    def _find(self, line):
        for k in re.findall(rb"[0-9a-f]{12}", line):
            if k in self.handlers: return self.handlers[k]
        return None

    def _serve(self, c, cid):
        self.live.add(c)
        raw = []
        def tap(d):
            if sum(map(len, raw)) < 4_000_000: raw.append(d)
        r = Reader(c, tap)
        try:
            if self.accept_hook and self.accept_hook(c, cid): return
            while True:
                state = {}
                def early(m):
                    s = Seen(cid, m)
                    h = self._find(m.start)
                    if h and h[1]: state["h"] = h[0]; state["s"] = s; raise EarlyStop
                    if b"100-continue" in (m.one("expect") or b"").lower() and m.framing != "none": c.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                try:
                    m = r.message(time.time() + 300, on_head=early)
                except EarlyStop:
                    with self.lock: self.seen.append(state["s"])
                    self._log(state["s"])
                    if state["h"](c, state["s"].msg, r): continue
                    return
                if m is None:
                    if r.buf.strip():
                        with self.lock: self.partial.append((cid, r.buf[:400]))
                    return
                s = Seen(cid, m)
                with self.lock: self.seen.append(s)
                self._log(s)
                if not m.complete: return
                h = self._find(m.start)
                if h:
                    if not h[0](c, m, r): return
                else:
                    ok(c, m, r)
                    if b"close" in (m.one("connection") or b"").lower(): return
        except OSError:
            pass
        except Exception:
            traceback.print_exc()
        finally:
            self.live.discard(c)
            self.bytes[cid] = b"".join(raw)
            try: c.close()
            except OSError: pass

    def _log(self, s):
        if self.log:
            self.log.write(json.dumps({"t": s.t, "conn": s.conn, "complete": s.msg.complete, "bad": s.msg.bad,
                                       "raw": s.msg.raw[:4000].decode("latin-1")}) + "\n"); self.log.flush()

    def of(self, key):
        k = key.encode()
        with self.lock: return [s for s in self.seen if k in s.line]

    def anywhere(self, key):
        k = key.encode()
        with self.lock: return [s for s in self.seen if k in s.msg.raw or k in s.msg.body]


class EarlyStop(Exception): pass


def resp(body=b"ok", status=b"200 OK", hdrs=b"", cl=True):
    return b"HTTP/1.1 " + status + b"\r\n" + (b"Content-Length: %d\r\n" % len(body) if cl else b"") + hdrs + b"\r\n" + body


def ok(c, m, r):
    tag = b"".join(re.findall(rb"[0-9a-f]{12}", m.start)[:1])
    b = b"echo:" + tag + b";"
    c.sendall(resp(b if not m.start.startswith(b"HEAD ") else b"", hdrs=b"X-Echo: " + tag + b"\r\n")
              if not m.start.startswith(b"HEAD ") else b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nX-Echo: %s\r\n\r\n" % (len(b), tag))
    return True


def raw_reply(data, close=True, rst=False, delay=0):
    def h(c, m, r):
        if delay: time.sleep(delay)
        try: c.sendall(data)
        except OSError: return False
        if rst:
            time.sleep(0.15); c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); return False
        return not close
    return h


class Fail(Exception): pass
class Skip(Exception): pass


def need(cond, why):
    if not cond: raise Fail(why)


class Out:
    """What one client connection got back: final answers, 1xx answers, bytes beyond them, and how it ended."""
    def __init__(self): self.r = []; self.closed = False; self.reset = False; self.err = None; self.rest = b""; self.informational = []; self.sock = None
    @property
    def status(self): return self.r[0].status if self.r else 0
    @property
    def body(self): return self.r[0].body if self.r else b""
    def close(self):
        if self.sock: self.sock.close()
    def __str__(self):
        return "%s%s" % (",".join("%d%s" % (m.status, "" if m.complete else "(cut)") for m in self.r) or "no answer", " closed" if self.closed else "")


class Suite:
    def __init__(self, title):
        self.title = title; self.cases = []
        p = self.p = argparse.ArgumentParser(description=title)
        p.add_argument("--target", default="127.0.0.1:8080", help="HOST:PORT of the proxy (loopback only)")
        p.add_argument("--host", default="probe.test", help="Host header / SNI that routes to the recording backend")
        p.add_argument("--backend", default="127.0.0.1:17070", help="where the proxy's upstream points; this probe listens there")
        p.add_argument("--backend-log", help="append what the backend saw to this file, one JSON object a line")
        p.add_argument("--tls", action="store_true", help="speak TLS to the target")
        p.add_argument("--timeout", type=float, default=2.5, help="seconds to wait for an answer")
        p.add_argument("--slow", type=float, default=8, help="the proxy's longest header/upstream timeout in seconds, plus slack")
        p.add_argument("--pid", help="the proxy's pids, comma-separated: then its memory is checked too")
        p.add_argument("--policy", action="store_true", help="also run cases about policy that the RFCs leave open or that few follow")
        p.add_argument("--long", action="store_true", help="the cases that move gigabytes, and no others")
        p.add_argument("--list", action="store_true"); p.add_argument("--only", help="regular expression on case names")
        p.add_argument("--skip", help="regular expression on case names to leave out")
        p.add_argument("--json", help="write results to this file")

    def case(self, name, ref="", policy=False, long=False):
        def d(fn):
            self.cases.append((name, ref, fn, policy, long)); return fn
        return d

    def parse(self):
        a = self.a = self.p.parse_args()
        for hp in (a.target, a.backend):
            h = hp.rsplit(":", 1)[0].strip("[]")
            if h != "localhost" and not ipaddress.ip_address(h).is_loopback: sys.exit("refused: %s is not on the loopback" % hp)
        self.addr = (a.target.rsplit(":", 1)[0].strip("[]"), int(a.target.rsplit(":", 1)[1]))
        self.baddr = (a.backend.rsplit(":", 1)[0].strip("[]"), int(a.backend.rsplit(":", 1)[1]))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        try: resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (ValueError, OSError): pass
        return a

    def picked(self):
        for c in self.cases:
            if self.a.only and not re.search(self.a.only, c[0]): continue
            if self.a.skip and re.search(self.a.skip, c[0]): continue
            if c[3] and not self.a.policy and not self.a.list: continue
            if c[4] != self.a.long and not self.a.list: continue
            yield c

    def run(self, after=None):
        if self.a.list:
            for n, ref, _, pol, _ in self.picked(): print("%s%s%s" % (n, "  [" + ref + "]" if ref else "", "  (policy)" if pol else ""))
            return 0
        good = bad = skip = 0; rows = []
        for n, ref, fn, pol, _ in self.picked():
            t = time.time()
            try:
                why = fn() or ""; res = "PASS"
                if after: after()
            except Fail as e: res, why = "FAIL", str(e)
            except Skip as e: res, why = "SKIP", str(e)
            except Exception as e: res, why = "FAIL", "%s: %s" % (type(e).__name__, e)
            good += res == "PASS"; bad += res == "FAIL"; skip += res == "SKIP"
            rows.append({"name": n, "ref": ref, "result": res, "why": why, "seconds": round(time.time() - t, 2)})
            print("%s %s — %s%s" % (res, n, why or "ok", "  [%s]" % ref if ref and res == "FAIL" else ""), flush=True)
        if self.a.json: json.dump(rows, open(self.a.json, "w"), indent=1)
        print("%d passed, %d failed%s" % (good, bad, ", %d skipped" % skip if skip else ""))
        return 0 if bad == 0 and good > 0 else 1

    def connect(self, timeout=3, tls=None, alpn=None, rcvbuf=None):
        s = socket.socket()
        if rcvbuf: s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        s.settimeout(timeout); s.connect(self.addr); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.a.tls if tls is None else tls:
            ctx = ssl.create_default_context(); ctx.check_hostname = False; ctx.verify_mode = ssl.CERT_NONE
            if alpn: ctx.set_alpn_protocols(alpn)
            s = ctx.wrap_socket(s, server_hostname=self.a.host)
        return s

    def talk(self, raw, want=1, methods=None, wait=None, linger=0.12, half_close=False, pieces=None, gap=0.05, sock=None, keep=False):
        """Sends raw (or its pieces, gap seconds apart) and reads `want` final answers. keep: the socket stays open, as o.sock with o.reader."""
        o = Out(); wait = wait or self.a.timeout
        try: s = sock or self.connect()
        except OSError as e: o.err = e; o.closed = True; return o
        try:
            def send():
                try:
                    for i, p in enumerate(pieces or [raw]):
                        if i: time.sleep(gap)
                        s.settimeout(10); s.sendall(p)
                    if half_close: s.shutdown(socket.SHUT_WR)
                except OSError as e: o.err = e
            if len(raw) > 60000: threading.Thread(target=send, daemon=True).start()
            else: send()
            r = Reader(s); end = time.time() + wait
            mi = 0
            while len(o.r) < want and time.time() < end:
                me = (methods or [raw.split(b" ")[0]])[min(mi, len(methods or [0]) - 1)]
                m = r.message(end, response=True, method=me)
                if m is None: break
                if 100 <= m.status < 200 and m.status != 101: o.informational.append(m); continue
                o.r.append(m); mi += 1
            if o.r and not r.eof:
                t = time.time() + linger
                while time.time() < t and r.fill(t - time.time()): pass
            o.rest = r.buf; o.closed = r.eof; o.reset = r.err is not None
            if keep: o.reader = r; o.sock = s
        except OSError as e:
            o.err = e; o.closed = True
        finally:
            if not keep:
                try: s.close()
                except OSError: pass
        return o

    def rss(self):
        """Resident MiB of the proxy's processes, children included; None without --pid."""
        if not self.a.pid: return None
        t = 0
        for p in self.a.pid.split(","):
            for q in [p] + children(p):
                try:
                    t += int(re.search(r"VmRSS:\s+(\d+)", open("/proc/%s/status" % q).read()).group(1))
                except (OSError, AttributeError): pass
        return t / 1024


def children(pid):
    out = []
    for d in os.listdir("/proc"):
        if d.isdigit():
            try:
                f = open("/proc/%s/stat" % d).read().rsplit(")", 1)[1].split()
                if f[1] == str(pid): out.append(d); out += children(d)
            except (OSError, IndexError): pass
    return out
