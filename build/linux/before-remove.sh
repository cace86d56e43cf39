#!/bin/sh
# Stops the headless server before its files are removed. dpkg passes `remove` or `upgrade`, rpm the number of versions left.
if [ -d /run/systemd/system ]; then
    case "$1" in
        remove | 0) systemctl disable --now certdesk.service || true ;;
    esac
fi
