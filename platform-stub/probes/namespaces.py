"""Network and process namespaces of one's own: what is cut off or killed in one touches nobody outside, and all of it is gone with it."""
import os, shutil, signal, subprocess, sys
from proxies import LAUNCHER

FLAG = "--in-namespace"   # of a program that has been started again in one


def command(who):
    """The words that start a program in namespaces of its own. Ends this one, which is called `who`, where there can be none."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    missing = [tool for tool in ("unshare", "ip", "nft") if not shutil.which(tool)]
    if missing: sys.exit("%s: needs %s (Debian: util-linux, iproute2, nftables)" % (who, ", ".join(missing)))
    words = ["unshare"] + (["--map-root-user"] if os.geteuid() else []) + ["--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    tried = subprocess.run(words + ["sh", "-c", "ip link set lo up && nft add table inet cut && nft add chain inet cut in '{ type filter hook input priority 0; }'"], capture_output=True, text=True)
    if tried.returncode: sys.exit("%s: no network namespace with rules of its own can be made here, so nothing was tried: %s\nIt takes root (in a container, --privileged), or user namespaces." % (who, tried.stderr.strip() or "exit code %d" % tried.returncode))
    if subprocess.run([LAUNCHER, "version"], stdout=subprocess.DEVNULL).returncode: sys.exit("%s: %s version failed" % (who, LAUNCHER))   # builds, if it must, while there is a network
    return words


def again(*options):
    """The words that start this very program with these options, for within a namespace."""
    return [sys.executable, os.path.abspath(sys.argv[0]), *options, FLAG]


def begin():
    """The first that a program does within its namespace."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))   # so that what was begun is ended; a first process has no default for it
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def prefer(pid):
    """What else runs on this machine is no part of what is measured. Linux shares the cores among sessions first, and Weir has one of its own."""
    try: open("/proc/%s/autogroup" % pid, "w").write("-10")
    except OSError: pass
