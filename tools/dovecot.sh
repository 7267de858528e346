#!/bin/sh
# A Dovecot for the tests of fetching: the one that is there, or Debian's. The tests start their own; the system's is never run.
set -e
PATH="$PATH:/usr/sbin:/usr/local/sbin"
command -v dovecot >/dev/null && exit 0
echo "Installing dovecot …"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if ! { $as_root apt-get update -q && RUNLEVEL=1 $as_root apt-get install -q -y --no-install-recommends dovecot-imapd; } >/dev/null; then
  echo "No Dovecot is installed and it could not be installed here: the tests of fetching are left out." >&2
fi
