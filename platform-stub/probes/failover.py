#!/usr/bin/env python3
"""Workers, zones and regions that are lost and come back, under a steady load: real processes in a network namespace of their own.

A zone is a /24 of the loopback, so that it can be cut off whole; nobody outside the namespace is touched, and all of it is gone when
this ends, however it does. Needs the right to make namespaces (root, or user namespaces), `ip` and `nft`.
The app has the defaults, but for `timeouts: { response: 2s }` and `check: { http: { path: /health } }`; a scenario that needs more says so.
"""
import argparse, collections, http.client, os, re, shutil, signal, subprocess, sys, tempfile, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
import namespaces
from namespaces import prefer
from openloop import OpenLoop
from proxies import Proxy, free_ports

RATE = 300         # requests a second: little enough that a busy machine of two cores carries it
SLOW = 0.5         # seconds: an answer that took longer, and was overtaken by many, had waited for somebody who didn't answer
OVERTAKEN = 20     # requests that began later and were over sooner: fewer, and the machine stood still
BOUNDS = {         # what is promised; --bound NAME=VALUE sets another, to see that it is looked at
    "lost": (0, "share of the idempotent requests that may fail while others are well and the lost ones refuse or reset"),
    "silent": (0.001, "share of those of the 10 s around that may fail when a worker or a zone falls silent"),
    "left": (3, "seconds until no request goes to the silent ones any more"),
    "region": (0.005, "share of the idempotent requests of the 10 s around that may fail when a region is lost"),
    "elsewhere": (5, "seconds until the other region answers everything"),
    "ejected": (12, "seconds until a worker that fails 30 % of its requests is out: its errors have to show in 10 s of traffic"),
    "heard": (15, "seconds from the healing to the first request: two good checks, 5 s and their jitter from each other, and a time-out before them"),
    "slow": (0.5, "part of its fair share that a zone which came back may have in its first 5 s, of the 30 s of slow start"),
    "back": (45, "seconds from the healing to the fair share, or what was to come back"),
    "ramp": (2, "seconds that the share of a region needs at least to come back, with a ramp of 3 s"),
    "unwell": (20, "seconds until traffic has left where checks fail and requests are answered: three checks in a row, 5 s and their jitter from each other, and a time-out"),
}
SCENARIOS = []; A = None

THREE = {"ca-c1": {"ca-c1a": 1, "ca-c1b": 1, "ca-c1c": 1}}   # regions, their zones, and how many workers each has
ZONES = {"ca-c1": {"ca-c1a": 2, "ca-c1b": 2}}
REGIONS = {"ca-c1": {"ca-c1a": 1, "ca-c1b": 1}, "us-e1": {"us-e1a": 1, "us-e1b": 1}}


def scenario(name, regions, failover="", host="probe.ca-c1.example.test", gateway=None):
    """gateway: a region that is reached through a load balancer of its own, `far`; the one under load is in the other."""
    def d(fn): SCENARIOS.append((name, regions, failover, host, gateway, fn)); return fn
    return d


# --- What a scenario plays on ----------------------------------------------------------------------------------------

class Worker:
    def __init__(self, name, zone, region, address, folder): self.name = name; self.zone = zone; self.region = region; self.address = address; self.record = "%s/%s.record" % (folder, name); self.log = "%s/%s.log" % (folder, name); self.start()
    def start(self):
        self.process = subprocess.Popen([sys.executable, HERE + "/zone_worker.py", "--bind", self.address, "--name", self.name, "--record", self.record],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(self.log, "ab"), text=True, bufsize=1)
    def tell(self, line):
        self.process.stdin.write(line + "\n"); got = self.process.stdout.readline()
        if got != "ok\n": raise RuntimeError("%s did not obey %r: %r" % (self.name, line, got))
    def signal(self, s): self.process.send_signal(s)
    def kill(self): self.process.kill(); self.process.wait()
    def seen(self):
        """What has arrived at it: (when, method, id)."""
        if not os.path.exists(self.record): return []
        return [(float(t), m, i) for t, m, i in (l.split() for l in open(self.record).read().splitlines() if l.count(" ") == 2)]


class Stage:
    """A running load balancer with its workers, under load. Times are seconds of the monotonic clock."""
    def __init__(self, name, regions, failover, host, gateway):
        self.name = name; self.dir = tempfile.mkdtemp(prefix="failover-"); self.workers = {}; self.problems = []; self.load = None; self.host = host; self.verdicts = []
        self.subnet = {z: "127.0.%d" % (i + 1) for i, z in enumerate(z for zones in regions.values() for z in zones)}
        plan = {r: [("%s-%d" % (z, n + 1), z, "%s.%d:7000" % (self.subnet[z], n + 1)) for z, count in zones.items() for n in range(count)] for r, zones in regions.items()}
        self.plan = [(name, z, r, address) for r, pool in plan.items() for name, z, address in pool]
        pools = {r: "workers: [ %s ]" % ", ".join('{ address: "%s", zone: %s }' % (address, z) for _, z, address in pool) for r, pool in plan.items()}
        self.proxy = Proxy("weir"); self.far = None; here = "ca-c1"
        if gateway:
            self.far = Proxy("weir"); self.far.port, self.far.admin = free_ports(6)[4:]   # behind those of the first, which nobody has taken yet
            open(self.far.file, "w").write(self.config(self.far, regions, gateway, {gateway: pools[gateway]}, "", "trusted-gateways: [ 127.0.0.0/8 ]\ninstance: far\n"))
            here = next(r for r in regions if r != gateway); pools[gateway] = 'gateway: { address: "127.0.0.1:%d" }' % self.far.port
        open(self.proxy.file, "w").write(self.config(self.proxy, regions, here, pools, failover))

    def config(self, proxy, regions, here, pools, failover, more=""):
        return "domains: [example.test]\nhere: { region: %s, zone: %s }\nregions:\n%slisteners: [ { bind: \"127.0.0.1:%d\", plain-http: serve } ]\nadmin: { bind: \"127.0.0.1:%d\" }\nruntime: { transport: %s, drain: 5s, state: state }\n%sapps:\n  probe:\n    pools:\n%s%s" % (
            here, next(iter(regions[here])), "".join("  %s: { jurisdiction: %s, zones: [%s] }\n" % (r, r[:2].upper(), ", ".join(zones)) for r, zones in regions.items()), proxy.port, proxy.admin, A.transport, more,
            "".join("      %s: { %s }\n" % pool for pool in pools.items()),
            "    timeouts: { response: 2s }\n" + (A.unprotected and "    check: off\n    ejection: off\n" or "    check: { http: { path: /health } }\n" + (failover and "    failover: %s\n" % failover)))

    def start(self):
        for name, zone, region, address in self.plan: self.workers[name] = Worker(name, zone, region, address, self.dir)
        for w in self.workers.values(): w.tell("health 200")
        if self.far: self.far.start(); prefer(self.far.pid)
        self.proxy.start(); prefer(self.proxy.pid); self.warm_up(); self.load = OpenLoop(self.proxy.port, self.host, A.rate); self.load.start()

    def warm_up(self):
        """Requests one after the other: how a JVM fares whose first second it is, is not asked here."""
        c = http.client.HTTPConnection("127.0.0.1", self.proxy.port, timeout=10)
        for _ in range(200): c.request("GET", "/warm-up", headers={"Host": self.host}); c.getresponse().read()
        c.close()

    def run(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end: self.alive(); time.sleep(min(0.1, max(0, end - time.monotonic())))

    def until(self, what, seconds, every=0.1):
        """Runs on until what() is true, and says whether it became so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what(): return True
            self.run(every)
        return False

    def alive(self):
        if self.proxy.proc.poll() is not None: raise RuntimeError("Weir ended with exit code %s:\n%s" % (self.proxy.proc.returncode, self.proxy.tail()))
        if not self.load.is_alive(): raise RuntimeError("the client has ended")

    def of(self, place): return [w for w in self.workers.values() if place in (w.name, w.zone, w.region)]
    def cut(self, place, how):
        """Whatever is sent to the place or comes from it is dropped, or answered with a reset."""
        subnets = ", ".join(sorted({self.subnet[w.zone] + ".0/24" for w in self.of(place)}))
        drop = "add rule inet cut in ip saddr { %s } drop\nadd rule inet cut in ip daddr { %s } drop\n" % (subnets, subnets); reject = "add rule inet cut in tcp flags & rst == 0 ip daddr { %s } reject with tcp reset\n" % subnets
        subprocess.run(["nft", "-f", "-"], input="add table inet cut\nadd chain inet cut in { type filter hook input priority 0; }\n" + (drop if how == "drop" else reject), text=True, check=True); return time.monotonic()
    def heal(self): subprocess.run(["nft", "delete", "table", "inet", "cut"], check=True); return time.monotonic()

    def all_from(self, place, since, seconds, n=100):
        """Runs on until the n answers behind `since` that came last are all from there: when that was, or None if it never was."""
        here = {w.name for w in self.of(place)}
        def so(): last = self.load.done[-n:]; return len(last) == n and all(r.began > since and r.worker in here for r in last)
        return time.monotonic() if self.until(so, seconds) else None

    def end(self): self.done = sorted(self.load.end(), key=lambda r: r.meant); self.first = self.done[0].meant

    # --- What can be said of it afterwards ---

    def between(self, begin=None, end=None, only=lambda r: True): return [r for r in self.done if (begin is None or r.meant >= begin) and (end is None or r.meant < end) and only(r)]
    def share(self, place, begin, end):
        answered = [r for r in self.between(begin, end) if r.worker]; here = {w.name for w in self.of(place)}
        return sum(r.worker in here for r in answered) / max(1, len(answered))
    def last(self, since, odd):
        """Seconds from `since` to when the last odd request began; 0 if there was none."""
        return max([r.began - since for r in self.between(since - 2) if odd(r)] + [0])
    def waited(self, r):
        """Whether it took long while others didn't, so that the machine can't be the reason."""
        return r.took > SLOW and sum(o.began > r.began and o.over < r.over for o in self.between(r.began, r.over)) >= OVERTAKEN
    def left(self, since): return self.last(since, lambda r: not r.good or self.waited(r))

    def want(self, good, problem):
        if not good: self.problems.append(problem)
    def at_most(self, bound, value, what, form="%.2f s"):
        limit = A.bounds[bound]; self.want(value <= limit, "%s: %s, at most %s is promised" % (what, form % value, form % limit))
    def few_fail(self, bound, since):
        """So few idempotent requests fail, all of the run's counted, as a share of those of the 10 s around."""
        failed = self.between(only=lambda r: r.idempotent and not r.good); near = self.between(since - 5, since + 5, lambda r: r.idempotent); share = len(failed) / max(1, len(near)); limit = A.bounds[bound]
        self.want(share <= limit, "%d idempotent requests failed, %.2f %% of the %d of the 10 s around, at most %g %% may: %s" % (len(failed), share * 100, len(near), limit * 100, self.told(failed, since)))
    def none_fails(self, begin, end=None, only=lambda r: True, what="requests"):
        failed = self.between(begin, end, lambda r: only(r) and not r.good); self.want(not failed, "%d %s failed: %s" % (len(failed), what, self.told(failed, begin)))
    def served_before(self, place, since, least):
        got = self.share(place, since - 2, since - 0.2); self.want(got >= least, "%s had only %.0f %% of the traffic before it was lost" % (place, got * 100))
    def told(self, requests, since):
        kinds = collections.Counter("%s %s %s" % (r.method, r.status or "no answer", r.worker or r.why) for r in requests)
        return "%s; %s" % (dict(kinds), ", ".join("at %+.2f s: %s" % (r.began - since, r) for r in requests[:3]))

    def verdict(self, name, note):
        """Prints what was found since the last verdict."""
        twice = [i for i, n in collections.Counter(i for w in self.workers.values() for _, m, i in w.seen() if m == "POST").items() if n > 1]
        self.want(not twice, "%d POSTs reached workers more than once: %s" % (len(twice), twice[:3]))
        self.want(len(self.done) > A.rate, "only %d requests were made" % len(self.done))
        idempotent = self.between(only=lambda r: r.idempotent); posts = self.between(only=lambda r: not r.idempotent)
        figures = "%d of %d GETs and PUTs failed, %d of %d POSTs, slowest %.2f s, client late by %.2f s at most" % (
            sum(not r.good for r in idempotent), len(idempotent), sum(not r.good for r in posts), len(posts), max(r.took for r in self.done), self.load.lag)
        print("%s %s — %s" % ("FAIL" if self.problems else "PASS", name, "; ".join([*self.problems, note, figures])), flush=True)
        self.verdicts.append(not self.problems); self.problems = []

    def stop(self):
        for w in self.workers.values():
            if w.process.poll() is None: w.signal(signal.SIGCONT); w.kill()
        if self.load: self.load.ended = True
        for p in [self.proxy, self.far]:
            if p and hasattr(p, "proc"): p.stop()
        subprocess.run(["nft", "flush", "ruleset"], check=True)
        if A.keep: print("kept", self.dir, self.proxy.dir)
        else: shutil.rmtree(self.dir, ignore_errors=True); [shutil.rmtree(p.dir, ignore_errors=True) for p in [self.proxy, self.far] if p]


# --- One worker of three ---------------------------------------------------------------------------------------------

@scenario("worker.killed", THREE)
def _(s):
    """kill -9: what was under way goes elsewhere, and what comes finds nobody there."""
    s.run(3); s.workers["ca-c1b-1"].kill(); t = time.monotonic(); s.run(6); s.end()
    s.served_before("ca-c1b-1", t, 0.2); s.few_fail("lost", t); s.none_fails(t + 1, what="requests of 1 s later")
    s.verdict("worker.killed", "nothing failed %.2f s after it" % s.last(t, lambda r: not r.good))


@scenario("worker.stopped", THREE)
def _(s):
    """SIGSTOP: the kernel still takes its connections, and nobody answers. It wakes up at the end, when all of that has been given up."""
    s.run(10); w = s.workers["ca-c1b-1"]; w.signal(signal.SIGSTOP); t = time.monotonic(); s.run(7); w.signal(signal.SIGCONT); s.run(1); s.end()
    s.served_before("ca-c1b-1", t, 0.2); s.few_fail("silent", t); left = s.left(t); s.at_most("left", left, "traffic left")
    s.verdict("worker.stopped", "left after %.2f s" % left)


@scenario("worker.errors", THREE)
def _(s):
    """30 % of its requests are answered with 503: passed on, since they are answers, until the worker is out. Its checks go well."""
    s.run(3); w = s.workers["ca-c1b-1"]; w.tell("errors 30"); t = time.monotonic()
    def out():
        """When it was last asked before the first 5 s of quiet (it is out for 10), or None."""
        times = [t] + [at for at, _, _ in w.seen() if at > t] + [time.monotonic()]
        return next((a - t for a, b in zip(times, times[1:]) if b - a >= 5), None)
    ejected = s.until(lambda: out() is not None, A.bounds["ejected"] + 6) and out(); s.end()
    s.served_before(w.name, t, 0.2); s.want(ejected is not False, "it was not taken out")
    if ejected is not False: s.at_most("ejected", ejected, "it was asked for the last time")
    errors = s.between(t - 1, only=lambda r: r.status == 503 and r.worker == w.name); s.none_fails(None, only=lambda r: r not in errors, what="requests that it didn't answer"); s.want(errors, "there was no error")
    s.verdict("worker.errors", "out after %s, %d errors" % ("%.2f s" % ejected if ejected is not False else "-", len(errors)))


@scenario("worker.resets-all-but-checks", THREE)
def _(s):
    """Its checks go well, and every request is answered by a reset: traffic alone can tell."""
    s.run(3); w = s.workers["ca-c1b-1"]; w.tell("reset on"); t = time.monotonic(); s.run(8); s.end()
    hits = [at - t for at, _, _ in w.seen() if at > t]; s.served_before(w.name, t, 0.2); s.few_fail("lost", t); s.want(hits, "it got nothing"); s.at_most("left", max(hits or [0]), "it was asked for the last time")
    s.none_fails(t + A.bounds["left"], what="requests after it was to be out")
    s.verdict("worker.resets-all-but-checks", "out after %.2f s and %d requests" % (max(hits or [0]), len(hits)))


# --- A zone of two ---------------------------------------------------------------------------------------------------

@scenario("zone.killed", ZONES)
def _(s):
    """All its processes at once."""
    s.run(3); [w.signal(signal.SIGKILL) for w in s.of("ca-c1b")]; t = time.monotonic(); s.run(6); s.end()
    s.served_before("ca-c1b", t, 0.35); s.few_fail("lost", t); s.none_fails(t + 1, what="requests of 1 s later")
    s.verdict("zone.killed", "nothing failed %.2f s after it" % s.last(t, lambda r: not r.good))


@scenario("zone.refused", ZONES)
def _(s):
    """Resets for whatever is sent there: new connections, and kept ones with their next request."""
    s.run(3); t = s.cut("ca-c1b", "reject"); s.run(6); s.end()
    s.served_before("ca-c1b", t, 0.35); s.few_fail("lost", t); s.none_fails(t + A.bounds["left"], what="requests after traffic was to have left")
    s.verdict("zone.refused", "nothing failed %.2f s after it" % s.last(t, lambda r: not r.good))


@scenario("zone.black-holed-and-healed", ZONES)
def _(s):
    """Whatever is sent there vanishes, and comes through again 8 s later."""
    s.run(10); t = s.cut("ca-c1b", "drop"); s.run(8); healed = s.heal()
    s.until(lambda: any(r.began > healed and r.worker and r.worker.startswith("ca-c1b") for r in s.load.done[-100:]), A.bounds["heard"] + 5); s.run(A.bounds["back"] - (time.monotonic() - healed)); s.end()
    s.served_before("ca-c1b", t, 0.35); s.few_fail("silent", t); left = s.left(t); s.at_most("left", left, "traffic left")
    s.want(s.share("ca-c1b", t + A.bounds["left"], healed) == 0, "the zone answered while it was cut off")
    s.verdict("zone.black-holed", "left after %.2f s" % left)

    heard = min([r.began for r in s.between(healed) if r.worker in ("ca-c1b-1", "ca-c1b-2")] or [None], key=lambda x: x or 0)
    if heard is None: s.want(False, "it got no request any more"); return s.verdict("zone.healed", "")
    s.none_fails(healed, what="requests since the healing"); s.at_most("heard", heard - healed, "the first request came")
    early = s.share("ca-c1b", heard, heard + 5); late = s.share("ca-c1b", healed + A.bounds["back"] - 4, None)
    s.at_most("slow", early / 0.5, "its part of the fair share in the first 5 s", "%.2f"); s.want(late > 0.4, "it had %.0f %% of the traffic %g s after the healing, 50 is fair" % (late * 100, A.bounds["back"]))
    s.verdict("zone.healed", "heard after %.2f s, had %.0f %% in its first 5 s, %.0f %% at the end" % (heard - healed, early * 100, late * 100))


# --- A region of two -------------------------------------------------------------------------------------------------

def moved(s, t):
    """The region ca-c1 was lost at t: the other one serves everything soon, and few requests fail."""
    s.served_before("ca-c1", t, 0.99); s.few_fail("region", t)
    began = min([r.over - t for r in s.between(t - 2) if r.good and r.worker.startswith("us-e1")] or [float("inf")]); s.at_most("elsewhere", began, "the other region answered for the first time")
    whole = s.last(t, lambda r: not r.good or not r.worker.startswith("us-e1") or s.waited(r)); s.at_most("elsewhere", whole, "the other region answered everything")
    return "the other answered after %.2f s, and everything after %.2f s" % (began, whole)


@scenario("region.killed-and-back", REGIONS, "{ to: [us-e1], failback: { hold: 2s, ramp: 3s } }")
def _(s):
    """All its processes are killed, and started again 8 s later. The hold is 2 s and the ramp 3 s here; a minute and 30 s are the defaults."""
    s.run(3); [w.signal(signal.SIGKILL) for w in s.of("ca-c1")]; t = time.monotonic(); s.run(8); [(w.process.wait(), w.start()) for w in s.of("ca-c1")]; [w.tell("health 200") for w in s.of("ca-c1")]; again = time.monotonic()
    s.all_from("ca-c1", again, A.bounds["back"], 300); s.run(1); s.end()
    begun = s.done; lost = [r for r in begun if r.meant < again]; s.done = lost; elsewhere = moved(s, t); s.done = begun
    s.verdict("region.killed", elsewhere)
    s.none_fails(again, what="requests since the workers are there again"); first = next((r.began for r in s.between(again) if r.worker and r.worker.startswith("ca-c1")), None)
    if first is None: s.want(False, "no traffic came back"); return s.verdict("region.back", "")
    full = next((r.began for r in s.between(first) if s.share("ca-c1", r.meant, r.meant + 1) >= 0.95 and r.meant + 1 < s.done[-1].meant), None)
    s.want(full is not None, "it did not get its share back")
    if full is not None: s.at_most("back", full - again, "its share was back"); s.want(full - first >= A.bounds["ramp"], "its share came back within %.2f s, %g is the least with a ramp of 3 s" % (full - first, A.bounds["ramp"]))
    s.want(first - again >= 2, "traffic came back after %.2f s, the hold is 2 s" % (first - again))
    s.verdict("region.back", "first request after %.2f s, 95 %% after %s" % (first - again, "%.2f s" % (full - again) if full else "-"))


@scenario("region.black-holed", REGIONS, "{ to: [us-e1] }", "probe.example.test")
def _(s):
    """Whatever is sent there vanishes. The clients use the app's global domain."""
    s.run(10); t = s.cut("ca-c1", "drop"); s.run(9); s.end(); s.verdict("region.black-holed", moved(s, t))


@scenario("region.gateway-lost", REGIONS, "{ to: [us-e1] }", gateway="ca-c1")
def _(s):
    """It is reached through a load balancer of its own, and that is killed. Its workers go on, and nobody gets there."""
    s.run(3); os.kill(s.far.pid, signal.SIGKILL); t = time.monotonic(); s.run(7); s.end(); s.verdict("region.gateway-lost", moved(s, t))


@scenario("region.behind-gateway-killed", REGIONS, "{ to: [us-e1] }", gateway="ca-c1")
def _(s):
    """It is reached through a load balancer of its own, which goes on and has nobody any more."""
    s.run(3); [w.signal(signal.SIGKILL) for w in s.of("ca-c1")]; t = time.monotonic(); s.run(7); s.end(); s.verdict("region.behind-gateway-killed", moved(s, t))


# --- Everything ------------------------------------------------------------------------------------------------------

@scenario("everything-unhealthy", REGIONS, "{ to: [us-e1] }")
def _(s):
    """All checks fail, first in the app's region, then in the other too, and every worker answers requests: when health can't be trusted, the app's own region serves."""
    def unwell(region, to): [w.tell("health 503") for w in s.of(region)]; t = time.monotonic(); return t, s.all_from(to, t, A.bounds["unwell"] + 3)
    s.run(3); t, away = unwell("ca-c1", "us-e1"); u, home = unwell("us-e1", "ca-c1"); s.run(4); s.end()
    s.served_before("ca-c1", t, 0.99); s.none_fails(None); s.want(away, "traffic did not leave the unhealthy region"); s.want(home, "traffic did not come back from the unhealthy other region"); told = []
    if away: s.at_most("unwell", away - t, "all traffic had left"); told.append("left the unhealthy region after %.2f s" % (away - t))
    if home:
        s.at_most("unwell", home - u, "all traffic was back"); told.append("was back after %.2f s when all were unhealthy" % (home - u))
        shares = {w.name: s.share(w.name, home, None) for w in s.of("ca-c1")}; s.want(all(x > 0.35 for x in shares.values()), "the region's workers had %s of the traffic when all were unhealthy" % shares)
    s.verdict("everything-unhealthy", ", ".join(told) or "-")


# --- The run ---------------------------------------------------------------------------------------------------------

def play(name, regions, failover, host, gateway, fn):
    """Whether everything that the scenario wants was so."""
    s = Stage(name, regions, failover, host, gateway)
    try:
        s.start(); fn(s); code = s.proxy.stop(); log = s.proxy.tail(1 << 30)
        odd = [l for l in log.splitlines() if re.search(r" ERROR |LEAK|Exception", l) and not l.startswith((" ", "\t"))]
        if code != 0 or odd: print("FAIL %s — Weir ended with exit code %s, and said: %s" % (name, code, "; ".join(odd[:3]) or "nothing odd"), flush=True); s.verdicts.append(False)
        if not all(s.verdicts): print("  Weir's last lines:\n" + re.sub("(?m)^", "  | ", "\n".join([l for l in log.splitlines() if not l.startswith((" ", "\t"))][-12:])))
    except (RuntimeError, OSError, subprocess.CalledProcessError) as e:
        print("FAIL %s — could not be played: %s: %s" % (name, type(e).__name__, e), flush=True); s.verdicts.append(False)
    finally: s.stop()
    return s.verdicts


def main():
    global A
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--only", default="", help="regular expression on the scenarios' names"); ap.add_argument("--list", action="store_true"); ap.add_argument("--times", type=int, default=1, help="how often, in a row"); ap.add_argument("--keep", action="store_true", help="keep logs and records")
    ap.add_argument("--rate", type=float, default=RATE); ap.add_argument("--transport", default="auto", choices=["auto", "epoll", "io_uring", "nio"])
    ap.add_argument("--unprotected", action="store_true", help="without checks and failover: what the scenarios say then shows that they can fail")
    ap.add_argument("--bound", action="append", default=[], metavar="NAME=VALUE", help="another bound: " + ", ".join("%s (%g: %s)" % (n, v, why.replace("%", "%%")) for n, (v, why) in BOUNDS.items()))
    ap.add_argument(namespaces.FLAG, action="store_true", help=argparse.SUPPRESS)
    A = ap.parse_args(); A.bounds = {n: v for n, (v, _) in BOUNDS.items()}
    for b in A.bound:
        name, _, value = b.partition("=")
        if name not in BOUNDS: ap.error("no bound %r" % name)
        A.bounds[name] = float(value)
    picked = [s for s in SCENARIOS if re.search(A.only, s[0])]
    if A.list: print("\n".join("%s — %s" % (name, fn.__doc__) for name, _, _, _, _, fn in picked)); return 0
    if not A.in_namespace: words = namespaces.command("failover"); os.execvp(words[0], words + namespaces.again(*sys.argv[1:]))
    namespaces.begin()
    try: os.nice(-10)
    except OSError: pass
    prefer("self")
    begin = time.monotonic(); verdicts = []
    for n in range(A.times):
        if A.times > 1: print("== %d of %d" % (n + 1, A.times), flush=True)
        for s in picked: verdicts += play(*s)
    print("%d passed, %d failed, in %d s" % (sum(verdicts), len(verdicts) - sum(verdicts), time.monotonic() - begin)); return 0 if verdicts and all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
