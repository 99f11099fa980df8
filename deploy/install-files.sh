# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: AGPL-3.0-only
# The files that deploy/install.sh writes, for it to read: what is whose, and what has still to be taken over.

# What this script wrote is known by its sum, so that files that somebody has changed since are left alone.
written=/etc/keks-meet/.written
# What was written and not yet taken over by who uses it, a line each: a run that was cut short leaves it to the next one.
pending=/etc/keks-meet/.pending

folder() { (umask 022 && mkdir -p "$1"); }

# Gives a file standard input, at once and as a whole.
replace() {
  folder "$(dirname "$1")"
  cat >"$1.part"
  chmod "$2" "$1.part"
  mv "$1.part" "$1"
}

# Whether a file is as Debian's package of a name brought it, or not there.
is_pristine() {
  [ -e "$root$1" ] || return 0
  sum=$(md5sum <"$root$1")
  dpkg-query -W -f='${Conffiles}\n' "$2" 2>/dev/null | grep -qxF " $1 ${sum%% *}"
}

# Whether this script wrote a file and nobody has changed it; and whether it wrote it at all.
is_ours() {
  sum=$(sha256sum <"$root$1")
  [ -f "$root$written" ] && grep -qxF "${sum%% *}  $1" "$root$written"
}
was_ours() { [ -e "$root$1" ] && grep -q "  $1\$" "$root$written" 2>/dev/null; }

note_written() {
  sum=$(sha256sum <"$root$1")
  { grep -vF "  $1" "$root$written" 2>/dev/null || true; echo "${sum%% *}  $1"; } >"$work/written"
  replace "$root$written" 600 <"$work/written"
}

is_pending() { [ -f "$root$pending" ] && grep -qxF "$1" "$root$pending"; }

mark_pending() {
  [ -z "$dry" ] || return 0
  { cat "$root$pending" 2>/dev/null || true; echo "$1"; } | sort -u >"$work/pending"
  replace "$root$pending" 600 <"$work/pending"
}

# Says that these have been taken over.
took_over() {
  [ -z "$dry" ] && [ -f "$root$pending" ] || return 0
  printf '%s\n' "$@" >"$work/taken"
  if grep -vxF -f "$work/taken" "$root$pending" >"$work/pending"; then
    replace "$root$pending" 600 <"$work/pending"
  else
    rm -f "$root$pending"
  fi
}

# What is left in the end are files that nothing has to start anew for.
took_over_all() { [ -n "$dry" ] || rm -f "$root$pending"; }

# `put FILE MODE [PACKAGE]` writes standard input there, unless it is there already, or was changed by somebody.
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
  if [ -e "$root$1" ] && ! is_ours "$1" && ! is_pristine "$1" "${3:-none}"; then
    replace "$root$1.new" "$2" <"$work/new"
    say "kept, since it was changed: $1 (what it would be is in $1.new)"
    return
  fi
  # First, since this may end after any step.
  mark_pending "$1"
  replace "$root$1" "$2" <"$work/new"
  note_written "$1"
  say "wrote: $1"
}

# Takes a file away that this script wrote.
take_away() {
  if [ -n "$dry" ]; then
    say "would remove: $1"
    return
  fi
  rm -f "$root$1"
  took_over "$1"
  say "removed: $1"
}
