#!/bin/sh
# What is removed does not go on running. An upgrade leaves alone what runs, until somebody restarts it.
set -e
if [ "$1" = remove ] && [ -d /run/systemd/system ]; then
  systemctl disable --now qlobooks-api.service qlobooks-worker.service || true
fi
