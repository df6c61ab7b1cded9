#!/usr/bin/env python3
"""Workers that are found in the DNS, by the real process, with a name server of its own: in namespaces of its own, as root, so that port 53 and
/etc/resolv.conf are free. Needs unshare and ip."""
import os, re, socket, struct, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import need
from proxies import LAUNCHER, http_get
from scene import Cases, Listening, Place, exchange, head

case = Cases("discovery", __doc__); INSIDE = "--inside"; PORT, ADMIN, WORKERS = 8080, 9901, 9000


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
    def __init__(self, *ips): self.all = [Named(ip, WORKERS) for ip in ips]
    def __enter__(self):
        for each in self.all: each.__enter__()
        return self
    def __exit__(self, *_):
        for each in self.all: each.__exit__()


class Named(Listening):
    def serve(self, c):
        while head(c): c.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(self.ip), self.ip.encode()))


class Weir(Place):
    def __init__(self): super().__init__("discovery"); self.p = None; self.write()
    def write(self, listed=None):
        pool = 'workers: [ { address: "%s:%d", zone: z1 } ]' % (listed, WORKERS) if listed else "discover: { dns: { name: orders.internal, port: %d, type: A, ttl: { floor: 1s, ceiling: 2s } }, zone: z1 }" % WORKERS
        self.put(f"""domains: [x.test]
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
    def start(self): self.p = self.launch().ready()
    def stop(self): self.p.stop(20)
    def who(self, n=12):
        found = set()
        for _ in range(n):
            with socket.create_connection(("127.0.0.1", PORT), timeout=5) as s: b = exchange(s, b"GET / HTTP/1.1\r\nHost: orders.x.test\r\nConnection: close\r\n\r\n")
            found.add(b.split(b"\r\n\r\n", 1)[1].decode() if b.startswith(b"HTTP/1.1 200") else b[9:12].decode())
        return sorted(found)
    def until(self, wanted, wait=15):
        end = time.time() + wait
        while (now := self.who()) != wanted: need(time.time() < end, "%s instead of %s; %s" % (now, wanted, self.p.said()[-800:])); time.sleep(0.1)
    def stays(self, wanted, seconds):
        end = time.time() + seconds
        while time.time() < end: now = self.who(); need(now == wanted, "%s instead of %s" % (now, wanted)); time.sleep(0.1)
    def metric(self, name):
        got = re.search(r"^%s\{[^}]*\} (\S+)" % name, http_get(ADMIN, "/metrics", raw=True)[1].decode(), re.M); return float(got.group(1)) if got else None


A, B, C, D = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"


@case("found-followed-and-kept")
def _():
    with Workers(A, B, C) as _, Dns() as dns, Weir() as w:
        dns.ips = [A, B]; w.start(); w.until([A, B]); dns.ips = [C, A, B]; w.until([A, B, C]); dns.ips = [A, C]; w.until([A, C])
        dns.ips = []; w.stays([A, C], 4); need(w.metric("weir_discovery_failing") == 1, "nothing is said of an empty answer"); need(w.metric("weir_discovery_workers") == 2, "workers are not counted")
        dns.ips = None; w.stays([A, C], 3); time.sleep(1.2); w.stop(); w.start(); w.until([A, C], 5); need("of a process before" in w.p.said(), "it does not say how old they are: " + w.p.said()[-600:])
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
    case.parser.add_argument(INSIDE, action="store_true", help="in the namespaces already"); case.ask()
    if case.asked.list: return case.run()
    if not case.asked.inside:
        if os.geteuid() != 0: print("FAIL discovery.namespaces — run it as root: it needs port 53 and /etc/resolv.conf of its own"); return 1
        subprocess.run([LAUNCHER, "version"], stdout=subprocess.DEVNULL, check=True)  # builds, if it must, outside
        return subprocess.run(["unshare", "-n", "-m", sys.executable, os.path.abspath(__file__), INSIDE, *sys.argv[1:]]).returncode
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write("nameserver 127.0.0.1\n"); conf.flush(); subprocess.run(["mount", "--bind", conf.name, "/etc/resolv.conf"], check=True)
        try: return case.run()
        finally: subprocess.run(["umount", "/etc/resolv.conf"])


if __name__ == "__main__": sys.exit(main())
