import { describe, expect, it } from 'vitest';
import type { ListedCertificate } from '../../../src/main/engine/core/stores/overview.ts';
import {
  assessCertificate,
  awaitsRecords,
  byUrgency,
  causeOf,
  suggestedAction,
} from '../../../src/main/engine/overview/attention.ts';
import { JOB, SPEC } from '../../support/engine/records.ts';

const NOW = new Date('2026-06-01T12:00:00Z');
const at = (days: number) => `${new Date(NOW.getTime() + days * 86_400_000).toISOString().slice(0, 19)}Z`;

/** 90 days, 60 of them remaining, renews automatically in 30. */
const HEALTHY: ListedCertificate = {
  projectId: 'p',
  issuedAt: at(-30),
  expiresAt: at(60),
  revokedAt: null,
  failures: 0,
  attemptAt: at(30),
  renewable: true,
  uncovered: null,
  acknowledged: false,
};
const need = (more: Partial<ListedCertificate>, paused = false) =>
  assessCertificate({ ...HEALTHY, ...more }, NOW, paused);
const kindOf = (more: Partial<ListedCertificate>) => need(more)?.kind ?? null;

describe('assessing a certificate', () => {
  it('ignores one that renews itself in time', () => {
    expect(need({})).toBeNull();
    expect(kindOf({ attemptAt: at(-0.04) })).toBeNull(); // due for 58 minutes
  });

  it.each([
    ['expired', { expiresAt: at(0) }, 'critical'],
    ['revoked', { revokedAt: at(-1) }, 'critical'],
    ['failing', { failures: 1 }, 'warning'],
    ['overdue', { attemptAt: at(-0.05) }, 'warning'],
    ['unattended', { attemptAt: null, expiresAt: at(20), issuedAt: at(-70) }, 'warning'],
    ['uncovered', { uncovered: 'second.example.com' }, 'warning'],
    ['failing', { failures: 3, uncovered: 'second.example.com' }, 'warning'],
    ['failing', { failures: 3, issuedAt: at(-83), expiresAt: at(7) }, 'critical'],
  ] as const)('%s: %o', (kind, more, severity) => {
    expect(need(more)).toEqual({ kind, severity });
  });

  it('ignores an acknowledged revocation', () => {
    expect(need({ revokedAt: at(-1), acknowledged: true })).toBeNull();
  });

  it('does not take a deliberate pause for a missed renewal', () => {
    expect(need({ attemptAt: at(-3) }, true)).toBeNull();
    expect(need({ attemptAt: at(-3) }, false)).not.toBeNull();
  });

  it('warns of an expiry without renewal in shares of the lifetime, 30 days at most', () => {
    const unattended = (issued: number, expires: number) =>
      kindOf({ attemptAt: null, issuedAt: at(issued), expiresAt: at(expires) });
    expect(unattended(-59, 31)).toBeNull(); // 90 days, more than a third remaining
    expect(unattended(-60, 30)).toBe('unattended');
    expect(unattended(-335, 31)).toBeNull(); // a year
    expect(unattended(-335, 30)).toBe('unattended');
    expect(unattended(-3.9, 2.1)).toBeNull(); // six days
    expect(unattended(-4.1, 1.9)).toBe('unattended');
  });

  it('ignores a planned attempt that is deferred beyond the expiry', () => {
    const last = { issuedAt: at(-5), expiresAt: at(1) };
    expect(kindOf({ ...last, attemptAt: at(0.9) })).toBeNull();
    expect(kindOf({ ...last, attemptAt: at(1) })).toBe('unattended');
    expect(kindOf({ ...last, attemptAt: at(2) })).toBe('unattended');
    expect(kindOf({ issuedAt: at(-1), expiresAt: at(5), attemptAt: at(6) })).toBeNull(); // not soon yet
  });
});

describe('byUrgency', () => {
  it('sorts what is broken first, then what breaks soonest, then what never worked', () => {
    const ranked = [
      { kind: 'obtain_failed', severity: 'warning', expiresAt: null, id: 'none' },
      { kind: 'failing', severity: 'warning', expiresAt: at(20), id: 'later' },
      { kind: 'unattended', severity: 'warning', expiresAt: at(10), id: 'sooner' },
      { kind: 'failing', severity: 'critical', expiresAt: at(2), id: 'soonest' },
      { kind: 'revoked', severity: 'critical', expiresAt: at(50), id: 'revoked' },
      { kind: 'expired', severity: 'critical', expiresAt: at(-1), id: 'expired' },
      { kind: 'awaiting_records', severity: 'warning', expiresAt: null, id: 'waits' },
    ] as const;
    expect(ranked.toSorted(byUrgency).map(({ id }) => id)).toEqual([
      'waits',
      'expired',
      'revoked',
      'soonest',
      'sooner',
      'later',
      'none',
    ]);
  });
});

describe('the explanation', () => {
  it('names the suggested action', () => {
    const failing = { kind: 'failing', severity: 'warning' } as const;
    const acme = { renewable: true, uncovered: null };
    const uploaded = { renewable: false, uncovered: null };
    expect(suggestedAction(failing, acme, true)).toBe('renew');
    expect(suggestedAction(failing, acme, false)).toBe('inspect');
    expect(suggestedAction(failing, { ...acme, uncovered: 'second.example.com' }, true)).toBe('obtain');
    expect(suggestedAction({ kind: 'unattended', severity: 'warning' }, uploaded, true)).toBe('upload');
    expect(suggestedAction({ kind: 'revoked', severity: 'critical' }, acme, true)).toBe('obtain');
    expect(suggestedAction({ kind: 'obtain_failed', severity: 'warning' }, acme, false)).toBe('obtain');
  });

  it('names the name that the certificate lacks, even beside other problems', () => {
    const lacking = { ...HEALTHY, uncovered: 'second.example.com' };
    const sentence = 'The certificate does not cover second.example.com.';
    expect(causeOf({ kind: 'uncovered', severity: 'warning' }, lacking, null)).toBe(sentence);
    expect(causeOf({ kind: 'overdue', severity: 'warning' }, lacking, null)).toContain(sentence);
  });

  it('recognizes a job that waits for manual records by its provider and step', () => {
    const job = (step: string | null, dnsProvider: string, state: 'queued' | 'running' = 'running') =>
      awaitsRecords({
        ...JOB,
        state,
        step,
        input: { ...JOB.input, spec: { ...SPEC, dnsProvider } } as never,
      });
    expect(job('dns-propagation', 'manual')).toBe(true);
    expect(job('challenge', 'manual')).toBe(true);
    expect(job('validation', 'manual')).toBe(false);
    expect(job('dns-propagation', 'cloudflare')).toBe(false);
    expect(job(null, 'manual', 'queued')).toBe(false);
    const persist = (dnsProvider: string | null) => {
      const spec = { ...SPEC, challengeType: 'dns-persist-01', dnsProvider };
      return awaitsRecords({
        ...JOB,
        state: 'running',
        step: 'dns-propagation',
        input: { ...JOB.input, spec } as never,
      });
    };
    expect(persist(null)).toBe(true);
    expect(persist('cloudflare')).toBe(false);
  });

  it('gives the cause without a date', () => {
    const cause = (kind: 'expired' | 'failing' | 'overdue' | 'unattended', more: object, error?: string) =>
      causeOf({ kind, severity: 'warning' }, { ...HEALTHY, ...more }, error ?? null);
    expect(cause('failing', {}, 'Port 80 is closed.')).toBe('The last renewal failed. Port 80 is closed.');
    expect(cause('expired', {})).toBe('The certificate has expired.');
    expect(cause('expired', { attemptAt: null })).toMatch(/expired\. Auto-renewal is off\.$/);
    expect(cause('expired', { renewable: false, attemptAt: null })).toMatch(/It was uploaded/);
    expect(cause('unattended', { attemptAt: null })).toMatch(/will not be renewed\. Auto-renewal is off\.$/);
    expect(cause('unattended', { attemptAt: HEALTHY.expiresAt })).toMatch(/deferred past its expiry date\.$/);
    expect(cause('overdue', {})).toBe('A renewal is overdue.');
  });
});
