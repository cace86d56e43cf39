import { expect, it } from 'vitest';
import { type HealthFacts, healthOf } from '../../../src/main/engine/overview/health.ts';

const counts = { total: 42, valid: 42, expiring_soon: 0, expired: 0, revoked: 0, none: 0, failing: 0 };
const engine: HealthFacts['engine'] = {
  lastRenewalCheckAt: null,
  nextRenewalCheckAt: null,
  renewalCheckLate: false,
  lastRenewalCheckError: null,
  pausedUntil: null,
  queue: { running: 0, queued: 0 },
  secretStore: 'keychain',
  backup: null,
  https: null,
  clock: { now: '2026-01-01T00:00:00Z', ok: true },
};
const endpoints: HealthFacts['endpoints'] = { total: 0, problems: 0, unknown: 0, monitored: [] };
const facts = {
  counts,
  engine,
  endpoints,
  renewing: 42,
  attention: { total: 0, acknowledged: 0, items: [] },
};
const need = (severity: 'critical' | 'warning') =>
  ({ severity }) as HealthFacts['attention']['items'][number];

const MONITORED = { endpointId: 'e1', host: 'a.example.com', port: 443, sentence: 'It does not answer.' };

it.each<[Partial<HealthFacts>, string, string]>([
  [{}, 'ok', '42 certificates, all renewing on time'],
  [{ counts: { ...counts, total: 1 }, renewing: 1 }, 'ok', '1 certificate, renewing on time'],
  [{ renewing: 40 }, 'ok', '42 certificates, 2 not renewed automatically'],
  [{ renewing: 41 }, 'ok', '42 certificates, 1 not renewed automatically'],
  [{ counts: { ...counts, total: 1 }, renewing: 0 }, 'ok', '1 certificate, not renewed automatically'],
  [{ counts: { ...counts, none: 42 }, renewing: 0 }, 'ok', 'No certificates yet'],
  [
    { attention: { total: 0, acknowledged: 2, items: [] }, renewing: 40 },
    'ok',
    '40 certificates, all renewing on time',
  ],
  [{ attention: { total: 0, acknowledged: 42, items: [] }, renewing: 0 }, 'ok', 'No active certificates'],
  [
    { attention: { total: 1, acknowledged: 0, items: [need('warning')] } },
    'attention',
    '1 certificate needs attention',
  ],
  [
    { attention: { total: 2, acknowledged: 0, items: [need('critical'), need('warning')] } },
    'failing',
    '2 certificates need attention',
  ],
  [
    {
      engine: {
        ...engine,
        https: { certificate: 'self-signed', problem: 'certificate-expired', message: 'It has expired.' },
      },
    },
    'attention',
    'HTTPS of Certdesk itself needs attention (see System status)',
  ],
  [
    // On purpose: nobody has chosen a project.
    { engine: { ...engine, https: { certificate: 'self-signed', problem: 'no-project', message: 'None.' } } },
    'ok',
    '42 certificates, all renewing on time',
  ],
  [
    { engine: { ...engine, pausedUntil: '2026-01-02T00:00:00Z' } },
    'attention',
    'Automatic renewals are paused',
  ],
  [
    { engine: { ...engine, renewalCheckLate: true } },
    'failing',
    'Renewal checks have stopped: restart Certdesk',
  ],
  [
    { engine: { ...engine, secretStore: 'unavailable', renewalCheckLate: true } },
    'failing',
    'Secret store unavailable: unlock it to resume renewals',
  ],
  [
    { engine: { ...engine, clock: { ...engine.clock, ok: false } } },
    'failing',
    'The system clock is wrong: dates cannot be trusted',
  ],
  [{ endpoints: { ...endpoints, monitored: [MONITORED] } }, 'attention', '1 server needs attention'],
  [{ endpoints: { ...endpoints, unknown: 2 } }, 'attention', '2 endpoints cannot be seen from this machine'],
])('%j', (change, state, sentence) => {
  expect(healthOf({ ...facts, ...change })).toEqual({ state, sentence });
});
