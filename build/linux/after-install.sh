
# Certdesk: the headless server, where it runs, goes on with the new version.
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload || true
    systemctl try-restart certdesk.service || true
fi
