#!/usr/bin/env python3
"""Proxy benchmark: CPU-seconds of the PROXY process per 1000 requests is the headline.

Everything runs on loopback. Standard library only; needs nginx (backend), wrk, h2load, taskset, and strace for `syscalls`.
Peers are described in peers.py (or in the JSON file named by PEERS_JSON). See README.md.
"""
import argparse, glob, shutil, json, os, re, resource, select, signal, socket, ssl, statistics, subprocess, sys, tempfile, time
import logs as L
import peers as P

HERE = os.path.dirname(os.path.abspath(__file__))
TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
SIZES = {"100": 100, "1k": 1024, "10k": 10240, "100k": 102400, "1m": 1048576}
BACKEND = []
STARTED = []          # every process that we started: the only ones we ever end


def sh_alive(p):
    return p.poll() is None


def spawn(cmd, cpu=None, env=None, log=None, cwd=None, stdout=None):
    if cpu is not None:
        cmd = ["taskset", "-c", str(cpu)] + cmd
    e = dict(os.environ); e.update(env or {})
    out = open(log, "ab") if log else subprocess.DEVNULL
    p = subprocess.Popen(cmd, stdout=open(stdout, "ab") if stdout else out, stderr=out, env=e, cwd=cwd, stdin=subprocess.DEVNULL)
    STARTED.append(p)
    return p


def stop(p, wait=5):
    if sh_alive(p):
        for q in tree(p.pid):
            try: os.kill(q, signal.SIGCONT)
            except ProcessLookupError: pass
        p.send_signal(signal.SIGTERM)
        try:
            p.wait(wait)
        except subprocess.TimeoutExpired:
            for q in tree(p.pid)[::-1]:
                try: os.kill(q, signal.SIGKILL)
                except ProcessLookupError: pass
            p.wait(5)


def stop_all():
    for p in STARTED[::-1]:
        try: stop(p, 3)
        except Exception: pass


def tree(pid):
    """pid and all its living descendants."""
    kids = {}
    for d in glob.glob("/proc/[0-9]*/stat"):
        try:
            s = open(d).read()
        except OSError:
            continue
        r = s[s.rindex(")") + 2:].split()
        kids.setdefault(int(r[1]), []).append(int(d.split("/")[2]))
    out, todo = [], [pid]
    while todo:
        x = todo.pop(); out.append(x); todo += kids.get(x, [])
    return out


def cpu_secs(pid):
    """(user, system) seconds of the process tree; each stat line covers all threads, dead ones too."""
    u = s = 0
    for q in tree(pid):
        try:
            r = open(f"/proc/{q}/stat").read()
        except OSError:
            continue
        f = r[r.rindex(")") + 2:].split()
        u += int(f[11]); s += int(f[12])
    return u / TICK, s / TICK


def rss_kb(pid):
    """(current, peak) resident kB of the tree; proportional share where the kernel gives it, so forks do not count twice."""
    cur = peak = 0
    for q in tree(pid):
        try:
            t = open(f"/proc/{q}/status").read()
            peak += int(re.search(r"VmHWM:\s+(\d+)", t).group(1))
            cur += int(re.search(r"^Pss:\s+(\d+)", open(f"/proc/{q}/smaps_rollup").read(), re.M).group(1))
        except (OSError, AttributeError):
            pass
    return cur, peak


def jvm_of(pid):
    """The process of the tree that is a JVM, and its jcmd (of the JVM's own home, else any JDK's), or (None, None)."""
    for q in tree(pid):
        try: exe = os.readlink(f"/proc/{q}/exe")
        except OSError: continue
        if os.path.basename(exe) == "java":
            for c in [os.path.join(os.path.dirname(exe), "jcmd")] + sorted(glob.glob("/usr/lib/jvm/*/bin/jcmd"), reverse=True):
                if os.path.exists(c): return q, c
    return None, None


def jvm_kb(pid):
    """(live heap, everything else) of the JVM in the tree in KiB, or None. Live heap: the total of the class histogram, which is taken
    after a full collection. Everything else: resident pages outside the heap's address range: direct buffers, malloc, stacks, code, metaspace."""
    q, jcmd = jvm_of(pid)
    if q is None: return None
    ask = lambda *a: subprocess.run([jcmd, str(q), *a], capture_output=True, text=True, timeout=120).stdout
    for _ in range(2): ask("GC.run")                       # the second takes what the first one's reference processing let go
    m = re.search(r"^Total\s+\d+\s+(\d+)", ask("GC.class_histogram"), re.M)
    if not m: return None
    at = [int(x, 16) for r in re.findall(r"\[(0x[^)\]]*)[)\]]", ask("GC.heap_info")) for x in re.findall(r"0x[0-9a-f]+", r)]
    lo, hi = (min(at), max(at)) if at else (0, 0)          # a collector that names no addresses (ZGC): its heap counts in full
    other = 0; inside = False
    for l in open(f"/proc/{q}/smaps"):
        r = re.match(r"([0-9a-f]+)-([0-9a-f]+) ", l)
        if r: inside = lo <= int(r.group(1), 16) < hi
        elif l.startswith("Pss:") and not inside: other += int(l.split()[1])
    return int(m.group(1)) / 1024, other


def wait_quiet(limit, secs=600):
    """Waits until the machine's cores are busy for less than `limit` of the time (0: not at all)."""
    t = time.time(); n = os.cpu_count()
    while limit and time.time() - t < secs:
        b = core_busy(None); time.sleep(3)
        if (core_busy(None) - b) / 3 / n < limit: return
        print("# waiting for the machine to be quiet", flush=True)


def pin(pid, cpus):
    for q in tree(pid):
        for t in glob.glob(f"/proc/{q}/task/*"):
            try: os.sched_setaffinity(int(t.rsplit("/", 1)[1]), set(cpus))
            except OSError: pass


def freeze(specs, but=None):
    """SIGSTOP every peer except one: nothing of theirs (JIT threads, timers) runs inside another peer's window."""
    for n, sp in specs.items():
        for q in tree(sp["proc"].pid):
            try: os.kill(q, signal.SIGCONT if n == but else signal.SIGSTOP)
            except ProcessLookupError: pass
    time.sleep(0.1)


def steal_secs():
    return int(open("/proc/stat").readline().split()[8]) / TICK


def core_busy(cpu):
    """busy seconds of one core (or of all): user, nice, system, irq, softirq; not idle, iowait, steal."""
    key = "cpu" if cpu is None else f"cpu{cpu}"
    for l in open("/proc/stat"):
        f = l.split()
        if f[0] == key: return sum(int(f[i]) for i in (1, 2, 3, 6, 7)) / TICK
    return 0.0


def ctxt(pid):
    n = 0
    for q in tree(pid):
        for f in glob.glob(f"/proc/{q}/task/*/status"):
            try:
                t = open(f).read()
            except OSError:
                continue
            n += int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", t, re.M).group(1))
    return n


def get(port, path="/100", tls=False, host="localhost", timeout=2.0):
    s = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    try:
        if tls:
            c = ssl._create_unverified_context(); s = c.wrap_socket(s, server_hostname=host)
        s.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        b = b""
        while True:
            d = s.recv(65536)
            if not d: break
            b += d
        return b
    finally:
        s.close()


def wait_ready(port, proc, secs=60, path="/100", tls=False, host="localhost"):
    t0 = time.perf_counter()
    while time.perf_counter() - t0 < secs:
        if not sh_alive(proc): raise RuntimeError("proxy ended while starting")
        try:
            if b" 200" in get(port, path, tls, host)[:15]: return
        except OSError:
            pass
        time.sleep(0.002)
    raise RuntimeError("not ready in time")


# ------------------------------------------------------------------ backend
def start_backend(a, work):
    d = os.path.join(work, "origin"); os.makedirs(d, exist_ok=True)
    for n, sz in SIZES.items():
        open(f"{d}/{n}", "wb").write((b"0123456789abcdef" * (sz // 16 + 1))[:sz])
    ports = [9001 + i for i in range(a.backend_ports)]
    if a.backend == "c":
        exe = f"{work}/origin_c"
        subprocess.check_call(["gcc", "-O2", "-o", exe, f"{HERE}/origin.c"])
        BACKEND.append(spawn([exe] + [str(p) for p in ports], cpu=a.cpu_load, log=f"{work}/backend.log"))
    else:
        small = "0123456789" * 10
        conf = f"""worker_processes 1; daemon off; pid {work}/backend.pid; error_log {work}/backend.err; worker_rlimit_nofile 20000;
events {{ worker_connections 18000; multi_accept on; }}
http {{ access_log off; default_type text/plain; keepalive_requests 1000000000; keepalive_timeout 3600s; sendfile on; tcp_nopush off;
 open_file_cache max=100 inactive=1h; etag off; client_body_temp_path {work}/t1; proxy_temp_path {work}/t2; fastcgi_temp_path {work}/t3; uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
 server {{ {' '.join(f'listen 127.0.0.1:{p} backlog=8192;' for p in ports)} root {d};
  location = /100 {{ return 200 "{small}"; }} location = /1k {{ return 200 "{'0123456789abcdef' * 64}"; }} location / {{ }} }} }}"""
        open(f"{work}/backend.conf", "w").write(conf)
        BACKEND.append(spawn(["nginx", "-c", f"{work}/backend.conf"], cpu=a.cpu_load, log=f"{work}/backend.log"))
    t = time.time()
    while time.time() - t < 5:
        try:
            if b"200" in get(ports[-1])[:15]: return ports
        except OSError:
            time.sleep(0.05)
    raise SystemExit("backend did not start, see " + work)


# ------------------------------------------------------------------ load generators
LUA = """
done = function(s, l, r)
  io.write(string.format("JSON {\\"requests\\":%d,\\"secs\\":%.6f,\\"bytes\\":%d,\\"e_connect\\":%d,\\"e_read\\":%d,\\"e_write\\":%d,\\"e_status\\":%d,\\"e_timeout\\":%d,\\"p50\\":%d,\\"p90\\":%d,\\"p99\\":%d,\\"p999\\":%d,\\"max\\":%d}\\n",
   s.requests, s.duration/1e6, s.bytes, s.errors.connect, s.errors.read, s.errors.write, s.errors.status, s.errors.timeout,
   l:percentile(50), l:percentile(90), l:percentile(99), l:percentile(99.9), l.max))
end
"""
LUA_ROUTES = """
local n = %d
local reqs = {}
init = function(args)
  math.randomseed(42)
  for i = 1, math.min(n, 100000) do reqs[i] = wrk.format("GET", "/100", {["Host"] = "h" .. math.random(0, n-1) .. ".example.com"}) end
end
local i = 0
request = function() i = i + 1; if i > #reqs then i = 1 end; return reqs[i] end
"""


def wrk(a, work, port, secs, path="/100", conns=64, tls=False, close=False, routes=0):
    lua = f"{work}/w{routes}.lua"
    open(lua, "w").write((LUA_ROUTES % routes if routes else "") + LUA)
    cmd = ["wrk", "-t1", f"-c{conns}", f"-d{secs}s", "-s", lua, "--timeout", "10s"]
    if close: cmd += ["-H", "Connection: close"]
    cmd.append(f"{'https' if tls else 'http'}://127.0.0.1:{port}{path}")
    if a.cpu_load is not None: cmd = ["taskset", "-c", str(a.cpu_load)] + cmd
    o = subprocess.run(cmd, capture_output=True, text=True).stdout
    m = re.search(r"^JSON (.*)$", o, re.M)
    if not m: raise RuntimeError("wrk: " + o[-400:])
    j = json.loads(m.group(1))
    j["errors"] = sum(j.pop(k) for k in ("e_connect", "e_read", "e_write", "e_status", "e_timeout"))
    return j


def pct(xs, q):
    return xs[min(len(xs) - 1, int(len(xs) * q))] if xs else 0


def h2load(a, work, port, secs, proto, path="/100", conns=16, streams=16, rps=0):
    log = f"{work}/h2load.tsv"
    if os.path.exists(log): os.unlink(log)
    cmd = ["h2load", "-t1", f"-c{conns}", f"-m{streams}", f"-D{secs}", "--warm-up-time=0"]
    want_log = bool(rps)
    if proto == "h1": cmd += ["--h1"]
    if proto == "h2c": cmd += ["-p", "h2c"]
    if rps: cmd += [f"--rps={rps}"]
    if want_log: cmd += [f"--log-file={log}"]
    cmd.append(f"{'https' if proto == 'h2' else 'http'}://127.0.0.1:{port}{path}")
    if a.cpu_load is not None: cmd = ["taskset", "-c", str(a.cpu_load)] + cmd
    o = subprocess.run(cmd, capture_output=True, text=True).stdout
    m = re.search(r"requests: (\d+) total, (\d+) started, (\d+) done, (\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", o)
    f = re.search(r"finished in ([\d.]+)(s|ms|m)", o)
    c = re.search(r"status codes: (\d+) 2xx", o)
    if not m or not f: raise RuntimeError("h2load: " + o[-400:])
    secs_r = float(f.group(1)) * {"s": 1, "ms": 1e-3, "m": 60}[f.group(2)]
    r = {"requests": int(c.group(1)), "secs": secs_r, "errors": int(m.group(5)) + int(m.group(6)) + int(m.group(7)) + int(m.group(3)) - int(c.group(1)) if int(m.group(3)) > int(c.group(1)) else int(m.group(5)),
         "bytes": 0, "p50": None, "p90": None, "p99": None, "p999": None, "max": None}
    t = re.search(r"time for request:\s+(\S+)\s+(\S+)\s+(\S+)", o)
    if t:
        def us(x):
            k = re.match(r"([\d.]+)(us|ms|s)", x); return float(k.group(1)) * {"us": 1, "ms": 1e3, "s": 1e6}[k.group(2)]
        r["max"] = us(t.group(2)); r["mean"] = us(t.group(3))
    if want_log and os.path.exists(log):
        xs = sorted(int(l.split("\t")[2]) for l in open(log) if l.count("\t") >= 2)
        r.update(p50=pct(xs, .5), p90=pct(xs, .9), p99=pct(xs, .99), p999=pct(xs, .999), max=xs[-1] if xs else 0)
    return r


SCEN = {}
for _n in SIZES:
    SCEN["h1-" + _n] = dict(tool="wrk", path="/" + _n, need="h1", conns=64 if _n in ("100", "1k", "10k") else 16)
SCEN["h1-100-log"] = dict(SCEN["h1-100"], log=True)      # every peer writes a JSON access log to a file
SCEN["h1-c256"] = dict(tool="wrk", path="/100", need="h1", conns=256)
SCEN["h1-close"] = dict(tool="wrk", path="/100", need="h1", close=True)
SCEN["tls-100"] = dict(tool="wrk", path="/100", need="tls", tls=True)
SCEN["tls-10k"] = dict(tool="wrk", path="/10k", need="tls", tls=True)
SCEN["tls-100k"] = dict(tool="wrk", path="/100k", need="tls", tls=True, conns=16)
SCEN["tls-close"] = dict(tool="wrk", path="/100", need="tls", tls=True, close=True, conns=32)
SCEN["h2-tls"] = dict(tool="h2load", proto="h2", path="/100", need="h2", conns=8, streams=16)
SCEN["h2-10k"] = dict(tool="h2load", proto="h2", path="/10k", need="h2", conns=8, streams=16)
SCEN["h2c"] = dict(tool="h2load", proto="h2c", path="/100", need="h2c", conns=8, streams=16)
SCEN["rate-2k"] = dict(tool="h2load", proto="h1", path="/100", need="h1", conns=50, streams=1, rps=40)
SCEN["rate-8k"] = dict(tool="h2load", proto="h1", path="/100", need="h1", conns=50, streams=1, rps=160)


def offers(peer, need):
    return need in peer.get("offers", ["h1"])


def drive(a, work, peer, ports, sc, secs):
    port = ports[{"h1": 0, "tls": 1, "h2": 1, "h2c": 2}[sc["need"]]]
    if sc["tool"] == "wrk":
        r = wrk(a, work, port, secs, sc["path"], sc.get("conns", 64), sc.get("tls", False), sc.get("close", False), sc.get("routes", 0))
    else:
        r = h2load(a, work, port, secs, sc["proto"], sc["path"], sc["conns"], sc["streams"], sc.get("rps", 0))
    peer["answered"] = peer.get("answered", 0) + r["requests"]
    return r


def burst(a, port, path, n=20000):
    """Exactly n requests as fast as they go, all answered; unlike a window, which ends amid requests."""
    cmd = ["h2load", "-t1", "--h1", "-c64", f"-n{n}", f"http://127.0.0.1:{port}{path}"]
    o = subprocess.run(["taskset", "-c", str(a.cpu_load)] + cmd if a.cpu_load is not None else cmd, capture_output=True, text=True).stdout
    if f"{n} succeeded" not in o: raise RuntimeError("h2load: " + o[-400:])
    return n


def measure(a, work, peer, proc, ports, sc, secs):
    ch0 = os.times(); bk0 = sum(cpu_secs(BACKEND[0].pid)); all0 = core_busy(None); co0 = core_busy(a.cpu_proxy)
    u0, s0 = cpu_secs(proc.pid); st0 = steal_secs(); c0 = ctxt(proc.pid); w0 = time.perf_counter()
    r = drive(a, work, peer, ports, sc, secs)
    w = time.perf_counter() - w0; u1, s1 = cpu_secs(proc.pid)
    n = max(1, r["requests"]); ch1 = os.times()
    mine = (u1 - u0 + s1 - s0) + (sum(cpu_secs(BACKEND[0].pid)) - bk0) + (ch1.children_user + ch1.children_system + ch1.user + ch1.system - ch0.children_user - ch0.children_system - ch0.user - ch0.system)
    r["foreign"] = (core_busy(None) - all0 - mine) / w           # cores' worth of CPU used by nobody of ours (soft interrupts that are charged to no task count here too)
    r["core_us"] = (core_busy(a.cpu_proxy) - co0) / n * 1e6       # pinned: everything the proxy's core did, soft interrupts included
    r.update(rps=r["requests"] / r["secs"], us_per_req=(u1 - u0 + s1 - s0) / n * 1e6, user_us=(u1 - u0) / n * 1e6, sys_us=(s1 - s0) / n * 1e6,
             cpu_s_per_1000=(u1 - u0 + s1 - s0) / n * 1000, proxy_util=(u1 - u0 + s1 - s0) / w, steal=steal_secs() - st0,
             wakeups_per_req=(ctxt(proc.pid) - c0) / n, rss_kb=rss_kb(proc.pid)[1])
    return r


# ------------------------------------------------------------------ starting peers
def start_peer(a, work, name, idx, routes=0, wait=True, extra_env=None, log=False):
    base = 8100 + 10 * idx
    ports = (base, base + 1, base + 2)
    d = f"{work}/{name}-{idx}"; os.makedirs(d, exist_ok=True)
    spec = P.build(name, dict(dir=d, port=ports[0], tls_port=ports[1], h2c_port=ports[2], up=9001, routes=routes, threads=a.threads, cert=a.cert, key=a.key, log=f"{d}/access.log" if log else None))
    if log and not offers(spec, "log"): raise RuntimeError("it writes no access log")
    for fn, text in spec.get("files", {}).items():
        open(f"{d}/{fn}", "w").write(text)
    if spec.get("check"):
        r = subprocess.run(spec["check"], capture_output=True, text=True)
        if r.returncode: raise RuntimeError("this build refuses the config: " + " / ".join(l.replace(d + "/", "") for l in (r.stdout + r.stderr).splitlines() if ".yaml:" in l))
    t0 = time.perf_counter()
    proc = spawn(spec["cmd"], cpu=a.cpu_proxy, env={**spec.get("env", {}), **(extra_env or {})}, log=f"{d}/log", cwd=d, stdout=spec.get("stdout"))
    spec.update(name=name, ports=ports, proc=proc, answered=0, log_lines=L.Log(f"{d}/access.log"))
    if wait:
        try: wait_ready(ports[0], proc, 120, host="h0.example.com" if routes else "localhost")
        except RuntimeError as e: stop(proc); raise RuntimeError(f"{e}: {open(f'{d}/log').read()[-400:].strip()}") from None
    spec.update(start_s=time.perf_counter() - t0)
    return spec


def med(xs):
    xs = [x for x in xs if x is not None]
    return statistics.median(xs) if xs else None


def fmt(x, n=1):
    return "-" if x is None else f"{x:.{n}f}"


def paired(rs, bs):
    """median (min-max) of the ratios within each round: the rounds are interleaved, so slow spells of the machine cancel out."""
    q = sorted(r["us_per_req"] / b["us_per_req"] for r, b in zip(rs, bs) if b["us_per_req"])
    return f"**{med(q):.2f}** ({q[0]:.2f}-{q[-1]:.2f})" if q else "-"


def report(res, scen, peers_, base):
    o = []
    for sc in scen:
        rows = [(p, res[sc][p]) for p in peers_ if res[sc].get(p)]
        if not rows: continue
        o.append(f"\n### {sc}\n\n| peer | CPU µs/req (min / **median** / max) | user+sys | core-1 µs/req | " + " | ".join(f"vs {b}" for b in base) + " | req/s | p50 µs | p90 | p99 | p99.9 | max | proxy util | wake-ups/req | peak RSS MB | errors |\n|---|---|---|---|" + "---|" * len(base) + "---|---|---|---|---|---|---|---|---|---|")
        for p, rs in sorted(rows, key=lambda x: med([r["us_per_req"] for r in x[1]])):
            c = [r["us_per_req"] for r in rs]; m = lambda k: med([r[k] for r in rs])
            o.append(f"| {p} | {min(c):.2f} / **{med(c):.2f}** / {max(c):.2f} | {m('user_us'):.1f}+{m('sys_us'):.1f} | {m('core_us'):.1f} | " + " | ".join(paired(rs, res[sc].get(b, [])) for b in base) +
                     f" | {m('rps'):.0f} | {fmt(m('p50'),0)} | {fmt(m('p90'),0)} | {fmt(m('p99'),0)} | {fmt(m('p999'),0)} | {fmt(m('max'),0)} | {m('proxy_util'):.2f} | {m('wakeups_per_req'):.2f} | {m('rss_kb')/1024:.0f} | {sum(r['errors'] for r in rs)} |")
    return "\n".join(o) + "\n"


def warm_up(a, work, specs, n, s):
    """Until two windows in a row agree within 3 %, at most warm seconds."""
    freeze(specs, n); jvm = specs[n].get("jvm"); t0 = time.time(); last = 0   # JIT counters are warmed on both cores' worth of time: the proxy is unpinned meanwhile
    if jvm and a.cpu_proxy is not None: pin(specs[n]["proc"].pid, range(os.cpu_count()))
    try:
        while True:
            s1 = dict(s); s1.pop("rps", None)
            r = drive(a, work, specs[n], specs[n]["ports"], s1, min(4, max(1, a.warm)) if jvm else 1)
            x = r["requests"] / r["secs"]
            if not jvm or time.time() - t0 >= a.warm or (time.time() - t0 >= a.warm * .6 and abs(x - last) < .03 * x): break
            last = x
    finally:
        if jvm and a.cpu_proxy is not None: pin(specs[n]["proc"].pid, [a.cpu_proxy])


def in_turn(a, work, specs, sc, scen_of):
    """Warms those of `scen_of` (key of specs -> scenario), then measures each alone in every round, in rotating order. Returns key -> results."""
    ok = []; res = {}
    for n in scen_of:
        try: warm_up(a, work, specs, n, scen_of[n]); ok.append(n)
        except Exception as e: print(f"# {n} {sc}: warm-up failed: {e}", flush=True)
    for rnd in range(a.rounds):
        order = ok[rnd % max(1, len(ok)):] + ok[:rnd % max(1, len(ok))]
        if rnd % 2: order = order[::-1]
        for n in order:
            try:
                for attempt in range(3):           # a window that something else disturbed is measured again
                    freeze(specs, n); r = measure(a, work, specs[n], specs[n]["proc"], specs[n]["ports"], scen_of[n], a.secs)
                    if r["steal"] < a.max_steal * a.secs: break
                res.setdefault(n, []).append(r)
                print(f"{sc} r{rnd} {n:28s} {r['us_per_req']:8.2f} µs/req  {r['rps']:8.0f} req/s  p99 {fmt(r['p99'],0)}  util {r['proxy_util']:.2f} wk {r['wakeups_per_req']:.2f} core {r['core_us']:.2f} foreign {r['foreign']:.2f} steal {r['steal']:.2f} err {r['errors']}", flush=True)
            except Exception as e:
                print(f"# {n} {sc}: {e}", flush=True)
    return res


def start_all(a, work, wanted):
    """Starts what `wanted` names: key -> (peer, routes, log). What doesn't start is said and left out."""
    specs = {}
    for i, (n, (peer, routes, log)) in enumerate(wanted.items()):
        try:
            specs[n] = start_peer(a, work, peer, i, routes, log=log); freeze(specs)
            print(f"# {n}: first request after {specs[n]['start_s']*1000:.0f} ms", flush=True)
        except Exception as e:
            print(f"# {n}: NOT STARTED: {e}", flush=True)
    return specs


def cmd_run(a, work):
    start_backend(a, work)
    names = a.peers.split(","); scen = a.scenarios.split(",")
    kinds = sorted({bool(SCEN[s].get("log")) for s in scen})      # peers with a log are processes of their own
    key = lambda n, log: n + " (log)" if log else n
    specs = start_all(a, work, {key(n, log): (n, 0, log) for log in kinds for n in names})
    res = {}; failed = False
    for sc in scen:
        s = SCEN[sc]; log = bool(s.get("log"))
        ok = [n for n in names if key(n, log) in specs and offers(specs[key(n, log)], s["need"])]
        got = in_turn(a, work, specs, sc, {key(n, log): s for n in ok})
        res[sc] = {n: got[key(n, log)] for n in ok if key(n, log) in got}
        for n in [n for n in res[sc] if log and n != "weir-nolog"]:
            spec = specs[key(n, log)]
            try:
                freeze(specs, key(n, log)); print(f"# {n} {sc}: {L.check(spec, lambda: burst(a, spec['ports'][0], s['path']))}", flush=True)
            except Exception as e:
                print(f"# {n} {sc}: FAILED: {e}", flush=True); del res[sc][n]; failed = True
    md = report(res, scen, names, [b for b in a.base.split(",") if b in names])
    print(md); open(a.out + ".md", "w").write(md)
    json.dump({"args": vars(a), "results": res, "start_s": {n: s["start_s"] for n, s in specs.items()}}, open(a.out + ".json", "w"), indent=1)
    if failed: raise SystemExit(1)


def cmd_idle(a, work):
    start_backend(a, work); rows = []
    for i, n in enumerate(a.peers.split(",")):
        for tls in (False, True):
            spec = start_peer(a, work, n, i * 2 + tls)
            try:
                if tls and not offers(spec, "tls"): continue
                port = spec["ports"][1 if tls else 0]
                wrk(a, work, port, a.warm if spec.get("jvm") else 1, tls=tls)
                j0 = jvm_kb(spec["proc"].pid) if spec.get("jvm") else None
                time.sleep(1); r0 = rss_kb(spec["proc"].pid)[0]; cs = []
                ctx = ssl._create_unverified_context() if tls else None
                for k in range(a.idle_conns):
                    s = socket.create_connection(("127.0.0.1", port), timeout=10)
                    if tls: s = ctx.wrap_socket(s)
                    s.sendall(b"GET /100 HTTP/1.1\r\nHost: localhost\r\n\r\n"); s.recv(4096); cs.append(s)
                time.sleep(2); r1 = rss_kb(spec["proc"].pid)[0]
                j1 = jvm_kb(spec["proc"].pid) if j0 else None
                live = [(y - x) / a.idle_conns for x, y in zip(j0, j1)] if j1 else None
                rows.append((n, tls, r0 / 1024, (r1 - r0) / 1024 * 10000 / a.idle_conns, (r1 - r0) / a.idle_conns, live))
                print(f"{n:28s} tls={tls} base {r0/1024:.1f} MB, +{rows[-1][3]:.1f} MB per 10k idle connections = {rows[-1][4]:.2f} kB each" +
                      (f"; after a full collection {sum(live):.2f} KiB each: live heap {live[0]:.2f}, direct and native {live[1]:.2f}" if live else ""), flush=True)
                for s in cs: s.close()
            except Exception as e:
                print(f"# {n} tls={tls}: {e}", flush=True)
            finally:
                stop(spec["proc"])
    json.dump(rows, open(a.out + ".json", "w"))


def cmd_start(a, work):
    start_backend(a, work); out = {}
    for rnd in range(a.rounds):
        for i, n in enumerate(a.peers.split(",")):
            spec = start_peer(a, work, n, i)
            u, s = cpu_secs(spec["proc"].pid); c1 = u + s
            r = wrk(a, work, spec["ports"][0], a.secs)
            u, s = cpu_secs(spec["proc"].pid)
            out.setdefault(n, []).append((spec["start_s"] * 1000, c1 * 1000, (u + s - c1) / r["requests"] * 1e6, r["requests"] / r["secs"], r["p99"], rss_kb(spec["proc"].pid)[0] / 1024))
            stop(spec["proc"])
    print(f"| peer | ms to first proxied request (min/med/max) | CPU ms used by then | CPU µs/req over the first {a.secs} s | req/s then | p99 µs | RSS MB |\n|---|---|---|---|---|---|---|")
    for n, v in out.items():
        c = [x[0] for x in v]
        print(f"| {n} | {min(c):.0f} / {med(c):.0f} / {max(c):.0f} | {med([x[1] for x in v]):.0f} | {med([x[2] for x in v]):.1f} | {med([x[3] for x in v]):.0f} | {med([x[4] for x in v])} | {med([x[5] for x in v]):.0f} |")
    json.dump(out, open(a.out + ".json", "w"))


def cmd_routes(a, work):
    start_backend(a, work); out = []
    for k in (1, 1000, 100000):
        for i, n in enumerate(a.peers.split(",")):
            try:
                spec = start_peer(a, work, n, i, routes=k)
                if spec.get("jvm"): wrk(a, work, spec["ports"][0], a.warm, routes=k)
                rs = [measure(a, work, spec, spec["proc"], spec["ports"], dict(tool="wrk", path="/100", need="h1", routes=k), a.secs) for _ in range(a.rounds)]
                out.append((n, k, spec["start_s"] * 1000, med([r["us_per_req"] for r in rs]), rss_kb(spec["proc"].pid)[0] / 1024, sum(r["errors"] for r in rs)))
                print(f"{n:28s} routes={k:6d} load {out[-1][2]:8.0f} ms  {out[-1][3]:7.2f} µs/req  RSS {out[-1][4]:.0f} MB errors {out[-1][5]}", flush=True)
                stop(spec["proc"])
            except Exception as e:
                print(f"# {n} routes={k}: {e}", flush=True)
    json.dump(out, open(a.out + ".json", "w"))


def cmd_apps(a, work):
    """Many hosts: each peer with --apps of them, and Weir with one. Starts, pinned and not; then CPU per request in turn, each request for a
    random one of the hosts, in the same order for all."""
    start_backend(a, work)
    wanted = {f"{n} x {a.apps}": (n, a.apps, False) for n in a.peers.split(",")}
    wanted.update({f"{n} x 1": (n, 1, False) for n in a.peers.split(",") if n.startswith("weir")})
    o = f"| peer x hosts | ready pinned, s (min / **median** / max) | unpinned | RSS when ready, MiB (median, pinned / unpinned) |\n|---|---|---|---|\n"; starts = {}
    free = argparse.Namespace(**dict(vars(a), cpu_proxy=None, threads=os.cpu_count()))
    for rnd in range(a.starts):
        for n, (peer, routes, _) in wanted.items():
            for kind, how in (("pinned", a), ("unpinned", free)):
                if how is a and a.cpu_proxy is None: continue
                try:
                    spec = start_peer(how, work, peer, 9, routes)
                    starts.setdefault(n, {}).setdefault(kind, []).append((spec["start_s"], rss_kb(spec["proc"].pid)[0] / 1024)); stop(spec["proc"])
                    print(f"# {n} {kind}: ready after {starts[n][kind][-1][0]:.2f} s, {starts[n][kind][-1][1]:.0f} MiB", flush=True)
                except Exception as e:
                    print(f"# {n} {kind}: {e}", flush=True)
    for n, by in starts.items():
        col = lambda k: (lambda v: f"{v[0]:.2f} / **{med(v):.2f}** / {v[-1]:.2f}")(sorted(x[0] for x in by[k])) if k in by else "-"
        rss = lambda k: fmt(med([x[1] for x in by[k]]), 0) if k in by else "-"
        o += f"| {n} | {col('pinned')} | {col('unpinned')} | {rss('pinned')} / {rss('unpinned')} |\n"
    specs = start_all(a, work, wanted)
    sc = f"apps-{a.apps}"
    res = {sc: in_turn(a, work, specs, sc, {n: dict(tool="wrk", path="/100", need="h1", routes=wanted[n][1]) for n in specs})}
    md = o + report(res, [sc], list(wanted), list(wanted))
    print(md); open(a.out + ".md", "w").write(md)
    json.dump({"args": vars(a), "starts": starts, "results": res}, open(a.out + ".json", "w"), indent=1)


def cmd_syscalls(a, work):
    """strace -c -f for 2 s of load; strace slows the proxy, so only the COUNTS per request mean anything."""
    start_backend(a, work); out = {}
    s = SCEN[a.scenarios.split(",")[0]]
    for i, n in enumerate(a.peers.split(",")):
        try:
            spec = start_peer(a, work, n, i)
            if not offers(spec, s["need"]): stop(spec["proc"]); continue
            drive(a, work, spec, spec["ports"], s, a.warm if spec.get("jvm") else 1)
            f = f"{work}/{n}-{i}/strace"
            st = spawn(["strace", "-c", "-f", "-o", f] + sum((["-p", str(q)] for q in tree(spec["proc"].pid)), []), cpu=a.cpu_proxy)
            time.sleep(1.0)
            r = drive(a, work, spec, spec["ports"], s, 3)
            st.send_signal(signal.SIGINT); st.wait(10)
            d = {}
            for l in open(f):
                q = l.split()
                if len(q) >= 5 and re.match(r"[\d.]+$", q[0]) and q[3].isdigit() and q[-1] != "total": d[q[-1]] = int(q[3]) / r["requests"]
            out[n] = d; stop(spec["proc"])
            print(f"{n:28s} total {sum(d.values()):.2f}/req: " + ", ".join(f"{k} {v:.2f}" for k, v in sorted(d.items(), key=lambda x: -x[1]) if v > .005), flush=True)
        except Exception as e:
            print(f"# {n}: {e}", flush=True)
    json.dump(out, open(a.out + ".json", "w"))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("what", choices=["run", "idle", "start", "routes", "apps", "syscalls"])
    ap.add_argument("--peers", default="nginx,haproxy"); ap.add_argument("--scenarios", default="h1-100")
    ap.add_argument("--rounds", type=int, default=3); ap.add_argument("--secs", type=int, default=5); ap.add_argument("--warm", type=int, default=15)
    ap.add_argument("--base", default="nginx,haproxy,c-epoll"); ap.add_argument("--out", default="bench-out/bench", help="results go to OUT.md and OUT.json")
    ap.add_argument("--unpinned", action="store_true", help="no taskset; proxies get --threads 2 unless said otherwise")
    ap.add_argument("--max-steal", type=float, default=0.15, help="share of a core stolen by the host above which a window is repeated (at most twice)")
    ap.add_argument("--keep", action="store_true", help="keep the work folder (configs, logs)")
    ap.add_argument("--threads", type=int, default=0); ap.add_argument("--cpu-proxy", type=int, default=1); ap.add_argument("--cpu-load", type=int, default=0)
    ap.add_argument("--backend", choices=["nginx", "c"], default="nginx"); ap.add_argument("--backend-ports", type=int, default=4)
    ap.add_argument("--apps", type=int, default=100000, help="apps: how many hosts"); ap.add_argument("--starts", type=int, default=3, help="apps: starts of each peer, pinned and not")
    ap.add_argument("--idle-conns", type=int, default=8000)
    ap.add_argument("--cert", help="PEM; made afresh if left out (P-256)"); ap.add_argument("--key")
    ap.add_argument("--wait-load", type=float, default=0, metavar="SHARE", help="first wait (at most 10 minutes) until the cores are busy for less than this share of the time")
    a = ap.parse_args()
    wait_quiet(a.wait_load)
    if a.unpinned: a.cpu_proxy = a.cpu_load = None
    a.threads = a.threads or (2 if a.unpinned else 1)
    h = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for lim in ((60000, 60000), (h, h)):
        try: resource.setrlimit(resource.RLIMIT_NOFILE, lim); break
        except (ValueError, OSError): pass
    work = tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("BENCH_WORK", "/dev/shm")); os.chmod(work, 0o755)
    if not a.cert:
        a.cert, a.key = f"{work}/cert.pem", f"{work}/key.pem"
        subprocess.check_call(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", a.key, "-out", a.cert, "-days", "3650", "-subj", "/CN=localhost"], stderr=subprocess.DEVNULL)
    a.out = os.path.abspath(a.out)
    open(f"{work}/both.pem", "w").write(open(a.cert).read() + open(a.key).read())
    # all that we start inherits the priority; with autogroup scheduling the nice value counts per session only, hence setsid and autogroup
    for f in (os.setsid, lambda: os.setpriority(os.PRIO_PROCESS, 0, -20), lambda: open("/proc/self/autogroup", "w").write("-20")):
        try: f()
        except OSError: pass
    if os.getpriority(os.PRIO_PROCESS, 0) > -10: print("# no right to raise the priority: see to it that nothing else runs", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    os.makedirs(os.path.dirname(a.out), exist_ok=True)
    try:
        {"run": cmd_run, "idle": cmd_idle, "start": cmd_start, "routes": cmd_routes, "apps": cmd_apps, "syscalls": cmd_syscalls}[a.what](a, work)
    finally:
        stop_all()
        if not a.keep: shutil.rmtree(work, ignore_errors=True)
        else: print("# kept", work)


if __name__ == "__main__":
    main()
