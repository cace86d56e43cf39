// Job results that an earlier Certdesk stored have the same fields as its answers (migration 0019).
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { presentResult } from '../../src/main/engine/certificates/views.ts';
import type { JobInput, JobResult } from '../../src/main/engine/core/model.ts';
import { jobResults } from '../../src/main/storage/migrations/0019-job-results.ts';
import { SPEC } from '../support/engine/records.ts';

const times = { issuedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-04-01T00:00:00Z' };
const renewed = {
  domain: 'a.example',
  ...times,
  renewedFrom: '2025-10-01T00:00:00Z',
  issuer: "Let's Encrypt",
  autoRenew: false,
};
const obtained = {
  domain: 'a.example',
  ...times,
  issuer: "Let's Encrypt",
  autoRenew: true,
  type: 'letsencrypt',
  names: ['a.example', 'b.example'],
};
const of = { spec: SPEC, autoRenew: true };
const revoke = { kind: 'revoke', certificateId: 'c1', reason: 'superseded' } as const;

it.each<[string, JobInput, unknown]>([
  ['an obtain', { kind: 'obtain', ...of, dryRun: false }, { certificate: obtained }],
  ['of staging', { kind: 'obtain', ...of, dryRun: false }, { certificate: { ...obtained, staging: true } }],
  ['a dry run', { kind: 'obtain', ...of, dryRun: true }, { certificate: obtained, dryRun: true }],
  ['a renewal', { kind: 'renew', certificateId: 'c1', ...of, automatic: true }, { certificate: renewed }],
  ['a revocation', revoke, { message: 'Certificate revoked' }],
  [
    'a revocation with a replacement',
    { ...revoke, replacement: of },
    { message: 'Certificate revoked', certificate: renewed },
  ],
])('preserves the result of %s', (_what, input, answer) => {
  const sqlite = new Sqlite(':memory:');
  sqlite.exec('CREATE TABLE jobs (state TEXT, input TEXT, result TEXT)');
  const oldInput = JSON.stringify(input).replaceAll('"spec"', '"recipe"'); // its name until 0020
  const insert = sqlite.prepare('INSERT INTO jobs VALUES (?, ?, ?)');
  insert.run('succeeded', oldInput, JSON.stringify(answer));
  insert.run('failed', oldInput, 'null');
  insert.run('queued', oldInput, null);
  sqlite.exec(jobResults.sql);
  const results = sqlite.prepare<[], { result: string | null }>('SELECT result FROM jobs').all();
  const [result, ...others]: (JobResult | null)[] = results.map((row) => JSON.parse(row.result ?? 'null'));
  expect(presentResult({ input, result: result ?? null })).toEqual(answer);
  expect(result?.certificate?.type ?? 'letsencrypt').toBe('letsencrypt');
  expect(others).toEqual([null, null]);
  sqlite.close();
});
