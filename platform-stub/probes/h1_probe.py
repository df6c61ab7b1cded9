#!/usr/bin/env python3
"""Black-box HTTP/1.1 request probe for a reverse proxy: malformed or ambiguous requests must be rejected, or forwarded as
exactly one clean request. Point the proxy's only upstream at --backend (plain HTTP/1.1), with header time-out <= --slow and
upstream answer time-out <= --slow. The verdict rests on the bytes that the backend saw.
A sample: responses, hop-by-hop fields, races, streaming, Expect and load are checked by other cases, in the same manner."""
import hashlib, random, re, select, socket, struct, sys, threading, time
from probelib import *

S = Suite(__doc__)
be = None
H = b"Host: {H}\r\n"
SM = b"GET /SMUG/{N} HTTP/1.1\r\nHost: {H}\r\n\r\n"


def fillin(raw, n): return raw.replace(b"{H}", S.a.host.encode()).replace(b"{N}", n.encode())


def talk(raw, **k): return S.talk(raw, **k)


def get(path, hdrs=b"", wait=None, method=b"GET", **k):
    return talk(method + b" " + path + b" HTTP/1.1\r\n" + fillin(H, "") + hdrs + b"\r\n", wait=wait, **k)


def canary():
    n = nonce(); o = get(b"/canary/" + n.encode(), linger=0)
    if o.status == 0: time.sleep(0.3); o = get(b"/canary/" + n.encode(), linger=0)
    need(o.status == 200 and o.r[0].one("x-echo") == n.encode(), "the next request, on its own connection, got %s %r" % (o, (o.r[0].body[:60] if o.r else b"")))


def judge(kind, n, o, pred=None, max_seen=1):
    time.sleep(0.03)
    seen = be.of(n)
    smug = [s for s in seen if b"SMUG" in s.line]
    main = [s for s in seen if b"SMUG" not in s.line]
    done = [s for s in main if s.msg.complete]
    need(not smug, "SMUGGLED: the backend saw %r as a request of its own (%s)" % (smug and smug[0].line[:60], o))
    for s in main: need(not s.msg.bad, "forwarded ambiguity: %s (%s)" % ("; ".join(s.msg.bad), o))
    need(len(done) <= max_seen, "one request became %d at the backend" % len(done))
    for m in o.r:
        need(not m.bad or m.status >= 400, "malformed answer to the client: %s" % m.bad)
    rejected = not done and (o.status == 0 or 400 <= o.status < 500 or o.status in (501, 505))
    if o.r and 400 <= o.status < 500 and kind in "RS" and len(o.r) > 1: raise Fail("answered %s: went on after rejecting" % o)
    if kind == "R":
        need(not done, "must be rejected, but was forwarded as %r (%s)" % (done and done[0].msg.raw[:110], o))
        need(rejected, "must be rejected; answered %s" % o)
        return "rejected: %s" % o
    if kind == "S" and rejected: return "rejected: %s" % o
    need(len(done) == 1, "%s; the backend saw %d whole requests (%s)" % ("must be accepted" if kind == "A" else "neither rejected nor forwarded", len(done), o))
    need(200 <= o.status < 300, "forwarded, but answered %s" % o)
    if pred:
        w = pred(done[0], o)
        if w: raise Fail(w)
    return "forwarded clean: %s" % o


def add(name, ref, kind, raw, pred=None, **k):
    policy = k.pop("policy", False)
    @S.case("req." + name, ref, policy)
    def _():
        n = nonce(); o = talk(fillin(raw, n), **k)
        return judge(kind, n, o, pred)


def post(fields, body=b"hello", extra=b"", line=b"POST /p/{N} HTTP/1.1\r\n"):
    return line + H + fields + b"\r\n" + body + extra


def hd(fields): return b"GET /p/{N} HTTP/1.1\r\n" + H + fields + b"\r\n"


C = b"Transfer-Encoding: chunked\r\n"
body_is = lambda b: (lambda s, o: None if s.msg.body == b else "body reached the backend as %r" % s.msg.body[:60])
closes = lambda s, o: None if o.closed else "the connection must be closed after this"
R63 = "RFC 9112 6.3"; R61 = "RFC 9112 6.1"; R86 = "RFC 9110 8.6"; R71 = "RFC 9112 7.1"; R5 = "RFC 9112 5"; R51 = "RFC 9112 5.1"; R3 = "RFC 9112 3"; R22 = "RFC 9112 2.2"; R32 = "RFC 9112 3.2"
# ---- framing: Content-Length and Transfer-Encoding
add("cl-te", R61, "S", post(b"Content-Length: 5\r\n" + C, b"0\r\n\r\n", SM), want=2)
add("te-cl", R61, "S", post(C + b"Content-Length: 4\r\n", b"5c\r\nGPOST /SMUG/{N} HTTP/1.1\r\nContent-Length: 15\r\n\r\nx=1\r\n0\r\n\r\n"), want=2)
add("cl-te-must-close", R61, "S", post(b"Content-Length: 15\r\n" + C, b"5\r\nhello\r\n0\r\n\r\n"), closes, linger=0.5)
for nm, v, kind in [("differ", b"Content-Length: 5\r\nContent-Length: 6\r\n", "R"), ("same", b"Content-Length: 5\r\nContent-Length: 5\r\n", "S"), ("list-same", b"Content-Length: 5, 5\r\n", "S"), ("list-differ", b"Content-Length: 5, 6\r\n", "R"), ("differ-zero", b"Content-Length: 0\r\nContent-Length: 5\r\n", "R"), ("differ-case", b"Content-Length: 5\r\ncontent-length: 44\r\n", "R")]:
    add("cl-dup-" + nm, R63, kind, post(v, b"hello", SM), want=2) if kind == "R" else add("cl-dup-" + nm, R63, kind, post(v))
for nm, v, kind in [("plus", b"+5", "R"), ("minus", b"-5", "R"), ("minus-zero", b"-0", "R"), ("hex", b"0x5", "R"), ("inner-space", b"0 5", "R"), ("empty", b"", "R"), ("2pow64plus5", b"18446744073709551621", "R"), ("2pow32plus5-no-body", b"340282366920938463463374607431768211461", "R"), ("junk", b"5abc", "R"), ("underscore", b"0_5", "R"), ("arabic-digit", "٥".encode(), "R"), ("vtab", b"\x0b5", "R"), ("formfeed-after", b"5\x0c", "R"), ("decimal", b"5.0", "R"), ("exponent", b"5e0", "R"), ("semicolon", b"5;x=y", "R"), ("quoted", b'"5"', "R"), ("nul", b"5\x00", "R"), ("trailing-comma", b"5,", "S"), ("leading-zeros", b"0000005", "S"), ("tab-padded", b"\t5\t", "S"), ("nbsp", b"\xa05", "R")]:
    add("cl-" + nm, R86, kind, post(b"Content-Length: " + v + b"\r\n"))
add("cl-2pow63", R86, "R", post(b"Content-Length: 9223372036854775808\r\n"))
add("cl-space-before-colon", R51, "R", post(b"Content-Length : 5\r\n"))
add("cl-obs-fold", "RFC 9112 5.2", "S", post(b"Content-Length:\r\n 5\r\n"), body_is(b"hello"))
add("cl-name-nul", R51, "R", post(b"Content-Length\x00: 5\r\n"))
add("get-with-body", "RFC 9110 9.3.1", "S", b"GET /p/{N} HTTP/1.1\r\n" + H + b"Content-Length: 62\r\n\r\n" + b"x" * 62)
add("cl.0-body-is-a-request", R63, "S", b"GET /p/{N} HTTP/1.1\r\n" + H + b"Content-Length: 52\r\n\r\n" + b"GET /SMUG/{N} HTTP/1.1\r\nHost: x.y\r\n\r\n", wait=1.0)
CH = b"5\r\nhello\r\n0\r\n\r\n"
for nm, v, kind in [("identity-last", b"chunked, identity", "R"), ("identity-first", b"identity, chunked", "S"), ("xchunked", b"xchunked", "R"), ("chunkedx", b"chunkedx", "R"), ("quoted", b'"chunked"', "R"), ("vtab", b"\x0bchunked", "R"), ("formfeed", b"\x0cchunked", "R"), ("nul", b"chunked\x00", "R"), ("nbsp", b"\xa0chunked", "R"), ("twice-list", b"chunked, chunked", "S"), ("lead-comma", b", chunked", "S"), ("trail-comma", b"chunked,", "S"), ("param", b"chunked;q=1", "S"), ("space-inside", b"chun ked", "R"), ("uppercase", b"CHUNKED", "S"), ("tab", b"\tchunked", "S"), ("trail-space", b"chunked  ", "S"), ("cow", b"cow", "R"), ("empty", b"", "S"), ("gzip-chunked", b"gzip, chunked", "S"), ("long-s", "chun\u212aed".encode(), "R")]:
    add("te-" + nm, R61, kind, post(b"Transfer-Encoding: " + v + b"\r\n", CH))
for nm, v, kind in [("identity-cl", b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "R"), ("xchunked-cl", b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n", "R"), ("empty-cl", b"Transfer-Encoding:\r\nContent-Length: 5\r\n", "S"), ("nul-cl", b"Transfer-Encoding: chunked\x00\r\nContent-Length: 5\r\n", "R"), ("dup-identity-cl", b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n", "R"), ("name-nul-cl", b"Transfer-Encoding\x00: chunked\r\nContent-Length: 5\r\n", "R"), ("space-colon-cl", b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n", "R"), ("tab-colon-cl", b"Transfer-Encoding\t: chunked\r\nContent-Length: 5\r\n", "R"), ("lead-space-cl", b"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "S"), ("bare-cr-cl", b"X: y\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", "S"), ("bare-lf-cl", b"X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", "S"), ("cr-in-name-cl", b"Transfer-\rEncoding: chunked\r\nContent-Length: 5\r\n", "R"), ("ctl-lead-cl", b"\x01Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "R"), ("fold-cl", b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n", "S"), ("nameless-cl", b": chunked\r\nContent-Length: 5\r\n", "R")]:
    add("te-" + nm, R61 + "/" + R5, kind, post(v, b"hello", SM) if kind == "R" else post(v, b"hello"), want=2 if kind == "R" else 1)
add("te-dup-chunked", R61, "S", post(C + C, CH))
add("te-http10", R61, "S", post(C, CH, line=b"POST /p/{N} HTTP/1.0\r\n", extra=b""), closes, linger=0.4)
add("te-http10-cl-smuggle", R61, "S", post(C + b"Connection: keep-alive\r\nContent-Length: 5\r\n", b"0\r\n\r\n", SM, line=b"POST /p/{N} HTTP/1.0\r\n"), closes, want=2)
add("te-first-line-space", R22, "S", b"POST /p/{N} HTTP/1.1\r\n Transfer-Encoding: chunked\r\n" + H + b"Content-Length: 5\r\n\r\nhello")
add("te.0-options", R63, "S", b"OPTIONS /p/{N} HTTP/1.1\r\n" + H + C + b"\r\n29\r\nGET /SMUG/{N} HTTP/1.1\r\nX: y\r\n\r\n" + b"\r\n0\r\n\r\n")
add("get-chunked", R63, "S", b"GET /p/{N} HTTP/1.1\r\n" + H + C + b"\r\n" + CH)
# ---- chunked syntax
for nm, b, kind in [("hex-prefix", b"0x5\r\nhello\r\n0\r\n\r\n", "R"), ("minus", b"-5\r\nhello\r\n0\r\n\r\n", "R"), ("plus", b"+5\r\nhello\r\n0\r\n\r\n", "R"), ("overflow", b"FFFFFFFFFFFFFFFF5\r\nhello\r\n0\r\n\r\n", "R"), ("2pow64plus5", b"10000000000000005\r\nhello\r\n0\r\n\r\n", "R"), ("2pow63", b"8000000000000000\r\nhello\r\n0\r\n\r\n", "R"), ("2pow32plus5", b"100000005\r\nhello\r\n0\r\n\r\n", "R"), ("empty", b"\r\nhello\r\n0\r\n\r\n", "R"), ("junk", b"5g\r\nhello\r\n0\r\n\r\n", "R"), ("underscore", b"0_5\r\nhello\r\n0\r\n\r\n", "R"), ("nul", b"5\x00\r\nhello\r\n0\r\n\r\n", "R"), ("lead-space", b" 5\r\nhello\r\n0\r\n\r\n", "S"), ("trail-space", b"5 \r\nhello\r\n0\r\n\r\n", "S"), ("bare-lf", b"5\nhello\n0\n\n", "S"), ("bare-cr", b"5\rhello\r0\r\r", "R"), ("no-crlf-after-data", b"5\r\nhello0\r\n\r\n", "R"), ("data-too-long", b"5\r\nhello!!\r\n0\r\n\r\n", "R"), ("data-two-byte-junk", b"5\r\nhelloXX0\r\n\r\n", "R"), ("data-lf-end", b"5\r\nhello\n0\r\n\r\n", "S"), ("ext-bare-lf", b"5;a\nhello\r\n0\r\n\r\n", "S"), ("ext-lf-smuggle", b"2;\nxx\r\n4c\r\n0\r\n\r\nGET /SMUG/{N} HTTP/1.1\r\nHost: x\r\nX: 1234567890123456789012\r\n\r\n0\r\n\r\n", "S"), ("ext-cr", b"5;a\rb\r\nhello\r\n0\r\n\r\n", "S"), ("ext-nul", b"5;a\x00\r\nhello\r\n0\r\n\r\n", "S"), ("ext-quoted", b'5;a="b;c"\r\nhello\r\n0\r\n\r\n', "S"), ("ext-64k", b"5;" + b"a" * 65536 + b"\r\nhello\r\n0\r\n\r\n", "S"), ("zeros", b"5\r\nhello\r\n00000\r\n\r\n", "S"), ("many-leading-zeros", b"0" * 300 + b"5\r\nhello\r\n0\r\n\r\n", "S"), ("last-lf", b"5\r\nhello\r\n0\n\n", "S"), ("no-final-crlf", b"5\r\nhello\r\n0\r\nGET /SMUG/{N} HTTP/1.1\r\nHost: {H}\r\n\r\n", "S")]:
    add("chunk-" + nm, R71, kind, post(C, b), wait=1.5)
add("chunk-valid-mixed-case", R71, "A", post(C, b"A\r\n0123456789\r\na;ext\r\n0123456789\r\n0\r\n\r\n"), body_is(b"0123456789" * 2))
add("chunk-ext-flood", "RFC 9112 7.1.1, CVE-2023-39326", "S", post(C, b"".join(b"1;" + b"e" * 3000 + b"\r\nx\r\n" for _ in range(2000)) + b"0\r\n\r\n"), wait=6)
add("chunk-1byte-x5000", R71, "A", post(C, b"1\r\nx\r\n" * 5000 + b"0\r\n\r\n"), body_is(b"x" * 5000), wait=6)
add("trailer-valid", "RFC 9112 7.1.2", "A", post(C, b"5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n"), body_is(b"hello"))
add("trailer-framing-fields", "RFC 9110 6.5.1", "S", post(C, b"5\r\nhello\r\n0\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\nHost: evil\r\n\r\n"))
add("trailer-bad-syntax", R71, "S", post(C, b"5\r\nhello\r\n0\r\nbad line\r\n\r\n"))
add("trailer-space-colon", R51, "S", post(C, b"5\r\nhello\r\n0\r\nX-T : 1\r\n\r\n"))
add("trailer-256k", "RFC 9110 5.4", "S", post(C, b"5\r\nhello\r\n0\r\nX-T: " + b"t" * 262144 + b"\r\n\r\n"), wait=3)
add("trailer-authority", "RFC 9110 6.5.1", "S", post(C, b"5\r\nhello\r\n0\r\nAuthorization: Basic x\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"), lambda s, o: "a trailer became a header field" if any(b"6.6.6.6" in v for v in s.msg.get("x-forwarded-for")) else None)
add("truncated-chunked", "RFC 9112 8", "R", post(C, b"5\r\nhel"), half_close=True)
add("truncated-cl", "RFC 9112 8", "R", post(b"Content-Length: 10\r\n"), half_close=True)
# ---- request line
def ln(name, line, kind="R", ref=R3, rest=H + b"\r\n", **k): add("line-" + name, ref, kind, line + rest, **k)
ln("http09", b"GET /p/{N}\r\n", rest=b"\r\n", ref="RFC 9112 2.3")
for nm, v in [("2.0", b"HTTP/2.0"), ("3.0", b"HTTP/3.0"), ("0.9", b"HTTP/0.9"), ("lower", b"http/1.1"), ("1", b"HTTP/1"), ("1.10", b"HTTP/1.10"), ("01.1", b"HTTP/01.1"), ("junk", b"HTTP/1.1x"), ("space", b"HTTP /1.1"), ("minus", b"HTTP/-1.1"), ("http", b"HTTP/"), ("other", b"XTTP/1.1"), ("comma", b"HTTP/1,1")]:
    ln("version-" + nm, b"GET /p/{N} " + v + b"\r\n", ref="RFC 9112 2.3")
ln("version-1.2", b"GET /p/{N} HTTP/1.2\r\n", "S", "RFC 9110 2.5")
for nm, v in [("paren", b"GE(T"), ("nul", b"G\x00T"), ("ctl", b"G\x01T"), ("colon", b"GET:"), ("empty", b""), ("high", b"G\xffT"), ("quote", b'"GET"'), ("at", b"GE@T"), ("long", b"A" * 40000)]:
    ln("method-" + nm, v + b" /p/{N} HTTP/1.1\r\n", ref="RFC 9110 9.1")
ln("method-lowercase", b"get /p/{N} HTTP/1.1\r\n", "S", "RFC 9110 9.1", pred=lambda s, o: "the method's case was changed" if s.method != b"get" else None)
ln("method-unknown", b"FROBNICATE /p/{N} HTTP/1.1\r\n", "S", "RFC 9110 9.1")
ln("method-trace", b"TRACE /p/{N} HTTP/1.1\r\n", "S", "RFC 9110 9.3.8")
ln("connect", b"CONNECT {H}:80 HTTP/1.1\r\n", "R", "RFC 9110 9.3.6: a gateway is no tunnel", policy=True)
ln("lead-space", b" GET /p/{N} HTTP/1.1\r\n", "S")
ln("double-space", b"GET  /p/{N} HTTP/1.1\r\n", "S"); ln("tabs", b"GET\t/p/{N}\tHTTP/1.1\r\n", "S"); ln("trail-space", b"GET /p/{N} HTTP/1.1 \r\n", "S")
ln("uri-space", b"GET /p/{N} x HTTP/1.1\r\n", "S", "RFC 9112 3.2"); ln("uri-nul", b"GET /p/{N}\x00 HTTP/1.1\r\n"); ln("uri-ctl", b"GET /p/{N}\x01 HTTP/1.1\r\n"); ln("uri-del", b"GET /p/{N}\x7f HTTP/1.1\r\n"); ln("uri-cr", b"GET /p/{N}\rx HTTP/1.1\r\n"); ln("uri-vtab", b"GET /p/{N}\x0bHTTP/1.1\r\n")
ln("uri-high", b"GET /p/{N}\xff\xfe HTTP/1.1\r\n", "S", "RFC 3986 2"); ln("uri-fragment", b"GET /p/{N}#frag HTTP/1.1\r\n", "S", "RFC 9112 3.2.1", pred=lambda s, o: "a fragment was forwarded" if b"#" in s.path else None, policy=True)
ln("uri-no-slash", b"GET p/{N} HTTP/1.1\r\n"); ln("uri-star-get", b"GET * HTTP/1.1\r\n", "R", "RFC 9112 3.2.4"); ln("uri-200k", b"GET /p/{N}/" + b"a" * 204800 + b" HTTP/1.1\r\n", "R", "RFC 9110 15.5.15")
ln("uri-authority-get", b"GET {H}:80 HTTP/1.1\r\n", "R", "RFC 9112 3.2.3"); ln("uri-scheme-file", b"GET file:///p/{N} HTTP/1.1\r\n", "S", "RFC 9112 3.2.2"); ln("uri-userinfo", b"GET http://u:p@{H}/p/{N} HTTP/1.1\r\n", "S", "RFC 9110 4.2.4", pred=lambda s, o: "userinfo reached Host" if b"@" in (s.msg.one("host") or b"") else None)
ln("absolute-ok", b"GET http://{H}/p/{N} HTTP/1.1\r\n", "A", "RFC 9112 3.2.2")
def abs_host(s, o):
    h = (s.msg.one("host") or b"").split(b":")[0]
    return None if h == S.a.host.encode() else "forwarded Host %r, not the request-target's authority" % h
ln("absolute-host-differs", b"GET http://{H}/p/{N} HTTP/1.1\r\n", "S", "RFC 9112 3.2.2", rest=b"Host: evil.example\r\n\r\n", pred=abs_host)
ln("leading-crlf", b"\r\nGET /p/{N} HTTP/1.1\r\n", "A", R22); ln("leading-crlf-x3000", b"\r\n" * 3000 + b"GET /p/{N} HTTP/1.1\r\n", "S", R22)
add("bare-lf-everywhere", R22, "S", b"GET /p/{N} HTTP/1.1\nHost: {H}\n\n"); add("bare-cr-everywhere", R22, "R", b"GET /p/{N} HTTP/1.1\rHost: {H}\r\r")
# ---- Host
for nm, v, kind in [("missing", b"", "R"), ("twice-same", b"Host: {H}\r\nHost: {H}\r\n", "R"), ("twice-differ", b"Host: {H}\r\nHost: evil\r\n", "R"), ("space-colon", b"Host : {H}\r\n", "R"), ("fold", b"Host:\r\n {H}\r\n", "S"), ("inner-space", b"Host: {H} evil\r\n", "R"), ("slash", b"Host: {H}/evil\r\n", "R"), ("userinfo", b"Host: evil@{H}\r\n", "R"), ("comma", b"Host: {H}, evil\r\n", "R"), ("port-alpha", b"Host: {H}:abc\r\n", "R"), ("port-big", b"Host: {H}:99999999\r\n", "S"), ("nul", b"Host: {H}\x00\r\n", "R"), ("quote", b'Host: "{H}"\r\n', "R"), ("backslash", b"Host: {H}\\evil\r\n", "R"), ("hash", b"Host: {H}#evil\r\n", "R"), ("question", b"Host: {H}?evil\r\n", "R"), ("bracket", b"Host: [::1\r\n", "R"), ("empty", b"Host:\r\n", "S")]:
    add("host-" + nm, R32, kind, b"GET /p/{N} HTTP/1.1\r\n" + v + b"\r\n")
add("host-port-ok", R32, "A", b"GET /p/{N} HTTP/1.1\r\nHost: {H}:8080\r\n\r\n")
add("http10-no-host", R32, "S", b"GET /p/{N} HTTP/1.0\r\n\r\n")
# ---- fields
for nm, v, kind, ref in [("space-colon", b"X-A : b\r\n", "R", R51), ("tab-colon", b"X-A\t: b\r\n", "R", R51), ("no-colon", b"garbage\r\n", "S", R5), ("empty-name", b": b\r\n", "S", R5), ("name-paren", b"X(A: b\r\n", "S", "RFC 9110 5.1"), ("name-space", b"X A: b\r\n", "S", "RFC 9110 5.1"), ("name-nul", b"X\x00A: b\r\n", "S", "RFC 9110 5.1"), ("name-high", b"X\xffA: b\r\n", "S", "RFC 9110 5.1"), ("name-slash", b"X/A: b\r\n", "S", "RFC 9110 5.1"), ("value-nul", b"X-A: b\x00c\r\n", "S", "RFC 9110 5.5"), ("value-bare-cr", b"X-A: b\rc\r\n", "S", "RFC 9110 5.5"), ("value-trailing-cr", b"X-A: b\r\r\n", "S", "RFC 9110 5.5"), ("obs-fold", b"X-A: b\r\n c\r\n", "S", "RFC 9112 5.2"), ("obs-fold-tab", b"X-A: b\r\n\tc\r\n", "S", "RFC 9112 5.2"), ("value-obs-text", b"X-A: caf\xe9\r\n", "S", "RFC 9110 5.5"), ("value-ctl", b"X-A: a\x01b\r\n", "S", "RFC 9110 5.5")]:
    add("field-" + nm, ref, kind, hd(v))
add("field-first-line-space", R22, "S", b"GET /p/{N} HTTP/1.1\r\n X-A: b\r\n" + H + b"\r\n")
add("fields-20000", "RFC 9110 5.4", "R", hd(b"".join(b"X-%d: y\r\n" % i for i in range(20000))), wait=4)
add("field-1MB", "RFC 9110 5.4, RFC 6585 5", "R", hd(b"X-A: " + b"a" * (1 << 20) + b"\r\n"), wait=4)
add("field-name-100k", "RFC 9110 5.4", "R", hd(b"X-" + b"a" * 100000 + b": b\r\n"), wait=4)
add("fields-500-ok-or-431", "RFC 6585 5", "S", hd(b"".join(b"X-%d: y\r\n" % i for i in range(500))))
# ---- connections
def two(name, ref, raw, n_back, pred=None, **k):
    @S.case("req." + name, ref)
    def _():
        n = nonce(); o = talk(fillin(raw, n), **k); time.sleep(0.05)
        ss = be.of(n)
        for s in ss: need(not s.msg.bad, "forwarded ambiguity: %s" % s.msg.bad)
        need(len(ss) == n_back, "the backend saw %d requests, not %d (%s)" % (len(ss), n_back, o))
        if pred:
            w = pred(o)
            if w: raise Fail(w)
        return str(o)
P = lambda i: b"GET /p/{N}?i=%d HTTP/1.1\r\nHost: {H}\r\n\r\n" % i
two("pipelined-20", "RFC 9112 9.3.2", b"".join(P(i) for i in range(20)), 20, lambda o: None if len(o.r) == 20 and all(m.status == 200 for m in o.r) else "answers: %s" % o, want=20)
two("pipeline-after-close", "RFC 9112 9.6", b"GET /p/{N} HTTP/1.1\r\nHost: {H}\r\nConnection: close\r\n\r\n" + SM, 1, lambda o: None if o.closed else "not closed", want=2)
two("pipeline-after-http10", "RFC 9112 9.3", b"GET /p/{N} HTTP/1.0\r\nHost: {H}\r\n\r\n" + SM, 1, lambda o: None if o.closed else "not closed", want=2)
two("pipeline-after-bad", R22, b"GET /x HTTP/1.1\r\nHost: {H}\r\nX : y\r\n\r\n" + SM, 0, want=2)
two("http10-keepalive", "RFC 9112 9.3", b"GET /p/{N} HTTP/1.0\r\nHost: {H}\r\nConnection: keep-alive\r\n\r\n", 1)
@S.case("req.pipeline-order", "RFC 9112 9.3.2")
def _():
    ns = [nonce() for _ in range(6)]
    def mk(d):
        def h(c, m, r): time.sleep(d); return ok(c, m, r)
        return h
    for i, n in enumerate(ns): be.on(n, mk(0.25 if i % 2 == 0 else 0))
    o = talk(b"".join(fillin(b"GET /p/{N} HTTP/1.1\r\nHost: {H}\r\n\r\n", n) for n in ns), want=6, wait=6)
    need([m.one("x-echo") for m in o.r] == [n.encode() for n in ns], "answers out of order or missing: %s" % o)
@S.case("req.byte-by-byte", R3)
def _():
    n = nonce(); raw = fillin(post(C, CH), n)
    o = talk(raw, pieces=[raw[i:i + 1] for i in range(len(raw))], gap=0.002, wait=5)
    return judge("A", n, o, body_is(b"hello"))
for nm, b in [("tls-hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2), ("random-64k", None), ("ssh", b"SSH-2.0-OpenSSH_9\r\n\r\n"), ("nuls", b"\x00" * 70000), ("smtp", b"EHLO x\r\nMAIL FROM:<a>\r\n\r\n"), ("proxy-v2-untrusted", b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x06\x06\x06\x06\x7f\x00\x00\x01\x00\x50\x1f\x90GET /p/{N} HTTP/1.1\r\nHost: {H}\r\n\r\n"), ("proxy-v1-untrusted", b"PROXY TCP4 6.6.6.6 127.0.0.1 80 8080\r\nGET /p/{N} HTTP/1.1\r\nHost: {H}\r\n\r\n")]:
    add("garbage-" + nm, R3, "R", b if b is not None else random.Random(7).randbytes(65536), wait=1.5)
@S.case("req.headers-without-end-32MB", "RFC 9110 5.4")
def _():
    s = S.connect(timeout=5); sent = 0
    try:
        s.sendall(fillin(b"GET / HTTP/1.1\r\n" + H, ""))
        while sent < 32 << 20:
            s.sendall(b"X-Pad: " + b"a" * 8000 + b"\r\n"); sent += 8009
            if select.select([s], [], [], 0)[0]: return "answered %r after %d KiB" % (s.recv(40)[:12], sent >> 10)
    except OSError: return "cut off after %d KiB" % (sent >> 10)
    finally: s.close()
    raise Fail("took %d MiB of header without closing" % (sent >> 20))
@S.case("req.h2c-upgrade-smuggle", "RFC 9113 3.1, RFC 9110 7.8")
def _():
    n = nonce()
    def h(c, m, r):
        if b"h2c" in (m.one("upgrade") or b""):
            c.sendall(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"); time.sleep(0.5); return False
        return ok(c, m, r)
    be.on(n, h)
    o = talk(fillin(b"GET /p/{N} HTTP/1.1\r\n" + H + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", n))
    ss = be.of(n)
    need(not any(s.msg.get("upgrade") for s in ss), "Upgrade: h2c went through to the backend (%s)" % o)
    return str(o)
@S.case("req.ws-tunnel-without-101", "RFC 9110 7.8")
def _():
    n = nonce(); be.on(n, raw_reply(resp(b"no", b"426 Upgrade Required"), close=False))
    o = talk(fillin(b"GET /p/{N} HTTP/1.1\r\n" + H + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 7\r\nSec-WebSocket-Key: x\r\n\r\n", n), keep=True)
    try: o.sock.sendall(fillin(b"GET /SMUG/{N} HTTP/1.1\r\nHost : x\r\n\r\n", n)); time.sleep(0.4)
    except OSError: pass
    o.sock.close()
    need(not any(b"SMUG" in s.line for s in be.of(n)), "bytes after a refused upgrade were tunnelled")
    return str(o)


if __name__ == "__main__":
    S.parse()
    if not S.a.list: be = Backend(S.baddr, S.a.backend_log)
    sys.exit(S.run(after=canary))
