#!/usr/bin/env bash
# The archive that `mvn package` makes: unpacked elsewhere, run as a user who may write nothing, with the cache that came along.
set -euo pipefail
cd "$(dirname "$0")/../.."
archive=$(echo platform-stub/target/weir-*.tar.gz)
place=$(mktemp -d)
weir=
end() { [[ -z $weir ]] || kill "$weir" 2>/dev/null || true; rm -rf "$place"; }
trap end EXIT
fail() { echo "FAIL $1"; exit 1; }

tar -xzf "$archive" -C "$place"
home=$(echo "$place"/weir-*)
chmod 755 "$place"
for file in LICENSE THIRD-PARTY.txt README.md CHANGELOG.md Containerfile weir.service docs/examples/two-workers.yaml bin/weir weir.aot; do
  [[ -s $home/$file ]] || fail "$file is missing in $archive"
done
as_nobody=(env)
(( EUID == 0 )) && as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups --)

# Another cache than the right one would end the JVM here, where it is usually passed over in silence.
WEIR_JAVA_OPTS=-XX:AOTMode=on "${as_nobody[@]}" "$home/bin/weir" version > "$place/version" || fail "the ahead-of-time cache doesn't fit: $(cat "$place/version")"

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
sed "s/bind: \":8080\"/bind: \"127.0.0.1:$port\"/; s/127.0.0.1:9901/127.0.0.1:0/" "$home/docs/examples/two-workers.yaml" > "$place/weir.yaml"
chmod 644 "$place/weir.yaml"
"${as_nobody[@]}" "$home/bin/weir" run "$place/weir.yaml" > "$place/out" 2>&1 &
weir=$!
for (( i = 0; i < 200; i++ )); do grep -q '^ready' "$place/out" && break; sleep 0.05; done
# Its workers are not there: that is 502, from a load balancer that runs.
status=$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: orders.cloudhub.example' "http://127.0.0.1:$port/")
[[ $status == 502 ]] || fail "answered $status: $(cat "$place/out")"
kill "$weir"
wait "$weir" || fail "ended with $?"
weir=

if type -P systemd-analyze > /dev/null; then
  sed "s|/opt/weir|$home|; s|%h||" "$home/weir.service" > "$place/weir.service"
  complaints=$(systemd-analyze verify "$place/weir.service" 2>&1 | grep -F "$place/weir.service" || true)
  [[ -z $complaints ]] || fail "$complaints"
fi
echo "the distribution runs: $(cat "$place/version")"
