"""Peers: build(name, ctx) -> dict(cmd, files, offers, jvm, env, check, stdout, metrics). ctx: dir, port, tls_port, h2c_port, up, routes,
threads, cert, key, log.

routes: so many hosts h0.example.com ..., each led to the backend; 0: every host. log: the file of a JSON access log, or None; the lines
of all peers say the same: time, client, method, host, path, status, bytes, duration, app, worker. check: a command that says whether
the config is one that this build takes. stdout: a file for it. metrics: a URL."""
import json, os, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
EXTRA = os.environ.get("PEERS_JSON")      # {"name": {"cmd": ["..{port}.."], "files": {"f": "text"}, "offers": ["h1"], "jvm": true}}


# Time and numbers as each makes them most cheaply, strings escaped for JSON by each.
NGINX_LOG = """log_format line escape=json '{"time":"$time_iso8601","client":"$remote_addr","method":"$request_method","host":"$host","path":"$uri",'
  '"status":$status,"bytes":$body_bytes_sent,"duration":$request_time,"app":"$proxy_host","worker":"$upstream_addr"}';
 access_log %s line buffer=64k flush=1s;"""
HAPROXY_LOG = """  log stdout format raw local0
  capture request header host len 128
  log-format '{"time":%Ts.%ms,"client":"%ci","method":"%HM","host":"%[capture.req.hdr(0),json(utf8s)]","path":"%[capture.req.uri,json(utf8s)]","status":%ST,"bytes":%B,"duration":%Ta,"app":"%b","worker":"%si:%sp"}'
"""


def nginx(c):
    r = ""
    log = NGINX_LOG % c["log"] if c["log"] else "access_log off;"
    if c["routes"]:
        r = "".join(f"server {{ listen 127.0.0.1:{c['port']}; server_name h{i}.example.com; location / {{ proxy_pass http://up; }} }}\n" for i in range(c["routes"]))
    common = f"""worker_processes {c['threads']}; daemon off; pid {c['dir']}/pid; error_log {c['dir']}/err crit; worker_rlimit_nofile 20000;
events {{ worker_connections 18000; multi_accept on; }}
http {{ {log} keepalive_requests 1000000000; keepalive_timeout 3600s; tcp_nodelay on;
 client_body_temp_path {c['dir']}/t1; proxy_temp_path {c['dir']}/t2; fastcgi_temp_path {c['dir']}/t3; uwsgi_temp_path {c['dir']}/t4; scgi_temp_path {c['dir']}/t5;
 server_names_hash_max_size 1000000; server_names_hash_bucket_size 128; ssl_session_tickets off; ssl_protocols TLSv1.2 TLSv1.3;
 upstream up {{ server 127.0.0.1:{c['up']}; keepalive 512; keepalive_requests 1000000000; }}
 proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
"""
    if r:
        return dict(cmd=["nginx", "-c", f"{c['dir']}/n.conf"], files={"n.conf": common + r + "}"}, offers=["h1"])
    return dict(cmd=["nginx", "-c", f"{c['dir']}/n.conf"], offers=["h1", "tls", "h2", "h2c", "log"], files={"n.conf": common + f"""
 server {{ listen 127.0.0.1:{c['port']} backlog=8192; location / {{ proxy_pass http://up; }} }}
 server {{ listen 127.0.0.1:{c['h2c_port']} http2 backlog=8192; location / {{ proxy_pass http://up; }} }}
 server {{ listen 127.0.0.1:{c['tls_port']} ssl http2 backlog=8192; ssl_certificate {c['cert']}; ssl_certificate_key {c['key']}; location / {{ proxy_pass http://up; }} }}
}}"""})


def haproxy(c, exe="haproxy"):
    both = os.path.join(os.path.dirname(c["dir"]), "both.pem")
    files = {}
    be = "default_backend be"
    if c["routes"]:
        files["map"] = "".join(f"h{i}.example.com be\n" for i in range(c["routes"]))
        be = f"use_backend %[req.hdr(host),lower,map({c['dir']}/map)]"
    files["h.cfg"] = f"""global
  nbthread {c['threads']}
  maxconn 9500
  fd-hard-limit 19900
  tune.ssl.default-dh-param 2048
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout http-keep-alive 1h
  http-reuse always
  option forwardfor
frontend f
{HAPROXY_LOG if c['log'] else ''}  bind 127.0.0.1:{c['port']} backlog 8192
  bind 127.0.0.1:{c['h2c_port']} proto h2
  bind 127.0.0.1:{c['tls_port']} ssl crt {both} alpn h2,http/1.1
  {be}
backend be
  server s 127.0.0.1:{c['up']} pool-max-conn 1000
"""
    return dict(cmd=[exe, "-db", "-f", f"{c['dir']}/h.cfg"], files=files, offers=["h1", "tls", "h2", "h2c", "log"], stdout=c["log"])


def h2o(c):
    return dict(cmd=["h2o", "-c", f"{c['dir']}/h2o.conf"], offers=["h1", "tls", "h2", "h2c"], files={"h2o.conf": f"""
num-threads: {c['threads']}
max-connections: 15000
user: root
pid-file: {c['dir']}/pid
error-log: {c['dir']}/err
proxy.timeout.keepalive: 3600000
http1-request-timeout: 3600
http2-idle-timeout: 3600
listen:
  host: 127.0.0.1
  port: {c['port']}
listen:
  host: 127.0.0.1
  port: {c['h2c_port']}
listen:
  host: 127.0.0.1
  port: {c['tls_port']}
  ssl: {{certificate-file: {c['cert']}, key-file: {c['key']}, ocsp-update-interval: 0}}
hosts:
  default:
    paths:
      "/": {{proxy.reverse.url: "http://127.0.0.1:{c['up']}/"}}
"""})


def relay(exe):
    """The floor: a C program that passes bytes between two sockets and reads none of them."""
    def f(c):
        subprocess.check_call(["gcc", "-O2", "-o", f"{c['dir']}/{exe}", f"{HERE}/{exe}.c"])
        return dict(cmd=[f"{c['dir']}/{exe}", str(c["port"]), str(c["up"])], offers=["h1"])
    return f


def weir(c, transport="auto", launcher=None, watched=True):
    """WEIR names the launcher (default: the project's own); `weir-before` is another build, named by WEIR_BEFORE. One that is not watched
    has neither log nor metrics, whatever the scenario."""
    pool = f"{{ workers: [ {{ address: '127.0.0.1:{c['up']}', zone: r1a }} ] }}"
    apps = "".join(f"  h{i}: {{ pools: {{ r1: {pool} }} }}\n" for i in range(c["routes"] or 1))
    mappings = "" if c["routes"] else "mappings: [ { app: h0 } ]\n"
    tls = os.environ.get("WEIR_TLS") != "no" and not c["routes"]
    log = f"{{ format: json, path: '{c['log']}' }}" if c["log"] and watched else "{ format: off }"
    exe, conf = os.path.abspath(launcher or os.environ.get("WEIR", os.path.join(HERE, "..", "..", "weir"))), f"{c['dir']}/weir.yaml"
    return dict(cmd=[exe, "run", conf], check=[exe, "check", conf] if c["log"] or not watched else None, jvm=True,
                offers=["h1", "h2c", "log"] + (["tls", "h2"] if tls else []), metrics=f"http://127.0.0.1:{c['port'] + 3}/metrics", files={"weir.yaml": f"""
domains: [example.com]
here: {{ region: r1, zone: r1a }}
regions: {{ r1: {{ jurisdiction: XX, zones: [r1a] }} }}
runtime: {{ event-loops: {c['threads']}, transport: {transport} }}
access-log: {log}
admin: {{ bind: '127.0.0.1:{c['port'] + 3}' }}
listeners:
  - {{ bind: '127.0.0.1:{c['port']}', plain-http: serve }}
  - {{ bind: '127.0.0.1:{c['h2c_port']}', plain-http: serve }}
""" + (f"  - {{ bind: '127.0.0.1:{c['tls_port']}', tls: {{ certificates: [ {{ cert: {c['cert']}, key: {c['key']} }} ] }} }}\n" if tls else "")
    + ("" if watched else "metrics: off\n") + f"""apps:
{apps}{mappings}"""})


PEERS = {"nginx": nginx, "haproxy": haproxy, "h2o": h2o, "weir": weir, "weir-epoll": lambda c: weir(c, "epoll"), "weir-uring": lambda c: weir(c, "io_uring"), "weir-1loop": lambda c: weir(dict(c, threads=1)), "weir-nolog": lambda c: weir(c, watched=False), "weir-before": lambda c: weir(c, launcher=os.environ["WEIR_BEFORE"]), "c-epoll": relay("relay_epoll")}


def build(name, c):
    if EXTRA and name in (x := json.load(open(EXTRA))):
        s = x[name]; g = lambda t: t.format(**c)
        return dict(s, cmd=[g(t) for t in s["cmd"]], files={k: g(v) for k, v in s.get("files", {}).items()})
    return PEERS[name](c)
