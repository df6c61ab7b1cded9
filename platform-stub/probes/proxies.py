"""Starts the proxy under test (Weir, or a peer to compare with) on a config made afresh, in a temporary folder, on free ports."""
import glob, os, re, shutil, signal, socket, subprocess, tempfile, time

ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
LAUNCHER = os.environ.get("WEIR", os.path.join(ROOT, "weir"))


BLOCK = 100; BLOCKS = []   # ports of this process alone: (the first, the socket that holds them)


def more_ports():
    """Takes another block of ports that no other probe has: who holds the abstract socket of its name has it, until that process ends."""
    for i in range(200):
        first = 10000 + (os.getpid() * 7 + i) % 200 * BLOCK; s = socket.socket(socket.AF_UNIX)
        try: s.bind("\0weir-probes-%d" % first)
        except OSError: s.close(); continue
        BLOCKS.append((first, s)); return
    raise RuntimeError("no free ports")


def free_ports(n):
    """n ports of the loopback below the ephemeral range, so that no outgoing connection takes one of them, and that no probe beside this one takes either."""
    out = []
    for i in range(200):
        if i == len(BLOCKS): more_ports()
        for p in range(BLOCKS[i][0], BLOCKS[i][0] + BLOCK):
            with socket.socket() as s:
                try: s.bind(("127.0.0.1", p)); out.append(p)
                except OSError: pass
            if len(out) == n: return out


def http_get(port, path, timeout=2.0, host="127.0.0.1", raw=False):
    """Status of GET path (0: no answer), or (status, bytes) with raw."""
    b = b""
    try:
        s = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        try:
            s.sendall(("GET %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n\r\n" % (path, host, port)).encode())
            while True:
                d = s.recv(65536)
                if not d: break
                b += d
        finally: s.close()
    except OSError: pass
    m = re.match(rb"HTTP/1\.[01] (\d{3})", b)
    st = int(m.group(1)) if m else 0
    return (st, b) if raw else st


def weir_config(port, workers, admin, transport="auto", tls_port=None, cert=None, more_tls=None, app="", extra="", listener="timeouts: { head: 5s, body: 5s, idle: 60s }", runtime="drain: 3s"):
    """workers: [(address, zone)]. app: further lines of the app, each indented by four."""
    zones = sorted({z for _, z in workers})
    pool = ", ".join('{ address: "%s", zone: %s }' % w for w in workers)
    certs, hosts = "{ cert: %s, key: %s }" % (cert, cert), ""
    if more_tls:
        certs += ", { cert: %s, key: %s }" % (more_tls["other"], more_tls["other"])
        hosts = ", hosts: { mtls.test: { client-auth: { mode: required, ca: %s } } }" % more_tls["client"]
    tls = '\n  - { bind: "127.0.0.1:%d", %s, tls: { certificates: [ %s ]%s } }' % (tls_port, listener, certs, hosts) if tls_port else ""
    return f"""domains: [example.test]
here: {{ region: r1, zone: {zones[0]} }}
regions: {{ r1: {{ jurisdiction: XX, zones: [{', '.join(zones)}] }} }}
listeners:
  - {{ bind: "127.0.0.1:{port}", plain-http: serve, {listener} }}{tls}
admin: {{ bind: "127.0.0.1:{admin}" }}
runtime: {{ transport: {transport}, {runtime} }}
{extra}apps:
  probe:
    pools: {{ r1: {{ workers: [ {pool} ] }} }}
{app or '''    check: off
    ejection: off
    timeouts: { connect: 1s, response: 3s, idle: 5s, websocket: 60s }
'''}mappings: [ {{ app: probe }} ]
"""


def nginx_config(d, port, workers, tls_port=None, cert=None, **_):
    tls = f"server {{ listen 127.0.0.1:{tls_port} ssl http2; ssl_certificate {cert}; ssl_certificate_key {cert}; location / {{ proxy_pass http://up; }} }}" if tls_port else ""
    return f"""worker_processes 1; daemon off; pid {d}/pid; error_log {d}/err; worker_rlimit_nofile 20000;
events {{ worker_connections 9000; }}
http {{ access_log off; keepalive_requests 1000000000; keepalive_timeout 60s; tcp_nodelay on;
 client_header_timeout 5s; client_body_timeout 5s; client_max_body_size 0; send_timeout 60s;
 client_body_temp_path {d}/t1; proxy_temp_path {d}/t2; fastcgi_temp_path {d}/t3; uwsgi_temp_path {d}/t4; scgi_temp_path {d}/t5;
 upstream up {{ {' '.join('server %s;' % a for a, _ in workers)} keepalive 64; keepalive_requests 1000000000; }}
 proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
 proxy_connect_timeout 1s; proxy_read_timeout 3s; proxy_request_buffering off; proxy_buffering off; proxy_max_temp_file_size 0;
 server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ proxy_pass http://up; }} }}
 {tls}
}}"""


def haproxy_config(d, port, workers, tls_port=None, cert=None, check=False, **_):
    return f"""global
  nbthread 1
  maxconn 6000
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout http-request 5s
  timeout http-keep-alive 60s
  timeout server 3s
  timeout tunnel 60s
  http-reuse safe
  option forwardfor
frontend f
  bind 127.0.0.1:{port} backlog 4096
  {f'bind 127.0.0.1:{tls_port} ssl crt {cert} alpn h2,http/1.1' if tls_port else ''}
  default_backend be
backend be
  {'option redispatch 1' if len(workers) > 1 else ''}
  {'retry-on conn-failure empty-response' if len(workers) > 1 else ''}
""" + "".join(f"  server s{i} {a}{' check inter 500ms' if check else ''}\n" for i, (a, _) in enumerate(workers))


def certificate(d, name="probe.test", file="cert.pem"):
    """A self-signed PEM with its key, for that host."""
    f = os.path.join(d, file)
    subprocess.check_call(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", d + "/key", "-out", d + "/crt", "-days", "30", "-subj", "/CN=" + name, "-addext", "subjectAltName=DNS:" + name], stderr=subprocess.DEVNULL)
    open(f, "w").write(open(d + "/crt").read() + open(d + "/key").read())
    return f


class Proxy:
    """One running proxy. with Proxy(...) as p: p.port, p.admin, p.pid; on leaving it is ended by TERM, and p.code is its exit code."""
    def __init__(self, peer="weir", workers=None, transport="auto", tls=False, worker_count=1, env=None, **config):
        self.peer = peer; self.dir = tempfile.mkdtemp(prefix="probe-"); os.chmod(self.dir, 0o755); self.code = None
        ps = free_ports(3 + worker_count)
        self.port, self.admin, self.tls_port = ps[:3]
        self.worker_ports = ps[3:]
        self.workers = workers or [("127.0.0.1:%d" % p, "r1" + "abcdef"[i]) for i, p in enumerate(self.worker_ports)]
        self.cert = certificate(self.dir) if tls else None
        self.more_tls = {"other": certificate(self.dir, "other.test", "other.pem"), "client": certificate(self.dir, "client.test", "client.pem")} if tls and peer == "weir" else None
        k = dict(port=self.port, workers=self.workers, tls_port=self.tls_port if tls else None, cert=self.cert)
        self.file = self.dir + "/config"
        if peer == "weir":
            self.file = self.dir + "/weir.yaml"; text = weir_config(admin=self.admin, transport=transport, more_tls=self.more_tls, **k, **config); self.cmd = [LAUNCHER, "run", self.file]
        elif peer == "nginx": text = nginx_config(self.dir, **k); self.cmd = ["nginx", "-c", self.file, "-e", self.dir + "/err"]
        elif peer == "haproxy": text = haproxy_config(self.dir, check=worker_count > 1, **k); self.cmd = ["haproxy", "-db", "-f", self.file]
        else: raise ValueError(peer)
        open(self.file, "w").write(text)
        self.env = env

    def start(self, wait=30):
        self.log = self.dir + "/log"
        self.proc = subprocess.Popen(self.cmd, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.dir, env={**os.environ, **(self.env or {})}, start_new_session=True)
        self.pid = self.proc.pid
        begun, clock = time.time(), time.monotonic()
        while time.monotonic() - clock < wait:
            if self.proc.poll() is not None: raise RuntimeError("%s ended with exit code %d while starting:\n%s" % (self.peer, self.proc.returncode, self.tail()))
            if self.peer == "weir":
                if http_get(self.admin, "/ready") == 200: return self
            else:
                try: socket.create_connection(("127.0.0.1", self.port), timeout=1).close(); return self
                except OSError: pass
            time.sleep(0.05)
        if self.peer == "weir":
            # Where its threads are goes to its log, and with the load tells whether it hung or had no time.
            for q in descendants(self.pid) + [self.pid]:
                try:
                    if os.path.basename(os.readlink("/proc/%d/exe" % q)) == "java": os.kill(q, signal.SIGQUIT)
                except OSError: pass
            time.sleep(1)
        said, load = self.tail(30000), os.getloadavg()
        self.stop()
        raise RuntimeError("%s was not ready within %d s (begun %s, %.1f s ago by the clock on the wall, load %.1f, %.1f):\n%s" % (self.peer, wait, time.strftime("%H:%M:%S", time.gmtime(begun)), time.time() - begun, load[0], load[1], said))

    def tail(self, n=3000):
        try: return open(self.log, errors="replace").read()[-n:]
        except OSError: return ""

    def stop(self, wait=15):
        """Ends it by TERM, and by KILL if that takes longer than wait seconds. Returns the exit code (None: it had to be killed)."""
        if self.proc.poll() is None:
            self.proc.send_signal(signal.SIGTERM)
            try: self.code = self.proc.wait(wait)
            except subprocess.TimeoutExpired:
                for q in descendants(self.pid)[::-1] + [self.pid]:
                    try: os.kill(q, signal.SIGKILL)
                    except ProcessLookupError: pass
                self.proc.wait(5); self.code = None
        else: self.code = self.proc.returncode
        return self.code

    def __enter__(self): return self.start()
    def __exit__(self, *_): self.stop(); shutil.rmtree(self.dir, ignore_errors=True)


def descendants(pid):
    kids = {}
    for f in glob.glob("/proc/[0-9]*/stat"):
        try: s = open(f).read()
        except OSError: continue
        kids.setdefault(int(s[s.rindex(")") + 2:].split()[1]), []).append(int(f.split("/")[2]))
    out, todo = [], [pid]
    while todo:
        x = kids.get(todo.pop(), []); out += x; todo += x
    return out
