#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-only
# Gives coturn the newest certificate that Caddy or certbot got for a name, and tells coturn when it is another one.
# `turn-certificate.sh NAME`, as root.
set -eu
name=$1
to=${STATE_DIRECTORY:-/var/lib/keks-meet-turn}
caddy=${CADDY_CERTIFICATES:-/var/lib/caddy/.local/share/caddy/certificates}
certbot=${CERTBOT_CERTIFICATES:-/etc/letsencrypt/live}
owner=${TURN_OWNER:-turnserver}
umask 077
# How coturn has still to be told, so that a run that was cut short leaves it to the next one.
untold=$to/.untold

found=
for each in "$caddy"/*/"$name/$name.crt" "$certbot/$name/fullchain.pem"; do
  if [ -f "$each" ] && { [ -z "$found" ] || [ -n "$(find "$each" -newer "$found")" ]; }; then
    found=$each
  fi
done
if [ -z "$found" ]; then
  echo "there is no certificate for $name yet"
  exit 0
fi
case $found in
*.crt) key=${found%.crt}.key ;;
*) key=${found%fullchain.pem}privkey.pem ;;
esac

# Whether the copies of certificate and key belong together, which they do not in the middle of a renewal.
fit() {
  of_certificate=$(openssl x509 -noout -pubkey -in "$to/.fullchain.new") || return 1
  of_key=$(openssl pkey -pubout -in "$to/.privkey.new") || return 1
  [ "$of_certificate" = "$of_key" ]
}

# Each is there as a whole before it gets its name. Copies of a run that was cut short may be coturn's own by now.
take() {
  rm -f "$to/.fullchain.new" "$to/.privkey.new"
  cp "$found" "$to/.fullchain.new"
  cp "$key" "$to/.privkey.new"
  if ! fit; then
    rm -f "$to/.fullchain.new" "$to/.privkey.new"
    echo "certificate and key of $name do not fit each other; the next run looks again"
    return
  fi
  chown "$owner:" "$to/.fullchain.new" "$to/.privkey.new"
  # With none to begin with, coturn does not listen for TLS, and has to start anew.
  [ -f "$to/fullchain.pem" ] || echo restart >"$untold"
  [ -s "$untold" ] || echo reload >"$untold"
  mv "$to/.privkey.new" "$to/privkey.pem"
  mv "$to/.fullchain.new" "$to/fullchain.pem"
}

# A running coturn loads the new one, and relayed calls go on. One that does not run reads it when it starts.
tell() {
  if [ "$(cat "$untold")" = restart ]; then
    systemctl try-restart coturn.service
  elif ! systemctl kill --kill-who=main --signal=SIGUSR2 coturn.service && systemctl --quiet is-active coturn.service; then
    exit 1
  fi
  rm -f "$untold"
  echo "coturn has a new certificate for $name"
}

if ! cmp -s "$found" "$to/fullchain.pem" || ! cmp -s "$key" "$to/privkey.pem"; then
  take
fi
if [ -s "$untold" ]; then
  tell
fi
