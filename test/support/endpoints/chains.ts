// Certificates for tests of endpoints: a root, two intermediates below each other, and leaves, created by openssl once per
// file. Their clock is the real one, because other programs (s_client, testssl.sh) judge them too.
import { X509Certificate } from 'node:crypto';
import type { CertifiedKey, IssueOptions, OpenSsl } from '../tools/openssl.ts';

const DAY_MS = 86_400_000;
export const daysAhead = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/** The name of all leaves. */
export const NAME = 'mail.example.com';

export interface TestPki {
  readonly root: CertifiedKey;
  /** Issued by the root; it issued `lower`. */
  readonly upper: CertifiedKey;
  readonly lower: CertifiedKey;
  /** Issues a leaf for NAME below `lower`, or as the options say. */
  issueLeaf(options?: Partial<IssueOptions>): Promise<CertifiedKey>;
}

export async function createTestPki(openssl: OpenSsl, organization = 'Test'): Promise<TestPki> {
  const create = (name: string, ca?: CertifiedKey, options: Partial<IssueOptions> = {}) =>
    openssl.createCa({
      subject: `/O=${organization}/CN=${organization} ${name}`,
      notBefore: daysAhead(-100),
      days: 1_000,
      ...(ca === undefined ? {} : { ca }),
      ...options,
    });
  const root = await create('Root');
  const upper = await create('Upper', root);
  const lower = await create('Lower', upper);
  return {
    root,
    upper,
    lower,
    issueLeaf: (options = {}) =>
      openssl.issue({
        subject: `/CN=${NAME}`,
        san: [`DNS:${NAME}`],
        ca: lower,
        notBefore: daysAhead(-10),
        notAfter: daysAhead(80),
        ...options,
      }),
  };
}

/** DER, as on the wire. */
export const toDer = ({ certificate }: Pick<CertifiedKey, 'certificate'>): Buffer =>
  new X509Certificate(certificate).raw;
