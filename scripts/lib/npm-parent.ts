// npm passes SIGTERM to the shell that runs a script. That shell (dash) exits without passing it on, and the server would
// continue to run without its parent.

const POLL_MS = 200;

/** Under npm: sends SIGTERM to this process, once, when the shell that started it is gone. */
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
