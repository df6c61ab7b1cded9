#!/usr/bin/env python3
"""gRPC through Weir, HTTP/2 on both sides, in clear and over TLS: gRPC's own interoperability cases, and how failures of Weir's are told.

Cases that ask for what Java's own server does not do are left out: client_compressed_unary, client_compressed_streaming (it does not refuse
what they provoke it with; both run without that question) and cacheable_unary (by GET)."""
import argparse, concurrent.futures, os, re, shutil, socket, subprocess, sys, tempfile, time, zipfile
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from grpc_tools import SERVER, classpath, java
from probelib import Fail, need
from proxies import LAUNCHER, descendants, free_ports, http_get
from tls_tools import Authority, sh

INTEROP = """empty_unary large_unary client_compressed_unary_noprobe server_compressed_unary client_streaming client_compressed_streaming_noprobe
server_streaming server_compressed_streaming ping_pong empty_stream custom_metadata status_code_and_message special_status_message
unimplemented_method unimplemented_service cancel_after_begin cancel_after_first_response timeout_on_sleeping_server very_large_request
pick_first_unary rpc_soak""".split()
HOST = "shop.ca-c1.cloudhub.example"
AT_ONCE = 3


class Scene:
    """A load balancer before gRPC's server in clear and the same over TLS; and an app whose worker nobody is."""
    def __init__(self, transport): self.transport = transport; self.procs = []
    def spawn(self, *cmd):
        p = subprocess.Popen(cmd, stdout=open(self.d + "/log-%d" % len(self.procs), "ab"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.d, start_new_session=True)
        self.procs.append(p); return p
    def __enter__(self):
        self.d = tempfile.mkdtemp(prefix="grpc-")
        try: return self.open()
        except BaseException: self.__exit__(); raise
    def open(self):
        self.cp = classpath(self.d); self.java = java()
        self.plain, self.tls, self.clear_server, self.tls_server, self.nobody, self.admin = free_ports(6)
        self.silent = socket.create_server(("127.0.0.1", 0)) # the kernel takes connections, and nobody reads them
        jar = next(j for j in self.cp.split(":") if re.search(r"/grpc-testing-[\d.]+\.jar$", j))
        open(self.d + "/test-ca.pem", "wb").write(zipfile.ZipFile(jar).read("certs/ca.pem"))
        open(self.d + "/body", "w").write("x"); self.ca = Authority(self.d); self.ca.issue(HOST, "ec", self.d + "/front")
        self.trust = self.d + "/trust.p12"
        sh(os.path.dirname(self.java) + "/keytool", "-importcert", "-noprompt", "-alias", "ca", "-file", self.ca.pem, "-keystore", self.trust, "-storetype", "PKCS12", "-storepass", "changeit")
        for port, tls in ((self.clear_server, "false"), (self.tls_server, "true")):
            self.spawn(self.java, "-cp", self.cp, SERVER, "--port=%d" % port, "--use_tls=" + tls)
        open(self.d + "/weir.yaml", "w").write("""
domains: [cloudhub.example]
here: { region: ca-c1, zone: ca-c1a }
regions: { ca-c1: { jurisdiction: CA, zones: [ca-c1a] } }
listeners:
  - { bind: "127.0.0.1:%d" }
  - { bind: "127.0.0.1:%d", tls: { certificates: [ { cert: %s/front.crt, key: %s/front.key } ] } }
apps:
  clear: { pools: { ca-c1: { workers: [ { address: "127.0.0.1:%d", zone: ca-c1a } ] } }, upstream: { protocol: http2 }, check: tcp }
  shop:
    pools: { ca-c1: { workers: [ { address: "127.0.0.1:%d", zone: ca-c1a } ] } }
    upstream: { protocol: http2, tls: { ca: test-ca.pem, server-name: foo.test.google.fr } }
    check: tls
  none: { pools: { ca-c1: { workers: [ { address: "127.0.0.1:%d", zone: ca-c1a } ] } }, upstream: { protocol: http2 }, check: off }
  silent: { pools: { ca-c1: { workers: [ { address: "127.0.0.1:%d", zone: ca-c1a } ] } }, upstream: { protocol: http2 }, check: off }
admin: { bind: "127.0.0.1:%d" }
access-log: { format: json, path: %s/access.log }
runtime: { transport: %s }
""" % (self.plain, self.tls, self.d, self.d, self.clear_server, self.tls_server, self.nobody, self.silent.getsockname()[1], self.admin, self.d, self.transport))
        for port in (self.clear_server, self.tls_server):
            end = time.time() + 60
            while True:
                try: socket.create_connection(("127.0.0.1", port), timeout=1).close(); break
                except OSError: need(time.time() < end, "gRPC's server did not start"); time.sleep(0.1)
        self.spawn(LAUNCHER, "run", self.d + "/weir.yaml"); end = time.time() + 30
        while http_get(self.admin, "/ready") != 200: need(time.time() < end, "weir did not get ready: " + open(self.d + "/log-2").read()[-800:]); time.sleep(0.05)
        return self
    def __exit__(self, *_):
        for p in self.procs:
            for q in descendants(p.pid)[::-1] + [p.pid]:
                try: os.kill(q, 15)
                except ProcessLookupError: pass
        for p in self.procs:
            try: p.wait(15)
            except subprocess.TimeoutExpired: p.kill(); p.wait()
        shutil.rmtree(self.d, ignore_errors=True)

    def interop(self, name, tls):
        client = ["io.grpc.testing.integration.TestServiceClient", "--server_host=127.0.0.1", "--test_case=" + name,
                  "--soak_per_iteration_max_acceptable_latency_ms=10000"] # a call may be slow here, but not fail
        if tls: more = ["-Djavax.net.ssl.trustStore=" + self.trust, "-Djavax.net.ssl.trustStorePassword=changeit"]; to = ["--server_port=%d" % self.tls, "--server_host_override=" + HOST, "--use_tls=true"]
        else: more = []; to = ["--server_port=%d" % self.plain, "--server_host_override=clear.ca-c1.cloudhub.example", "--use_tls=false"]
        sh(self.java, "-XX:TieredStopAtLevel=1", *more, "-cp", self.cp, *client, *to, timeout=90)

    def call(self, host, *more):
        """The answer's fields, by nghttp: curl 7.88 waits for ever if the answer ends before it has sent its last byte."""
        o = sh("nghttp", "-nv", "--no-dep", "-t", "20", "-d", self.d + "/body", "-H", ":authority: " + host, "-H", "content-type: application/grpc", "-H", "te: trailers", *more,
               "http://127.0.0.1:%d/grpc.testing.TestService/EmptyCall" % self.plain)
        return dict(re.findall(r"(?m)^\[[^]]*\] recv \(stream_id=\d+\) (:?[\w-]+): (.*?)\r?$", re.sub(r"\x1b\[[0-9;]*m", "", o)), ended="END_STREAM" in o.split("recv HEADERS", 1)[-1])


def failures(s):
    for host, more, code, says in (("nobody.cloudhub.example", (), "12", "no_route"), ("none.ca-c1.cloudhub.example", (), "14", "connect_failed"),
                                   ("silent.ca-c1.cloudhub.example", ("-H", "grpc-timeout: 300m"), "4", "total_timeout")):
        a = s.call(host, *more); need(a.get(":status") == "200" and a["ended"] and a.get("grpc-status") == code and says in a.get("grpc-message", ""), "%s %s: %s" % (host, more, a))


def main():
    ap = argparse.ArgumentParser(description=__doc__); ap.add_argument("--transport", default="auto"); ap.add_argument("--only", default=""); a = ap.parse_args()
    good = bad = 0
    with Scene(a.transport) as s:
        cases = [("%s-%s" % (n, "tls" if tls else "clear"), lambda n=n, tls=tls: s.interop(n, tls)) for tls in (False, True) for n in INTEROP] + [("failures", lambda: failures(s))]
        cases = [c for c in cases if re.search(a.only, c[0])]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for name, done in [(name, pool.submit(fn)) for name, fn in cases]:
                try: done.result(); res, why = "PASS", "ok"
                except Exception as e: res, why = "FAIL", "%s" % e if isinstance(e, Fail) else "%s: %s" % (type(e).__name__, e)
                good += res == "PASS"; bad += res != "PASS"; print("%s grpc.%s — %s" % (res, name, why), flush=True)
        if not a.only:
            log = open(s.d + "/access.log").read(); http2 = log.count('"version":"2"')
            need(http2 > 100, "only %d lines of HTTP/2 in the access log" % http2)
            need("LEAK: " not in open(s.d + "/log-2").read(), "a buffer was leaked")
    print("%d passed, %d failed" % (good, bad)); sys.exit(bad > 0 or good == 0)


if __name__ == "__main__": main()
