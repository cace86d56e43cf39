import { describe, expect, it } from 'vitest';
import { presentCertificate, presentStatus, statusOf } from '../../../src/main/engine/certificates/views.ts';
import { CertificateSchema, StatusSchema } from '../../../src/shared/certificate.ts';
import { CERTIFICATE } from '../../support/engine/records.ts';

const at = (time: string) => new Date(time);

describe('statusOf', () => {
  it.each([
    ['2026-01-05T00:00:00Z', 'valid'],
    ['2026-03-01T23:59:59Z', 'valid'],
    ['2026-03-02T00:00:00Z', 'expiring_soon'], // 30 days remain to the second
    ['2026-03-31T23:59:59Z', 'expiring_soon'],
    ['2026-04-01T00:00:00Z', 'expired'],
    ['2027-01-01T00:00:00Z', 'expired'],
  ])('at %s: %s', (now, status) => expect(statusOf(CERTIFICATE, at(now))).toBe(status));

  it('is revoked whatever the date', () => {
    const revoked = { ...CERTIFICATE, revokedAt: '2026-01-02T00:00:00Z' };
    expect(statusOf(revoked, at('2026-01-05T00:00:00Z'))).toBe('revoked');
    expect(statusOf(revoked, at('2027-01-05T00:00:00Z'))).toBe('revoked');
  });
});

describe('daysUntilExpiry', () => {
  it.each([
    ['2026-01-01T00:00:01Z', 90],
    ['2026-03-31T00:00:00Z', 1],
    ['2026-03-31T00:00:01Z', 1],
    ['2026-04-01T00:00:00Z', 0],
    ['2026-04-02T00:00:00Z', -1],
  ])('at %s: %s', (now, days) => expect(presentStatus(CERTIFICATE, at(now)).daysUntilExpiry + 0).toBe(days));
});

describe('a certificate view', () => {
  const now = at('2026-02-01T00:00:00Z');

  it('matches the schemas, and names the issuer as each answer does', () => {
    expect(CertificateSchema.parse(presentCertificate(CERTIFICATE, now)).issuer).toBe('YE1');
    expect(StatusSchema.parse(presentStatus(CERTIFICATE, now))).toMatchObject({
      status: 'valid',
      renewFailures: 0,
    });
  });

  it('says staging only for staging certificates', () => {
    expect(presentCertificate({ ...CERTIFICATE, staging: true }, now).staging).toBe(true);
    expect(presentCertificate(CERTIFICATE, now)).not.toHaveProperty('staging');
  });

  it('shows no renewal if none will take place', () => {
    expect(presentStatus({ ...CERTIFICATE, autoRenew: false }, now)).toMatchObject({
      renewAt: null,
      nextAttemptAt: null,
    });
    expect(presentStatus(CERTIFICATE, now)).toMatchObject({
      renewAt: '2026-03-02T00:00:00Z',
      nextAttemptAt: '2026-03-02T00:00:00Z',
    });
  });
});
