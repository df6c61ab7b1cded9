"""Access logs of the peers: how many lines stand in them, and whether any is missing."""
import json, os, re, time, urllib.request


class Log:
    """A log file that only grows; read a piece at a time, since it gets large."""

    def __init__(self, path):
        self.path, self.at, self.lines = path, 0, 0

    def count(self):
        """Lines in it by now."""
        try:
            with open(self.path, "rb") as f:
                f.seek(self.at)
                while piece := f.read(1 << 20):
                    self.at += len(piece); self.lines += piece.count(b"\n")
        except FileNotFoundError:
            pass
        return self.lines

    def settled(self, quiet=1.5, most=30):
        """Lines in it, once none has been added for `quiet` seconds: nginx is told to write every second, even what is little."""
        end = time.time() + most; last, since = self.count(), time.time()
        while time.time() < end and time.time() - since < quiet:
            time.sleep(0.1)
            if (now := self.count()) != last: last, since = now, time.time()
        return last


    def sample(self, size=65536):
        """The last lines, parsed: a ValueError if one is no JSON."""
        with open(self.path, "rb") as f:
            f.seek(max(0, os.path.getsize(self.path) - size))
            return [json.loads(x) for x in f.read().splitlines()[1:]]


def dropped(metrics_url):
    """Lines that the peer itself says it has dropped: 0 if it counts none."""
    if not metrics_url: return 0
    try:
        text = urllib.request.urlopen(metrics_url, timeout=5).read().decode()
    except OSError:
        return 0
    return sum(int(float(x)) for x in re.findall(r'^weir_access_log_lines_total{[^}]*outcome="dropped"[^}]*} (\S+)', text, re.M))


def check(spec, burst):
    """Raises if lines are missing beyond those counted as dropped. `burst` makes requests and returns how many were answered, exactly;
    a window of wrk ends amid requests, which are logged too, so of windows the log may hold more lines than were answered."""
    log, url = spec["log_lines"], spec.get("metrics")
    before, gone = log.settled(), dropped(url)
    if before + gone < spec["answered"]:
        raise RuntimeError(f"LOG LINES LOST: {spec['answered']} requests answered, {before} lines, {gone} counted as dropped")
    if any("status" not in line for line in log.sample()): raise RuntimeError("LOG LINES WITHOUT STATUS")
    n = burst()
    after, gone_after = log.settled() - before, dropped(url) - gone
    if after + gone_after != n:
        raise RuntimeError(f"LOG LINES DO NOT ADD UP: of a burst of {n} requests {after} lines, {gone_after} counted as dropped")
    return f"{before + after} lines, {gone + gone_after} dropped; a burst of {n} left {after}"
