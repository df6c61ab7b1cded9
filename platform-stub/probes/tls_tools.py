#!/usr/bin/env python3
"""TLS and HTTP/2 of Weir as the tools see it that people try first: openssl, curl, sslscan, testssl; and certificates that are renewed under load."""
import argparse, json, os, re, shutil, signal, ssl, socket, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import Fail, Skip, need
from proxies import Proxy, http_get

CASES = []; A = None
NAMES = ["a%d.test" % i for i in range(10)]; STAPLED = "stapled.test"
# What is so of any certificate of an authority of our own, and what is the app's to say; nothing else is looked over.
OF_ITS_MAKER = {"cert_revocation"}; OF_THE_APP = {"security_headers"}


def case(name):
    def d(fn): CASES.append((name, fn)); return fn
    return d


def sh(*cmd, timeout=60, stdin=b"", ok=True):
    try: p = subprocess.run(cmd, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
    except subprocess.TimeoutExpired as e: raise Fail("%s had not ended after %d s: %s" % (cmd[0], timeout, (e.stdout or b"")[-500:]))
    out = p.stdout.decode(errors="replace")
    if ok: need(p.returncode == 0, "%s: exit %d, %s" % (" ".join(cmd[:6]), p.returncode, out[-600:]))
    return out


class Authority:
    def __init__(self, d):
        self.d = d; self.pem = d + "/ca.pem"
        sh("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", d + "/ca.key", "-out", self.pem, "-days", "400", "-subj", "/CN=probes' authority", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, host, kind, to):
        """A new key and certificate. Two files TO.crt and TO.key, each put in its place whole, the certificate first or last, as it comes."""
        t = tempfile.mkdtemp(dir=self.d); key = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else ["rsa:2048"]
        sh("openssl", "req", "-newkey", *key, "-nodes", "-keyout", t + "/key", "-out", t + "/csr", "-subj", "/CN=" + host)
        open(t + "/ext", "w").write("subjectAltName=DNS:%s\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n" % host)
        serial = int.from_bytes(os.urandom(8), "big") >> 1
        sh("openssl", "x509", "-req", "-in", t + "/csr", "-CA", self.pem, "-CAkey", self.d + "/ca.key", "-set_serial", str(serial), "-days", "90", "-extfile", t + "/ext", "-out", t + "/crt")
        moves = [("crt", to + ".crt"), ("key", to + ".key")]
        for f, at in moves if serial % 2 else reversed(moves): os.rename(t + "/" + f, at)
        shutil.rmtree(t); return serial

    def answer(self, host, serial, to):
        """What this authority's responder says of that certificate."""
        hexed = "%X" % serial; hexed = hexed if len(hexed) % 2 == 0 else "0" + hexed
        open(self.d + "/index", "w").write("V\t400101000000Z\t\t%s\tunknown\t/CN=%s\n" % (hexed, host))
        sh("openssl", "ocsp", "-index", self.d + "/index", "-CA", self.pem, "-rsigner", self.pem, "-rkey", self.d + "/ca.key", "-issuer", self.pem, "-serial", "0x" + hexed, "-ndays", "7", "-respout", to)


class Scene:
    """A load balancer with certificates by SNI, EC and RSA for the first of them, and a worker behind it."""
    def __enter__(self):
        self.p = Proxy("weir", transport=A.transport); self.port = self.p.tls_port; self.worker_port = self.p.worker_ports[0]
        self.worker = subprocess.Popen([sys.executable, HERE + "/worker.py", "--port", str(self.worker_port)])
        try: return self.open()
        except BaseException: self.worker.kill(); self.worker.wait(); raise
    def open(self):
        self.ca = Authority(self.p.dir); self.serials = {}
        pairs = []
        for host, kind in [(n, "ec") for n in NAMES + [STAPLED]] + [(NAMES[0], "rsa")]:
            at = "%s/%s-%s" % (self.p.dir, host, kind); self.serials[host, kind] = self.ca.issue(host, kind, at)
            if host == STAPLED: self.ca.answer(host, self.serials[host, kind], at + ".ocsp")
            pairs.append("{ cert: %s.crt, key: %s.key%s }" % (at, at, ", ocsp: %s.ocsp" % at if host == STAPLED else ""))
        text = open(self.p.file).read()
        listener = '\n  - { bind: "127.0.0.1:%d", tls: { certificates: [ %s ], hsts: {} } }\nadmin:' % (self.port, ", ".join(pairs))
        open(self.p.file, "w").write(text.replace("\nadmin:", listener, 1))
        self.p.start(); end = time.time() + 10
        while http_get(self.worker_port, "/health") != 200: need(time.time() < end, "the worker did not start"); time.sleep(0.02)
        return self
    def __exit__(self, *_):
        try: self.p.stop()
        finally: self.worker.kill(); self.worker.wait(); shutil.rmtree(self.p.dir, ignore_errors=True)

    def client(self, *more, ok=True, stdin=b"", host=NAMES[0]):
        return sh("openssl", "s_client", "-connect", "127.0.0.1:%d" % self.port, "-servername", host, "-verify_hostname", host, "-verify_return_error", "-CAfile", self.ca.pem, *more, ok=ok, stdin=stdin, timeout=20)

    def curl(self, *more, host=NAMES[0], path="/x"):
        return sh("curl", "-sS", "--max-time", "20", "--cacert", self.ca.pem, "--connect-to", "::127.0.0.1:%d" % self.port, *more, "https://%s%s" % (host, path))


@case("openssl-versions")
def _(s):
    for v in ("1_2", "1_3"): o = s.client("-tls" + v); need("Verification: OK" in o and "TLSv" + v.replace("_", ".") in o, o[-800:])
    for v in ("1", "1_1"):
        o = s.client("-tls" + v, "-cipher", "ALL:@SECLEVEL=0", ok=False); need("Cipher is (NONE)" in o or "Cipher    : 0000" in o, "TLS %s: %s" % (v, o[-600:]))
@case("openssl-key-by-what-the-client-can")
def _(s):
    for suite, kind in (("ECDHE-RSA-AES128-GCM-SHA256", "RSA"), ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDSA")):
        o = s.client("-tls1_2", "-cipher", suite); need("Verification: OK" in o and suite in o, "%s: %s" % (kind, o[-600:]))
@case("openssl-resumes")
def _(s):
    f = s.p.dir + "/session"
    for v in ("-tls1_2", "-tls1_3"):
        ask = ("GET /x HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % NAMES[0]).encode()  # tickets of 1.3 come behind the handshake
        s.client(v, "-sess_out", f, "-ign_eof", stdin=ask); o = s.client(v, "-sess_in", f, "-ign_eof", stdin=ask); need(re.search(r"(?m)^Reused, ", o), "%s: %s" % (v, o[-600:]))
@case("openssl-staple")
def _(s):
    o = s.client("-status", host=STAPLED); need("OCSP Response Status: successful" in o and "Cert Status: good" in o, o[:1200])
    o = s.client("-status"); need("OCSP response: no response sent" in o, o[:600])
@case("curl-by-version")
def _(s):
    for flag, want in (("--http1.1", "1.1"), ("--http2", "2")):
        o = s.curl(flag, "-w", "|%{http_version}|%{ssl_verify_result}"); need(o == "/x|%s|0" % want, "%s: %r" % (flag, o))
    o = sh("curl", "-sS", "--http2-prior-knowledge", "-w", "|%{http_version}", "http://127.0.0.1:%d/y" % s.p.port); need(o == "/y|2", "prior knowledge: %r" % o)
@case("curl-uploads")
def _(s):
    f = s.p.dir + "/body"; open(f, "wb").write(os.urandom(3 << 20))
    for flag in ("--http1.1", "--http2"):
        s.curl(flag, "--data-binary", "@" + f, "-H", "X-Id: 1", "-o", f + ".back"); need(open(f, "rb").read() == open(f + ".back", "rb").read(), "%s: the echo differs" % flag)
@case("curl-hsts")
def _(s): o = s.curl("-D", "-", "-o", "/dev/null"); need("strict-transport-security: max-age=31536000" in o.lower(), o)
@case("sslscan")
def _(s):
    o = sh("sslscan", "--xml=-", "--no-colour", "--sni-name=" + NAMES[0], "127.0.0.1:%d" % s.port, timeout=100)
    on = sorted(re.findall(r'<protocol type="(\w+)" version="([\d.]+)" enabled="1"', o)); need(on == [("tls", "1.2"), ("tls", "1.3")], "versions: %s" % on)
    need(not re.search(r'<heartbleed [^>]*vulnerable="1"', o), "heartbleed"); need(not re.search(r'<renegotiation supported="1" secure="0"', o), "renegotiation")
    suites = re.findall(r'<cipher status="\w+" sslversion="([^"]+)" bits="(\d+)" cipher="([^"]+)"', o); need(len(suites) >= 4, "suites: %s" % suites)
    weak = [x for x in suites if int(x[1]) < 128 or not re.search(r"GCM|CHACHA20|CCM", x[2])]; need(not weak, "weak: %s" % weak); return "%d suites" % len(suites)


def testssl(s, out):
    f = s.p.dir + "/testssl.json"
    try:
        o = sh("testssl", "--quiet", "--color", "0", "--warnings", "off", "--nodns", "none", "--add-ca", s.ca.pem, "--ip", "127.0.0.1", "--jsonfile", f, "https://%s:%d" % (NAMES[1], s.port), timeout=400, ok=False)
        found = json.load(open(f)); need(len(found) > 80, "only %d findings: %s" % (len(found), o[-600:]))
        bad = ["%s %s: %s" % (x["severity"], x["id"], x["finding"][:200]) for x in found if x["severity"] not in ("OK", "INFO") and x["id"].split()[0] not in OF_ITS_MAKER | OF_THE_APP]
        need(not bad, "; ".join(bad)); out.append("%d findings, none above info" % len(found))
    except Fail as e: out.append(e)
    except Exception as e: out.append(Fail("%s: %s" % (type(e).__name__, e)))


class Handshakes:
    """Clients that do nothing but connect, each time with and without a session of before, and ask."""
    def __init__(self, s, threads=3):
        self.s = s; self.n = self.resumed = 0; self.wrong = []; self.over = False; self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(i,)) for i in range(threads)]; [t.start() for t in self.threads]
    def run(self, i):
        sessions = {}
        while not self.over:
            for host in NAMES:
                c = ssl.create_default_context(cafile=self.s.ca.pem); c.maximum_version = ssl.TLSVersion.TLSv1_2 if i == 0 else ssl.TLSVersion.TLSv1_3
                try:
                    if host in sessions: c, session = sessions[host]
                    else: session = None
                    with socket.create_connection(("127.0.0.1", self.s.port), timeout=10) as t, c.wrap_socket(t, server_hostname=host, session=session) as x:
                        x.sendall(("GET /h HTTP/1.1\r\nHost: %s\r\n\r\n" % host).encode()); got = x.recv(4096); again = x.session_reused
                        if host in sessions: del sessions[host]
                        elif x.session: sessions[host] = (c, x.session)
                    with self.lock:
                        self.n += 1; self.resumed += again
                        if not got.startswith(b"HTTP/1.1 200 "): self.wrong.append("%s answered %r" % (host, got[:80]))
                except OSError as e:
                    with self.lock: self.wrong.append("%s: %s" % (host, e))
                if self.over: return
    def end(self): self.over = True; [t.join() for t in self.threads]


def served(s, host):
    c = ssl.create_default_context(cafile=s.ca.pem)
    with socket.create_connection(("127.0.0.1", s.port), timeout=10) as t, c.wrap_socket(t, server_hostname=host) as x: return int(x.getpeercert()["serialNumber"], 16)


@case("renewed-50-times-under-load")
def _(s):
    """Fifty renewals, one file after the other, while handshakes go on; none fails, connections of before stay, the new ones are seen in time."""
    scan = []; beside = threading.Thread(target=testssl, args=(s, scan)); beside.start()
    c = ssl.create_default_context(cafile=s.ca.pem); old = c.wrap_socket(socket.create_connection(("127.0.0.1", s.port), timeout=30), server_hostname=NAMES[0])
    load = Handshakes(s); rounds, hosts = (50, NAMES[2:3]) if os.environ.get("WEIR_FULL") == "1" else (5, NAMES); slowest = 0
    try:
        for r in range(rounds):
            want = {h: s.ca.issue(h, "ec", "%s/%s-ec" % (s.p.dir, h)) for h in hosts if h != NAMES[1]}; t = time.time()
            if NAMES[1] in hosts: want[NAMES[1]] = s.ca.issue(NAMES[1], "ec", "%s/%s-ec" % (s.p.dir, NAMES[1]))
            while any(served(s, h) != n for h, n in want.items()): need(time.time() - t < 30, "a renewed certificate is not served after 30 s"); time.sleep(0.2)
            slowest = max(slowest, time.time() - t)
            old.sendall(("GET /old HTTP/1.1\r\nHost: %s\r\n\r\n" % NAMES[0]).encode()); need(old.recv(4096).startswith(b"HTTP/1.1 200 "), "a connection of before was touched")
    finally: load.end(); old.close(); beside.join()
    need(not load.wrong, "%d of %d handshakes failed: %s" % (len(load.wrong), load.n + len(load.wrong), load.wrong[:3])); need(load.n > 200 and load.resumed > 20, "%d handshakes, %d resumed: too few to tell" % (load.n, load.resumed))
    s.scan = scan; return "%d renewals, seen after %.1f s at most; %d handshakes, %d of them resumed, none failed" % (rounds * len(hosts), slowest, load.n, load.resumed)
@case("testssl")
def _(s):
    scan = getattr(s, "scan", None)
    if scan is None: scan = []; testssl(s, scan)
    if isinstance(scan[0], Exception): raise scan[0]
    return scan[0]


def main():
    global A
    ap = argparse.ArgumentParser(description=__doc__); ap.add_argument("--transport", default="auto"); ap.add_argument("--only", default=""); A = ap.parse_args()
    good = bad = 0
    with Scene() as s:
        for name, fn in CASES:
            if not re.search(A.only, name): continue
            try: why = fn(s) or "ok"; res = "PASS"
            except Exception as e: why = "%s" % e if isinstance(e, Fail) else "%s: %s" % (type(e).__name__, e); res = "FAIL"
            good += res == "PASS"; bad += res != "PASS"; print("%s tools.%s — %s" % (res, name, why), flush=True)
    print("%d passed, %d failed" % (good, bad)); sys.exit(bad > 0 or good == 0)


if __name__ == "__main__": main()
