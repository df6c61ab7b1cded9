#!/usr/bin/env python3
"""A worker process to kill: /health answers 200; any other path answers its own name, after ?delay=MILLISECONDS; POSTs are echoed,
and their X-Id is appended to --record when the whole request is there, before the answer begins."""
import argparse, os, re, signal, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ap = argparse.ArgumentParser(description=__doc__)
ap.add_argument("--port", type=int, required=True); ap.add_argument("--record", default=os.devnull); ap.add_argument("--name", default="worker"); ap.add_argument("--delay", type=float, default=0, help="milliseconds before every answer but /health")
a = ap.parse_args()
record = os.open(a.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"; wbufsize = -1; disable_nagle_algorithm = True
    def answer(self, body):
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.send_header("X-Worker", a.name); self.end_headers()
        if self.command != "HEAD": self.wfile.write(body)
    def do_GET(self):
        if self.path == "/health": return self.answer(b"well")
        m = re.search(r"delay=(\d+)", self.path); time.sleep((int(m.group(1)) if m else a.delay) / 1000); self.answer(self.path.encode())
    do_HEAD = do_GET
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        os.write(record, (self.headers.get("X-Id", "?") + "\n").encode())
        m = re.search(r"delay=(\d+)", self.path); time.sleep((int(m.group(1)) if m else a.delay) / 1000); self.answer(body)
    do_PUT = do_POST
    def log_message(self, *_): pass


class Server(ThreadingHTTPServer):
    request_queue_size = 1024; daemon_threads = True
    def handle_error(self, *_): pass


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
Server(("127.0.0.1", a.port), Handler).serve_forever()
