// GET /cas and the names of CAs if --acme-directory replaces Let's Encrypt by another CA.
import { describe, expect, it } from 'vitest';
import { listAuthorities, nameOfAuthority } from '../../../src/main/engine/acme/authorities.ts';
import { typeName } from '../../../src/renderer/certificates/type-name.ts';

const STEP = 'https://ca.example.com:9000/acme/acme/directory';
const first = (overrides: Parameters<typeof listAuthorities>[0]) => listAuthorities(overrides)[0];

describe('the CA that --acme-directory puts in the place of Let’s Encrypt', () => {
  it('is named by its own host, and has no limits, pages and staging of Let’s Encrypt', () => {
    const ca = first({ production: STEP });
    expect(ca).toMatchObject({ id: 'letsencrypt', name: 'ca.example.com:9000', directoryUrl: STEP });
    expect(ca).toMatchObject({ stagingUrl: null, limits: [], website: 'https://ca.example.com:9000/' });
    expect(JSON.stringify(ca)).not.toContain('letsencrypt.org');
    expect(first({ production: STEP, staging: `${STEP}?staging` })?.stagingUrl).toBe(`${STEP}?staging`);
  });

  it('keeps its own name and requirements if it is in the list', () => {
    const ca = first({ production: 'https://acme.zerossl.com/v2/DV90' });
    expect(ca).toMatchObject({ id: 'letsencrypt', name: 'ZeroSSL', needsEab: true });
  });

  it('is named in requests to it, and as the source of its certificates', () => {
    expect(nameOfAuthority('letsencrypt', { production: STEP })).toBe('ca.example.com:9000');
    expect(nameOfAuthority('https://other.example/dir', {})).toBe('https://other.example/dir');
    expect(typeName('letsencrypt', listAuthorities({ production: STEP }))).toBe('ca.example.com:9000');
  });
});

it('Let’s Encrypt stays itself without an override, or if only its staging is overridden', () => {
  expect(first({})).toMatchObject({ name: "Let's Encrypt", needsEab: false });
  expect(first({})?.limits).not.toEqual([]);
  expect(first({ staging: STEP })).toMatchObject({ name: "Let's Encrypt", stagingUrl: STEP });
  expect(nameOfAuthority('letsencrypt', {})).toBe("Let's Encrypt");
  expect(typeName('letsencrypt', [])).toBe("Let's Encrypt");
  expect(typeName('custom', listAuthorities({}))).toBe('Uploaded');
});
