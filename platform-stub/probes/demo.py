#!/usr/bin/env python3
"""`weir demo` as a user meets it: in a terminal, with every printed command pasted, and ended in each way.

    demo.py [--weir LAUNCHER]

A printed command that is not expected here fails, and so does an expectation that nothing printed meets.
"""

import argparse
import contextlib
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

START_SECONDS = 150  # on a machine that does much else
END_SECONDS = 20

TIMES = r"in \d+\.\d+ s"
SLOW = r"200 in (?:0\.[5-9]|[1-9])[\d.]* s\n"
FAST = r"200 in (?:0\.[0-4]|[\d.]+)[\d.]* s\n"  # on a loaded machine, anything
# What is printed above a command, and what the command has to say, in order.
EXPECTED = {
    "an app by its region's name": [r'"app": "orders"', r'"region": "ca-c1"', r'"x-forwarded-host": "orders\.ca-c1\.cloudhub\.localhost:\d+"'],
    "the other region's workers, through the same load balancer": [r'"app": "orders"', r'"region": "us-e1"'],
    "the global name: the load balancer of us-e1 chooses the region": [r'"app": "orders"', r'"region": "us-e1"'],
    "a mapping: /stock/v1/pens is /pens of stock, which is told where it was": [
        r'"app": "stock"', r'"target": "/pens"', r'"x-forwarded-prefix": "/stock/v1"', r'"x-ch1-path": "/stock/v1/pens"'],
    "a redirect, followed to a mapping": [r'"app": "orders"', r'"target": "/pens"'],
    "a body": [r'"app": "hello"', r'"method": "POST"', r'"text": "two pens"'],
    "an app that is not there": [r"404 Not Found", r"no_route"],
    "https: the demo has a CA of its own, new at each start, which curl is told to believe": [
        r'"app": "orders"', r'"region": "ca-c1"', r'"x-forwarded-proto": "https"'],
    "over HTTP/2, if the client speaks it": [r"\AHTTP/2\n\Z"],
    "who does not know that CA does not believe the load balancer": [r"\Acurl: \(60\) SSL certificate problem: unable to get local issuer certificate\n\Z"],
    "let one of two workers be slow": [r'"worker": "stock-ca-c1a"', r'"delay": "500ms"'],
    "then every second request is": [rf"\A(({SLOW}{FAST}){{2}}|({FAST}{SLOW}){{2}})\Z"],
    "let it fail instead": [r'"delay": "0s"', r'"errors": "100%"'],
    "then every second answer is its error: it was the app's to give": [rf"\A((200 {TIMES}\n500 {TIMES}\n){{2}}|(500 {TIMES}\n200 {TIMES}\n){{2}})\Z"],
    "let it be well again": [r'"errors": "0%"'],
    "kill a worker: no request is lost, and the demo starts it again after 3 s": [rf"\A(200 {TIMES}\n){{8}}\Z"],
    "the line of the last of them in the access log, with the time of each verb that took some": [
        r'\A\{"time":', r'"path":"/8"', r'"reason":"ok","app":"orders","region":"ca-c1"', r'"total_us":\d+', r'\}\n\Z'],
    "what would become of the apps if ca-c1 were lost: nothing is touched": [
        r"losses +lose region=ca-c1", r"stock +untouched +stopped_by_residency", r"orders +untouched +(?:moved|overloaded)",
        r"orders +- +us-e1 +\d+% +100%"],  # some of it may have gone there already: a worker was killed just before
    "lose it: kill all of its workers; the other region serves, and no request is lost": [rf"\A(200 {TIMES}\n){{8}}\Z"],
    "where such a request goes now, and why": [
        r"To app orders for region ca-c1", r"100% of the traffic to us-e1", r"127\.1\.1\.\d+:\d+ +ca-c1 +ca-c1a +1 +not well +unhealthy"],
    "the demo starts the workers again; traffic waits until they have been well for 5 s, and comes back over 5 s": [rf"\A(200 {TIMES}\n){{8}}\Z"],
    "and now": [r"To app orders for region ca-c1", r"ca-c1 +ca-c1 +(\d+)% +takes a share"],
    "how a load balancer is, at one glance": [
        r"readiness +ready", r"requests +settled \d+, p50", r"counts +apps 3, pools 6, workers 9", r"orders +(?:tier ca-c1|zone ca-c1a) +unhealthy"],
    "the workers that it knows, and what checks and requests say of them": [r"orders +ca-c1 +127\.1\.1\.\d+:\d+ +ca-c1a"],
    "which names lead where": [r"orders\.ca-c1\.cloudhub\.localhost +orders +ca-c1", r"\{app\}"],
    "what has happened": [r"started", r"listening", r"ready", r"failover_measured"],
    "figures for Prometheus": [r'weir_app_requests_total\{app="orders",status_class="2xx"\} \d+'],
}

failures = 0
checks = 0


def check(what, good, otherwise=""):
    global failures, checks
    checks += 1
    if not good:
        failures += 1
        print(f"FAIL {what}: {otherwise}")


class Terminal:
    """A demo that runs in the foreground of a terminal of its own."""

    def __init__(self, weir, *options):
        self.text = ""
        self.pid, self.screen = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a script's background jobs inherit that it is ignored
            os.execv(weir, [weir, "demo", *options])

    def read_until(self, pattern, seconds):
        """Reads what is said until the pattern occurs; returns whether it does."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.screen], [], [], left)[0]:
                return False
            try:
                self.text += os.read(self.screen, 65536).decode().replace("\r\n", "\n")
            except OSError:  # the other side is closed
                return bool(re.search(pattern, self.text))
        return True

    def open(self):
        if not self.read_until(r"Ctrl-C ends everything\.\n", START_SECONDS):
            self.kill()
            sys.exit(f"the demo did not open: {self.text}")
        return self

    def children(self):
        with open(f"/proc/{self.pid}/task/{self.pid}/children") as tasks:
            pids = tasks.read().split()
        return [int(pid) for pid in pids] or child_pids(self.pid)

    def press(self, key):
        os.write(self.screen, key)

    def hang_up(self):
        os.close(self.screen)
        self.screen = None

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def status(self, seconds=END_SECONDS):
        """The exit code, negative for a signal; None if it doesn't end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.screen is None or not self.read_until(r"\Z(?!)", 0.02):  # read, or it would wait for us to
                time.sleep(0.01)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
        return None


def stat(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None


def child_pids(parent):
    found = []
    for name in os.listdir("/proc"):
        fields = stat(name) if name.isdigit() else None
        if fields and int(fields[1]) == parent:
            found.append(int(name))
    return found


def runs(pid):
    fields = stat(pid)
    return fields is not None and fields[0] not in "ZX"


def left_after(pids, seconds):
    end = time.monotonic() + seconds
    while (left := [pid for pid in pids if runs(pid)]) and time.monotonic() < end:
        time.sleep(0.02)
    return left


def commands(text):
    return re.findall(r"^  # (.*)\n    (.*)$", text, re.M)


def paste(command):
    done = subprocess.run(["bash", "-c", command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


def every_command_does_what_it_says(demo):
    printed = commands(demo.text)
    lines = re.findall(r"^ +(?:curl|kill|for|weir|tail|sleep)\b.*$", demo.text, re.M)
    check("every terminal can show it", demo.text.isascii(), demo.text)
    check("each command has its line of explanation", len(lines) == len(printed), lines)
    shown = [what for what, _ in printed]
    check("what is printed is what is expected", sorted(shown) == sorted(EXPECTED), set(shown) ^ set(EXPECTED))
    for what, command in printed:
        status, said = paste(command)
        check(f"{what}: {command}", status == 0, f"exit code {status}: {said}")
        at = 0
        for pattern in EXPECTED.get(what, []):
            found = re.compile(pattern).search(said, at)
            check(f"{what}: {command}", found, f"no {pattern} in {said}")
            at = found.end() if found else at


def a_killed_worker_comes_back(demo):
    check("the end of a worker is said", demo.read_until(r"orders-ca-c1a \(pid \d+\) was ended by signal 9", END_SECONDS), demo.text[-500:])
    check("it is started again", demo.read_until(r"orders-ca-c1a runs again, pid \d+", END_SECONDS), demo.text[-500:])


def an_interrupt_ends_it(weir, temporary):
    demo = Terminal(weir, "--port", "0").open()
    every_command_does_what_it_says(demo)
    a_killed_worker_comes_back(demo)
    children = demo.children()
    check("its processes are its children", len(children) == 11, children)
    demo.press(b"\x03")
    status = demo.status()
    check("Ctrl-C ends it with 0", status == 0, f"{status}: {demo.text[-500:]}")
    check("nothing is left when it has ended", not left_after(children, 0), children)
    check("nor is its folder", not os.listdir(temporary), os.listdir(temporary))
    check("nobody had to be killed", "was killed" not in demo.text, demo.text[-500:])


def in_flight(text):
    """Waits until the first load balancer says that something is under way at a worker."""
    admin = re.search(r"^balancer-ca-c1 .* 127\.0\.0\.1:\d+ +(127\.0\.0\.1:\d+) ", text, re.M).group(1)
    end = time.monotonic() + END_SECONDS
    while time.monotonic() < end:
        with urllib.request.urlopen(f"http://{admin}/status") as answer:
            if re.search(r"in flight [1-9]", answer.read().decode()):
                return True
        time.sleep(0.02)
    return False


def a_second_interrupt_ends_it_at_once(weir):
    demo = Terminal(weir, "--port", "0").open()
    children = demo.children()
    host, port = re.search(r"curl -d 'two pens' http://([^:]+):(\d+)/", demo.text).groups()
    with socket.create_connection(("127.0.0.1", int(port))) as slow:
        slow.sendall(f"GET /?delay=60s HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        check("the request is under way", in_flight(demo.text), demo.text[-500:])
        demo.press(b"\x03")
        check("the end is said", demo.read_until(r"ending: the load balancers", END_SECONDS), demo.text[-500:])
        time.sleep(0.4)  # or it would be the same one
        check("a request under way holds the end up", demo.status(0.1) is None)
        demo.press(b"\x03")
        check("a second Ctrl-C ends it with 1", demo.status() == 1)
    check("nothing is left behind", not left_after(children, END_SECONDS), children)


def nothing_outlives_it(weir):
    for what, end, code in [("kill -9", Terminal.kill, -signal.SIGKILL), ("a closed terminal", Terminal.hang_up, 0)]:
        demo = Terminal(weir, "--port", "0").open()
        children = demo.children()
        end(demo)
        status = demo.status()
        check(f"{what} ends it with {code}", status == code, status)
        check(f"nothing is left after {what}", not left_after(children, END_SECONDS), children)


def usage(weir):
    for arguments in [["--help"], ["help"]]:
        said = subprocess.run([weir, *arguments], capture_output=True, text=True)
        check("the demo is in the help", re.search(r"^  demo +Runs two regions", said.stdout + said.stderr, re.M), said)
    for arguments in [["demo", "--help"], ["help", "demo"]]:
        said = subprocess.run([weir, *arguments], capture_output=True, text=True)
        check("the demo has its own help", said.returncode == 0 and "--port" in said.stdout, said)
    said = subprocess.run([weir, "demo", "--port", "70000"], capture_output=True, text=True)
    check("a port that is none is usage", said.returncode == 2 and "between 0 and 65529" in said.stderr, said)
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as somebody:
        port = somebody.getsockname()[1]
        said = subprocess.run([weir, "demo", "--port", str(min(port, 65529))], capture_output=True, text=True)
        check("a port that is taken is said", said.returncode == 3 and f"127.0.0.1:{port}" in said.stderr, said)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weir", default=os.path.join(os.path.dirname(__file__), "../target/weir/bin/weir"))
    weir = os.path.abspath(parser.parse_args().weir)
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["JAVA_TOOL_OPTIONS"] = f"-Djava.io.tmpdir={temporary}"
        usage(weir)
        an_interrupt_ends_it(weir, temporary)
        a_second_interrupt_ends_it_at_once(weir)
        nothing_outlives_it(weir)
    print(f"weir demo: {checks - failures} passed, {failures} failed")
    sys.exit(failures > 0)


main()
