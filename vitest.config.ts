import { defineConfig } from 'vitest/config';
import { TestOrder } from './scripts/lib/test-order.ts';
import { requireNode24 } from './scripts/node-version.mjs';

requireNode24(); // for `npx vitest`, which takes the machine's own Node

// unit: in process and quick, for `npm run check`. integration: what takes longer, and real outside programs (Pebble,
// BIND, a keyring, Chromium, the built server, OpenSSL by the hundred), which scripts/test.mjs finds or installs and
// names in the environment. `npm test` runs these two. exhaustive: every combination of what the integration tests
// sample; measure: speed, alone on the machine. `npm run test:all` runs these two. soak: the long forms of the
// reliability tests, for `npm run soak` only.
const SOAK = {
  test: {
    name: 'soak',
    // The last ones are in npm test too, and do more where CERTDESK_SOAK=1 is set.
    include: [
      'test/soak/**/*.soak.ts',
      'test/storage/faulty-disk.spec.ts',
      'test/storage/power-loss.spec.ts',
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
 * Each worker loads Certdesk once, not once a file, which took half of their time. Modules hold no state, and whoever
 * changes something of the process (the environment, the clock, standard output) restores it: no-leaks.ts fails if not.
 */
const SHARED_WORKER = { isolate: false, setupFiles: ['test/support/tools/no-leaks.ts'] };

/**
 * A poll ends as soon as it is right; on a crowded machine that may be long after vitest's own one second. Shortly before
 * the test's own end, so that it is the poll that says what was not right.
 */
const patientFor = (testMs: number) => ({
  testTimeout: testMs,
  hookTimeout: testMs,
  expect: { poll: { timeout: testMs - 5_000 } },
});

// A sequencer of the configuration would win over --sequence.shuffle.files.
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
          ...patientFor(120_000), // the slowest takes 3 s; a busy machine takes twenty times as long
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.spec.ts'],
          exclude: ['test/measure/**'],
          maxWorkers: 2, // each starts servers of its own; more at once only makes time-outs
          sequence: { groupOrder: 1 }, // after the unit tests
          ...SHARED_WORKER,
          ...patientFor(300_000),
        },
      },
      ...(process.env.CERTDESK_SOAK === undefined ? [] : [SOAK]),
      {
        test: {
          name: 'exhaustive',
          include: ['test/**/*.exhaustive.ts'],
          maxWorkers: 2,
          ...SHARED_WORKER,
          ...patientFor(600_000),
        },
      },
      {
        test: {
          name: 'measure',
          include: ['test/measure/**/*.spec.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 2 }, // alone: what else ran would be measured too
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
