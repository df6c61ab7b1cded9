#!/usr/bin/env python3
"""Workers that are found in the DNS, by the real process, with a name server of its own: in namespaces of its own, as root, so that port 53 and
/etc/resolv.conf are free. Needs unshare and ip."""
import os, re, shutil, signal, socket, struct, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import Fail, need
from proxies import LAUNCHER, http_get

CASES = []; INSIDE = "--inside"; PORT, ADMIN, WORKERS = 8080, 9901, 9000


def case(name):
    def d(fn): CASES.append((name, fn)); return fn
    return d


class Dns:
    """Answers any A question with the addresses that it is told, time to live 1 s; no AAAA. Silent while they are None."""
    def __init__(self): self.ips = []; self.s = None; self.on = True; self.thread = threading.Thread(target=self.run, daemon=True)
    def __enter__(self):
        self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); self.s.bind(("127.0.0.1", 53)); self.s.settimeout(0.2); self.thread.start(); return self
    def __exit__(self, *_): self.on = False; self.thread.join(); self.s.close()
    def run(self):
        while self.on:
            try: q, a = self.s.recvfrom(4096)
            except TimeoutError: continue
            i = 12
            while q[i]: i += q[i] + 1
            kind = struct.unpack(">H", q[i + 1:i + 3])[0]; ips = self.ips
            if ips is None: continue
            if kind != 1: ips = []
            answer = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 1, 4) + socket.inet_aton(ip) for ip in ips)
            self.s.sendto(q[:2] + struct.pack(">HHHHH", 0x8180, 1, len(ips), 0, 0) + q[12:i + 5] + answer, a)


class Workers:
    """One at each of these addresses, which answers with its own."""
    def __init__(self, *ips): self.ips = ips; self.all = []
    def __enter__(self):
        for ip in self.ips:
            s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((ip, WORKERS)); s.listen(64); self.all.append(s)
            threading.Thread(target=self.accept, args=(s, ip), daemon=True).start()
        return self
    def accept(self, s, ip):
        while True:
            try: c, _ = s.accept()
            except OSError: return
            threading.Thread(target=self.serve, args=(c, ip), daemon=True).start()
    def serve(self, c, ip):
        try:
            while (b := c.recv(65536)):
                if b.endswith(b"\r\n\r\n"): c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ip), ip.encode()))
        except OSError: pass
        c.close()
    def __exit__(self, *_):
        for s in self.all: s.shutdown(socket.SHUT_RDWR); s.close()


class Weir:
    def __init__(self): self.dir = tempfile.mkdtemp(prefix="discovery-"); self.file = self.dir + "/weir.yaml"; self.log = self.dir + "/log"; self.p = None; self.write()
    def write(self, listed=None):
        pool = 'workers: [ { address: "%s:%d", zone: z1 } ]' % (listed, WORKERS) if listed else "discover: { dns: { name: orders.internal, port: %d, type: A, ttl: { floor: 1s, ceiling: 2s } }, zone: z1 }" % WORKERS
        with open(self.file + ".new", "w") as f: f.write(f"""domains: [x.test]
here: {{ region: r1, zone: z1 }}
regions: {{ r1: {{ jurisdiction: XX, zones: [z1] }} }}
listeners: [ {{ bind: "127.0.0.1:{PORT}" }} ]
admin: {{ bind: "127.0.0.1:{ADMIN}" }}
runtime: {{ event-loops: 1, state: {self.dir}/state, drain: 1s }}
apps:
  orders:
    pools: {{ r1: {{ {pool} }} }}
    check: {{ tcp: {{}}, interval: 1s }}
""")
        os.rename(self.file + ".new", self.file)
    def start(self):
        self.p = subprocess.Popen([LAUNCHER, "run", self.file], stdout=open(self.log, "wb"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True); end = time.time() + 30
        while "ready after" not in self.said(): need(time.time() < end and self.p.poll() is None, "did not start: " + self.said()[-1500:]); time.sleep(0.02)
    def stop(self):
        if self.p and self.p.poll() is None: self.p.send_signal(signal.SIGTERM); self.p.wait(20)
    def said(self): return open(self.log, errors="replace").read()
    def who(self, n=12):
        found = set()
        for _ in range(n):
            with socket.create_connection(("127.0.0.1", PORT), timeout=5) as s:
                s.sendall(b"GET / HTTP/1.1\r\nHost: orders.x.test\r\nConnection: close\r\n\r\n"); b = b""
                while (d := s.recv(65536)): b += d
            found.add(b.split(b"\r\n\r\n", 1)[1].decode() if b.startswith(b"HTTP/1.1 200") else b[9:12].decode())
        return sorted(found)
    def until(self, wanted, wait=15):
        end = time.time() + wait
        while (now := self.who()) != wanted: need(time.time() < end, "%s instead of %s; %s" % (now, wanted, self.said()[-800:])); time.sleep(0.1)
    def stays(self, wanted, seconds):
        end = time.time() + seconds
        while time.time() < end: now = self.who(); need(now == wanted, "%s instead of %s" % (now, wanted)); time.sleep(0.1)
    def metric(self, name):
        with socket.create_connection(("127.0.0.1", ADMIN), timeout=5) as s:
            s.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"); b = b""
            while (d := s.recv(65536)): b += d
        got = re.search(r"^%s\{[^}]*\} (\S+)" % name, b.decode(), re.M); return float(got.group(1)) if got else None
    def __enter__(self): return self
    def __exit__(self, *_): self.stop(); shutil.rmtree(self.dir, ignore_errors=True)


A, B, C, D = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"


@case("found-followed-and-kept")
def _():
    with Workers(A, B, C) as _, Dns() as dns, Weir() as w:
        dns.ips = [A, B]; w.start(); w.until([A, B]); dns.ips = [C, A, B]; w.until([A, B, C]); dns.ips = [A, C]; w.until([A, C])
        dns.ips = []; w.stays([A, C], 4); need(w.metric("weir_discovery_failing") == 1, "nothing is said of an empty answer"); need(w.metric("weir_discovery_workers") == 2, "workers are not counted")
        dns.ips = None; w.stays([A, C], 3); time.sleep(1.2); w.stop(); w.start(); w.until([A, C], 5); need("of a process before" in w.said(), "it does not say how old they are: " + w.said()[-600:])
        dns.ips = [A, B, C]; w.until([A, B, C], 20); return "workers came and went with the answers; an empty one and silence changed nothing, nor did a restart amid silence"


@case("nobody-yet")
def _():
    with Workers(A) as _, Dns() as dns, Weir() as w:
        dns.ips = []; w.start(); need(w.who(1) == ["503"], "with nobody found: %s" % w.who(1)); dns.ips = [A]; w.until([A]); return "503 until somebody is found"


@case("reloaded")
def _():
    with Workers(A, B, D) as _, Dns() as dns, Weir() as w:
        dns.ips = [A, B]; w.write(D); w.start(); w.until([D]); w.write(); w.until([A, B]); w.write(D); w.until([D]); return "a pool changes from listed to found workers and back"


def main():
    if INSIDE not in sys.argv:
        if os.geteuid() != 0: print("FAIL discovery.namespaces — run it as root: it needs port 53 and /etc/resolv.conf of its own"); sys.exit(1)
        subprocess.run([LAUNCHER, "version"], stdout=subprocess.DEVNULL, check=True)  # builds, if it must, outside
        sys.exit(subprocess.run(["unshare", "-n", "-m", sys.executable, os.path.abspath(__file__), INSIDE]).returncode)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write("nameserver 127.0.0.1\n"); conf.flush(); subprocess.run(["mount", "--bind", conf.name, "/etc/resolv.conf"], check=True); bad = 0
        for name, fn in CASES:
            t = time.monotonic()
            try: print("PASS discovery.%s — %s (%.1f s)" % (name, fn(), time.monotonic() - t), flush=True)
            except (Fail, OSError, subprocess.SubprocessError) as e: bad += 1; print("FAIL discovery.%s — %s (%.1f s)" % (name, e, time.monotonic() - t), flush=True)
        subprocess.run(["umount", "/etc/resolv.conf"])
    print("%d passed, %d failed" % (len(CASES) - bad, bad)); sys.exit(1 if bad else 0)


if __name__ == "__main__": main()
