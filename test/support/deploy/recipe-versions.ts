// Certificates of one CA for the recipe suites: every version has its own key and two intermediates.
import { createHash, X509Certificate } from 'node:crypto';
import type { ServedPair } from '../daemons/daemon.ts';
import { createOpenSsl } from '../tools/openssl.ts';
import { NAME } from './recipe-service.ts';

export interface TestVersion extends ServedPair {
  /** SHA-256 of the leaf in upper-case hex. */
  readonly fingerprint: string;
}

export interface TestVersions {
  /** A later version than all before. */
  next(name?: string): Promise<TestVersion>;
  /** What a server has before its first deployment. */
  selfSigned(name: string): Promise<ServedPair>;
  remove(): Promise<void>;
}

/** Leaf and intermediates. */
export const CHAIN_LENGTH = 3;
const DAY_MS = 86_400_000;

export async function createVersions(): Promise<TestVersions> {
  const openssl = await createOpenSsl();
  const start = Date.now() - 30 * DAY_MS;
  const since = { notBefore: new Date(start), days: 300 };
  const root = await openssl.createCa({ subject: '/CN=Recipe Root', ...since });
  const upper = await openssl.createCa({ subject: '/CN=Recipe Upper', ca: root, ...since });
  const ca = await openssl.createCa({ subject: '/CN=Recipe Lower', ca: upper, ...since });
  let count = 0;
  const issue = async (name: string) => {
    count += 1;
    const notBefore = new Date(start + count * 60_000);
    const san = [`DNS:${name}`];
    return openssl.issue({ subject: `/CN=${name}`, san, ca, notBefore, days: 200 });
  };
  return {
    async next(name = NAME) {
      const { certificate, privateKey } = await issue(name);
      const { raw } = new X509Certificate(certificate);
      const fingerprint = createHash('sha256').update(raw).digest('hex').toUpperCase();
      return { chain: certificate + ca.certificate + upper.certificate, privateKey, fingerprint };
    },
    async selfSigned(name) {
      const own = { subject: `/CN=${name}`, san: [`DNS:${name}`], ...since };
      const { certificate, privateKey } = await openssl.issue(own);
      return { chain: certificate, privateKey };
    },
    remove: () => openssl.remove(),
  };
}
