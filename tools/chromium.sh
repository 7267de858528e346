#!/bin/sh
# A Chromium for the browser tests: the one that is there, or Debian's.
set -e
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
echo "Installing chromium …"
as_root=""
[ "$(id -u)" = 0 ] || as_root="sudo -n"
if ! { $as_root apt-get update -q && $as_root apt-get install -q -y --no-install-recommends chromium fonts-liberation; } >/dev/null; then
  echo "No Chromium is installed and it could not be installed here: install it, then run make test-browser." >&2
  exit 1
fi
