// Which certificates an endpoint may trust: a root is its own issuer.
import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { assertDefinition } from '../../../src/main/engine/endpoints/endpoints.ts';
import { createTrustCache } from '../../../src/main/engine/endpoints/trust.ts';
import { createAddressPolicy } from '../../../src/main/engine/outgoing/address-policy.ts';
import { makeChain, type TestChain } from '../../support/engine/certificates.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

const POLICY = createAddressPolicy({
  allowPrivate: [],
  lookup: () => {
    throw new Error('saving looks up nothing');
  },
});
let openssl: OpenSsl;
let chain: TestChain;

beforeAll(async () => {
  openssl = await createOpenSsl();
  chain = await makeChain(openssl);
});
afterAll(() => openssl?.remove());

function save(trust: string): void {
  const of = {
    host: 'shop.example.com',
    port: 443,
    serverName: 'shop.example.com',
    protocol: 'tls',
  } as const;
  const rest = { projectIds: [], addresses: null, expected: 'projects', intervalMinutes: 360 } as const;
  assertDefinition(POLICY, { ...of, ...rest, trust }, { kind: 'window', id: null, name: 'Test' });
}

it('takes a root, alone or with intermediates, and refuses intermediates alone', () => {
  const [root, intermediate] = [chain.root.certificate, chain.intermediate.certificate];
  expect(() => save(root)).not.toThrow();
  expect(() => save(intermediate + root)).not.toThrow();
  expect(() => save(intermediate)).toThrow(/trust: has no root certificate/);
  expect(() => save('no PEM')).toThrow(/must be system, or certificates as PEM/);
});

it('parses the roots of endpoints once, and remembers only the latest', () => {
  const trustOf = createTrustCache();
  const [root, other] = [chain.root.certificate, chain.intermediate.certificate + chain.root.certificate];
  const trust = trustOf(root);
  expect(trust.has(new X509Certificate(root))).toBe(true);
  expect(trustOf(root)).toBe(trust);
  expect(trustOf(other)).not.toBe(trust);
  for (let n = 0; n < 60; n += 1) trustOf(`no PEM ${n}`);
  expect(trustOf(root)).not.toBe(trust);
});
