# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: AGPL-3.0-only
# Addresses and ports, for deploy/install.sh to read: by which others find this machine, and what is taken.

# The address by which others find this machine. In /etc/hosts, installers let a machine's own name lead to 127.0.1.1.
find_public() {
  found=$(getent --no-addrconfig ahostsv4 "$name" | sed 's/ .*//')
  public=$(printf '%s\n' "$found" | first_public)
  [ -n "$public" ] || public=$(getent -s dns --no-addrconfig ahostsv4 "$name" | sed 's/ .*//' | first_public)
  [ -n "$turn" ] && [ -z "$public" ] || return 0
  case $found in
  127.*) fail "$name leads to ${found%%[!0-9.]*} here, and TURN needs the address by which others find this machine: \
take the name out of that line of /etc/hosts, or use --no-turn" ;;
  esac
}

# The first address that is neither private, nor of this machine or its network alone.
first_public() {
  awk '!/^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2[0-9]|3[01])|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7]))\./ && NF {
    print
    exit
  }'
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

# Whether something listens on a port (its number stands there in hexadecimal digits; 0A is listening, 07 an open UDP one).
is_taken() {
  awk -v end="$(printf ':%04X' "$2")" '($4 == "0A" || $4 == "07") && substr($2, length($2) - 4) == end { found = 1 }
    END { exit !found }' "/proc/net/$1" "/proc/net/${1}6"
}
