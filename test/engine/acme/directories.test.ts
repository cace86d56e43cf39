import { describe, expect, it } from 'vitest';
import {
  CERTIFICATE_AUTHORITIES,
  certificateType,
  resolveDirectory,
} from '../../../src/main/engine/acme/directories.ts';

describe('CERTIFICATE_AUTHORITIES', () => {
  it('are https addresses with unique ids', () => {
    const ids = CERTIFICATE_AUTHORITIES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['letsencrypt', 'zerossl', 'google']));
    for (const { directoryUrl, stagingUrl, website, docs } of CERTIFICATE_AUTHORITIES) {
      for (const url of [directoryUrl, stagingUrl ?? directoryUrl, website, docs]) {
        expect(new URL(url).protocol).toBe('https:');
      }
    }
  });
});

describe('resolveDirectory', () => {
  it.each<[string, boolean, string]>([
    ['letsencrypt', false, 'https://acme-v02.api.letsencrypt.org/directory'],
    ['letsencrypt', true, 'https://acme-staging-v02.api.letsencrypt.org/directory'],
    ['zerossl', false, 'https://acme.zerossl.com/v2/DV90'],
    ['google', true, 'https://dv.acme-v02.test-api.pki.goog/directory'],
    ['https://ca.example/directory', false, 'https://ca.example/directory'],
  ])('%s, staging %s: %s', (ca, staging, url) => {
    expect(resolveDirectory(ca, staging, {})).toBe(url);
  });

  it('overrides the directories of Let’s Encrypt, and no others', () => {
    const overrides = { production: 'https://a.example/dir', staging: 'https://b.example/dir' };
    expect(resolveDirectory('letsencrypt', false, overrides)).toBe('https://a.example/dir');
    expect(resolveDirectory('letsencrypt', true, overrides)).toBe('https://b.example/dir');
    expect(resolveDirectory('zerossl', false, overrides)).toBe('https://acme.zerossl.com/v2/DV90');
    expect(resolveDirectory('letsencrypt', true, { production: 'https://a.example/dir' })).toContain(
      'staging',
    );
  });

  it.each(['zerossl', 'https://ca.example/directory'])('%s has no staging directory', (ca) => {
    expect(() => resolveDirectory(ca, true, { staging: 'https://b.example/dir' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_REQUEST',
        details: { issues: [expect.objectContaining({ field: 'staging' })] },
      }),
    );
  });

  it.each([
    '',
    'nobody',
    'http://127.0.0.1:14000/dir',
    'https://user:pass@ca.example/dir',
    'javascript:alert(1)',
  ])('does not know %j', (ca) => {
    expect(() => resolveDirectory(ca, false, {})).toThrow(expect.objectContaining({ code: 'UNKNOWN_CA' }));
  });
});

describe('certificateType', () => {
  it.each([
    ['letsencrypt', 'letsencrypt'],
    ['https://acme-v02.api.letsencrypt.org/directory', 'letsencrypt'],
    ['https://acme-staging-v02.api.letsencrypt.org/directory', 'letsencrypt'],
    ['zerossl', 'acme'],
    ['https://ca.example/directory', 'acme'],
  ])('of %s is %s', (ca, type) => {
    expect(certificateType(ca)).toBe(type);
  });
});
