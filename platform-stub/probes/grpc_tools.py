"""gRPC's own test service, of Java: how it is found, its server, and streams that stay open. Maven fetches it, and keeps what it has fetched."""
import glob, json, os, select, shutil, subprocess, tempfile
from probelib import need
from proxies import free_ports
from scene import Process
from tls_tools import sh

HERE = os.path.dirname(os.path.abspath(__file__))
SERVER = "io.grpc.testing.integration.TestServiceServer"
SMALL = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]


def java():
    for at in [os.environ.get("JAVA_HOME", "")] + sorted(glob.glob("/usr/lib/jvm/*25*")) + sorted(glob.glob("/opt/*25*")):
        if at and os.path.exists(at + "/bin/java"): return at + "/bin/java"
    return shutil.which("java")


def classpath(d):
    """Of the interoperability client and server."""
    to = d + "/classpath"
    sh("mvn", "-B", "-q", "-f", HERE + "/grpc/pom.xml", "dependency:build-classpath", "-Dmdep.outputFile=" + to, timeout=600)
    return open(to).read().strip()


class TestServer:
    """The server in clear."""
    def __init__(self): self.process = None
    def __enter__(self):
        self.dir = tempfile.mkdtemp(prefix="grpc-"); self.port = free_ports(1)[0]
        try:
            self.jvm = [java(), *SMALL, "-cp", classpath(self.dir)]
            self.process = Process([*self.jvm, SERVER, "--port=%d" % self.port, "--use_tls=false"], self.dir + "/server"); self.process.says("Server started"); return self
        except BaseException: self.__exit__(); raise
    def __exit__(self, *_):
        if self.process: self.process.stop()
        shutil.rmtree(self.dir, ignore_errors=True)


class Streams:
    """grpc/Streams.java: n streams in both directions to that server through the proxy at that port, a message each 200 ms on each."""
    def __init__(self, server, port, host, n, channels=4): self.server, self.port, self.host, self.n, self.channels = server, port, host, n, channels
    def __enter__(self):
        self.process = Process([*self.server.jvm, HERE + "/grpc/Streams.java", str(self.port), "%s:%d" % (self.host, self.port), str(self.n), str(self.channels), "200"], self.server.dir + "/streams", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(self.server.dir + "/streams", "ab"), text=True)
        return self
    def __exit__(self, *_): self.process.stop()
    def heard(self):
        need(select.select([self.process.p.stdout], [], [], 30)[0], "Streams.java does not answer"); line = self.process.p.stdout.readline()
        need(line, "Streams.java has ended: " + self.process.said()[-1500:]); return json.loads(line)
    def tell(self):
        """How they fare: messages, and answers of each; that none has ended."""
        self.process.p.stdin.write("\n"); self.process.p.stdin.flush(); now = self.heard()
        need(not now["ended"], "streams have ended: %s" % now["ended"]); need(now["wrong"] == 0, "%d answers out of order" % now["wrong"]); return now
    def open(self): return self.tell()["opened"] == self.n
    def end(self):
        """Half-closes them: each is to end well, with an answer to each message. How many messages that were."""
        self.process.p.stdin.close(); last = self.heard()
        need(last["ended"] == {"OK": self.n}, "streams ended with %s" % last["ended"]); need(last["answered"] == last["sent"] and last["wrong"] == 0, "%(answered)d answers to %(sent)d messages, %(wrong)d out of order" % last); return last["sent"]
