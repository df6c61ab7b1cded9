#!/usr/bin/env python3
"""A worker process that can be told to behave badly: one thread, some thousand requests a second.

/health answers 200; any other path is answered with itself (a body that came, with the body) after up to --delay ms, and with the
worker's --name in X-Worker. A request with an X-Id is a line in --record (monotonic seconds, method, id) when it is there as a whole,
before anything is done about it. Lines on standard input change the behaviour, and each is answered by a line `ok`:

    health STATUS      what /health answers
    errors PERCENT     so many of the other requests are answered with 503
    reset on|off       the other requests are answered with a reset

It ends with its standard input, and so with whoever started it.
"""
import argparse, heapq, itertools, os, random, re, selectors, socket, struct, sys, time

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("--bind", required=True, metavar="HOST:PORT"); ap.add_argument("--name", required=True); ap.add_argument("--record", default=os.devnull)
ap.add_argument("--delay", type=float, default=20); ap.add_argument("--seed", type=int, default=1)
a = ap.parse_args()
record = os.open(a.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
luck = random.Random("%s %d" % (a.name, a.seed)); health = 200; errors = 0.0; resets = False
loop = selectors.DefaultSelector(); due = []; numbers = itertools.count()   # due: (when, number, connection, answer)
HEAD = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.1\r\n"); LENGTH = re.compile(rb"(?i)\r\ncontent-length:[ \t]*(\d+)"); ID = re.compile(rb"(?i)\r\nx-id:[ \t]*(\S+)")


class Connection:
    def __init__(self, sock): self.sock = sock; self.buf = b""; self.open = True
    def close(self, reset=False):
        if not self.open: return
        if reset: self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.open = False; loop.unregister(self.sock); self.sock.close()
    def read(self):
        try: d = self.sock.recv(65536)
        except BlockingIOError: return
        except OSError: d = b""
        if not d: return self.close()
        self.buf += d
        while self.open and (end := self.buf.find(b"\r\n\r\n")) >= 0:
            head = self.buf[:end + 2]; m = HEAD.match(head); n = LENGTH.search(head); size = int(n.group(1)) if n else 0
            if not m: return self.close()
            if len(self.buf) < end + 4 + size: return
            body = self.buf[end + 4:end + 4 + size]; self.buf = self.buf[end + 4 + size:]; self.request(m.group(1), m.group(2), head, body)
    def request(self, method, path, head, body):
        if path == b"/health": return self.answer(response(health, b"well" if health == 200 else b"unwell"))
        i = ID.search(head)
        if i: os.write(record, b"%.6f %s %s\n" % (time.monotonic(), method, i.group(1)))
        if resets: return self.close(reset=True)
        status = 503 if luck.random() * 100 < errors else 200
        heapq.heappush(due, (time.monotonic() + luck.random() * a.delay / 1000, next(numbers), self, response(status, body or path)))
    def answer(self, data):
        if not self.open: return
        try: self.sock.sendall(data)   # small answers: they fit into the socket's buffer
        except OSError: self.close()


def response(status, body): return b"HTTP/1.1 %d %s\r\nContent-Length: %d\r\nX-Worker: %s\r\n\r\n%s" % (status, b"OK" if status == 200 else b"Bad", len(body), a.name.encode(), body)


def obey(line):
    global health, errors, resets
    verb, word = line.split()
    if verb == "health": health = int(word)
    elif verb == "errors": errors = float(word)
    elif verb == "reset": resets = word == "on"
    else: sys.exit("no such command: " + line)
    print("ok", flush=True)


def accept():
    try: s, _ = listener.accept()
    except OSError: return
    s.setblocking(False); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); loop.register(s, selectors.EVENT_READ, Connection(s).read)


def told():
    d = os.read(0, 4096)
    if not d: os._exit(0)
    for line in d.decode().splitlines(): obey(line)


host, port = a.bind.rsplit(":", 1)
listener = socket.create_server((host, int(port)), backlog=1024); listener.setblocking(False)
loop.register(listener, selectors.EVENT_READ, accept); loop.register(0, selectors.EVENT_READ, told)
while True:
    for key, _ in loop.select(max(0, due[0][0] - time.monotonic()) if due else None): key.data()
    while due and due[0][0] <= time.monotonic():
        _, _, c, data = heapq.heappop(due); c.answer(data)
