// Runs before each test file of a project without isolation: fails a file that leaves the process in another state,
// because its changes would affect later files, whose order differs from run to run.
import { afterAll, expect } from 'vitest';

/** The state that all files of a worker share. Values are compared by identity. */
function sharedState(): ReadonlyMap<string, unknown> {
  const listeners = process
    .eventNames()
    .map((name) => [`listeners of process '${String(name)}'`, process.listenerCount(name)]);
  return new Map<string, unknown>([
    ...Object.entries(process.env).map(([name, value]): [string, unknown] => [
      `environment variable ${name}`,
      value,
    ]),
    ...(listeners as [string, unknown][]),
    ['working directory', process.cwd()],
    ['process.umask', process.umask()],
    ['process.stdout.write', process.stdout.write],
    ['process.stderr.write', process.stderr.write],
    ['Date', Date],
    ['setTimeout', setTimeout],
    ['setInterval', setInterval],
    ['fetch', fetch],
    ['Math.random', Math.random],
    ['time zone', Intl.DateTimeFormat().resolvedOptions().timeZone],
    // Undici's, also of Node's own fetch; each is created at its first use.
    ...['1', '2'].flatMap((version): [string, unknown][] => {
      const value = Reflect.get(globalThis, Symbol.for(`undici.globalDispatcher.${version}`));
      return value === undefined ? [] : [[`undici's global dispatcher ${version}`, value]];
    }),
  ]);
}

/**
 * `exit`: programs and allocators that live as long as the worker end their children then. Signals: one package for
 * all
 * files of a worker (signal-exit, in electron-builder) listens once.
 */
const EXPECTED = /^listeners of process '(exit|SIG\w+)'$/;
/** Created at its first use. */
const LAZY = /^undici's global dispatcher/;

const before = sharedState();
afterAll(() => {
  const after = sharedState();
  const names = new Set([...before.keys(), ...after.keys()]);
  const leaks = [...names].filter(
    (name) =>
      before.get(name) !== after.get(name) && !EXPECTED.test(name) && !(LAZY.test(name) && !before.has(name)),
  );
  expect(leaks, 'this file changes for the files after it').toEqual([]);
});
