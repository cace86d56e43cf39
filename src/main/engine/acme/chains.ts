// Downloads a certificate with the chain that is wanted (RFC 8555 section 7.4.2). An alternate chain is a wish: whatever
// is wrong with it, the certificate that was issued is kept.
import { X509Certificate } from 'node:crypto';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import { decodePem, readPemBlocks } from '../pki/inspect/pem.ts';
import type { AcmeCertificate } from './contract.ts';
import { type AcmeResponse, unexpectedAnswer } from './problem.ts';
import { resolveUrl } from './schemas.ts';

/** How many alternate chains are looked at; Let's Encrypt offers one or two. */
const MAX_ALTERNATES = 10;

/** @param preferredChain The CN of the topmost issuer of the chain that is wanted, in any case. */
export async function downloadChain(
  download: (url: string) => Promise<AcmeResponse>,
  url: string,
  preferredChain?: string,
): Promise<AcmeCertificate> {
  const served = await download(url);
  const { leaf, issuer } = readChain(served); // also a check that it is a chain at all
  const chain = served.text;
  const wanted = preferredChain?.trim().toLowerCase() ?? '';
  if (wanted === '' || issuer.toLowerCase() === wanted) return { chain, warning: null };
  const offered = [issuer];
  const failures: string[] = [];
  for (const link of alternateLinks(served).slice(0, MAX_ALTERNATES)) {
    try {
      const alternate = await download(link);
      const read = readChain(alternate);
      if (!read.leaf.raw.equals(leaf.raw))
        throw unexpectedAnswer(alternate, 'a chain of the same certificate');
      if (read.issuer.toLowerCase() === wanted) return { chain, preferred: alternate.text, warning: null };
      offered.push(read.issuer);
    } catch (cause) {
      const error = toCertdeskError(cause);
      if (!(cause instanceof CertdeskError) || error.code === 'SHUTTING_DOWN') throw cause;
      failures.push(error.message);
    }
  }
  const why =
    failures.length === 0
      ? `the CA offers ${offered.map((name) => `"${name}"`).join(', ')}`
      : `an alternate chain could not be read (${failures.join('; ')})`;
  const warning = `The preferred chain "${preferredChain}" is not used: ${why}. The CA's default chain is used.`;
  return { chain, warning };
}

/** `issuer`: the CN of the issuer of the last certificate, which is the root that the chain leads to; "" without one. */
function readChain(response: AcmeResponse): { readonly leaf: X509Certificate; readonly issuer: string } {
  const ders = readPemBlocks(response.text)
    .filter(({ label }) => label === 'CERTIFICATE')
    .map((block) => decodePem(block)?.der ?? '');
  try {
    const issuer = new X509Certificate(ders.at(-1) ?? '').issuer;
    return { leaf: new X509Certificate(ders[0] ?? ''), issuer: /^CN=(.*)$/m.exec(issuer)?.[1] ?? '' };
  } catch (cause) {
    throw unexpectedAnswer(response, 'a PEM certificate chain', cause);
  }
}

/** `Link: <https://ca.example/certificate/1>;rel="alternate"`; a relative one is resolved (RFC 8288 section 3.1). */
function alternateLinks(response: AcmeResponse): string[] {
  const links = (response.headers.link ?? '').split(/,\s*(?=<)/);
  return links.flatMap((link) => {
    const target = /^\s*<([^>]+)>\s*;.*\brel="?alternate"?/i.exec(link)?.[1];
    return resolveUrl(target, response) ?? [];
  });
}
