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
if cmp -s "$found" "$to/fullchain.pem" && cmp -s "$key" "$to/privkey.pem"; then
  exit 0
fi

umask 077
how=reload
[ -f "$to/fullchain.pem" ] || how=restart
# Each is there as a whole before it gets its name.
for each in fullchain privkey; do
  case $each in fullchain) from=$found ;; *) from=$key ;; esac
  cp "$from" "$to/.$each.new"
  chown "$owner:" "$to/.$each.new"
done
mv "$to/.privkey.new" "$to/privkey.pem"
mv "$to/.fullchain.new" "$to/fullchain.pem"
# With none to begin with, coturn does not listen for TLS; later it loads the new one, and relayed calls go on.
if [ $how = restart ]; then
  systemctl try-restart coturn.service
else
  systemctl kill --kill-who=main --signal=SIGUSR2 coturn.service
fi
echo "coturn has a new certificate for $name"
