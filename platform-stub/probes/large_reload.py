#!/usr/bin/env python3
"""How long one changed app among 100,000 takes until requests see it, and what other requests notice of that.

The config is `many`: a folder of a file for each app, `few`: a folder of 100 files, or `one`: a file. Again and again one app gets another worker;
told is the time from the rename that puts its file in place to the first answer of the new worker, less the 100 ms for which notices are awaited,
and the p99 of requests to another app in the second around it beside the median p99 of quiet seconds. Needs nginx, which answers as worker."""
import argparse, multiprocessing, os, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
import openloop
from probelib import need
from proxies import LAUNCHER, free_ports, http_get

DEBOUNCE = 0.1; THREAD = "weir-reload"; WATCH = "weir-config"; CHANGED = "a7"; STEADY = "a9"
FILES = {"many": 100_000, "few": 100, "one": 1}


class Nginx:
    """Two workers: one answers with the path, one with "other"."""
    def __enter__(self):
        self.dir = d = tempfile.mkdtemp(prefix="large-"); self.first, self.other = free_ports(2); common = "backlog=1024"
        open(d + "/conf", "w").write(f"""worker_processes 1; daemon off; pid {d}/pid; error_log {d}/err; events {{ worker_connections 2000; }}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {d}/1; proxy_temp_path {d}/2; fastcgi_temp_path {d}/3; uwsgi_temp_path {d}/4; scgi_temp_path {d}/5;
 server {{ listen 127.0.0.1:{self.first} {common}; location / {{ return 200 $uri; }} }} server {{ listen 127.0.0.1:{self.other} {common}; location / {{ return 200 other; }} }} }}""")
        self.p = subprocess.Popen(["nginx", "-c", d + "/conf", "-e", d + "/err"], stdin=subprocess.DEVNULL); end = time.time() + 10
        while True:
            try:
                if http_get(self.other, "/") == 200: return self
            except OSError: pass
            need(time.time() < end, "nginx did not start"); time.sleep(0.02)
    def __exit__(self, *_): self.p.terminate(); self.p.wait(); shutil.rmtree(self.dir, ignore_errors=True)


class Folder:
    """The config on disk. Files are written beside the folder and renamed into it."""
    def __init__(self, dir, layout, apps, port, worker):
        self.dir = dir; self.layout = layout; self.apps = apps; self.worker = worker; files = min(FILES[layout], apps)
        self.common = f'domains: [x.test]\nhere: {{ region: r1, zone: z1 }}\nregions: {{ r1: {{ jurisdiction: XX, zones: [z1] }} }}\nlisteners: [ {{ bind: "127.0.0.1:{port}" }} ]\nruntime: {{ event-loops: 2 }}\n'
        self.groups = [range(i * apps // files, (i + 1) * apps // files) for i in range(files)]
        if layout == "one": self.path = dir + "/weir.yaml"
        else:
            self.path = dir + "/conf.d"; os.mkdir(self.path); open(self.path + "/0-common.yaml", "w").write(self.common)
        for i in range(files): self.write(i, worker)
    def write(self, i, worker):
        text = self.common if self.layout == "one" else ""
        text += "apps:\n" + "".join('  a%d:\n    pools: { r1: { workers: [ { address: "127.0.0.1:%d", zone: z1 } ] } }\n    check: off\n' % (n, worker if "a%d" % n == CHANGED else self.worker) for n in self.groups[i])
        with open(self.dir + "/new", "w") as f: f.write(text)
        now = time.monotonic(); os.rename(self.dir + "/new", self.path if self.layout == "one" else self.path + "/app-%06d.yaml" % i); return now
    def change(self, worker): return self.write(next(i for i, g in enumerate(self.groups) if int(CHANGED[1:]) in g), worker)


class Asker:
    """Asks for one app over one connection."""
    def __init__(self, port, host): self.s = socket.create_connection(("127.0.0.1", port)); self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); self.q = b"GET /x HTTP/1.1\r\nHost: %s\r\n\r\n" % host.encode()
    def other(self):
        self.s.sendall(self.q); b = b""
        while b"\r\n\r\n" not in b or not b.endswith((b"other", b"/x")): d = self.s.recv(4096); need(d, "closed: %r" % b); b += d
        return b.endswith(b"other")


def traffic(port, rate, stop, out):
    openloop.MIX = ("GET",); load = openloop.OpenLoop(port, STEADY + ".x.test", rate); load.start(); stop.wait(); done = load.end()
    out.send([(r.meant, r.over, r.status, str(r)) for r in done])


def cpu(pid, name):
    """What a thread has used of processors so far, in s: that does not depend on what else they do."""
    for t in os.listdir("/proc/%d/task" % pid):
        try:
            if open("/proc/%d/task/%s/comm" % (pid, t)).read().startswith(name): return int(open("/proc/%d/task/%s/schedstat" % (pid, t)).read().split()[0]) / 1e9
        except OSError: pass
    return 0.0


def p99(times): times = sorted(times); return times[min(len(times) - 1, int(len(times) * 0.99))] if times else float("nan")


def run(layout, args):
    dir = tempfile.mkdtemp(prefix="large-reload-"); p = None
    with Nginx() as n:
        try:
            (port,) = free_ports(1); config = Folder(dir, layout, args.apps, port, n.first); time.sleep(args.settle)
            os.mkdir(dir + "/run", 0o700); env = {**os.environ, "XDG_RUNTIME_DIR": dir + "/run", "XDG_STATE_HOME": dir + "/state"}; log = dir + "/log"
            t = time.monotonic(); p = subprocess.Popen([LAUNCHER, "run", config.path], stdout=open(log, "ab"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=env, start_new_session=True)
            while "ready after" not in open(log).read(): need(p.poll() is None and time.monotonic() - t < 120, "did not start: " + open(log).read()[-2000:]); time.sleep(0.05)
            print("%s: %d apps, ready after %.1f s" % (layout, args.apps, time.monotonic() - t), flush=True)
            asker = Asker(port, CHANGED + ".x.test"); stop = multiprocessing.Event(); mine, its = multiprocessing.Pipe()
            load = multiprocessing.Process(target=traffic, args=(port, args.rate, stop, its), daemon=True); load.start(); time.sleep(args.quiet); seen = []; begin = time.monotonic()
            for i in range(args.reloads):
                to_other = i % 2 == 0; used = cpu(p.pid, THREAD) + cpu(p.pid, WATCH); wrote = config.change(n.other if to_other else n.first)
                while asker.other() != to_other: need(time.monotonic() - wrote < 60, "not in force: " + open(log).read()[-2000:]); time.sleep(0.002)
                over = time.monotonic(); time.sleep(args.quiet); seen.append((wrote, over, cpu(p.pid, THREAD) + cpu(p.pid, WATCH) - used))
            stop.set(); done = mine.recv(); load.join()
            bad = [r for r in done if r[2] != 200]
            if bad: print("  %d of %d requests failed, the first %.1f s after the first change: %s" % (len(bad), len(done), bad[0][0] - begin, bad[0][3]))
            around = lambda t: [r[1] - r[0] for r in done if t <= r[0] < t + 1]
            busy = [(wrote, over) for wrote, over, _ in seen]; quiet = [p99(around(s)) for s in (begin - args.quiet + k for k in range(int(done[-1][0] - begin + args.quiet))) if all(s > over + 2 or s + 1 < wrote for wrote, over in busy)]
            said = re.findall(r"reload \(change\): (.*)", open(log).read())
            for (wrote, over, used), line in zip(seen, said + [""] * len(seen)):
                print("  %4.0f ms after the debounce; p99 %.1f ms in the second around it, slowest %.1f; CPU %.0f ms; %s" % ((over - wrote - DEBOUNCE) * 1e3, p99(around((wrote + DEBOUNCE + over) / 2 - 0.5)) * 1e3, max(around((wrote + DEBOUNCE + over) / 2 - 0.5)) * 1e3, used * 1e3, line), flush=True)
            rss = int(re.search(r"VmRSS:\s+(\d+)", open("/proc/%d/status" % p.pid).read()).group(1)) // 1024
            print("  quiet seconds: p99 %.1f ms (median of %d); resident %d MiB" % (statistics.median(quiet) * 1e3, len(quiet), rss), flush=True)
        finally:
            if p and p.poll() is None:
                p.send_signal(signal.SIGTERM)
                try: p.wait(20)
                except subprocess.TimeoutExpired: p.kill(); p.wait()
            if args.keep: print(dir)
            else: shutil.rmtree(dir, ignore_errors=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("layout", nargs="*", default=list(FILES), help="many, few or one"); p.add_argument("--apps", type=int, default=100_000); p.add_argument("--reloads", type=int, default=6)
    p.add_argument("--rate", type=int, default=300, help="requests a second beside it"); p.add_argument("--quiet", type=float, default=5, help="s from one reload to the next"); p.add_argument("--settle", type=float, default=3, help="s from the writing to the start: files' stamps are trusted after 2"); p.add_argument("--keep", action="store_true")
    args = p.parse_args()
    for layout in args.layout: run(layout, args)


if __name__ == "__main__": main()
