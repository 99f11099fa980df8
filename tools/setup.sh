#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-only
# Prepares a checkout: `tools/setup.sh run` for serving, `dev` for working on it, `tests` for tests in browsers and
# networks, `slow` for the slow ones.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=.venv
python=${PYTHON:-python3}

as_root=()
if [ "$(id -u)" != 0 ]; then
  as_root=(sudo -n)
fi

# Installs Debian packages when it may, and otherwise says the one command to type.
apt_install() {
  if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
    echo "Something is missing here. Please type this, then try again:" >&2
    echo "  sudo apt-get install -y --no-install-recommends $*" >&2
    exit 1
  fi
  "${as_root[@]}" apt-get -qq update
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@"
}

# Debian starts these at once and at every boot; the tests want the programs, and nobody asked for servers.
not_as_services() {
  local service
  for service in coturn nginx caddy; do
    if [[ " $* " == *" $service"* && -d /run/systemd/system ]]; then
      "${as_root[@]}" systemctl --quiet disable --now "$service"
    fi
  done
}

make_venv() {
  if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    echo "keks-meet needs Python 3.11 or later; \`make PYTHON=python3.12 …\` chooses another than $python." >&2
    exit 1
  fi
  "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
  [ -x $venv/bin/pip ] || "$python" -m venv --clear $venv
}

install_python_packages() {
  $venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$1.txt"
}

case $1 in
run)
  make_venv
  install_python_packages run
  $venv/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
  ;;
dev)
  install_python_packages dev
  $venv/bin/python -c 'from tools import node; node.install()'
  ;;
tests)
  missing=()
  command -v chromium >/dev/null || missing+=(chromium)
  command -v chromium-headless-shell >/dev/null || missing+=(chromium-headless-shell)
  command -v ip >/dev/null || missing+=(iproute2)
  command -v unshare >/dev/null || missing+=(util-linux)
  command -v espeak-ng >/dev/null || missing+=(espeak-ng)
  command -v nft >/dev/null || missing+=(nftables)
  command -v turnserver >/dev/null || missing+=(coturn)
  command -v systemd-analyze >/dev/null || missing+=(systemd)
  [ -x /usr/sbin/nginx ] || missing+=(nginx-light)
  [ -e /usr/share/fonts/truetype/dejavu ] || missing+=(fonts-dejavu-core)
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  not_as_services "${missing[@]}"
  ;;
slow)
  missing=()
  command -v firefox-esr >/dev/null || missing+=(firefox-esr)
  command -v pulseaudio >/dev/null || missing+=(pulseaudio)
  command -v caddy >/dev/null || missing+=(caddy)
  command -v pebble >/dev/null || missing+=(pebble)
  command -v shellcheck >/dev/null || missing+=(shellcheck)
  [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
  not_as_services "${missing[@]}"
  install_python_packages slow
  $venv/bin/python -c 'from tools import node; node.install(node.ROOT / "tests/browsers")'
  ;;
*)
  echo "usage: tools/setup.sh run|dev|tests|slow" >&2
  exit 2
  ;;
esac
