#!/usr/bin/env python3
"""A browser, headless Chromium, on a page behind Weir: over HTTPS, with HTTP/2, and a WebSocket from the same page."""
import argparse, base64, hashlib, json, os, queue, re, shutil, socket, socketserver, struct, subprocess, sys, tempfile, threading, time
HERE = os.path.dirname(os.path.abspath(__file__)); sys.path.insert(0, HERE)
from probelib import Fail, need
from proxies import Proxy, descendants
from tls_tools import Authority, sh

HOST = "a0.test"; RESOURCES = 30; MESSAGES = 20
PAGE = """<!doctype html><title>probe</title><script>
addEventListener("load", async () => {
  const report = { fetched: 0, echoed: 0, protocols: [] };
  try {
    const texts = await Promise.all(Array.from({ length: %d }, (_, i) => fetch("/data?" + i).then(r => r.text())));
    report.fetched = texts.filter((t, i) => t === "data " + i).length;
    const big = await fetch("/echo", { method: "POST", body: "x".repeat(1000000) }).then(r => r.text());
    report.uploaded = big.length;
    await new Promise((done, failed) => {
      const ws = new WebSocket("wss://" + location.host + "/socket", "probe");
      ws.onopen = () => { report.subprotocol = ws.protocol; for (let i = 0; i < %d; i++) ws.send("m".repeat(i * 1000) + i); };
      ws.onmessage = e => { if (e.data === "m".repeat(report.echoed * 1000) + report.echoed && ++report.echoed === %d) ws.close(1000); };
      ws.onclose = e => { report.close = e.code; done(); };
      ws.onerror = () => failed(new Error("the WebSocket failed"));
    });
    report.protocols = [...new Set(performance.getEntriesByType("resource").map(e => e.nextHopProtocol))];
  } catch (e) { report.error = String(e); }
  await fetch("/report", { method: "POST", body: JSON.stringify(report) });
});
</script>""" % (RESOURCES, MESSAGES, MESSAGES)


class Worker(socketserver.ThreadingTCPServer):
    """Serves the page and what it asks for, by HTTP/1.1, and echoes the messages of WebSockets."""
    allow_reuse_address = True; daemon_threads = True; request_queue_size = 100
    def __init__(self, port): self.reports = queue.Queue(); self.heads = []; super().__init__(("127.0.0.1", port), Conversation)


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        while True:
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                line = self.rfile.readline()
                if not line: return
                head += line
            head = head.decode("latin-1"); self.server.heads.append(head)
            fields = {k.lower(): v for k, v in re.findall(r"(?m)^([\w-]+): *(.*?)\r?$", head)}
            body = self.body(fields); path = head.split()[1]
            if fields.get("upgrade") == "websocket": return self.websocket(fields)
            if path == "/report": self.server.reports.put(json.loads(body)); self.answer("text/plain", b"")
            elif path == "/echo": self.answer("text/plain", body)
            elif path.startswith("/data?"): self.answer("text/plain", b"data " + path[6:].encode())
            elif path == "/": self.answer("text/html", PAGE.encode())
            else: self.answer("text/plain", b"", "404 Not Found")

    def body(self, fields):
        if "content-length" in fields: return self.rfile.read(int(fields["content-length"]))
        body = b""
        while fields.get("transfer-encoding") == "chunked":
            n = int(self.rfile.readline(), 16); body += self.rfile.read(n); self.rfile.readline()
            if n == 0: break
        return body

    def answer(self, kind, body, status="200 OK"):
        self.wfile.write(("HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n" % (status, kind, len(body))).encode() + body)

    def websocket(self, fields):
        accept = base64.b64encode(hashlib.sha1((fields["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        self.wfile.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: probe\r\nSec-WebSocket-Accept: %s\r\n\r\n" % accept).encode())
        whole = b""
        while True:
            first = self.rfile.read(2)
            if len(first) < 2: return
            n = first[1] & 127
            if n > 125: n = struct.unpack(">H" if n == 126 else ">Q", self.rfile.read(2 if n == 126 else 8))[0]
            mask = self.rfile.read(4); data = bytes(b ^ mask[i % 4] for i, b in enumerate(self.rfile.read(n))); code = first[0] & 15
            if code == 8: self.send(0x88, data); return
            whole += data
            if code in (0, 1) and first[0] & 128: self.send(0x81, whole); whole = b""

    def send(self, first, data):
        n = len(data); size = bytes([n]) if n < 126 else b"\x7e" + struct.pack(">H", n) if n < 65536 else b"\x7f" + struct.pack(">Q", n)
        self.wfile.write(bytes([first]) + size + data)


def run(transport):
    p = Proxy("weir", transport=transport); port = p.tls_port; worker = Worker(p.worker_ports[0])
    threading.Thread(target=worker.serve_forever, daemon=True).start()
    profile = tempfile.mkdtemp(prefix="chromium-"); browser = None
    try:
        ca = Authority(p.dir); ca.issue(HOST, "ec", p.dir + "/page")
        der = subprocess.run("openssl x509 -in %s/page.crt -pubkey -noout | openssl pkey -pubin -outform der" % p.dir, shell=True, stdout=subprocess.PIPE, check=True).stdout
        text = open(p.file).read()
        listener = '\n  - { bind: "127.0.0.1:%d", tls: { certificates: [ { cert: %s/page.crt, key: %s/page.key } ] } }\nadmin:' % (port, p.dir, p.dir)
        open(p.file, "w").write(text.replace("\nadmin:", listener, 1)); p.start()
        browser = subprocess.Popen(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--user-data-dir=" + profile,
                                    "--host-resolver-rules=MAP %s 127.0.0.1" % HOST, "--ignore-certificate-errors-spki-list=" + base64.b64encode(hashlib.sha256(der).digest()).decode(),
                                    "--remote-debugging-port=0", "https://%s:%d/" % (HOST, port)], stdout=subprocess.DEVNULL, stderr=open(profile + "/said", "wb"), stdin=subprocess.DEVNULL, start_new_session=True)
        try: r = worker.reports.get(timeout=60)
        except queue.Empty: raise Fail("no report from the page, asked was %s; the browser says: %s" % ([h.split("\r")[0] for h in worker.heads][-5:], open(profile + "/said", errors="replace").read()[-800:]))
        need("error" not in r, r); need(r["fetched"] == RESOURCES and r["uploaded"] == 1000000, r); need(r["protocols"] == ["h2"], "protocols: %s" % r["protocols"])
        need(r["echoed"] == MESSAGES and r["close"] == 1000 and r["subprotocol"] == "probe", r)
        asks = next(h for h in worker.heads if "pgrade: websocket" in h); over = re.search(r"(?mi)^via: (\S+)", asks)
        return "%d resources by h2, %d messages, the WebSocket over HTTP/%s" % (RESOURCES, MESSAGES, over and over.group(1))
    finally:
        if browser:
            for q in descendants(browser.pid)[::-1] + [browser.pid]:
                try: os.kill(q, 9)
                except ProcessLookupError: pass
            browser.wait()
        try: p.stop()
        finally: worker.shutdown(); worker.server_close(); shutil.rmtree(p.dir, ignore_errors=True); shutil.rmtree(profile, ignore_errors=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__); ap.add_argument("--transport", default="auto"); a = ap.parse_args()
    try: print("PASS browser.page-and-websocket — %s" % run(a.transport)); bad = 0
    except Exception as e: print("FAIL browser.page-and-websocket — %s" % (e if isinstance(e, Fail) else "%s: %s" % (type(e).__name__, e))); bad = 1
    print("%d passed, %d failed" % (1 - bad, bad)); sys.exit(bad)


if __name__ == "__main__": main()
