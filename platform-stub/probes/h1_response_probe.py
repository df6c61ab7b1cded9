#!/usr/bin/env python3
"""Black-box probe of how a reverse proxy takes HTTP/1.1 responses: malformed, ambiguous, cut and oversized ones must become a
502 or be aborted visibly; good ones must arrive whole; and no byte that a worker sends unasked may ever reach a client.
The probe is the proxy's only worker (--backend), with connect time-out 1 s, response time-out 3 s, idle time-out 5 s.

Kinds of cases: B the head is bad and nothing of it may be passed on: 502. C the head is good and the body is not: 502, or an
answer that ends visibly incomplete. S either refused or forwarded as one clean message. A must be accepted.
After each case the client's own connection (if still open) and a fresh one must get answers of their own, and a worker
connection that carried anything unexpected must not be used again."""
import socket, struct, sys, threading, time
from probelib import *

S = Suite(__doc__); be = None
POISON = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nX-Echo: P0150N\r\n\r\nP0150N!!"
OK = b"HTTP/1.1 200 OK\r\n"
CH = b"Transfer-Encoding: chunked\r\n"


def request(n, method=b"GET", fields=b"", body=b"", version=b"1.1", path=b"/p/"):
    return method + b" " + path + n.encode() + b" HTTP/" + version + b"\r\nHost: " + S.a.host.encode() + b"\r\n" + fields + b"\r\n" + body


def reply(*parts, gap=0.1, end="keep", linger=0.0, hold=6.0):
    """A worker's answer: the parts, gap seconds apart, and then keep | fin | rst | half (FIN, but still reading) | hold (silent for some seconds, then RST)."""
    def h(c, m, r):
        try:
            for i, p in enumerate(parts):
                if i: time.sleep(gap)
                c.sendall(p)
        except OSError: return False
        if end == "keep": return True
        if end == "hold": c.settimeout(hold); wait_end(c); return False
        time.sleep(linger or 0.1 if end == "rst" else linger)
        if end == "half":
            c.shutdown(socket.SHUT_WR); c.settimeout(1); wait_end(c); return False
        if end == "rst": c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    return h


def wait_end(c):
    """True if the peer closed within the socket's time-out."""
    try:
        while c.recv(65536): pass
        return True
    except (socket.timeout, TimeoutError): return False
    except OSError: return True


def canary(sock=None, reader=None):
    n = nonce()
    if sock:
        try: sock.settimeout(3); sock.sendall(request(n))
        except OSError: return None
        m = reader.message(time.time() + 3, response=True)
        if m is None:
            need(reader.eof and not reader.buf.strip(), "the client's next request on this connection was never answered")
            return None
    else:
        o = S.talk(request(n), linger=0)
        if o.status == 0: time.sleep(0.3); o = S.talk(request(n), linger=0)
        need(o.r, "the next request, on its own connection, got nothing")
        m = o.r[0]
    need(m.status == 200 and m.one("x-echo") == n.encode(), "the next request got %s %r: not its own answer" % (m.status, m.body[:40]))
    return be.of(n)[-1].conn


def run(handler, method=b"GET", fields=b"", body=b"", version=b"1.1", wait=7, early=False):
    n = nonce(); be.on(n, handler, early)
    o = S.talk(request(n, method, fields, body, version), keep=True, wait=wait); o.n = n
    return o


def after(o, reused_ok=True):
    """What must hold after any case."""
    try:
        for m in o.r + o.informational:
            need(b"P0150N" not in m.raw and b"P0150N" not in m.body, "bytes that no request asked for reached the client")
        need(b"P0150N" not in o.rest, "bytes that no request asked for reached the client, after its answer")
        used = {s.conn for s in be.of(o.n)}
        if o.sock and o.r and o.r[-1].complete and not o.closed: c = canary(o.sock, o.reader)
        else: c = None
        for k in (c, canary(), canary()):
            need(reused_ok or k not in used, "the worker's connection was used again after that")
    finally: o.close()


def judge(kind, o, pred=None, reuse=None):
    for m in o.r:
        need(not m.bad or not m.complete, "a malformed message reached the client: %s (%s)" % ("; ".join(m.bad), o))
    if kind == "B":
        if not (o.status == 502 and o.r[0].complete): o.close(); raise Fail("must be 502; the client got %s" % o)
        after(o, False); return "%s" % o
    if kind == "C":
        after(o, False)
        need(o.r or o.closed, "the client is left waiting")
        need(o.status == 502 or not o.r or not o.r[0].complete, "it looks whole to the client: %s %r" % (o, o.body[:40]))
        need(o.status == 502 or o.closed or (o.r and o.r[0].bad), "not ended: the client still waits (%s)" % o)
        return "%s" % o
    if kind == "S" and o.status == 502:
        after(o, False); return "refused: %s" % o
    if kind == "S" and o.closed and not (o.r and o.r[0].complete): after(o, False); return "aborted: %s" % o
    after(o, reuse is not False)
    need(o.r and o.r[0].complete, "the client got %s" % o)
    w = pred(o) if pred else None
    if w: raise Fail(w)
    return "forwarded clean: %s" % o


def case(name, ref, kind, *parts, pred=None, policy=False, **k):
    rk = {x: k.pop(x) for x in ("gap", "end", "linger", "hold") if x in k}; reuse = k.pop("reuse", None)
    @S.case("resp." + name, ref, policy)
    def _(): return judge(kind, run(reply(*parts, **rk), **k), pred, reuse)


def body_is(b, status=200):
    def p(o):
        if o.status != status: return "answered %s" % o
        if o.body != b: return "the client got the body %r" % o.body[:60]
    return p


def both(*preds): return lambda o: next((w for w in (p(o) for p in preds) if w), None)
def has(name, value): return lambda o: None if o.r[0].one(name) == value else "%s is %r at the client" % (name, o.r[0].one(name))
def lacks(*names): return lambda o: next(("%s reached the client: %r" % (x, o.r[0].one(x)) for x in names if o.r[0].get(x)), None)


R4 = "RFC 9112 4"; R22 = "RFC 9112 2.2"; R23 = "RFC 9112 2.3"; R61 = "RFC 9112 6.1"; R63 = "RFC 9112 6.3"; R71 = "RFC 9112 7.1"; R8 = "RFC 9112 8"; R86 = "RFC 9110 8.6"; R51 = "RFC 9112 5.1"; R52 = "RFC 9112 5.2"; R55 = "RFC 9110 5.5"; R15 = "RFC 9110 15"; R152 = "RFC 9110 15.2"; R76 = "RFC 9110 7.6.1"
CL5 = b"Content-Length: 5\r\n"
# ---- plain good ones: the ground that the rest stands on
case("plain", R63, "A", OK + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("plain-chunked", R71, "A", OK + CH + b"\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n", pred=body_is(b"hello world"))
case("plain-byte-by-byte", R4, "A", *[bytes([b]) for b in OK + CH + b"\r\n5\r\nhello\r\n0\r\n\r\n"], gap=0.004, pred=body_is(b"hello"))
case("plain-empty", R63, "A", OK + b"Content-Length: 0\r\n\r\n", pred=body_is(b""))
case("no-reason-phrase", R4, "A", b"HTTP/1.1 200 \r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("unknown-reason", R4, "A", b"HTTP/1.1 404 Gone fishing \xe9\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello", 404))
case("status-299", R15, "A", b"HTTP/1.1 299 Odd\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello", 299))
case("status-599", R15, "A", b"HTTP/1.1 599 Odd\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello", 599))
# ---- status line
for nm, line in [("letter", b"HTTP/1.1 2O0 OK"), ("two-digits", b"HTTP/1.1 20 OK"), ("four-digits", b"HTTP/1.1 2000 OK"), ("000", b"HTTP/1.1 000 OK"), ("099", b"HTTP/1.1 099 OK"), ("minus", b"HTTP/1.1 -20 OK"), ("plus", b"HTTP/1.1 +20 OK"), ("hex", b"HTTP/1.1 0xC OK"), ("double-space", b"HTTP/1.1  200 OK"), ("tab", b"HTTP/1.1\t200 OK"), ("no-space", b"HTTP/1.1200 OK"), ("missing", b"HTTP/1.1"), ("only-space", b"HTTP/1.1 "), ("lead-space", b" HTTP/1.1 200 OK"), ("lower", b"http/1.1 200 OK"), ("icy", b"ICY 200 OK"), ("other", b"XTTP/1.1 200 OK"), ("nul", b"HTTP/1.1 200 O\x00K"), ("reason-cr", b"HTTP/1.1 200 O\rK"), ("reason-ctl", b"HTTP/1.1 200 O\x01K"), ("arabic", "HTTP/1.1 ٢٠٠ OK".encode()), ("junk-after-code", b"HTTP/1.1 200OK"), ("request", b"GET / HTTP/1.1")]:
    case("status-line-" + nm, R4, "B", line + b"\r\n" + CL5 + b"\r\nhello")
for nm, v in [("2.0", b"HTTP/2.0"), ("2", b"HTTP/2"), ("3.0", b"HTTP/3.0"), ("0.9", b"HTTP/0.9"), ("1", b"HTTP/1"), ("1.10", b"HTTP/1.10"), ("01.1", b"HTTP/01.1"), ("1.x", b"HTTP/1.x"), ("none", b"HTTP/"), ("comma", b"HTTP/1,1")]:
    case("version-" + nm, R23, "B", v + b" 200 OK\r\n" + CL5 + b"\r\nhello")
case("version-1.2", "RFC 9110 2.5", "S", b"HTTP/1.2 200 OK\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("status-line-no-space-no-reason", R4, "S", b"HTTP/1.1 200\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("status-line-bare-lf", R22, "B", b"HTTP/1.1 200 OK\n" + CL5 + b"\r\nhello", policy=True)
case("status-line-lead-crlf", R22, "S", b"\r\n" + OK + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("status-600", R15, "S", b"HTTP/1.1 600 Odd\r\n" + CL5 + b"\r\nhello")
case("status-999", R15, "S", b"HTTP/1.1 999 Odd\r\n" + CL5 + b"\r\nhello")
case("http09-answer", R23, "B", b"<html>hello</html>\n", end="fin")
case("http09-answer-rst", R23, "B", b"<html>hello</html>\n", end="rst")
case("garbage-tls-alert", R4, "B", b"\x15\x03\x01\x00\x02\x02\x46", end="fin"); case("garbage-ssh", R4, "B", b"SSH-2.0-OpenSSH_9\r\n\r\n", end="keep"); case("garbage-h2-settings", R4, "B", b"\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x04\x01\x00\x00\x00\x00"); case("garbage-4k", R4, "B", random.Random(5).randbytes(4096) + b"\r\n\r\n"); case("garbage-nuls", R4, "B", b"\x00" * 70000)
# ---- framing of the head
case("cl-te", R63, "B", OK + CL5 + CH + b"\r\n5\r\nhello\r\n0\r\n\r\n"); case("te-cl", R63, "B", OK + CH + CL5 + b"\r\n0\r\n\r\n" + POISON)
for nm, f in [("differ", b"Content-Length: 5\r\nContent-Length: 6\r\n"), ("list-differ", b"Content-Length: 5, 6\r\n"), ("differ-case", b"Content-Length: 5\r\ncontent-length: 85\r\n"), ("plus", b"Content-Length: +5\r\n"), ("minus", b"Content-Length: -5\r\n"), ("minus-zero", b"Content-Length: -0\r\n"), ("hex", b"Content-Length: 0x5\r\n"), ("empty", b"Content-Length:\r\n"), ("2pow63", b"Content-Length: 9223372036854775808\r\n"), ("2pow64plus5", b"Content-Length: 18446744073709551621\r\n"), ("huge", b"Content-Length: " + b"9" * 60 + b"\r\n"), ("junk", b"Content-Length: 5abc\r\n"), ("inner-space", b"Content-Length: 0 5\r\n"), ("decimal", b"Content-Length: 5.0\r\n"), ("arabic", "Content-Length: ٥\r\n".encode()), ("nul", b"Content-Length: 5\x00\r\n"), ("vtab", b"Content-Length: \x0b5\r\n"), ("underscore", b"Content-Length: 0_5\r\n"), ("semicolon", b"Content-Length: 5;x\r\n"), ("empty-and-5", b"Content-Length:\r\nContent-Length: 5\r\n")]:
    case("cl-" + nm, R63 if "differ" in nm else R86, "B", OK + f + b"\r\nhello" + POISON if "differ" in nm else OK + f + b"\r\nhello")
for nm, f in [("same-twice", CL5 + CL5), ("same-list", b"Content-Length: 5, 5\r\n"), ("leading-zeros", b"Content-Length: 0000005\r\n"), ("tabs", b"Content-Length:\t5\t\r\n")]:
    case("cl-" + nm, R86, "S", OK + f + b"\r\nhello", pred=body_is(b"hello"))
CHB = b"5\r\nhello\r\n0\r\n\r\n"
for nm, v, kind in [("gzip-chunked", b"gzip, chunked", "B"), ("gzip", b"gzip", "B"), ("chunked-twice-list", b"chunked, chunked", "B"), ("chunked-not-last", b"chunked, gzip", "B"), ("chunked-identity", b"chunked, identity", "B"), ("xchunked", b"xchunked", "B"), ("chunkedx", b"chunkedx", "B"), ("cow", b"cow", "B"), ("quoted", b'"chunked"', "B"), ("nul", b"chunked\x00", "B"), ("vtab", b"\x0bchunked", "B"), ("space-inside", b"chun ked", "B"), ("param", b"chunked;q=1", "S"), ("empty", b"", "S"), ("identity", b"identity", "S"), ("lead-comma", b", chunked", "S"), ("trail-comma", b"chunked,", "S"), ("uppercase", b"CHUNKED", "S")]:
    case("te-" + nm, R61, kind, OK + b"Transfer-Encoding: " + v + b"\r\n\r\n" + CHB, end="fin", linger=0.3, pred=body_is(b"hello") if nm in ("uppercase", "lead-comma", "trail-comma", "param") else None)
case("te-chunked-twice-lines", R61, "B", OK + CH + CH + b"\r\n" + CHB); case("te-cow-cl", R61, "B", OK + b"Transfer-Encoding: cow\r\n" + CL5 + b"\r\nhello")
case("te-name-space-cl", R51, "S", OK + b"Transfer-Encoding : chunked\r\n" + CL5 + b"\r\nhello"); case("te-fold-cl", R52, "S", OK + b"X: y\r\n Transfer-Encoding: chunked\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("te-bare-cr-cl", R22, "B", OK + b"X: y\rTransfer-Encoding: chunked\r\n" + CL5 + b"\r\nhello")
case("te-http10", R61, "S", b"HTTP/1.0 200 OK\r\n" + CH + b"Connection: keep-alive\r\n\r\n" + CHB, pred=body_is(b"hello"), reuse=False)
# ---- fields
for nm, f, kind, ref in [("obs-fold", b"X-A: b\r\n c\r\n", "B", R52), ("obs-fold-tab", b"X-A: b\r\n\tc\r\n", "B", R52), ("first-line-space", b" X-A: b\r\n", "B", R22), ("bare-cr", b"X-A: b\rc\r\n", "B", R22), ("trailing-cr", b"X-A: b\r\r\n", "B", R22), ("bare-lf", b"X-A: b\nX-B: c\r\n", "B", R22), ("nul", b"X-A: b\x00c\r\n", "B", R55), ("ctl", b"X-A: b\x01c\r\n", "B", R55), ("del", b"X-A: b\x7fc\r\n", "B", R55), ("name-nul", b"X\x00A: b\r\n", "B", R51), ("name-space", b"X A: b\r\n", "B", R51), ("name-paren", b"X(A: b\r\n", "B", R51), ("name-high", b"X\xe9A: b\r\n", "B", R51), ("empty-name", b": b\r\n", "B", "RFC 9112 5"), ("no-colon", b"garbage\r\n", "B", "RFC 9112 5")]:
    case("field-" + nm, ref, kind, OK + f + CL5 + b"\r\nhello", policy=True)
    case("field-%s-never-as-is" % nm, ref, "S", OK + f + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("field-space-colon", R51, "S", OK + b"X-A : b\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("field-obs-text", R55, "A", OK + b"X-A: caf\xe9\r\n" + CL5 + b"\r\nhello", pred=both(body_is(b"hello"), has("x-a", b"caf\xe9")))
case("field-tab-inside", R55, "A", OK + b"X-A: a\tb\r\n" + CL5 + b"\r\nhello", pred=has("x-a", b"a\tb"))
case("field-empty-value", R55, "A", OK + b"X-A:\r\nX-B:   \r\n" + CL5 + b"\r\nhello", pred=both(has("x-a", b""), has("x-b", b"")))
# ---- size of the head
case("head-60k", "RFC 9110 5.4", "A", OK + b"".join(b"X-%d: %s\r\n" % (i, b"a" * 6000) for i in range(10)) + CL5 + b"\r\nhello", pred=body_is(b"hello"), policy=True)
case("head-30k-one-field", "RFC 9110 5.4", "A", OK + b"X-A: " + b"a" * 30000 + b"\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello"), policy=True)
case("head-over-64k", "RFC 9110 5.4", "B", OK + b"".join(b"X-%d: %s\r\n" % (i, b"a" * 6000) for i in range(14)) + CL5 + b"\r\nhello", end="half")
case("head-field-300k", "RFC 9110 5.4", "B", OK + b"X-A: " + b"a" * 300000 + b"\r\n" + CL5 + b"\r\nhello", end="half"); case("head-reason-200k", "RFC 9110 5.4", "B", b"HTTP/1.1 200 " + b"a" * 200000 + b"\r\n" + CL5 + b"\r\nhello", end="half")
case("fields-80", "RFC 9110 5.4", "A", OK + b"".join(b"X-%d: y\r\n" % i for i in range(80)) + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("fields-5000", "RFC 9110 5.4", "S", OK + b"".join(b"X-%d: y\r\n" % i for i in range(5000)) + CL5 + b"\r\nhello", pred=body_is(b"hello"), end="half"); case("fields-20000", "RFC 9110 5.4", "B", OK + b"".join(b"X-%d: y\r\n" % i for i in range(20000)) + CL5 + b"\r\nhello", end="half")
@S.case("resp.head-without-end-32MB", "RFC 9110 5.4")
def _():
    st = {"sent": 0, "ended": False}
    def h(c, m, r):
        c.settimeout(5)
        try:
            c.sendall(OK)
            while st["sent"] < 32 << 20: c.sendall(b"X-Pad: " + b"a" * 8000 + b"\r\n"); st["sent"] += 8009
        except OSError: st["ended"] = True
        return False
    o = run(h); w = judge("B", o); need(st["ended"], "the proxy took %d MiB of header" % (st["sent"] >> 20)); return "%s after %d KiB" % (w, st["sent"] >> 10)
@S.case("resp.head-dribbled", "the response time-out covers the whole head", policy=True)
def _():
    def h(c, m, r):
        try:
            for b in OK + CL5 + b"X-A: " + b"a" * 60: c.sendall(bytes([b])); time.sleep(0.3)
        except OSError: pass
        return False
    t = time.time(); o = run(h, wait=S.a.slow + 4); d = time.time() - t; o.close()
    need(o.status in (502, 504) and d < S.a.slow, "a head that takes 27 s was answered %s after %.1f s" % (o, d)); return "%s after %.1f s" % (o, d)
# ---- chunked body: bad syntax, with the head in the same segment and later, when it has gone to the client already
for nm, b, kind in [("hex-prefix", b"0x5\r\nhello\r\n0\r\n\r\n", "C"), ("minus", b"-5\r\nhello\r\n0\r\n\r\n", "C"), ("plus", b"+5\r\nhello\r\n0\r\n\r\n", "C"), ("overflow", b"FFFFFFFFFFFFFFFF5\r\nhello\r\n0\r\n\r\n", "C"), ("2pow64plus5", b"10000000000000005\r\nhello\r\n0\r\n\r\n", "C"), ("2pow63", b"8000000000000000\r\nhello\r\n0\r\n\r\n", "C"), ("2pow32plus5", b"100000005\r\nhello\r\n0\r\n\r\n", "C"), ("empty", b"\r\nhello\r\n0\r\n\r\n", "C"), ("junk", b"5g\r\nhello\r\n0\r\n\r\n", "C"), ("underscore", b"0_5\r\nhello\r\n0\r\n\r\n", "C"), ("nul", b"5\x00\r\nhello\r\n0\r\n\r\n", "C"), ("lead-space", b" 5\r\nhello\r\n0\r\n\r\n", "S"), ("trail-space", b"5 \r\nhello\r\n0\r\n\r\n", "S"), ("bare-lf", b"5\nhello\n0\n\n", "S"), ("bare-cr", b"5\rhello\r0\r\r", "C"), ("no-crlf-after-data", b"5\r\nhello0\r\n\r\n", "C"), ("data-too-long", b"5\r\nhello!!\r\n0\r\n\r\n", "C"), ("data-junk", b"5\r\nhelloXX0\r\n\r\n", "C"), ("data-lf-end", b"5\r\nhello\n0\r\n\r\n", "S"), ("ext-bare-lf", b"5;a\nhello\r\n0\r\n\r\n", "S"), ("ext-cr", b"5;a\rb\r\nhello\r\n0\r\n\r\n", "S"), ("ext-nul", b"5;a\x00\r\nhello\r\n0\r\n\r\n", "S"), ("ext-quoted", b'5;a="b;c"\r\nhello\r\n0\r\n\r\n', "S"), ("ext-64k", b"5;" + b"a" * 65536 + b"\r\nhello\r\n0\r\n\r\n", "S"), ("zeros", b"5\r\nhello\r\n00000\r\n\r\n", "S"), ("leading-zeros-300", b"0" * 300 + b"5\r\nhello\r\n0\r\n\r\n", "S"), ("last-lf", b"5\r\nhello\r\n0\n\n", "S"), ("trailer-no-colon", b"5\r\nhello\r\n0\r\nbad line\r\n\r\n", "S"), ("trailer-space-colon", b"5\r\nhello\r\n0\r\nX-T : 1\r\n\r\n", "S"), ("trailer-fold", b"5\r\nhello\r\n0\r\nX-T: 1\r\n 2\r\n\r\n", "S"), ("trailer-nul", b"5\r\nhello\r\n0\r\nX-T: 1\x002\r\n\r\n", "S"), ("trailer-bare-cr", b"5\r\nhello\r\n0\r\nX-T: 1\r2\r\n\r\n", "S"), ("trailer-200k", b"5\r\nhello\r\n0\r\nX-T: " + b"t" * 200000 + b"\r\n\r\n", "S"), ("answer-instead", POISON, "C")]:
    p = body_is(b"hello")
    case("chunk-%s-with-head" % nm, R71, kind, OK + CH + b"\r\n" + b, pred=p, end="half"); case("chunk-%s-later" % nm, R71, kind, OK + CH + b"\r\n", b, pred=p, end="half")
case("chunk-ext-flood", "RFC 9112 7.1.1", "S", OK + CH + b"\r\n" + b"".join(b"1;" + b"e" * 3000 + b"\r\nx\r\n" for _ in range(2000)) + b"0\r\n\r\n", pred=body_is(b"x" * 2000))
case("chunk-1byte-x5000", R71, "A", OK + CH + b"\r\n" + b"1\r\nx\r\n" * 5000 + b"0\r\n\r\n", pred=body_is(b"x" * 5000))
case("chunk-extensions-not-needed-by-the-client", "RFC 9112 7.1.1", "A", OK + CH + b"\r\n5;a=b;c\r\nhello\r\n0;d\r\n\r\n", pred=body_is(b"hello"))
# ---- cut
@S.case("resp.cut-before-head-post-once", "RFC 9110 9.2.2")
def _():
    for end in ("fin", "rst"):
        o = run(reply(end=end), method=b"POST", fields=CL5, body=b"hello"); time.sleep(0.1); k = len(be.of(o.n)); after(o)
        need(k == 1, "a POST whose answer was cut (%s) reached the worker %d times" % (end, k)); need(o.status in (502, 503), "answered %s" % o)
for end in ("fin", "rst"):
    case("cut-before-head-get-" + end, R8, "B", end=end); case("cut-in-status-line-" + end, R8, "B", b"HTTP/1.1 20", end=end); case("cut-in-head-" + end, R8, "B", OK + CL5, end=end); case("cut-in-head-post-" + end, R8, "B", OK + CL5, end=end, method=b"POST", fields=CL5, body=b"world")
    case("cut-after-head-" + end, R8, "C", OK + b"Content-Length: 100\r\n\r\n", end=end); case("cut-in-cl-body-" + end, R8, "C", OK + b"Content-Length: 100\r\n\r\nhalf", end=end); case("cut-in-cl-body-late-" + end, R8, "C", OK + b"Content-Length: 100\r\n\r\n", b"half", end=end); case("cut-in-cl-body-1MB-" + end, R8, "C", OK + b"Content-Length: 2000000\r\n\r\n" + b"x" * 1000000, end=end)
    for nm, b in [("after-head", b""), ("in-size", b"5"), ("after-size", b"5\r\n"), ("in-data", b"5\r\nhel"), ("after-data", b"5\r\nhello"), ("after-chunk", b"5\r\nhello\r\n"), ("in-last-size", b"5\r\nhello\r\n0"), ("after-last-size", b"5\r\nhello\r\n0\r\n"), ("in-trailer", b"5\r\nhello\r\n0\r\nX-T: 1\r\n")]:
        case("cut-chunked-%s-%s" % (nm, end), R8, "C", OK + CH + b"\r\n" + b, end=end)
    case("cut-to-http10-client-" + end, R8 + ": close alone would look whole", "C", OK + CH + b"\r\n5\r\nhel", b"", gap=0.2, end=end, version=b"1.0")
    case("cut-to-http10-client-between-chunks-" + end, R8, "C", OK + CH + b"\r\n5\r\nhello\r\n", b"", gap=0.2, end=end, version=b"1.0")
    case("cut-after-103-" + end, R8, "B", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", end=end)
@S.case("resp.cut-once-get-tried-again", "RFC 9110 9.2.2", policy=True)
def _():
    n = nonce(); k = []
    def h(c, m, r):
        k.append(1)
        if len(k) == 1: return False
        return ok(c, m, r)
    be.on(n, h); s = S.connect(); r = Reader(s)
    try:
        canary(s, r)   # so that there is a worker's connection to be used again, on whichever event loop this client is
        s.settimeout(3); s.sendall(request(n)); m = r.message(time.time() + 6, response=True)
    finally: s.close()
    need(m and m.status == 200 and len(k) == 2, "a GET that was cut once before any answer, on a connection that had served before: %s after %d tries" % (m and m.status, len(k)))
case("cl-stalls", "the idle time-out ends it", "C", OK + b"Content-Length: 100\r\n\r\nhalf", end="hold", hold=20, wait=12)
case("chunked-stalls", "the idle time-out ends it", "C", OK + CH + b"\r\n5\r\nhello\r\n", end="hold", hold=20, wait=12)
# ---- ended by closing
case("close-delimited-whole", R63, "A", OK + b"\r\nhello", end="fin", pred=body_is(b"hello")); case("close-delimited-whole-1MB", R63, "A", OK + b"\r\n" + b"x" * 1000000, end="fin", pred=body_is(b"x" * 1000000)); case("close-delimited-empty", R63, "A", OK + b"\r\n", end="fin", pred=body_is(b"")); case("close-delimited-parts", R63, "A", OK + b"\r\n", b"he", b"llo", end="fin", pred=body_is(b"hello"))
case("close-delimited-to-http10", R63, "A", OK + b"\r\nhello", end="fin", pred=body_is(b"hello"), version=b"1.0"); case("close-delimited-cut", R8, "C", OK + b"\r\nhello", end="rst"); case("close-delimited-cut-to-http10", R8, "C", OK + b"\r\nhello", b" there", gap=0.2, end="rst", version=b"1.0"); case("close-delimited-stalls", R8, "C", OK + b"\r\nhello", end="hold", hold=20, wait=12)
case("close-delimited-keep-alive-lie", R63, "A", OK + b"Connection: keep-alive\r\n\r\nhello", end="fin", linger=0.3, pred=body_is(b"hello"))
# ---- bytes beyond the answer
for nm, head, kw in [("cl", OK + CL5 + b"\r\nhello", {}), ("cl0", OK + b"Content-Length: 0\r\n\r\n", {}), ("chunked", OK + CH + b"\r\n" + CHB, {}), ("head", OK + CL5 + b"\r\n", dict(method=b"HEAD")), ("204", b"HTTP/1.1 204 No Content\r\n\r\n", {}), ("304", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", {}), ("post", OK + CL5 + b"\r\nhello", dict(method=b"POST", fields=CL5, body=b"world"))]:
    case("extra-answer-after-%s" % nm, R63 + ", desynchronisation", "S", head + POISON, reuse=False, **kw); case("extra-answer-soon-after-%s" % nm, R63, "S", head, POISON, gap=0.02, reuse=False, **kw); case("extra-bytes-after-%s" % nm, R63, "S", head + b"P0150N", reuse=False, **kw)
case("extra-crlf", R22, "S", OK + CL5 + b"\r\nhello\r\n", pred=body_is(b"hello"))
@S.case("resp.extra-answer-on-an-idle-connection", R63)
def _():
    def h(c, m, r):
        c.sendall(OK + CL5 + b"\r\nhello")
        def later():
            time.sleep(0.25)
            try: c.sendall(POISON)
            except OSError: pass
        threading.Thread(target=later, daemon=True).start(); return True
    o = run(h); need(o.status == 200, "answered %s" % o); time.sleep(0.6); after(o, False)
@S.case("resp.extra-answer-races-the-next-request", R63)
def _():
    for i in range(30):
        def h(c, m, r):
            c.sendall(OK + CL5 + b"\r\nhello"); time.sleep(0.002 * (i % 5)); c.sendall(POISON); return True
        o = run(h); need(o.status == 200, "answered %s" % o)
        try:
            m = canary(o.sock, o.reader)
        finally: o.close()
        canary()
# ---- 1xx
def informational(o): return [m.status for m in o.informational]
@S.case("resp.103-passed-on", R152 + ": MUST forward")
def _():
    o = run(reply(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", OK + CL5 + b"\r\nhello")); after(o); need(body_is(b"hello")(o) is None, "answered %s" % o); need(informational(o) == [103], "the client saw 1xx %s" % informational(o)); need(o.informational[0].one("link") == b"</a.css>", "without its fields")
@S.case("resp.103-in-one-segment", R152)
def _():
    o = run(reply(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 2 + OK + CL5 + b"\r\nhello")); after(o); need(body_is(b"hello")(o) is None, "answered %s" % o); need(informational(o) == [103, 103], "the client saw 1xx %s" % informational(o))
@S.case("resp.1xx-unknown-passed-on", R152)
def _():
    o = run(reply(b"HTTP/1.1 199 Odd\r\n\r\n", OK + CL5 + b"\r\nhello")); after(o); need(body_is(b"hello")(o) is None, "answered %s" % o); need(informational(o) == [199], "the client saw 1xx %s" % informational(o))
@S.case("resp.1xx-to-http10-client", R152 + ": MUST NOT")
def _():
    o = run(reply(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" + OK + CL5 + b"\r\nhello"), version=b"1.0"); after(o); need(not o.informational, "an HTTP/1.0 client saw %s" % informational(o)); need(body_is(b"hello")(o) is None, "answered %s" % o)
@S.case("resp.100-without-expect", "only clients that asked for it", policy=True)
def _():
    o = run(reply(b"HTTP/1.1 100 Continue\r\n\r\n", OK + CL5 + b"\r\nhello")); after(o); need(body_is(b"hello")(o) is None, "answered %s" % o); need(not o.informational, "the client, which had not asked, saw %s" % informational(o))
case("100-twice-then-final", R152, "A", b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + OK + CL5 + b"\r\nhello", pred=body_is(b"hello"))
case("1xx-with-cl", R152, "S", b"HTTP/1.1 103 Early Hints\r\nContent-Length: 94\r\n\r\n" + OK + CL5 + b"\r\nhello", pred=body_is(b"hello")); case("1xx-with-te", R61, "S", b"HTTP/1.1 103 Early Hints\r\n" + CH + b"\r\n" + OK + CL5 + b"\r\nhello", pred=body_is(b"hello")); case("1xx-bad-field", R55, "S", b"HTTP/1.1 103 Early Hints\r\nX: a\x00b\r\n\r\n" + OK + CL5 + b"\r\nhello")
case("1xx-flood", R152, "S", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 20000 + OK + CL5 + b"\r\nhello", pred=body_is(b"hello"), wait=9)
case("101-without-upgrade", "RFC 9110 15.2.2", "B", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n" + POISON); case("101-bare", "RFC 9110 15.2.2", "B", b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + POISON); case("101-to-removed-upgrade", "RFC 9110 7.8", "B", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\nConnection: Upgrade\r\n\r\n" + POISON, fields=b"Connection: Upgrade\r\nUpgrade: foo\r\n", policy=True)
@S.case("resp.1xx-forever", "the response time-out holds over 1xx", policy=True)
def _():
    def h(c, m, r):
        try:
            for _ in range(60): c.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n"); time.sleep(0.4)
        except OSError: pass
        return False
    t = time.time(); o = run(h, wait=S.a.slow + 4); d = time.time() - t; o.close(); need(o.status in (502, 504) and d < S.a.slow, "24 s of 1xx were answered %s after %.1f s" % (o, d)); return "%s after %.1f s" % (o, d)
# ---- no body by rule
case("head-with-cl", "RFC 9110 9.3.2", "A", OK + b"Content-Length: 12345\r\n\r\n", method=b"HEAD", pred=both(body_is(b""), has("content-length", b"12345"))); case("head-chunked", "RFC 9112 6.1", "A", OK + CH + b"\r\n", method=b"HEAD", pred=body_is(b"")); case("head-without-framing", "RFC 9110 9.3.2", "A", OK + b"X-A: b\r\n\r\n", method=b"HEAD", pred=both(body_is(b""), has("x-a", b"b")))
case("head-404-with-cl", "RFC 9110 9.3.2", "A", b"HTTP/1.1 404 No\r\nContent-Length: 99\r\n\r\n", method=b"HEAD", pred=body_is(b"", 404)); case("head-answered-with-body", "RFC 9110 9.3.2", "S", OK + b"Content-Length: 8\r\n\r\nP0150N!!", method=b"HEAD", pred=body_is(b""), reuse=False); case("head-answered-with-chunks", "RFC 9110 9.3.2", "S", OK + CH + b"\r\n6\r\nP0150N\r\n0\r\n\r\n", method=b"HEAD", pred=body_is(b""), reuse=False)
case("204", "RFC 9110 15.3.5", "A", b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n", pred=body_is(b"", 204)); case("204-no-framing-fields-to-the-client", R86 + ", RFC 9112 6.1: MUST NOT", "S", b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", pred=both(body_is(b"", 204), lacks("transfer-encoding", "content-length")), policy=True)
case("204-with-cl-and-no-body", R63, "S", b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", pred=body_is(b"", 204)); case("204-with-body", R63, "S", b"HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\nP0150N", pred=body_is(b"", 204), reuse=False); case("204-with-chunks", R63, "S", b"HTTP/1.1 204 No Content\r\n" + CH + b"\r\n6\r\nP0150N\r\n0\r\n\r\n", pred=body_is(b"", 204), reuse=False)
case("304-with-cl", "RFC 9110 15.4.5", "A", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\nETag: x\r\n\r\n", pred=body_is(b"", 304), fields=b"If-None-Match: x\r\n"); case("304-chunked", R63, "S", b"HTTP/1.1 304 Not Modified\r\n" + CH + b"\r\n", pred=body_is(b"", 304)); case("304-with-body", R63, "S", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\nP0150N", pred=body_is(b"", 304), reuse=False); case("205-with-cl0", "RFC 9110 15.3.6", "A", b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", pred=body_is(b"", 205))
# ---- early final answers
@S.case("resp.early-answer-worker-reads-on", "RFC 9112 9.3, RFC 9110 10.1.1")
def _():
    got = {"n": 0, "next": 0}
    def h(c, m, r):
        c.sendall(b"HTTP/1.1 403 Forbidden\r\n" + CL5 + b"\r\nearly"); c.settimeout(2); want = int(m.one("content-length")); got["n"] = len(r.buf)
        try:
            while got["n"] < want:
                d = c.recv(65536)
                if not d: return False
                got["n"] += len(d)
        except OSError: pass
        return False
    n = nonce(); be.on(n, h, True); s = S.connect(); s.sendall(request(n, b"POST", b"Content-Length: 200000\r\n")); r = Reader(s); time.sleep(0.1); s.sendall(b"x" * 1000); t = time.time(); m = r.message(time.time() + 3, response=True); d = time.time() - t
    need(m and m.status == 403 and m.body == b"early" and m.complete, "the answer that came before the upload's end: %s" % (m and m.status)); need(d < 2, "it was held back %.1f s" % d)
    try:
        for _ in range(20): s.sendall(b"x" * 9950); time.sleep(0.005)
    except OSError: pass
    k = nonce()
    try:
        s.sendall(request(k)); m = r.message(time.time() + 3, response=True)
        need(m is None or m.one("x-echo") == k.encode(), "after the early answer and the rest of the upload the connection is out of step: %s" % (m and m.status))
    except OSError: m = None
    s.close(); need(not any(x.msg.bad for x in be.seen if x.t > t), "the rest of the upload became a request"); canary(); return "then %s; the worker got %d of 200000 bytes" % ("served on" if m else "closed", got["n"])
@S.case("resp.early-answer-worker-half-closes", "RFC 9112 9.6")
def _():
    def h(c, m, r): c.sendall(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\n" + CL5 + b"\r\nearly"); c.shutdown(socket.SHUT_WR); c.settimeout(1); wait_end(c); return False
    o = run(h, b"POST", b"Content-Length: 8000000\r\n", b"x" * 8000000, early=True); w = body_is(b"early", 413)(o); after(o, False); need(not w and o.r[0].complete, "%s (%s)" % (w, o))
@S.case("resp.early-answer-worker-resets", "RFC 9112 9.6", policy=True)
def _():
    for i in range(5):
        def h(c, m, r): c.sendall(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\n" + CL5 + b"\r\nearly"); return False
        o = run(h, b"POST", b"Content-Length: 3000000\r\n", b"x" * 3000000, early=True); w = body_is(b"early", 413)(o); after(o, False); need(not w and o.r[0].complete, "try %d: %s (%s)" % (i, w, o))
@S.case("resp.early-answer-to-chunked-upload", "RFC 9112 9.3")
def _():
    def h(c, m, r): c.sendall(b"HTTP/1.1 200 OK\r\n" + CL5 + b"\r\nearly"); c.settimeout(1); wait_end(c); return False
    o = run(h, b"POST", CH, b"10000\r\n" + b"x" * 65536 + b"\r\n" + b"5\r\nhello\r\n0\r\n\r\n", early=True); w = body_is(b"early")(o); after(o, False); need(not w and o.r[0].complete, "%s (%s)" % (w, o))
@S.case("resp.early-answer-connection-not-reused-mid-upload", "RFC 9112 9.3")
def _():
    def h(c, m, r): c.sendall(OK + CL5 + b"\r\nearly"); c.settimeout(2.5); h.ended = wait_end(c); return False
    n = nonce(); be.on(n, h, True); s = S.connect(); s.sendall(request(n, b"POST", b"Content-Length: 100000\r\n", b"x" * 100)); m = Reader(s).message(time.time() + 3, response=True); need(m and m.body == b"early", "answered %s" % (m and m.status)); used = be.of(n)[0].conn
    for _ in range(10): need(canary() != used, "a connection whose request was not finished carried another one")
    s.close()
# ---- time-outs and refusals
@S.case("resp.silent-504", "RFC 9110 15.6.5")
def _():
    st = {}
    def h(c, m, r): c.settimeout(S.a.slow); t = time.time(); st["closed"] = wait_end(c); st["t"] = time.time() - t; return False
    t = time.time(); o = run(h, wait=S.a.slow + 3); d = time.time() - t; after(o, False); need(o.status == 504, "a worker that never answers: %s after %.1f s" % (o, d)); time.sleep(0.3); need(st.get("closed"), "the worker's connection was left open"); return "504 after %.1f s" % d
@S.case("resp.silent-post-once", "RFC 9110 9.2.2")
def _():
    def h(c, m, r): c.settimeout(S.a.slow); wait_end(c); return False
    o = run(h, b"POST", CL5, b"hello", wait=S.a.slow + 3); after(o, False); k = len(be.of(o.n)); need(o.status == 504 and k == 1, "%s, %d times at the worker" % (o, k))
@S.case("resp.silent-client-connection-goes-on", "RFC 9112 9.3", policy=True)
def _():
    o = run(lambda c, m, r: (c.settimeout(S.a.slow), wait_end(c), False)[2], wait=S.a.slow + 3); need(o.status == 504, "answered %s" % o); n = nonce(); o.sock.sendall(request(n)); m = o.reader.message(time.time() + 3, response=True); o.close(); need(m and m.one("x-echo") == n.encode(), "after a 504 the connection was closed though it is in step")
@S.case("resp.refused-502", "RFC 9110 15.6.3", policy=True)
def _():
    be.stop(); time.sleep(0.2)
    try: a = S.talk(request(nonce()), wait=8); b = S.talk(request(nonce(), b"POST", CL5, b"hello"), wait=8)
    finally: be.start()
    end = time.time() + 5
    while time.time() < end and S.talk(request(nonce())).status != 200: time.sleep(0.1)
    canary(); need(a.status == 502 and b.status == 502, "GET %s, POST %s" % (a, b)); need(a.r[0].complete and not a.r[0].bad, "malformed")
@S.case("resp.refused-fast-and-back-at-once")
def _():
    be.stop(); time.sleep(0.2)
    try: t = time.time(); o = S.talk(request(nonce()), wait=8); d = time.time() - t
    finally: be.start()
    t = time.time()
    while time.time() < t + 5 and S.talk(request(nonce())).status != 200: time.sleep(0.05)
    need(o.status in (502, 503) and d < 5, "%s after %.1f s" % (o, d)); need(time.time() - t < 3, "served again only after %.1f s" % (time.time() - t)); return "%s after %.2f s, served again after %.2f s" % (o, d, time.time() - t)
# ---- the worker's connection
def seq(n=6):
    """n requests on one client connection -> the worker connections that carried them."""
    s = S.connect(); r = Reader(s); out = []
    for _ in range(n): out.append(canary(s, r))
    s.close(); return out
@S.case("resp.worker-connection-reused", "RFC 9112 9.3")
def _(): k = seq(); need(len(set(k)) == 1 or len(set(k[1:])) == 1, "6 requests used the worker connections %s" % k)
@S.case("resp.worker-connection-reused-by-other-clients", "RFC 9112 9.3", policy=True)
def _():
    k = [canary() for _ in range(20)]; need(len(set(k)) < 8, "20 clients one after the other used %d worker connections" % len(set(k))); return "%d connections for 20 clients" % len(set(k))
@S.case("resp.worker-close-honoured", "RFC 9112 9.6")
def _():
    st = {}
    def h(c, m, r): c.sendall(OK + b"Connection: close\r\n" + CL5 + b"\r\nhello"); c.settimeout(2); st["closed"] = wait_end(c); return False
    o = run(h); need(body_is(b"hello")(o) is None, "answered %s" % o); after(o, False); time.sleep(0.2)
    end = time.time() + 2
    while "closed" not in st and time.time() < end: time.sleep(0.05)
    need(st.get("closed"), "the proxy did not close its side after Connection: close")
@S.case("resp.worker-close-not-the-client's", "RFC 9110 7.6.1", policy=True)
def _():
    o = run(reply(OK + b"Connection: close\r\n" + CL5 + b"\r\nhello", end="fin")); need(not o.closed and b"close" not in (o.r[0].one("connection") or b""), "the worker's close closed the client's connection"); after(o, False)
case("http10-worker-close-delimited", R63, "A", b"HTTP/1.0 200 OK\r\n\r\nhello", end="fin", pred=both(body_is(b"hello"), lambda o: None if o.r[0].start.startswith(b"HTTP/1.1 ") else "the worker's version was passed on"))
case("http10-worker-cl", "RFC 9112 9.3", "A", b"HTTP/1.0 200 OK\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello"), reuse=False); case("http10-worker-keep-alive", "RFC 9112 9.3", "A", b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello")); case("http10-worker-103", R152, "S", b"HTTP/1.0 103 Early Hints\r\n\r\nHTTP/1.0 200 OK\r\n" + CL5 + b"\r\nhello", pred=body_is(b"hello"))
@S.case("resp.keep-alive-timeout-heeded", "RFC 9112 C.2.2", policy=True)
def _():
    o = run(reply(OK + b"Keep-Alive: timeout=1\r\n" + CL5 + b"\r\nhello")); need(o.status == 200, "answered %s" % o); used = be.of(o.n)[0].conn; time.sleep(1.4); n = nonce(); p = S.talk(request(n, b"POST", CL5, b"hello")); o.close(); need(p.status == 200, "answered %s" % p); need(be.of(n)[0].conn != used, "a POST went over a connection 1.4 s after the worker had said timeout=1")
@S.case("resp.idle-worker-connection-closed-by-worker", "RFC 9112 9.3.1")
def _():
    for i in range(20):
        o = run(reply(OK + CL5 + b"\r\nhello", end="fin", linger=0.03)); time.sleep(0.03 + 0.001 * i)
        n = nonce(); o.sock.sendall(request(n)); m = o.reader.message(time.time() + 4, response=True); o.close(); need(m and m.status == 200 and m.one("x-echo") == n.encode(), "try %d: a GET over a connection that the worker had closed got %s" % (i, m and m.status))
# ---- fields of answers
def fields(name, ref, raw, pred, policy=False, **k): case("fields-" + name, ref, "A", OK + raw + CL5 + b"\r\nhello", pred=both(body_is(b"hello"), pred), policy=policy, **k)
fields("connection-nominated", R76, b"Connection: X-Secret, x-other\r\nX-Secret: 1\r\nX-Other: 2\r\nX-Kept: 3\r\n", both(lacks("x-secret", "x-other"), has("x-kept", b"3"))); fields("keep-alive", R76, b"Keep-Alive: timeout=5\r\n", lambda o: None if (o.r[0].one("keep-alive") or b"") != b"timeout=5" else "the worker's Keep-Alive reached the client"); fields("proxy-connection", R76, b"Proxy-Connection: keep-alive\r\n", lacks("proxy-connection")); fields("upgrade", "RFC 9110 7.8", b"Connection: Upgrade\r\nUpgrade: h2c\r\n", lacks("upgrade")); fields("te", R76, b"TE: trailers\r\n", lacks("te"), policy=True)
fields("connection-names-content-length", R76, b"Connection: Content-Length, Content-Type\r\nContent-Type: text/x\r\n", lambda o: None, policy=True); fields("connection-twice", R76, b"Connection: X-One\r\nConnection: X-Two\r\nX-One: 1\r\nX-Two: 2\r\n", lacks("x-one", "x-two")); fields("no-via-to-clients", "the product says so", b"", lacks("via"), policy=True); fields("server-and-date-kept", "RFC 9110 10.2.4", b"Server: unit/1\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\n", both(has("server", b"unit/1"), has("date", b"Tue, 15 Nov 1994 08:12:31 GMT")), policy=True)
fields("date-added", "RFC 9110 6.6.1: MUST, if the worker sent none", b"", lambda o: None if o.r[0].get("date") else "no Date", policy=True); fields("set-cookie-order", "RFC 9110 5.3", b"Set-Cookie: a=1\r\nX-M: m\r\nSet-Cookie: b=2\r\nSet-Cookie: a=3\r\n", lambda o: None if o.r[0].get("set-cookie") == [b"a=1", b"b=2", b"a=3"] else "Set-Cookie is %r" % o.r[0].get("set-cookie")); fields("name-case-kept", "RFC 9110 5.1", b"x-MiXeD-cAsE: v\r\n", lambda o: None if any(k == b"x-MiXeD-cAsE" for k, _ in o.r[0].headers) else "names became %s" % [k for k, _ in o.r[0].headers], policy=True); fields("cl-normalised", R86, b"", lambda o: None if o.r[0].one("content-length") in (b"5", None) else "Content-Length %r" % o.r[0].one("content-length"))
TC = b"TE: trailers\r\nConnection: TE\r\n"
case("trailers-passed-on", "RFC 9110 6.5", "A", OK + CH + b"Trailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 99\r\n\r\n", fields=TC, pred=both(body_is(b"hello"), lambda o: None if b"x-sum: 99" in [t.lower() for t in o.r[0].trailers] else "trailers at the client: %r" % o.r[0].trailers), policy=True)
case("trailers-forbidden-removed", "RFC 9110 6.5.1", "A", OK + CH + b"\r\n5\r\nhello\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\nHost: evil\r\nAuthorization: x\r\nConnection: X-Good\r\nX-Good: 1\r\n\r\n", fields=TC, pred=body_is(b"hello"))
case("trailers-auth-removed", "RFC 9110 6.5.1", "A", OK + CH + b"\r\n5\r\nhello\r\n0\r\nSet-Cookie: a=b\r\nWWW-Authenticate: Basic\r\nContent-Encoding: gzip\r\nKeep-Alive: timeout=9\r\n\r\n", fields=TC, pred=both(body_is(b"hello"), lambda o: "trailers at the client: %r" % o.r[0].trailers if o.r[0].trailers else None), policy=True)
case("trailers-dropped-for-http10", "RFC 9110 6.5", "A", OK + CH + b"\r\n5\r\nhello\r\n0\r\nX-Sum: 99\r\n\r\n", version=b"1.0", pred=body_is(b"hello"))
case("chunked-to-http10-client", "RFC 9112 6.1: MUST NOT send chunked", "A", OK + CH + b"\r\n5\r\nhello\r\n0\r\n\r\n", version=b"1.0", pred=both(body_is(b"hello"), lacks("transfer-encoding"))); case("chunked-to-http10-keep-alive", "RFC 9112 9.3", "A", OK + CH + b"\r\n5\r\nhello\r\n0\r\n\r\n", version=b"1.0", fields=b"Connection: keep-alive\r\n", pred=both(body_is(b"hello"), lacks("transfer-encoding")))
@S.case("resp.502-names-a-reason-and-an-id", "the product says so", policy=True)
def _():
    o = run(reply(b"nonsense\r\n\r\n", end="fin"), fields=b"Accept: application/json\r\n"); o.close(); need(o.status == 502, "answered %s" % o); b = o.body; need(b"bad_response" in b or b"reset" in b, "the body says %r" % b[:120]); need(o.r[0].one("x-request-id") or b"request" in b.lower(), "no request id")

if __name__ == "__main__":
    S.parse()
    if not S.a.list: be = Backend(S.baddr, S.a.backend_log)
    sys.exit(S.run())
