import { defineConfig } from 'vitest/config';

// unit: in-process, SQLite on disk and OpenSSL at most. integration: real outside programs (Pebble, BIND, a
// keyring, Chromium, the built server), which scripts/test.mjs finds or installs and names in the environment.
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'] } },
      {
        test: {
          name: 'integration',
          include: ['test/**/*.spec.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
