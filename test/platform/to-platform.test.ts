// The platform of a restart in the same process.
import { expect, it } from 'vitest';
import type { Platform } from '../../src/main/app/platform.ts';
import { onPortsOf } from '../../src/main/platform/to-platform.ts';

const platform = {
  api: { host: '0.0.0.0', port: null, plainHttpRefusal: 'Add --https' },
  https: { enabled: null, project: 'certs.example.com', redirect: true },
  challenge: { host: '::', port: null, required: false },
} as unknown as Platform;

it.each([
  ['http://127.0.0.1:7878', 7878, false],
  ['http://127.0.0.1', 80, false],
  ['https://0.0.0.0:7443', 7443, true],
  ['https://[::]', 443, true],
])('keeps port and scheme of %s', (address, port, enabled) => {
  const next = onPortsOf({ address, challengePort: 8080, alpnPort: null }, platform);
  expect(next.api).toEqual({ ...platform.api, port });
  expect(next.https).toEqual({ enabled, project: 'certs.example.com', redirect: true });
  expect(next.challenge.port).toBe(8080);
});
