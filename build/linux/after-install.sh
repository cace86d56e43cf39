
# Certdesk: restarts the headless server, if it runs, with the new version.
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
    systemctl try-restart certdesk.service || true
fi
