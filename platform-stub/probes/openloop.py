"""An open-loop client: requests begin at their times, whatever became of those before them; a slow answer delays nobody but itself."""
import collections, random, re, selectors, socket, threading, time

IDEMPOTENT = ("GET", "PUT")
MIX = ("GET",) * 8 + ("PUT", "POST")
HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) "); LENGTH = re.compile(rb"(?i)\r\ncontent-length:[ \t]*(\d+)"); WORKER = re.compile(rb"(?i)\r\nx-worker:[ \t]*(\S+)"); REASON = re.compile(rb'"reason":"(\w+)"')


class Request:
    """One request with what became of it. Times are seconds of the monotonic clock: when it was meant to begin, began, and was over.
    status: of the answer; 0: none came, and `why` says why. worker: who answered; None: the load balancer did, for `why`."""
    __slots__ = ("meant", "began", "over", "method", "ident", "status", "worker", "why")
    def __init__(self, meant, method, ident): self.meant = meant; self.began = self.over = None; self.method = method; self.ident = ident; self.status = 0; self.worker = None; self.why = ""
    @property
    def good(self): return self.status == 200
    @property
    def idempotent(self): return self.method in IDEMPOTENT
    @property
    def took(self): return self.over - self.began
    def __str__(self): return "%s %s %s after %.2f s" % (self.method, self.status or "no answer", self.worker or self.why, self.took)


class Connection:
    def __init__(self, sock): self.sock = sock; self.out = self.buf = b""; self.request = None; self.open = True


class OpenLoop(threading.Thread):
    """Sends `rate` requests a second, at random distances, to one host until it is ended; all that are over stand in `done`."""
    TIMEOUT = 12   # longer than the load balancer takes over any of them
    def __init__(self, port, host, rate, seed=1):
        super().__init__(daemon=True)
        self.address = ("127.0.0.1", port); self.host = host; self.rate = rate; self.random = random.Random(seed); self.seed = seed
        self.done = []; self.lag = 0.0; self.loop = selectors.DefaultSelector(); self.idle = []; self.busy = collections.OrderedDict(); self.ended = False

    def end(self): self.ended = True; self.join(self.TIMEOUT + 5); return self.done

    def run(self):
        due = time.monotonic(); number = 0
        while True:
            now = time.monotonic()
            while not self.ended and due <= now:
                self.lag = max(self.lag, now - due); number += 1
                self.send(Request(due, self.random.choice(MIX), "r%d-%d" % (self.seed, number)), now); due += self.random.expovariate(self.rate)
            while self.busy:
                c = next(iter(self.busy))
                if now - c.request.began < self.TIMEOUT: break
                self.over(c, 0, why="no answer in time")
            if self.ended and not self.busy: break
            for key, events in self.loop.select(0.05 if self.ended else max(0, min(0.05, due - time.monotonic()))):
                if events & selectors.EVENT_WRITE: self.write(key.data)
                if events & selectors.EVENT_READ and key.data.open: self.read(key.data)
        for c in self.idle: c.sock.close()

    def send(self, request, now):
        body = b"body of " + request.ident.encode() if request.method != "GET" else b""
        if self.idle: c = self.idle.pop()
        else:
            s = socket.socket(); s.setblocking(False); s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1); s.connect_ex(self.address)
            c = Connection(s); self.loop.register(s, selectors.EVENT_READ, c)
        c.request = request; request.began = now; c.buf = b""; self.busy[c] = None
        c.out = b"%s /%s HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nX-Id: %s\r\n%s\r\n%s" % (
            request.method.encode(), request.ident.encode(), self.host.encode(), request.ident.encode(), b"Content-Length: %d\r\n" % len(body) if body else b"", body)
        self.write(c)

    def write(self, c):
        try: n = c.sock.send(c.out)
        except (BlockingIOError, InterruptedError): n = 0
        except OSError as e:
            if e.errno not in (11, 107, 115): return self.over(c, 0, why=e.strerror)   # EAGAIN, ENOTCONN, EINPROGRESS: not connected yet
            n = 0
        c.out = c.out[n:]
        self.loop.modify(c.sock, selectors.EVENT_READ | (selectors.EVENT_WRITE if c.out else 0), c)

    def read(self, c):
        try: d = c.sock.recv(65536)
        except (BlockingIOError, InterruptedError): return
        except OSError as e: return self.over(c, 0, why=e.strerror)
        if c.request is None: self.idle.remove(c); return self.drop(c)   # closed while nobody used it
        if not d: return self.over(c, 0, why="closed")
        c.buf += d; end = c.buf.find(b"\r\n\r\n")
        if end < 0: return
        head = c.buf[:end + 2]; n = LENGTH.search(head); m = HEAD.match(head)
        if not m or not n: return self.over(c, 0, why="odd answer %r" % head[:60])
        body = c.buf[end + 4:]
        if len(body) < int(n.group(1)): return
        worker = WORKER.search(head); r = c.request; want = b"/" + r.ident.encode() if r.method == "GET" else b"body of " + r.ident.encode()
        if int(m.group(1)) == 200 and body != want: return self.over(c, 0, why="the answer of another request: %r" % body[:60])
        reason = REASON.search(body)
        self.over(c, int(m.group(1)), worker.group(1).decode() if worker else None, reason.group(1).decode() if reason else "", keep=b"connection: close" not in head.lower())

    def over(self, c, status, worker=None, why="", keep=False):
        r, c.request = c.request, None; del self.busy[c]
        r.over = time.monotonic(); r.status = status; r.worker = worker; r.why = why; self.done.append(r)
        if keep: self.idle.append(c)
        else: self.drop(c)

    def drop(self, c): c.open = False; self.loop.unregister(c.sock); c.sock.close()
