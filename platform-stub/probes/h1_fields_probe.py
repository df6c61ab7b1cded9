#!/usr/bin/env python3
"""Black-box probe of what a reverse proxy does to fields and paths: hop-by-hop fields end at the proxy, forwarding fields are
its own and cannot be forged, everything else passes byte for byte, and the path has one form. The verdict rests on the bytes
that the probe's own worker (--backend) saw, or that the client got. The client stands for an untrusted peer."""
import re, sys, threading, time
from probelib import *

S = Suite(__doc__); be = None


def send(fields=b"", method=b"GET", path=None, body=b"", version=b"1.1", handler=None, host=None, wait=None):
    """One request; returns (n, Out, the message that the worker saw or None)."""
    n = nonce()
    if handler: be.on(n, handler)
    p = (path or b"/p/{N}").replace(b"{N}", n.encode())
    o = S.talk(method + b" " + p + b" HTTP/" + version + b"\r\nHost: " + (host or S.a.host.encode()) + b"\r\n" + fields.replace(b"{N}", n.encode()) + b"\r\n" + body, wait=wait, linger=0)
    time.sleep(0.005); seen = be.of(n)
    return n, o, seen[0].msg if seen else None


def served(fields=b"", **k):
    n, o, m = send(fields, **k)
    need(o.status == 200 and m, "answered %s, %s" % (o, "seen by the worker" if m else "not seen by the worker"))
    need(not m.bad, "the worker saw %s" % m.bad)
    return o, m


def case(name, ref, fields, pred, policy=False, **k):
    @S.case("fields." + name, ref, policy)
    def _():
        o, m = served(fields, **k); w = pred(m)
        if w: raise Fail(w)


def lacks(*names): return lambda m: next(("the worker got %s: %r" % (x, m.one(x)) for x in names if m.get(x)), None)
def has(name, *values): return lambda m: None if m.get(name) == list(values) else "the worker got %s: %r, not %r" % (name, m.get(name), list(values))
def both(*ps): return lambda m: next((w for w in (p(m) for p in ps) if w), None)
def nowhere(token): return lambda m: "%r reached the worker: %r" % (token, m.raw[max(0, m.raw.find(token) - 40):][:80]) if token in m.raw or any(token in t for t in m.trailers) else None


R76 = "RFC 9110 7.6.1"; R78 = "RFC 9110 7.8"; OWN = "the product says so"
# ---- hop by hop, towards the worker
case("connection-nominated", R76, b"Connection: X-Secret, x-OTHER\r\nX-Secret: 1\r\nX-Other: 2\r\nX-Kept: 3\r\n", both(lacks("x-secret", "x-other"), has("x-kept", b"3")))
case("connection-nominated-after-use", R76, b"X-Secret: 1\r\nConnection: keep-alive, X-Secret\r\n", lacks("x-secret")); case("connection-twice", R76, b"Connection: X-One\r\nX-One: 1\r\nConnection: X-Two\r\nX-Two: 2\r\n", lacks("x-one", "x-two")); case("connection-empty-members", R76, b"Connection: , ,X-One,,\t X-Two ,\r\nX-One: 1\r\nX-Two: 2\r\n", lacks("x-one", "x-two")); case("connection-nominated-field-twice", R76, b"X-One: 1\r\nConnection: X-One\r\nX-One: 2\r\n", lacks("x-one")); case("connection-prefix-is-not-a-name", R76, b"Connection: X-On\r\nX-One: 1\r\n", has("x-one", b"1")); case("connection-close-not-passed-on", R76, b"Connection: close\r\n", lambda m: "the client's close reached the worker" if b"close" in (m.one("connection") or b"") else None, policy=True); case("connection-30-names", R76, b"Connection: " + b", ".join(b"X-N%d" % i for i in range(30)) + b"\r\n" + b"".join(b"X-N%d: s3cr3t\r\n" % i for i in range(30)), nowhere(b"s3cr3t"))
@S.case("fields.connection-nominates-host", R76 + ": end-to-end fields must survive")
def _():
    n, o, m = send(b"Connection: Host\r\n"); need(400 <= o.status < 500 and not m or m and m.one("host") == S.a.host.encode(), "answered %s, Host at the worker %r" % (o, m and m.one("host")))
@S.case("fields.connection-nominates-content-length", R76)
def _():
    n, o, m = send(b"Connection: Content-Length\r\nContent-Length: 5\r\n", method=b"POST", body=b"hello"); need(400 <= o.status < 500 and not m or m and m.body == b"hello" and not m.bad, "answered %s, the worker saw the body %r" % (o, m and m.body)); need(not any(b"hello" in s.line for s in be.seen), "the body became a request")
@S.case("fields.connection-nominates-transfer-encoding", R76)
def _():
    n, o, m = send(b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n", method=b"POST", body=b"5\r\nhello\r\n0\r\n\r\n"); need(400 <= o.status < 500 and not m or m and m.body == b"hello" and not m.bad, "answered %s, the worker saw the body %r" % (o, m and m.body))
case("connection-nominates-x-forwarded-for", R76, b"Connection: X-Forwarded-For\r\nX-Forwarded-For: 6.6.6.6\r\n", has("x-forwarded-for", b"127.0.0.1")); case("connection-nominates-x-forwarded-proto", OWN, b"Connection: X-Forwarded-Proto, X-Forwarded-Host, X-Forwarded-Port\r\n", both(has("x-forwarded-proto", b"http"), lambda m: has("x-forwarded-host", S.a.host.encode())(m)), policy=True); case("connection-nominates-x-request-id", OWN, b"Connection: X-Request-Id\r\n", lambda m: None if m.get("x-request-id") else "without a request id", policy=True); case("connection-nominates-via", OWN, b"Connection: Via\r\n", lambda m: None if b"weir" in (m.one("via") or b"") else "Via is %r" % m.one("via"), policy=True)
@S.case("fields.connection-nominates-authorization-or-cookie", R76 + ": allowed to be removed, never to differ in part")
def _(): o, m = served(b"Connection: Cookie\r\nCookie: a=1\r\nCookie: b=2\r\n"); need(m.get("cookie") in ([], [b"a=1", b"b=2"], [b"a=1; b=2"]), "Cookie became %r" % m.get("cookie"))
case("connection-nominated-underscore-differs", R76, b"Connection: X_Thing\r\nX-Thing: 1\r\n", has("x-thing", b"1"))
for nm, f, names in [("keep-alive", b"Keep-Alive: timeout=5\r\n", ["keep-alive"]), ("proxy-connection", b"Proxy-Connection: keep-alive\r\n", ["proxy-connection"]), ("te-gzip", b"TE: gzip;q=0.5\r\nConnection: TE\r\n", ["te"]), ("te-without-connection", b"TE: deflate\r\n", ["te"]), ("upgrade-h2c", b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", ["upgrade", "http2-settings"]), ("upgrade-foo", b"Connection: Upgrade\r\nUpgrade: foo/2\r\n", ["upgrade"]), ("upgrade-without-connection", b"Upgrade: websocket\r\n", ["upgrade"]), ("http2-settings-alone", b"HTTP2-Settings: AAMAAABk\r\n", ["http2-settings"]), ("proxy-httpoxy", b"Proxy: http://evil/\r\n", ["proxy"]), ("proxy-httpoxy-case", b"pRoXy: http://evil/\r\n", ["proxy"])]:
    case(nm, (R78 if "upgrade" in nm else "CVE-2016-5385" if "httpoxy" in nm else R76) , f, lacks(*names))
case("te-trailers-kept", "RFC 9110 10.1.4", b"TE: trailers\r\nConnection: TE\r\n", lambda m: None if m.one("te") == b"trailers" and b"te" in (m.one("connection") or b"te").lower() else "TE is %r" % m.one("te"), policy=True)
case("te-trailers-out-of-a-list", "RFC 9110 10.1.4", b"TE: gzip, trailers;q=0.5, deflate\r\nConnection: TE\r\n", lambda m: None if m.one("te") in (None, b"trailers") else "TE is %r" % m.one("te"))
@S.case("fields.trailer-announcement-and-trailers-to-the-worker", "RFC 9110 6.6.2, 6.5", policy=True)
def _():
    o, m = served(b"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n", method=b"POST", body=b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"); need([t.lower() for t in m.trailers] == [b"x-sum: 1"], "trailers at the worker: %r" % m.trailers)
# ---- forwarding fields
case("via", "RFC 9110 7.6.3", b"", has("via", b"1.1 weir"), policy=True); case("via-appended", "RFC 9110 7.6.3", b"Via: 1.0 fred\r\n", lambda m: None if re.sub(rb"\s", b"", m.one("via") or b"") == b"1.0fred,1.1weir" else "Via is %r" % m.one("via"), policy=True); case("via-of-an-http10-client", "RFC 9110 7.6.3: the received version", b"", lambda m: None if m.one("via") in (b"1.0 weir", b"1.1 weir") else "Via is %r" % m.one("via"), version=b"1.0", policy=True)
case("x-forwarded-set", OWN, b"", both(has("x-forwarded-for", b"127.0.0.1"), has("x-forwarded-proto", b"http"), lambda m: has("x-forwarded-host", S.a.host.encode())(m), lambda m: None if len(m.get("x-forwarded-port")) == 1 else "X-Forwarded-Port is %r" % m.get("x-forwarded-port")), policy=True)
@S.case("fields.x-forwarded-host-and-port-with-a-port", OWN, policy=True)
def _():
    o, m = served(host=S.a.host.encode() + b":%d" % S.addr[1]); need(m.one("host") == S.a.host.encode() + b":%d" % S.addr[1], "Host changed to %r" % m.one("host")); need(m.one("x-forwarded-host") in (S.a.host.encode(), m.one("host")), "X-Forwarded-Host is %r" % m.one("x-forwarded-host")); need(m.one("x-forwarded-port") == b"%d" % S.addr[1], "X-Forwarded-Port is %r" % m.one("x-forwarded-port"))
FORGED = [b"X-Forwarded-For", b"X-Forwarded-Proto", b"X-Forwarded-Host", b"X-Forwarded-Port", b"X-Forwarded-Prefix", b"X-Forwarded-Server", b"X-Forwarded-Ssl", b"Forwarded"]
REMOVED = [b"X-SSL-Client-Verify", b"X-SSL-Client-DN", b"X-SSL-Issuer", b"X-SSL-Client-Serial", b"X-Forwarded-Client-Cert", b"Weir-Hop", b"Weir-Reason", b"Weir-Anything"]
for f in FORGED + REMOVED:
    v = b"for=6.6.6.6" if f == b"Forwarded" else b"6.6.6.6"
    for nm, spelt in [("", f), ("-lower", f.lower()), ("-upper", f.upper()), ("-underscores", f.replace(b"-", b"_")), ("-one-underscore", f.replace(b"-", b"_", 1)), ("-last-underscore", b"_".join(f.rsplit(b"-", 1)))]:
        if nm.endswith("underscores") and b"-" not in f or "one-under" in nm and f.count(b"-") < 2 or "last-under" in nm and f.count(b"-") < 2: continue
        case("forged-%s%s" % (f.decode().lower(), nm), OWN, spelt + b": " + v + b"\r\n", nowhere(b"6.6.6.6"), policy=True)
    case("forged-%s-in-trailers" % f.decode().lower(), OWN, b"Transfer-Encoding: chunked\r\n", nowhere(b"6.6.6.6"), policy=True, method=b"POST", body=b"5\r\nhello\r\n0\r\n" + f + b": " + v + b"\r\n" + f.replace(b"-", b"_") + b": " + v + b"\r\n\r\n")
case("forged-twice-and-many", OWN, b"X-Forwarded-For: 6.6.6.6\r\n" * 5 + b"x_forwarded_for: 6.6.6.6\r\n" * 5, both(nowhere(b"6.6.6.6"), has("x-forwarded-for", b"127.0.0.1")), policy=True)
case("weir-prefix-only-with-hyphen", OWN, b"Weirdo: 1\r\nX-Weir-Y: 2\r\n", both(has("weirdo", b"1"), has("x-weir-y", b"2"))); case("x-forwarded-like-names-kept", OWN, b"X-Forwarder: 1\r\nX-SSL: 2\r\n", both(has("x-forwarder", b"1"), has("x-ssl", b"2")))
@S.case("fields.request-id-made-and-unique", OWN, policy=True)
def _():
    ids = [served()[1].get("x-request-id") for _ in range(200)]; need(all(len(i) == 1 and len(i[0]) >= 16 for i in ids), "X-Request-Id is %r" % ids[0]); need(len({i[0] for i in ids}) == 200, "not unique: %d of 200" % len({i[0] for i in ids}))
case("request-id-of-an-untrusted-peer-replaced", OWN, b"X-Request-Id: 6.6.6.6\r\n", both(nowhere(b"6.6.6.6"), lambda m: None if len(m.get("x-request-id")) == 1 else "X-Request-Id: %r" % m.get("x-request-id")), policy=True); case("request-id-with-underscore-removed", OWN, b"X_Request_Id: 6.6.6.6\r\n", nowhere(b"6.6.6.6"), policy=True)
case("traceparent-untouched", "W3C Trace Context 3.2", b"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=b,c=d\r\n", both(has("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), has("tracestate", b"a=b,c=d")))
# ---- end to end
case("host-unchanged", OWN, b"", lambda m: has("host", S.a.host.encode())(m)); case("host-case-unchanged", OWN, b"", lambda m: has("host", S.a.host.upper().encode())(m), host=b"PROBE.TEST", policy=True); case("cookies-and-auth", "RFC 9110 11.6.2", b"Cookie: a=1; b=\"x y\"\r\nAuthorization: Basic dTpw\r\n", both(has("cookie", b"a=1; b=\"x y\""), has("authorization", b"Basic dTpw"))); case("two-cookie-fields", "RFC 9110 5.3", b"Cookie: a=1\r\nCookie: b=2\r\n", lambda m: None if m.get("cookie") in ([b"a=1", b"b=2"], [b"a=1; b=2"]) else "Cookie became %r" % m.get("cookie"))
case("duplicates-in-order", "RFC 9110 5.3", b"X-A: 1\r\nX-B: 2\r\nX-A: 3\r\nx-a: 4\r\n", both(has("x-a", b"1", b"3", b"4"), has("x-b", b"2"))); case("order-kept", "RFC 9110 5.3", b"X-C: 1\r\nX-A: 2\r\nX-B: 3\r\n", lambda m: None if [k for k, _ in m.headers if k.lower() in (b"x-a", b"x-b", b"x-c")] == [b"X-C", b"X-A", b"X-B"] else "order or case became %s" % [k for k, _ in m.headers], policy=True)
case("name-case-kept", OWN, b"x-MiXeD: 1\r\nSEC-CH-UA: 2\r\n", lambda m: None if {b"x-MiXeD", b"SEC-CH-UA"} <= {k for k, _ in m.headers} else "names became %s" % [k for k, _ in m.headers], policy=True); case("empty-value-kept", "RFC 9110 5.5", b"X-Empty:\r\nX-Blank:   \r\n", both(has("x-empty", b""), has("x-blank", b""))); case("value-bytes-kept", "RFC 9110 5.5", b"X-A: caf\xe9 \t\"q\\\"q\" ~!@#$%^&*()\r\n", has("x-a", b"caf\xe9 \t\"q\\\"q\" ~!@#$%^&*()")); case("underscore-names-kept", OWN, b"X_Custom_Thing: 1\r\n", has("x_custom_thing", b"1"), policy=True); case("token-names-kept", "RFC 9110 5.1", b"X!#$%&'*+-.^`|~1: 1\r\n", has("X!#$%&'*+-.^`|~1", b"1"), policy=True); case("long-value-20k", "RFC 9110 5.4", b"X-A: " + b"v" * 20000 + b"\r\n", has("x-a", b"v" * 20000), policy=True)
case("80-fields", "RFC 9110 5.4", b"".join(b"X-F%d: %d\r\n" % (i, i) for i in range(80)), lambda m: None if all(m.one("x-f%d" % i) == b"%d" % i for i in range(80)) else "some are lost"); case("content-length-normalised", "RFC 9110 8.6", b"Content-Length: 5\r\n", has("content-length", b"5"), method=b"POST", body=b"hello"); case("content-length-zero-kept-on-post", "RFC 9110 8.6", b"Content-Length: 0\r\n", has("content-length", b"0"), method=b"POST", policy=True); case("no-framing-added-to-get", "RFC 9110 8.6", b"", lacks("content-length", "transfer-encoding")); case("range-and-conditionals", "RFC 9110 13", b"Range: bytes=0-1\r\nIf-Match: \"x\"\r\nIf-Modified-Since: Tue, 15 Nov 1994 08:12:31 GMT\r\nAccept-Encoding: br;q=1.0, gzip\r\n", both(has("range", b"bytes=0-1"), has("if-match", b"\"x\""), has("accept-encoding", b"br;q=1.0, gzip")))
case("max-forwards-untouched-on-get", "RFC 9110 7.6.2", b"Max-Forwards: 3\r\n", has("max-forwards", b"3")); case("http10-request-becomes-1.1", "RFC 9110 2.5", b"", lambda m: None if m.start.endswith(b"HTTP/1.1") else "%r" % m.start, version=b"1.0", policy=True)
for mth in (b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"PROPFIND", b"M-SEARCH"): case("method-" + mth.decode().lower(), "RFC 9110 9.1", b"Content-Length: 5\r\n", (lambda mt: lambda m: None if m.start.startswith(mt + b" ") and m.body == b"hello" else "%r with %r" % (m.start, m.body))(mth), method=mth, body=b"hello")
# ---- paths
P33 = "RFC 3986 6.2.2"
def path(name, target, want, ref=P33, policy=True):
    """want: the target at the worker; bytes with {N}, or None: 400."""
    @S.case("path." + name, ref, policy)
    def _():
        n, o, m = send(path=target)
        if want is None: need(o.status == 400 and not m, "answered %s, the worker saw %r" % (o, m and m.start)); return
        need(o.status == 200 and m, "answered %s" % o); w = want.replace(b"{N}", n.encode()); got = m.start.split(b" ")[1]; need(got == w, "the worker saw %r, not %r" % (got, w))
for nm, t, w in [("plain", b"/p/{N}", b"/p/{N}"), ("dot", b"/p/./{N}", b"/p/{N}"), ("dots", b"/p/x/../{N}", b"/p/{N}"), ("trailing-dot", b"/p/{N}/.", b"/p/{N}/"), ("trailing-dots", b"/p/{N}/x/..", b"/p/{N}/"), ("dots-many", b"/a/b/c/../../../p/{N}", b"/p/{N}"), ("above-root", b"/../p/{N}", None), ("above-root-later", b"/a/../../p/{N}", None), ("encoded-dots", b"/p/x/%2e%2e/{N}", b"/p/{N}"), ("encoded-dots-upper", b"/p/x/%2E%2E/{N}", b"/p/{N}"), ("half-encoded-dots", b"/p/x/.%2e/{N}", b"/p/{N}"), ("encoded-above-root", b"/%2e%2e/p/{N}", None), ("encoded-dot", b"/p/%2e/{N}", b"/p/{N}"), ("double-encoded-stays", b"/p/%252e%252e/{N}", b"/p/%252e%252e/{N}"), ("dots-in-names-stay", b"/p/..a/b../.c/{N}", b"/p/..a/b../.c/{N}"), ("three-dots-stay", b"/p/.../{N}", b"/p/.../{N}"), ("unreserved-decoded", b"/%70/%7E%2D%5f%41{N}", b"/p/~-_A{N}"), ("reserved-stays-encoded", b"/p/%3F%23%25%20%3B%40/{N}", b"/p/%3F%23%25%20%3B%40/{N}"), ("hex-case-stays", b"/p/%3f%C3%a9/{N}", b"/p/%3f%C3%a9/{N}"), ("slash-stays-encoded", b"/p/a%2fb%2F/{N}", b"/p/a%2fb%2F/{N}"), ("encoded-slash-is-no-separator", b"/p/a%2f..%2f/{N}", b"/p/a%2f..%2f/{N}"), ("double-slash", b"/p//{N}", b"/p//{N}"), ("double-slash-then-dots", b"/p//x/../{N}", b"/p//{N}"), ("params", b"/p/{N};a=1/..;/x", b"/p/{N};a=1/..;/x"), ("bad-escape", b"/p/%zz/{N}", None), ("bad-escape-cut", b"/p/{N}%2", None), ("bad-escape-end", b"/p/{N}%", None), ("bad-escape-u", b"/p/%u0041/{N}", None), ("nul", b"/p/%00/{N}", None), ("backslash", b"/p\\{N}", None), ("backslash-dots", b"/p/..\\{N}", None), ("query-untouched", b"/p/{N}?a=/../%2e%2e//x&b=%zz&c=%41", b"/p/{N}?a=/../%2e%2e//x&b=%zz&c=%41"), ("query-empty", b"/p/{N}?", b"/p/{N}?"), ("query-twice", b"/p/{N}??a?b", b"/p/{N}??a?b"), ("query-with-bare-dots-in-path", b"/p/./{N}?/../x", b"/p/{N}?/../x"), ("sub-delims", b"/p/!$&'()*+,;=:@{N}", b"/p/!$&'()*+,;=:@{N}"), ("absolute-form-dots", b"http://probe.test/p/x/../{N}", b"/p/{N}"), ("absolute-form-no-path", b"http://probe.test?{N}", b"/?{N}"), ("7k", b"/p/{N}/" + b"a" * 7000, b"/p/{N}/" + b"a" * 7000)]: path(nm, t, w, policy=nm not in ("plain", "query-untouched", "double-encoded-stays"))
path("encoded-backslash-stays", b"/p/%5c{N}", b"/p/%5c{N}")
@S.case("path.never-begins-with-two-slashes-after-dots", P33)
def _():
    n, o, m = send(path=b"/x/..//{N}"); need(o.status == 400 and not m or m, "answered %s" % o)
    if m: return "the worker saw %r" % m.start
@S.case("path.options-star", "RFC 9112 3.2.4", policy=True)
def _():
    k = len(be.seen); o = S.talk(b"OPTIONS * HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\n\r\n"); time.sleep(0.05); ls = [s.line for s in be.seen[k:]]; need(ls == [b"OPTIONS * HTTP/1.1"] and o.status == 200, "answered %s, the worker saw %s" % (o, ls))
@S.case("path.options-absolute-without-path", "RFC 9112 3.2.4", policy=True)
def _():
    k = len(be.seen); o = S.talk(b"OPTIONS http://" + S.a.host.encode() + b" HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\n\r\n"); time.sleep(0.05); ls = [s.line for s in be.seen[k:]]; need(ls == [b"OPTIONS * HTTP/1.1"] and o.status == 200, "answered %s, the worker saw %s" % (o, ls))
# ---- answers of the proxy's own
def error(accept=None, method=b"GET"):
    o = S.talk(method + b" / HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\nX : y\r\n" + (b"Accept: " + accept + b"\r\n" if accept else b"") + b"\r\n"); need(o.r and o.status == 400 and not o.r[0].bad and o.r[0].complete, "answered %s %s" % (o, o.r and o.r[0].bad)); return o.r[0]
for nm, acc, ty in [("html", b"text/html,application/xhtml+xml,*/*;q=0.8", b"text/html"), ("json", b"application/json", b"application/json"), ("text", b"text/plain", b"text/plain"), ("json-before-html", b"text/html;q=0.2, application/json", b"application/json")]:
    def mk(nm, acc, ty):
        @S.case("error." + nm, "RFC 9110 12.5.1; " + OWN, True)
        def _():
            m = error(acc); need((m.one("content-type") or b"").startswith(ty), "Content-Type %r for Accept %r" % (m.one("content-type"), acc)); need(b"bad_request" in m.body, "no reason in %r" % m.body[:200]); rid = m.one("x-request-id"); need(rid and rid in m.body or re.search(rb"[0-9a-zA-Z-]{16,}", m.body), "no request id in %r" % m.body[:200]); need(len(m.body) < 4096, "%d bytes" % len(m.body))
            if ty.endswith(b"json"): j = json.loads(m.body); need(isinstance(j, dict), "not an object")
    mk(nm, acc, ty)
@S.case("error.no-accept", OWN, policy=True)
def _(): m = error(); need(m.one("content-type") and b"bad_request" in m.body, "%r %r" % (m.one("content-type"), m.body[:100])); return m.one("content-type").decode()
@S.case("error.head-without-body", "RFC 9110 9.3.2")
def _():
    o = S.talk(b"HEAD / HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\nX : y\r\n\r\n", linger=0.4); need(o.r and 400 <= o.status < 500, "answered %s" % o); need(not o.rest, "a body came after the answer to HEAD: %r" % o.rest[:60])
@S.case("error.reflects-nothing", "CWE-79", policy=True)
def _(): o = S.talk(b"GET /<script>alert(1)</script> HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\nX : <script>\r\nAccept: text/html\r\n\r\n"); need(o.status == 400 and b"<script>" not in o.body, "the page holds what the client sent")
@S.case("error.names-no-product-version", "RFC 9110 10.2.4", policy=True)
def _(): m = error(b"text/html"); need(not re.search(rb"(?i)(netty|java|weir)[/ ]\d", m.raw + m.body), "it says %r" % m.raw)
@S.case("error.405-for-trace-has-allow", "RFC 9110 15.5.6: MUST", policy=True)
def _(): o = S.talk(b"TRACE /x HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\n\r\n"); need(o.status == 405, "answered %s" % o); need(o.r[0].get("allow") != [], "405 without Allow")
# ---- memory of one request in the next: many at once on one connection and on many, each with its own fields
@S.case("fields.never-mixed-between-requests", OWN)
def _():
    bad = []
    def client():
        try:
            s = S.connect(); r = Reader(s)
            for i in range(150):
                n = nonce(); v = n.encode() * (1 + i % 40); s.sendall(b"POST /p/" + n.encode() + b" HTTP/1.1\r\nHost: " + S.a.host.encode() + b"\r\nX-Mine: " + v + b"\r\nContent-Length: %d\r\n\r\n" % len(v) + v); m = r.message(time.time() + 5, response=True); b = be.of(n)
                if not m or m.one("x-echo") != n.encode() or len(b) != 1 or b[0].msg.one("x-mine") != v or b[0].msg.body != v: bad.append((n, m and m.status)); return
            s.close()
        except OSError as e: bad.append(e)
    ts = [threading.Thread(target=client) for _ in range(12)]; [t.start() for t in ts]; [t.join() for t in ts]; need(not bad, "%s" % bad[:3]); return "1800 requests over 12 connections"

if __name__ == "__main__":
    S.parse()
    if not S.a.list: be = Backend(S.baddr, S.a.backend_log)
    sys.exit(S.run())
