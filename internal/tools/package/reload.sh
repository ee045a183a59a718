#!/bin/sh
# After an installation and after a removal systemd reads its units anew.
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
fi
