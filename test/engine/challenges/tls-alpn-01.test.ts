// The certificates of tls-alpn-01, and which one is served for which server name.
import { hash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAlpnChallenges, toServerName } from '../../../src/main/engine/challenges/tls-alpn-01.ts';

const NOW = new Date('2027-01-01T00:00:00Z');
const context = { signal: new AbortController().signal, report: () => undefined, save: async () => {} };

function createChallenges(isListening = true) {
  return createAlpnChallenges({ clock: { now: () => NOW }, isListening: () => isListening });
}

const task = (identifier: string, keyAuthorization = 'token.thumbprint') => ({
  identifier,
  keyAuthorization,
  token: 'token',
  wildcard: false,
  ref: null,
});

/** DER of the critical extension acmeIdentifier with the digest (RFC 8737 section 3). */
function extensionOf(keyAuthorization: string): Buffer {
  const oid = Buffer.from('06082b0601050507011f', 'hex');
  const digest = hash('sha256', keyAuthorization, 'buffer');
  const value = Buffer.concat([Buffer.from('04220420', 'hex'), digest]);
  const body = Buffer.concat([oid, Buffer.from('0101ff', 'hex'), value]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

describe('the certificate', () => {
  it.each([
    ['shop.example.com', 'shop.example.com', 'DNS:shop.example.com'],
    ['192.0.2.1', '1.2.0.192.in-addr.arpa', 'IP Address:192.0.2.1'],
    [
      '2001:db8::1',
      '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
      'IP Address:2001:DB8:0:0:0:0:0:1',
    ],
  ])(
    'of %s is for that identifier only, and served for the server name %s',
    async (identifier, name, san) => {
      const { solver, answer } = createChallenges();
      await solver.present(task(identifier), context);
      expect(toServerName(identifier)).toBe(name);
      const served = answer(name.toUpperCase());
      const x509 = new X509Certificate(served?.cert ?? '');
      expect(x509.subjectAltName).toBe(san);
      expect(x509.raw.includes(extensionOf('token.thumbprint'))).toBe(true);
      expect(x509.verify(x509.publicKey)).toBe(true);
      expect(x509.validFromDate < NOW && NOW < x509.validToDate).toBe(true);
    },
  );
});

describe('the challenges', () => {
  it('are served until they are cleaned up, and the last one of a name first', async () => {
    const { solver, answer } = createChallenges();
    await solver.present(task('a.example.com', 'first'), context);
    await solver.present(task('a.example.com', 'second'), context);
    expect(answer('a.example.com')?.der.includes(extensionOf('second'))).toBe(true);
    expect(answer('b.example.com')).toBeNull();
    await solver.cleanUp(task('a.example.com', 'second'), context);
    expect(answer('a.example.com')?.der.includes(extensionOf('first'))).toBe(true);
    await solver.cleanUp(task('a.example.com', 'first'), context);
    expect(answer('a.example.com')).toBeNull();
  });

  it('of one order are reserved together, and another order for a name waits until they are cleaned up', async () => {
    const { solver, answer, probe } = createChallenges();
    probe('b.example.com');
    const first = [task('a.example.com', 'first-a'), task('b.example.com', 'first-b')];
    const second = [task('c.example.com', 'second-c'), task('b.example.com', 'second-b')];
    expect(solver.reserve?.(first)).toBeNull();
    expect(solver.reserve?.(second)).toBe('b.example.com');
    expect(answer('c.example.com'), 'nothing is reserved in part').toBeNull();
    expect(solver.reserve?.(first), 'again, as after a restart').toBeNull();
    for (const each of first) await solver.cleanUp(each, context);
    expect(solver.reserve?.(second)).toBeNull();
    expect(solver.reserve?.(first)).toBe('b.example.com');
  });

  it('of an earlier run give way to an order that does not wait for a restart', () => {
    const { solver, restore, answer } = createChallenges();
    const given = { keyAuthorization: 'earlier', state: 'presented', type: 'tls-alpn-01' } as const;
    restore([{ ...given, identifier: 'a.example.com' }]);
    expect(solver.reserve?.([task('a.example.com', 'new')])).toBeNull();
    expect(answer('a.example.com')?.der.includes(extensionOf('new'))).toBe(true);
    expect(solver.reserve?.([task('a.example.com', 'earlier')]), 'its job resumes').toBe('a.example.com');
  });

  it('of an earlier run are restored unless they were cleaned up or are of another type', () => {
    const { restore, answer } = createChallenges();
    const given = { keyAuthorization: 'token.thumbprint', state: 'presented', type: 'tls-alpn-01' } as const;
    restore([
      { ...given, identifier: 'a.example.com' },
      { ...given, identifier: 'b.example.com', state: 'presenting' },
      { ...given, identifier: 'c.example.com', state: 'cleaned' },
      { ...given, identifier: 'd.example.com', type: 'http-01' },
    ]);
    const found = ['a', 'b', 'c', 'd'].map((name) => answer(`${name}.example.com`) !== null);
    expect(found).toEqual([true, true, false, false]);
  });

  it('take precedence over a probe, which then recognizes their certificate', async () => {
    const { solver, answer, probe } = createChallenges();
    await solver.present(task('a.example.com'), context);
    const running = probe('a.example.com');
    const served = answer('a.example.com');
    expect(served?.der.includes(extensionOf('token.thumbprint'))).toBe(true);
    expect(running.isServed(served?.der ?? Buffer.alloc(0))).toBe(true);
    running.end();
    expect(answer('a.example.com')).not.toBeNull();
  });

  it('fail with the option to use if no listener answers them', async () => {
    const { solver } = createChallenges(false);
    await expect(solver.present(task('a.example.com'), context)).rejects.toMatchObject({
      code: 'ALPN_LISTENER_OFF',
      message: expect.stringContaining('--alpn-port 443'),
    });
  });
});
