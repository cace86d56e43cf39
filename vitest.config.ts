import { defineConfig } from 'vitest/config';
import { requireNode24 } from './bin/node-version.mjs';
import { TestOrder } from './scripts/lib/test-order.ts';

requireNode24(); // for `npx vitest`, which uses the machine's own Node

// unit: quick, in process, for `npm run check`. integration: longer tests with real programs (Pebble, BIND, a keyring,
// Chromium, the built server, OpenSSL), which scripts/test.mjs finds or installs and names in the environment. `npm test`
// runs both. exhaustive: all combinations of which the integration tests take samples. measure: speed, alone on the machine.
// `npm run test:all` runs both. soak: the long forms of the reliability tests, for `npm run soak` only.
const SOAK = {
  test: {
    name: 'soak',
    // All but the first are part of npm test or test:all too. With CERTDESK_SOAK=1 they do more.
    include: [
      'test/soak/**/*.soak.ts',
      'test/storage/faulty-disk.exhaustive.ts',
      'test/storage/power-loss.exhaustive.ts',
      'test/api/many-clients.spec.ts',
      'test/api/full-disk.spec.ts',
      'test/fuzz/*.ts',
    ],
    maxWorkers: 2,
    testTimeout: 3_600_000,
    hookTimeout: 60_000,
  },
};

/**
 * Each worker loads Certdesk once instead of once per file, which halves the time. Modules have no state, and tests that
 * change the environment, the clock or standard output restore it; no-leaks.ts fails otherwise.
 */
const SHARED_WORKER = {
  isolate: false,
  setupFiles: ['test/support/tools/no-leaks.ts'],
  execArgv: ['--no-wasm-code-gc'], // as the application does: src/main/app/wasm-code.ts
};

/**
 * A poll ends as soon as its condition holds. On a busy machine that can take far longer than vitest's default of one
 * second. It ends shortly before the test's timeout, so that the poll reports what was wrong.
 */
const timeouts = (testMs: number) => ({
  testTimeout: testMs,
  hookTimeout: testMs,
  expect: { poll: { timeout: testMs - 5_000 } },
});

// A configured sequencer would override --sequence.shuffle.files.
const isShuffled = process.argv.some((argument) => argument.startsWith('--sequence.shuffle'));

export default defineConfig({
  test: {
    ...(isShuffled ? {} : { sequence: { sequencer: TestOrder } }),
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          maxWorkers: 2,
          ...SHARED_WORKER,
          ...timeouts(120_000), // the slowest takes 3 s, and a busy machine needs twenty times as long
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/measure/**'],
          maxWorkers: 5, // they wait for servers and for polls most of the time: two would leave two cores half idle
          sequence: { groupOrder: 1 }, // after the unit tests
          ...SHARED_WORKER,
          ...timeouts(300_000),
        },
      },
      ...(process.env.CERTDESK_SOAK === undefined ? [] : [SOAK]),
      {
        test: {
          name: 'exhaustive',
          include: ['test/**/*.exhaustive.ts'],
          maxWorkers: 4, // as the integration tests; some use more processor time
          ...SHARED_WORKER,
          ...timeouts(600_000),
        },
      },
      {
        test: {
          name: 'measure',
          include: ['test/measure/**/*.spec.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 2 }, // alone, because other tests would be measured too
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
