#!/bin/sh
# The headless server ends before its program goes. dpkg says `remove` or `upgrade`, rpm says how many are left.
if [ -d /run/systemd/system ]; then
    case "$1" in
        remove | 0) systemctl disable --now certdesk.service || true ;;
    esac
fi
