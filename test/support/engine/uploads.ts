// One chain and one key to vary in tests of uploads, and `checkKeyPair` with useful defaults.
import { checkKeyPair, type KeyPairInput } from '../../../src/main/engine/pki/verify-certificate.ts';
import type { IssueOptions, OpenSsl } from '../tools/openssl.ts';
import { makeChain, NOW, VALIDITY } from './certificates.ts';
import { failureOf } from './failure.ts';

export const DOMAIN = 'api.example.com';
export const SAN = [`DNS:${DOMAIN}`];

export async function createUploads(openssl: OpenSsl) {
  const { root, intermediate, leaf } = await makeChain(openssl);
  const fullChain = leaf.certificate + intermediate.certificate;
  const key = { pem: leaf.privateKey };

  /** A certificate for the leaf's key, from the intermediate or `options.ca`, with the certificate of its issuer. */
  async function issue(options: Partial<IssueOptions> = {}): Promise<string> {
    const defaults = { subject: '/CN=x', san: SAN, key, ca: intermediate, ...VALIDITY };
    const issuer = options.ca ?? intermediate;
    return (await openssl.issue({ ...defaults, ...options })).certificate + issuer.certificate;
  }

  const check = (input: Partial<KeyPairInput> = {}) =>
    checkKeyPair({
      certificate: fullChain,
      privateKey: leaf.privateKey,
      domain: DOMAIN,
      now: NOW,
      roots: [],
      ...input,
    });

  return {
    root,
    intermediate,
    leaf,
    fullChain,
    issue,
    check,
    refusal: (input: Partial<KeyPairInput>) => failureOf(() => check(input)),
    warnings: (input: Partial<KeyPairInput>) =>
      check(input).warnings.map(({ code, message }) => `${code}: ${message}`),
  };
}
