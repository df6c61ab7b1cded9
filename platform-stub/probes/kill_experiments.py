#!/usr/bin/env python3
"""Kills, stops and revives real worker processes under load, behind a proxy that it starts itself with three workers.
While one worker is left no GET may fail; no POST may reach workers twice; when none was left, service must come back soon."""
import argparse, collections, http.client, os, random, shutil, signal, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from proxies import Proxy, http_get

CHECKS = {"off": "off", "http": "{ http: { path: /health }, interval: 1s, timeout: 500ms, rise: 1, fall: 2 }"}
APP = """    check: %s
    timeouts: { connect: 1s, response: 2s, %sidle: 5s }
"""


class Workers:
    def __init__(self, ports, folder): self.ports = ports; self.folder = folder; self.procs = [None] * len(ports); self.record = folder + "/posts"; [self.start(i) for i in range(len(ports))]
    def start(self, i, wait=True):
        self.procs[i] = subprocess.Popen([sys.executable, HERE + "/worker.py", "--port", str(self.ports[i]), "--record", "%s.%d" % (self.record, i), "--name", "w%d" % i], stdout=subprocess.DEVNULL, stderr=open(self.folder + "/worker.log", "ab"))
        end = time.time() + 10
        while wait and http_get(self.ports[i], "/health") != 200:
            if time.time() > end: raise RuntimeError("worker %d did not start" % i)
            time.sleep(0.02)
    def kill(self, i): self.procs[i].kill(); self.procs[i].wait()
    def signal(self, i, s): self.procs[i].send_signal(s)
    def stop(self):
        for p in self.procs:
            if p.poll() is None: p.send_signal(signal.SIGCONT); p.kill(); p.wait()
    def recorded(self):
        c = collections.Counter()
        for i in range(len(self.ports)):
            if os.path.exists("%s.%d" % (self.record, i)): c.update(open("%s.%d" % (self.record, i)).read().split())
        return c


class Load:
    """Client threads with a kept-alive connection each; every request is written down: (when it began, when it ended, method, id, status)."""
    def __init__(self, port, gets=6, posts=3, pause=0.01):
        self.port = port; self.done = []; self.lock = threading.Lock(); self.ended = threading.Event(); self.pause = pause
        self.threads = [threading.Thread(target=self.client, args=("GET" if k < gets else "POST", k), daemon=True) for k in range(gets + posts)]
        [t.start() for t in self.threads]
    def client(self, method, k):
        rnd = random.Random(k); c = None; i = 0
        while not self.ended.is_set():
            if c is None: c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
            i += 1; ident = "%s-%d-%d-%d" % (method, os.getpid(), k, i); path = "/%s?delay=%d" % (ident, rnd.choice((0, 0, 2, 5, 20))); t = time.time(); st = 0
            try:
                c.request(method, path, body=b"hello" if method == "POST" else None, headers={"Host": "probe.test", "X-Id": ident}); r = c.getresponse(); b = r.read(); st = r.status
                if st == 200 and b != (b"hello" if method == "POST" else path.encode()): st = -1
            except (OSError, http.client.HTTPException) as e: c.close(); c = None; st = "%s: %s" % (type(e).__name__, e)
            with self.lock: self.done.append((t, time.time(), method, ident, st))
            time.sleep(rnd.random() * 2 * self.pause)
        if c: c.close()
    def stop(self): self.ended.set(); [t.join(20) for t in self.threads]; return self.done


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--transport", default="auto", choices=["auto", "epoll", "io_uring", "nio"]); ap.add_argument("--peer", default="weir", choices=["weir", "nginx", "haproxy"]); ap.add_argument("--only", help="letters of the experiments, such as ac"); ap.add_argument("--keep", action="store_true")
    ap.add_argument("--check", default="off", choices=["off", "http"], help="whether the proxy asks the workers how they are, or has traffic alone to judge by"); ap.add_argument("--attempt", help="a time-out of one attempt, such as 700ms")
    ap.add_argument("--back-within", type=float, default=5, help="seconds after the workers' return within which all must be served again")
    a = ap.parse_args(); good = bad = 0; folder = tempfile.mkdtemp(prefix="kill-")
    def verdict(name, problems, note):
        nonlocal good, bad
        good += not problems; bad += bool(problems); print("%s %s — %s" % ("FAIL" if problems else "PASS", name, "; ".join(problems + [note]) if problems else note), flush=True)
    def experiment(letter, name, act, none_left=False):
        if a.only and letter not in a.only: return
        os.makedirs(folder + "/" + letter)
        p = Proxy(a.peer, transport=a.transport, worker_count=3, app=APP % (CHECKS[a.check], "attempt: %s, " % a.attempt if a.attempt else "")) if a.peer == "weir" else Proxy(a.peer, worker_count=3)
        w = Workers(p.worker_ports, folder + "/" + letter); load = None
        try:
            p.start(); time.sleep(1); load = Load(p.port); time.sleep(2); gap = act(w); time.sleep(2); done = load.stop()
            time.sleep(0.5); rec = w.recorded(); code = p.stop(); problems = []
        except RuntimeError as e:
            if load: load.stop()
            verdict(name, ["could not be run: %s" % e], ""); return
        finally:
            w.stop(); p.stop()
            if a.keep: print("kept", p.dir, folder)
            else: shutil.rmtree(p.dir, ignore_errors=True)
        gets = [d for d in done if d[2] == "GET"]; posts = [d for d in done if d[2] == "POST"]
        failed = [d for d in gets if d[4] != 200]; pfailed = [d for d in posts if d[4] != 200]
        if none_left:
            dead, back = gap
            inside = [d for d in failed if d[1] >= dead - 0.1 and d[0] <= back + a.back_within]; outside = [d for d in failed if d not in inside]
            if outside: problems.append("%d GETs failed while workers were left: %s" % (len(outside), outside[:3]))
            odd = [d for d in inside if d[4] not in (502, 503)]
            if odd: problems.append("while none was left, other answers than 502 and 503: %s" % sorted(collections.Counter(str(d[4]) for d in odd).items()))
            last = max([d[1] for d in failed] or [back])
            note_back = ", last failure %.2f s after the return" % (last - back)
            if not inside: problems.append("no GET failed though no worker was left")
            if not [d for d in gets if d[0] > back + a.back_within and d[4] == 200] and not [d for d in gets if d[0] > last and d[4] == 200]: problems.append("not served again")
        else:
            note_back = ""
            if failed: problems.append("%d of %d GETs failed: %s %s" % (len(failed), len(gets), dict(collections.Counter(str(d[4]) for d in failed)), ["%.2f s after %.2f s" % (d[0] - done[0][0], d[1] - d[0]) for d in failed[:4]]))
        twice = {i: n for i, n in rec.items() if n > 1}
        if twice: problems.append("%d POSTs reached workers more than once: %s" % (len(twice), list(twice.items())[:3]))
        lost = [d[3] for d in posts if d[4] == 200 and d[3] not in rec]
        if lost: problems.append("%d POSTs answered 200 that no worker recorded" % len(lost))
        odd = [d for d in pfailed if d[4] not in (502, 503, 504)]
        if odd: problems.append("POSTs ended otherwise than by 502, 503 or 504: %s" % dict(collections.Counter(str(d[4]) for d in odd)))
        if len(gets) < 200: problems.append("only %d GETs were done: the load stood still" % len(gets))
        if a.peer == "weir" and code != 0: problems.append("Weir's exit code was %s\n%s" % (code, p.tail()))
        slow = max(d[1] - d[0] for d in gets)
        verdict(name, problems, "%d GETs (%d failed, slowest %.2f s), %d POSTs (%d failed)%s" % (len(gets), len(failed), slow, len(posts), len(pfailed), note_back))
    def kill_one(w): w.kill(1); time.sleep(8)
    def stop_one(w): w.signal(0, signal.SIGSTOP); time.sleep(5); w.signal(0, signal.SIGCONT); time.sleep(5)
    def kill_all(w):
        [w.kill(i) for i in range(3)]; dead = time.time(); time.sleep(4); [w.start(i, wait=False) for i in range(3)]
        while any(http_get(p, "/health") != 200 for p in w.ports): time.sleep(0.02)
        back = time.time(); time.sleep(a.back_within + 2); return dead, back
    def again_and_again(w):
        for i in range(10): w.kill(i % 3); time.sleep(0.8); w.start(i % 3); time.sleep(0.7)
    try:
        experiment("a", "kill.one-of-three", kill_one)
        experiment("b", "kill.one-stopped-for-5-s", stop_one)
        experiment("c", "kill.all-and-brought-back", kill_all, none_left=True)
        experiment("d", "kill.each-killed-and-restarted-again-and-again", again_and_again)
    finally:
        if not a.keep: shutil.rmtree(folder, ignore_errors=True)
    print("%d passed, %d failed" % (good, bad)); return 0 if good and not bad else 1


if __name__ == "__main__":
    sys.exit(main())
