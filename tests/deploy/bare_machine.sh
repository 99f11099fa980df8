#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-only
# Tries deploy/install.sh, or with the word by_hand what docs/server.md says, on a bare Debian 12 that systemd boots in a
# container: `make try-install`, as root, on Debian.
#
# It has its own network, and beside it one for an authority of certificates: names that people would ask on the internet
# lead there, so not a word of any file is another one. Debian's packages and Python's are fetched beforehand.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$PWD/.venv/bin/python
kept=${TRY_FOLDER:-/var/tmp/keks-meet-try}
nspawn=${NSPAWN:-systemd-nspawn}
name=meet.example.org
acme='acme-v02.api.letsencrypt.org'
inside=198.51.100.1 outside=198.51.100.2
packages="ca-certificates caddy certbot coturn iproute2 nginx python3 python3-venv"

[ "$(id -u)" = 0 ] || { echo "has to be run as root" >&2; exit 1; }
for each in "$nspawn" debootstrap pebble /usr/sbin/nginx openssl ip nsenter; do
  command -v "$each" >/dev/null || {
    echo "$each is missing: apt install systemd-container debootstrap pebble nginx-light openssl iproute2" >&2
    exit 1
  }
done

work=$(mktemp -d /var/tmp/keks-meet-run.XXXXXX)
started=()
finish() {
  [ ${#started[@]} = 0 ] || kill "${started[@]}" 2>/dev/null || true
  wait
  ip netns del "keks-in-$$" 2>/dev/null || true
  ip netns del "keks-out-$$" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

# What is fetched, once.
fetch() {
  mkdir -p "$kept/wheels"
  if [ ! -e "$kept/done" ]; then
    rm -rf "$kept/base"
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus bookworm "$kept/base" >/dev/null
    chroot "$kept/base" apt-get -qq update
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive chroot "$kept/base" \
      apt-get -qq install -y --no-install-recommends --download-only $packages >/dev/null
    touch "$kept/done"
  fi
  "$python" -m pip download --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt -d "$kept/wheels"
  "$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir "$work" .
}

lay_out() {
  cp -a "$kept/base" "$work/root"
  mkdir -p "$work/root/src" "$work/root/dist" "$work/root/usr/local/share/ca-certificates"
  cp -a "$kept/wheels" "$work/root/wheels"
  tar -xzf src/keks_meet/server/pages/source.tar.gz -C "$work/root/src" --strip-components=1
  cp "$work"/*.whl "$work/root/dist/"
  printf '127.0.0.1 localhost\n%s %s\n%s %s\n' $inside $name $outside $acme >"$work/hosts"
  rm -f "$work/root/etc/hosts" "$work/root/etc/resolv.conf"
  cp "$work/hosts" "$work/root/etc/hosts"
}

connect() {
  ip netns add "keks-in-$$"
  ip netns add "keks-out-$$"
  ip link add host0 netns "keks-in-$$" type veth peer name host0 netns "keks-out-$$"
  ip -n "keks-in-$$" addr add $inside/24 dev host0
  ip -n "keks-out-$$" addr add $outside/24 dev host0
  for each in "keks-in-$$" "keks-out-$$"; do
    ip -n "$each" link set lo up
    ip -n "$each" link set host0 up
  done
}

# An authority that gives certificates to whoever answers at the name, with what makes its addresses those that Caddy asks.
start_authority() {
  (
    cd "$work"
    new=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2)
    openssl req -x509 "${new[@]}" -subj "/CN=tests" -addext basicConstraints=critical,CA:TRUE -keyout ca.key -out ca.crt
    openssl req "${new[@]:0:5}" -subj /CN=acme -keyout key.pem -out request.pem
    echo "subjectAltName=DNS:$acme,IP:$outside" >names
    openssl x509 -req -in request.pem -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem
  ) 2>/dev/null
  cp "$work/ca.crt" "$work/root/usr/local/share/ca-certificates/authority.crt"
  cat >"$work/pebble.json" <<END
{"pebble": {"listenAddress": "$outside:14000", "managementListenAddress": "$outside:15000", "httpPort": 80, "tlsPort": 443,
 "certificate": "$work/cert.pem", "privateKey": "$work/key.pem", "ocspResponderURL": ""}}
END
  cat >"$work/nginx.conf" <<END
daemon off; master_process off; user root; pid $work/nginx.pid; error_log $work/nginx.log; events { }
http {
  access_log off; client_body_temp_path $work/1; proxy_temp_path $work/2; fastcgi_temp_path $work/3;
  uwsgi_temp_path $work/4; scgi_temp_path $work/5;
  server {
    listen $outside:443 ssl; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem;
    proxy_set_header Host \$host;
    location / { proxy_pass https://$outside:14000; }
    location = /directory { proxy_pass https://$outside:14000/dir; }
  }
}
END
  # shellcheck disable=SC2016
  ip netns exec "keks-out-$$" sh -c 'mount --bind "$1/hosts" /etc/hosts && exec pebble -config "$1/pebble.json"' x "$work" \
    >"$work/pebble.log" 2>&1 &
  started+=($!)
  ip netns exec "keks-out-$$" /usr/sbin/nginx -p "$work" -c "$work/nginx.conf" >/dev/null 2>&1 &
  started+=($!)
}

boot() {
  "$nspawn" --quiet --directory="$work/root" --machine="keks-try-$$" --register=no --keep-unit --resolv-conf=off \
    --timezone=off --network-namespace-path="/run/netns/keks-in-$$" --boot >"$work/boot.log" 2>&1 </dev/null &
  booted=$!
  started+=("$booted")
  until leader=$(pgrep -P "$booted" | head -1) && [ -n "$leader" ] && on systemctl is-system-running --wait >/dev/null 2>&1; do
    kill -0 "$booted" || { cat "$work/boot.log" >&2; exit 1; }
    sleep 0.2
  done
}

# Runs a command on the machine.
on() {
  nsenter --target "$leader" --mount --uts --ipc --net --pid --root \
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels \
    env --chdir=/ "$@"
}

install() { on sh /src/deploy/install.sh --wheel "$1" $name; }
# The processes of services.
running() { for service in "$@"; do on systemctl show --property=MainPID --value "$service"; done; }
# The number of the certificate at a port.
certificate() {
  ip netns exec "keks-in-$$" openssl s_client -connect "$inside:$1" -servername $name </dev/null 2>/dev/null |
    openssl x509 -noout -serial
}
turn_certificate() { certificate 5349; }
step() { echo; echo "== $*"; }
must() { "$@" || { echo "FAILED: $*" >&2; exit 1; }; }

# Lets the machine believe what the authority signs.
trust_authority() {
  cat >"$work/root/trust.py" <<END
import ssl, urllib.request
trusting = ssl.create_default_context(cafile="/usr/local/share/ca-certificates/authority.crt")
print(urllib.request.urlopen("https://$outside:15000/roots/0", context=trusting).read().decode())
END
  on sh -c 'python3 /trust.py > /usr/local/share/ca-certificates/tests.crt' && on update-ca-certificates >/dev/null 2>&1
}

in_one_command() {
  wheel=$(cd "$work/root" && echo dist/*.whl)
  install "/$wheel" || true # whose check finds that nobody trusts this authority yet
  trust_authority

  step "again: nothing changes, and the check finds no problem"
  before=$(running keks-meet caddy coturn)
  must install "/$wheel"
  must [ "$before" = "$(running keks-meet caddy coturn)" ]

  step "a renewed certificate reaches coturn, which goes on"
  serial=$(turn_certificate)
  before=$(running coturn)
  on systemctl stop caddy
  rm -r "$work/root/var/lib/caddy/.local/share/caddy/certificates"
  on systemctl start caddy
  until on find /var/lib/caddy/.local/share/caddy/certificates -name $name.json 2>/dev/null | grep -q .; do sleep 0.2; done
  on systemctl start "keks-meet-turn-certificate@$name"
  until [ "$(turn_certificate)" != "$serial" ]; do sleep 0.2; done
  must [ "$before" = "$(running coturn)" ]

  step "an update: only keks-meet starts anew, and the version before is kept"
  "$python" -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "a").comment = b"another"' "$work/root/$wheel"
  before=$(running caddy coturn)
  old=$(running keks-meet)
  must install "/$wheel"
  must [ "$before" = "$(running caddy coturn)" ]
  must [ "$old" != "$(running keks-meet)" ]
  must [ "$(find "$work/root/opt" -maxdepth 1 -type d -name 'keks-meet-*' | wc -l)" = 2 ]
}

# The blocks of docs/server.md whose first lines begin so, as they are but for what a person would put in.
block() {
  "$python" - "$1" <<'END'
import re, sys
text = open("docs/server.md").read()
found = re.search(rf"^ *```(?:sh|toml)\n( *{re.escape(sys.argv[1])}.*?)^ *```$", text, re.M | re.S)
assert found, sys.argv[1]
print(found[1].replace("YOUR.NAME", "meet.example.org"))
END
}

# Types a block, answering what apt and certbot would ask.
type_in() {
  block "$1" | sed -e 's/^apt install/apt-get -qq install -y --no-install-recommends/' \
    -e 's/^certbot certonly/& --non-interactive --agree-tos --register-unsafely-without-email/' \
    -e "s|--no-build-isolation \.|--no-build-isolation --no-index /dist/*.whl|" >"$work/root/typed"
  on sh -ec 'cd /src && . /typed' >"$work/said" 2>&1 || { cat "$work/said" >&2; echo "FAILED: $1" >&2; exit 1; }
}

by_hand() {
  step "by hand, as docs/server.md says, with nginx and certbot"
  on apt-get -qq install -y --no-install-recommends ca-certificates python3-venv >/dev/null 2>&1
  type_in 'mkdir -p /etc/keks-meet'
  local secret
  secret=$(openssl rand -hex 32)
  { block '[server]' && block '[webrtc]'; } | sed "s/turn.example.org/$name/; s/the same long secret/$secret/" \
    >"$work/root/etc/keks-meet/config.toml"
  type_in 'python3 -m venv /opt/keks-meet'
  trust_authority
  type_in 'cp deploy/keks-meet.service'
  type_in 'apt install nginx certbot'
  type_in 'install -m 600 deploy/turnserver.conf'
  sed -i "s/turn.example.org/$name/; s/the same long secret/$secret/" "$work/root/etc/keks-meet/turnserver.conf"
  type_in 'apt install coturn'
  type_in 'install -D -m 755 deploy/turn-certificate.sh'
  on systemctl start "keks-meet-turn-certificate@$name"
  must on /opt/keks-meet/bin/keks-meet-server check /etc/keks-meet/config.toml --url "https://$name"

  step "certbot renews it, by http, and both have the new one"
  serial=$(turn_certificate)
  must on certbot renew --force-renewal --no-random-sleep-on-renew --quiet
  on systemctl start "keks-meet-turn-certificate@$name"
  until [ "$(turn_certificate)" != "$serial" ]; do sleep 0.2; done
  must [ "$(certificate 443)" = "$(turn_certificate)" ]

  step "the script touches nothing where another program has the ports"
  on sh -c 'find /etc /opt /usr/local -type f -exec sha256sum {} +' >"$work/files"
  wheel=$(cd "$work/root" && echo dist/*.whl)
  if said=$(install "/$wheel" 2>&1); then must false; fi
  must [ "${said#install.sh: port 80 is taken by another program}" != "$said" ]
  on sh -c 'find /etc /opt /usr/local -type f -exec sha256sum {} +' | must cmp - "$work/files"
}

fetch
lay_out
connect
start_authority
boot
"${1:-in_one_command}"
step "how far services are shut in, and who can read the secret"
for each in keks-meet coturn "keks-meet-turn-certificate@$name"; do
  on systemd-analyze security --no-pager "$each.service" | tail -1
done
secret=$(sed -n 's/^static-auth-secret=//p' "$work/root/etc/keks-meet/turnserver.conf")
must [ -z "$(find "$work/root/etc" "$work/root/usr/local" "$work/root/var/log" "$work/root/tmp" -type f \
  -perm /077 -exec grep -l "$secret" {} +)" ]
must [ -z "$(on journalctl --no-pager | grep "$secret")" ]
must [ -z "$(on systemctl --failed --plain --no-legend)" ]
step "all is as it should be"
