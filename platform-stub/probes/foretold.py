#!/usr/bin/env python3
"""Whether what `weir simulate` says would come of a loss is what comes of it: real workers are killed, and whoever answers then is counted.

In a network namespace: one Weir, one process for each worker (nginx, which answers with its worker's name), and apps that share the workers
and differ in how they fail over. Before anything is lost, `weir simulate --lose … --then …` is asked once. Then each loss is made real by
`kill -9`; when the status says that all plans have settled, each app gets so many requests that three standard errors of its shares are 0.7
points, and the shares of regions, zones and workers are held against what was said. Apps that were to be dark must say so, with the reason.

A second time, what was seen is held against what is said of OTHER, a config that differs in each app: every app must be objected to then.
"""
import argparse, collections, json, math, os, re, shutil, subprocess, sys, tempfile, time, urllib.request
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
import namespaces
from proxies import LAUNCHER, Proxy

POINTS = 0.02     # how far a share may be from what was said
CHANCE = 0.007    # of which so much may be luck: three standard errors of a share
FEWEST = 5_000    # requests for an app after a loss, where shares leave less to luck
DARK = 100        # requests for an app that nobody serves: each tries the dead for a while
TRIED = 600_000   # exchanges that the simulation lays over all apps: three standard errors of its own luck are another 0.5 points at most
ROUNDING = 0.001  # shares are told in thousandths
SETTLES = 60      # seconds within which the plans of the running process must settle

REGIONS = {   # their jurisdictions, their zones, and how many workers each of these has
    "ca-c1": ("CA", {"ca-c1a": 3, "ca-c1b": 2, "ca-c1c": 1}),
    "us-e1": ("US", {"us-e1a": 2, "us-e1b": 1}),
    "eu-w1": ("EU", {"eu-w1a": 2})}
OFTEN = ["check: { http: { path: /health }, interval: 1s }", "timeouts: { response: 5s }"]


class App:
    """regions: where it has pools. keys: lines that say how it fails over; weights: of workers, where they aren't 1.
    other: lines or weights that it has in OTHER instead. reasons: what it answers when it is dark, by what requests name."""
    def __init__(self, regions, keys=(), weights=None, other=None, reasons=None):
        self.regions = regions.split(); self.keys = list(keys); self.weights = weights or {}; self.reasons = reasons or {}
        self.other_keys = other if isinstance(other, list) else self.keys; self.other_weights = other if isinstance(other, dict) else self.weights


def to(regions): return "failover: { to: [%s], failback: { hold: 1s, ramp: 1s } }" % regions
def side_by_side(ca, us): return "global: { active-active: { ca-c1: %d, us-e1: %d } }" % (ca, us)


HEAVY = {"ca-c1c-1": 4}
APPS = {
    # three zones of unequal size, and nowhere to go; dark, the dead are tried, or nobody is, where health is always believed
    "zones": App("ca-c1", other=HEAVY, reasons={"-": "502 connect_failed"}),
    "believed": App("ca-c1", ["panic: 0%"], other=HEAVY, reasons={"-": "503 no_workers"}),
    # tiers that share at the border of what the first can bear
    "border": App("ca-c1 us-e1", [to("us-e1, ca-c1")], other=[to("ca-c1")]),
    "chain": App("ca-c1 us-e1 eu-w1", [to("us-e1, eu-w1")], {"ca-c1a-1": 2, "ca-c1c-1": 2, "us-e1a-1": 3}, other=[to("eu-w1, us-e1")]),
    "weighted": App("ca-c1 us-e1 eu-w1", [side_by_side(3, 1), to("eu-w1")], other=[side_by_side(1, 3), to("eu-w1")]),
    "local": App("ca-c1 us-e1", ["zones: prefer-local", to("us-e1")], other=[to("us-e1")]),
    # us-e1 may not have its bytes
    "kept": App("ca-c1 us-e1", ["panic: 0%", "failover: { residency: [CA] }"], other=HEAVY, reasons={"-": "503 no_workers", "us-e1": "503 residency"}),
}
# What is lost one after the other, nothing first, and who is asked then: APP, or APP/REGION where requests name a region.
STORIES = [
    [(None, "weighted local kept/us-e1"),
     ("zone=ca-c1a", "zones believed border border/us-e1 chain weighted local kept"),
     ("region=ca-c1", "zones believed border chain weighted local kept")],
    [(None, ""),
     ("region=us-e1", "weighted border/us-e1"),
     ("zone=ca-c1a", "chain"),
     ("zone=ca-c1b", "zones chain weighted"),
     ("worker=eu-w1a-1", "weighted")],   # too little is left everywhere, and ca-c1 is in panic
]
VERDICTS = []; A = None


# --- What it plays on ------------------------------------------------------------------------------------------------

def places():
    """Of each worker by its name: region, zone, address. A zone is a /24."""
    zones = [(region, z, count) for region, (_, of) in REGIONS.items() for z, count in of.items()]
    return {"%s-%d" % (z, n): (region, z, "127.0.%d.%d:7000" % (i, n)) for i, (region, z, count) in enumerate(zones, 1) for n in range(1, count + 1)}


PLACES = places()


def config(proxy, other=False):
    def pool(region, weights):
        workers = ['{ address: "%s", zone: %s, weight: %d }' % (address, z, weights.get(w, 1)) for w, (r, z, address) in PLACES.items() if r == region]
        return "      %s: { workers: [ %s ] }" % (region, ", ".join(workers))
    lines = ["domains: [example.test]", "here: { region: ca-c1, zone: ca-c1a }", "listeners: [ { bind: \"127.0.0.1:%d\" } ]" % proxy.port,
             "admin: { bind: \"127.0.0.1:%d\" }" % proxy.admin, "runtime: { transport: %s, drain: 5s, state: state }" % A.transport, "regions:"]
    lines += ["  %s: { jurisdiction: %s, zones: [%s] }" % (region, law, ", ".join(zones)) for region, (law, zones) in REGIONS.items()] + ["apps:"]
    for name, app in APPS.items():
        weights = app.other_weights if other else app.weights
        lines += ["  %s:" % name, "    pools:"] + [pool(region, weights) for region in app.regions]
        lines += ["    " + key for key in OFTEN + (app.other_keys if other else app.keys)]
    return "\n".join(lines) + "\n"


class Worker:
    def __init__(self, name, folder):
        self.name = name; self.region, self.zone, self.address = PLACES[name]; self.lost = False; conf = "%s/%s.conf" % (folder, name)
        open(conf, "w").write("""master_process off; daemon off; pid %s.pid; error_log %s.err;
events { worker_connections 4000; }
http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; default_type text/plain;
 server { listen %s backlog=4096; location / { add_header X-Worker %s; return 200 ""; } } }
""" % (conf, conf, self.address, name))
        self.process = subprocess.Popen(["nginx", "-c", conf, "-e", conf + ".err"], stdin=subprocess.DEVNULL)
    def kill(self): self.process.kill(); self.process.wait(); self.lost = True


class Stage:
    """A running load balancer and its workers, all well."""
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="foretold-"); self.proxy = Proxy("weir"); self.other = self.proxy.dir + "/other.yaml"; self.workers = {}
        open(self.proxy.file, "w").write(config(self.proxy)); open(self.other, "w").write(config(self.proxy, other=True))

    def start(self):
        for name in PLACES: self.workers[name] = Worker(name, self.dir)
        self.proxy.start(); self.settled()

    def stop(self):
        for w in self.workers.values():
            if not w.lost: w.kill()
        if hasattr(self.proxy, "proc"): self.proxy.stop()
        if A.keep: print("kept", self.dir, self.proxy.dir)
        else: shutil.rmtree(self.dir, ignore_errors=True); shutil.rmtree(self.proxy.dir, ignore_errors=True)

    def lose(self, loss):
        name = loss.partition("=")[2]; [w.kill() for w in self.workers.values() if not w.lost and name in (w.name, w.zone, w.region)]
    def lost(self): return {w.name for w in self.workers.values() if w.lost}

    def simulate(self, losses, *of):
        def named(loss):   # workers are named by their address
            kind, _, name = loss.partition("="); return "worker=" + PLACES[name][2] if kind == "worker" else loss
        words = [LAUNCHER, "simulate", "--load", str(TRIED), "--limit", "1000", "--format", "json", "--lose", named(losses[0]), *of]
        for loss in losses[1:]: words += ["--then", named(loss)]
        got = subprocess.run(words, capture_output=True, text=True)
        if got.returncode: raise RuntimeError("%s: exit code %d: %s" % (" ".join(words), got.returncode, got.stderr.strip()))
        return Forecast(json.loads(got.stdout))

    def page(self, path):
        with urllib.request.urlopen("http://127.0.0.1:%d%s?format=json&limit=1000" % (self.proxy.admin, path), timeout=10) as answer: return json.load(answer)

    def settled(self):
        """Runs on until health is what is so, and nothing has changed or is to change for a second. Returns the plans' shares: {(app, asked): {tier: share}}."""
        begin = since = time.monotonic(); last = None; lost = {w.address: w.lost for w in self.workers.values()}
        while time.monotonic() - since < 1:
            wrong = [w["worker"] for w in self.page("/workers")["workers"] if w["health"] == "unproven" or (w["health"] == "unhealthy") != lost[w["worker"]]]
            plans = self.page("/status")["plans"]; now = [(p["app"], p["asked"], p["tier"], p["share"], p["state"], p["panic"]) for p in plans]
            if wrong or now != last or any(p["state"] not in ("settled", "spilling", "lost") for p in plans): last = now; since = time.monotonic()
            if since - begin > SETTLES: raise RuntimeError("nothing had settled after %d s; not as they are: %s; plans: %s" % (SETTLES, wrong, now))
            time.sleep(0.05)
        shares = collections.defaultdict(dict)
        for app, asked, tier, share, _, _ in now: shares[app, asked][tier] = share
        return shares

    def ask(self, app, region, n):
        """n requests over some kept connections. Returns who answered how often; of Weir's own answers the status and reason."""
        host = "%s.%sexample.test" % (app, "" if region == "-" else region + "."); counts = {}; said = ""
        words = ["wrk", "-t1", "-c32", "-d60s", "--timeout", "10s", "-s", HERE + "/count.lua", "http://127.0.0.1:%d/" % self.proxy.port, "--", host, str(n)]
        wrk = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in wrk.stdout:   # it would sleep until its time is over
            if line == "END\n": break
            m = re.match(r"COUNT (\d+) (.*)$", line); said += line
            if m: counts[m.group(2)] = int(m.group(1))
        wrk.kill(); wrk.communicate()
        if sum(counts.values()) != n: raise RuntimeError("%s: %d of %d requests were answered within 60 s: %s" % (host, sum(counts.values()), n, said[-500:]))
        return counts


# --- What was said and what was seen ---------------------------------------------------------------------------------

class Forecast:
    """What simulate says, by app and step, of which the first is before any loss; `asked` is the region that requests name, or `-`."""
    def __init__(self, told):
        self.verdicts = {}; self.tiers = collections.defaultdict(dict); self.loads = collections.defaultdict(dict)
        by_address = {address: w for w, (_, _, address) in PLACES.items()}
        for step, name in enumerate(["before"] + ["after_%d" % (i + 1) for i in range(len(told["losses"]))]):
            for row in told["worst_apps"]: self.verdicts[row["app"], step] = row[name]
            for row in told["shares"]: self.tiers[row["app"], row["asked"] or "-", step][row["tier"]] = row[name]
            for row in told["workers"]: self.loads[row["app"], step][by_address[row["worker"]]] = row[name]

    def dark(self, app, asked, step):
        return not any(self.tiers[app, asked, step].values()) or asked == "-" and self.verdicts[app, step] in ("dark", "stopped_by_residency")

    def shares(self, app, asked, step, lost):
        """Of regions; and of zones and workers, if no region is named. In panic the lost are tried too, and what falls to them is answered by the others of their tier."""
        out = collections.Counter()
        for tier, share in self.tiers[app, asked, step].items(): out[next(r for r in REGIONS if tier.startswith(r))] += share   # tiers are called as their region or zone
        if asked != "-": return out
        loads = self.loads[app, step]; whole = sum(loads.values())
        for region in REGIONS:
            here = {w: load for w, load in loads.items() if PLACES[w][0] == region}; alive = {w: load for w, load in here.items() if w not in lost}
            for w, load in alive.items():
                share = load / max(1, sum(alive.values())) * sum(here.values()) / whole
                out[w] += share; out[PLACES[w][1]] += share
        return out

    def enough(self, app, asked, step, lost):
        """So many requests that luck is at most CHANCE, by the share that leaves most to it. Within a region there is less of it: workers take turns."""
        if self.dark(app, asked, step): return DARK
        variance = max(share * (1 - share) for place, share in self.shares(app, asked, step, lost).items() if place in REGIONS)
        return max(FEWEST, math.ceil(variance * (3 / CHANCE) ** 2))


class Seen:
    """Who has answered what was asked of an app after so many losses; `lost` are the workers that weren't there any more."""
    def __init__(self, app, asked, step, lost, counts): self.app = app; self.asked = asked; self.step = step; self.lost = lost; self.counts = counts; self.n = sum(counts.values())

    def shares(self):
        out = collections.Counter()
        for w, count in self.counts.items():
            if w in PLACES:
                region, zone, _ = PLACES[w]
                for place in (region, zone, w) if self.asked == "-" else (region,): out[place] += count / self.n
        return out

    def against(self, forecast):
        """What is otherwise than was said, and what there is to say of it if nothing is."""
        where = (self.app, self.asked, self.step)
        if forecast.dark(*where):
            want = {APPS[self.app].reasons.get(self.asked)}
            return [] if set(self.counts) == want else ["it was to be dark and to answer %s, and answered %s" % (want, self.counts)], "all were answered %s" % ", ".join(self.counts)
        own = {key: count for key, count in self.counts.items() if key not in PLACES}; problems = ["Weir itself answered %s" % own] if own else []
        said = forecast.shares(*where, self.lost); seen = self.shares(); differences = {place: abs(seen[place] - said[place]) for place in sorted({*said, *seen})}
        problems += ["%s had %.1f %%, %.1f %% was said" % (place, seen[place] * 100, said[place] * 100) for place, d in differences.items() if d > A.points]
        return problems, "at most %.2f points from what was said" % (max(differences.values()) * 100)


def planned_otherwise(plans, forecast, step):
    """Where the shares that the process itself tells differ from what was said."""
    out = []
    for (app, asked, at), said in forecast.tiers.items():
        if at != step or forecast.dark(app, asked, at): continue
        now = plans.get((app, asked)) if asked != "-" else plans.get((app, "global")) or plans.get((app, "ca-c1"))
        if not now or any(abs(now.get(tier, 0) - share) > ROUNDING for tier, share in said.items()): out.append("%s asked for %s is planned as %s, %s was said" % (app, asked, now, said))
    return out


# --- The run ---------------------------------------------------------------------------------------------------------

def verdict(name, problems, note):
    print("%s %s — %s" % ("FAIL" if problems else "PASS", name, "; ".join([*problems, note] if note else problems)), flush=True); VERDICTS.append(not problems)


def play(story, first):
    """Returns what was seen, each with what is said of OTHER."""
    stage = Stage(); losses = [loss for loss, _ in story if loss]; seen = []
    try:
        stage.start(); forecast = stage.simulate(losses, "--admin", "127.0.0.1:%d" % stage.proxy.admin); other = stage.simulate(losses, "--config", stage.other)
        if first:
            of_config = stage.simulate(losses, "--config", stage.proxy.file); same = (of_config.tiers, of_config.loads) == (forecast.tiers, forecast.loads)
            verdict("config", [] if same else ["of the running process is said %s, of its config %s" % (forecast.tiers, of_config.tiers)], "the same is said of the running process and of its config")
        for step, (loss, questions) in enumerate(story):
            if loss: stage.lose(loss)
            name = " then ".join(losses[:step]) or "nothing lost"; begin = time.monotonic(); plans = stage.settled(); lost = stage.lost()
            verdict(name + ": plans", planned_otherwise(plans, forecast, step), "as they were said to be, after %.1f s" % (time.monotonic() - begin))
            for question in questions.split():
                app, _, region = question.partition("/"); asked = region or "-"
                it = Seen(app, asked, step, lost, stage.ask(app, asked, forecast.enough(app, asked, step, lost))); seen.append((it, other)); problems, note = it.against(forecast)
                verdict("%s: %s" % (name, question), problems, "%s, %d requests, %s" % ("asked by name" if region else forecast.verdicts[app, step], it.n, note))
    except (RuntimeError, OSError, subprocess.SubprocessError) as e: verdict(" then ".join(losses), ["could not be played: %s: %s" % (type(e).__name__, e)], "")
    finally: stage.stop()
    return seen


def main():
    global A
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--points", type=float, default=POINTS, help="how far a share may be from what was said, of 1 (%g); 0 shows that it is looked at" % POINTS)
    ap.add_argument("--transport", default="auto", choices=["auto", "epoll", "io_uring", "nio"]); ap.add_argument("--keep", action="store_true", help="keep configs and logs")
    ap.add_argument(namespaces.FLAG, action="store_true", help=argparse.SUPPRESS); A = ap.parse_args()
    if not A.in_namespace: words = namespaces.command("foretold"); os.execvp(words[0], words + namespaces.again(*sys.argv[1:]))
    namespaces.begin(); begin = time.monotonic(); seen = [x for story in STORIES for x in play(story, story is STORIES[0])]
    unnoticed = sorted({it.app for it, _ in seen} - {it.app for it, other in seen if it.against(other)[0]})
    verdict("another config", ["%s was not objected to" % app for app in unnoticed], "what is said of one that differs in each app is objected to in each")
    print("%d passed, %d failed, in %d s" % (sum(VERDICTS), len(VERDICTS) - sum(VERDICTS), time.monotonic() - begin)); return 0 if seen and all(VERDICTS) else 1


if __name__ == "__main__":
    sys.exit(main())
