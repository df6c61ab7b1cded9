"""What the probes of a changing process share: workers, clients that watch for failures, processes of Weir in a folder of their own, and the
list of a probe's cases."""
import argparse, base64, hashlib, os, re, shutil, signal, socket, subprocess, tempfile, threading, time
from probelib import Fail, need
from proxies import LAUNCHER, free_ports, http_get


class Cases:
    """The cases of a probe, in order: @case("name") adds one, which returns what it saw or raises."""
    def __init__(self, probe, doc):
        self.probe = probe; self.all = []; self.asked = None; self.parser = argparse.ArgumentParser(description=doc)
        self.parser.add_argument("--only", default="", help="those alone whose name matches"); self.parser.add_argument("--not", dest="without", help="but those"); self.parser.add_argument("--list", action="store_true")
    def __call__(self, name):
        def d(fn): self.all.append((name, fn)); return fn
        return d
    def chosen(self): return [(n, fn) for n, fn in self.all if re.search(self.asked.only, n) and not (self.asked.without and re.search(self.asked.without, n))]
    def ask(self): self.asked = self.parser.parse_args()
    def run(self, where=""):
        """Runs those that were asked for. The exit code."""
        if self.asked.list: print("\n".join(n for n, _ in self.chosen())); return 0
        good = bad = 0
        for name, fn in self.chosen():
            t = time.monotonic()
            try: why = fn() or "ok"; verdict = "PASS"; good += 1
            except Exception as e: why = str(e) if isinstance(e, Fail) else "%s: %s" % (type(e).__name__, e); verdict = "FAIL"; bad += 1
            print("%s %s.%s%s — %s (%.1f s)" % (verdict, self.probe, name, where, why, time.monotonic() - t), flush=True)
        print("%d passed, %d failed" % (good, bad)); return 0 if good and not bad else 1


# --- Workers

class Listening:
    """A worker that serves each connection in a thread of its own, until the connection fails or serve() returns."""
    def __init__(self, ip="127.0.0.1", port=0): self.ip, self.port = ip, port
    def __enter__(self):
        self.s = socket.socket(); self.s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); self.s.bind((self.ip, self.port)); self.s.listen(256); self.port = self.s.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start(); return self
    def accept(self):
        while True:
            try: c, _ = self.s.accept()
            except OSError: return
            threading.Thread(target=self.until_it_fails, args=(c,), daemon=True).start()
    def until_it_fails(self, c):
        try: self.serve(c)
        except OSError: pass
        c.close()
    def __exit__(self, *_):
        try: self.s.shutdown(socket.SHUT_RDWR) # ends accept(), which would take one connection more after close()
        except OSError: pass
        self.s.close()


def head(c):
    """What comes up to and including the blank line; None if the connection ends before it."""
    b = b""
    while b"\r\n\r\n" not in b:
        d = c.recv(65536)
        if not d: return None
        b += d
    return b


class Echo(Listening):
    """Takes each WebSocket, and sends back what comes."""
    def serve(self, c):
        key = re.search(rb"(?i)sec-websocket-key: *(\S+)", head(c) or b"")
        if key: c.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + accept_of(key.group(1)) + b"\r\n\r\n")
        while key and (d := c.recv(65536)): c.sendall(d)


def accept_of(key): return base64.b64encode(hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
def frame(op, payload): return bytes([128 | op, 128 | len(payload)]) + b"\0\0\0\0" + payload


class Worker:
    """nginx, which answers "worker" to whatever it is asked."""
    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="worker-"); self.port = free_ports(1)[0]; d = self.dir
        open(d + "/conf", "w").write(f"""worker_processes 1; daemon off; pid {d}/pid; error_log {d}/err; events {{ worker_connections 2000; }}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {d}/1; proxy_temp_path {d}/2; fastcgi_temp_path {d}/3; uwsgi_temp_path {d}/4; scgi_temp_path {d}/5;
 server {{ listen 127.0.0.1:{self.port} backlog=1024; location / {{ return 200 "worker"; }} }} }}""")
        self.p = subprocess.Popen(["nginx", "-c", d + "/conf", "-e", d + "/err"], stdin=subprocess.DEVNULL); end = time.time() + 10
        while http_get(self.port, "/") != 200: need(time.time() < end, "nginx did not start"); time.sleep(0.02)
        return self
    def __exit__(self, *_): self.p.terminate(); self.p.wait(); shutil.rmtree(self.dir, ignore_errors=True)


# --- Clients

def exchange(s, request):
    """Sends it, and returns all that comes until the other side ends the connection."""
    s.sendall(request); b = b""
    while (d := s.recv(65536)): b += d
    return b


class Ws:
    """A WebSocket."""
    def __init__(self, port, host):
        self.s = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.s.sendall(b"GET /ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n" % (host.encode(), base64.b64encode(os.urandom(16))))
        b = head(self.s); need(b and b.startswith(b"HTTP/1.1 101"), "no upgrade: %r" % (b or b"")[:100])
    def echo(self, text):
        f = frame(1, text); self.s.sendall(f); b = b""
        while len(b) < len(f): d = self.s.recv(4096); need(d, "a WebSocket was closed"); b += d
        need(b == f, "%r" % b)
    def until_closed(self):
        try:
            while self.s.recv(65536): pass
        except OSError: pass


class Wrk:
    """wrk, until it is told to end."""
    def __init__(self, port, host, connections, *more):
        self.p = subprocess.Popen(["wrk", "-t1", "-c%d" % connections, "-d3600s", "-H", "Host: " + host, *more, "http://127.0.0.1:%d/kept" % port], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    def __enter__(self): return self
    def __exit__(self, *_):
        if self.p.poll() is None: self.p.kill(); self.p.wait()
    def end(self):
        """How many requests, and what failed."""
        self.p.send_signal(signal.SIGINT); out = self.p.communicate(timeout=30)[0]; n = re.search(r"(\d+) requests in", out); need(n, out)
        return int(n.group(1)), re.findall(r"Socket errors.*|Non-2xx.*|unable.*", out)


class Anew(threading.Thread):
    """Connects anew for each request, and wants the answer "worker"."""
    def __init__(self, port, host, pause=0.0): super().__init__(daemon=True); self.port, self.host, self.pause, self.good, self.bad, self.on, self.longest = port, host, pause, 0, [], True, 0.0
    def __enter__(self): self.start(); return self
    def __exit__(self, *_): self.on = False
    def run(self):
        while self.on:
            t = time.monotonic()
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as s: b = exchange(s, b"GET /anew HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % self.host.encode())
                if b.startswith(b"HTTP/1.1 200 ") and b.endswith(b"worker"): self.good += 1
                else: self.bad.append("answer %r" % b[:80])
            except OSError as e: self.bad.append(repr(e))
            self.longest = max(self.longest, time.monotonic() - t); time.sleep(self.pause)
    def end(self):
        """How many requests, and what failed."""
        self.on = False; self.join(10); return self.good, self.bad


# --- Processes

class Process:
    """A process whose output is kept."""
    def __init__(self, cmd, log, env=None, **how):
        self.log = log
        with open(log, "ab") as out: self.p = subprocess.Popen(cmd, **{"stdout": out, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "env": env, "start_new_session": True, **how})
        self.pid = self.p.pid
    def said(self): return open(self.log, errors="replace").read()
    def says(self, what, wait=30):
        end = time.time() + wait
        while what not in self.said():
            need(time.time() < end and (self.p.poll() is None or what in self.said()), "pid %d (exit code %s) does not say %r but %r" % (self.pid, self.p.poll(), what, self.said()[-1500:])); time.sleep(0.01)
        return self
    def ready(self, wait=30): return self.says("ready after", wait)
    def ended(self, wait=20):
        try: return self.p.wait(wait)
        except subprocess.TimeoutExpired: raise Fail("pid %d has not ended after %d s: %r" % (self.pid, wait, self.said()[-1500:]))
    def term(self):
        if self.p.poll() is None: self.p.send_signal(signal.SIGTERM)
    def stop(self, wait=15):
        """By TERM, and by KILL if that takes longer."""
        self.term()
        try: self.p.wait(wait)
        except subprocess.TimeoutExpired: self.p.kill(); self.p.wait()


class Place:
    """A folder with a config, and with a run and a state folder of their own for the processes that run with it."""
    def __init__(self, name):
        self.dir = tempfile.mkdtemp(prefix=name + "-"); self.file = self.dir + "/weir.yaml"; self.all = []
        os.mkdir(self.dir + "/run", 0o700); self.env = {**os.environ, "XDG_RUNTIME_DIR": self.dir + "/run", "XDG_STATE_HOME": self.dir + "/state"}
    def __enter__(self): return self
    def __exit__(self, *_):
        for m in self.all: m.term()
        for m in self.all: m.stop()
        shutil.rmtree(self.dir, ignore_errors=True)
    def put(self, text):
        """Another text of the config, as a whole."""
        with open(self.file + ".new", "w") as f: f.write(text)
        os.rename(self.file + ".new", self.file)
    def launch(self, *options, cmd=None, env=None, **how):
        """Another process of ./weir run with the config, or of cmd."""
        m = Process(cmd or [LAUNCHER, "run", *options, self.file], "%s/log%d" % (self.dir, len(self.all) + 1), {**self.env, **(env or {})}, **how); self.all.append(m); return m
    def weir(self, *args): p = subprocess.run([LAUNCHER, *args], capture_output=True, text=True, timeout=90, stdin=subprocess.DEVNULL, env=self.env); return p.returncode, p.stdout + p.stderr
    def run_folder(self):
        try: return os.listdir(self.dir + "/run/weir")
        except OSError: return []
    def socket(self): return self.dir + "/run/weir/" + next(n for n in self.run_folder() if n.endswith(".sock"))
