// npm hands a SIGTERM to the shell that it runs a script in, and that shell (dash) dies without handing it on: the
// server would go on alone.

const POLL_MS = 200;

/** Under npm: sends this process SIGTERM, once, when the shell that it was started by is gone. */
export function endWithNpm(): void {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, POLL_MS);
  timer.unref();
}
