// Downloads a certificate with the preferred chain (RFC 8555 section 7.4.2). If an alternate chain is unavailable or
// invalid, the default chain is used: the certificate has been issued and must not be lost.
import { X509Certificate } from 'node:crypto';
import { CertdeskError, toCertdeskError } from '../core/errors.ts';
import { cleanPastedText } from '../pki/inspect/pasted-text.ts';
import { decodePem, readPemBlocks } from '../pki/inspect/pem.ts';
import type { AcmeCertificate } from './contract.ts';
import { type AcmeResponse, unexpectedAnswer } from './problem.ts';
import { resolveUrl } from './schemas.ts';

/** The maximum number of alternate chains to download; Let's Encrypt offers one or two. */
const MAX_ALTERNATES = 10;

/** @param preferredChain CN of the topmost issuer of the preferred chain, case-insensitive. */
export async function downloadChain(
  download: (url: string) => Promise<AcmeResponse>,
  url: string,
  preferredChain?: string,
): Promise<AcmeCertificate> {
  const served = await download(url);
  const { leaf, issuer, chain } = readChain(served); // throws if it is not a chain
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
      if (read.issuer.toLowerCase() === wanted) return { chain, preferred: read.chain, warning: null };
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
  const warning = `Certdesk uses the CA's default chain instead of the preferred chain "${preferredChain}": ${why}.`;
  return { chain, warning };
}

interface ServedChain {
  /** PEM of the certificates only, leaf first; some CAs add text, CRLF or blank lines. */
  readonly chain: string;
  readonly leaf: X509Certificate;
  /** CN of the last certificate's issuer, usually the root; "" if it has none. */
  readonly issuer: string;
}

function readChain(response: AcmeResponse): ServedChain {
  try {
    const served = readPemBlocks(cleanPastedText(response.text))
      .filter(({ label }) => label === 'CERTIFICATE')
      .map((block) => new X509Certificate(decodePem(block)?.der ?? ''));
    const ordered = leafFirst(served);
    const [leaf] = ordered;
    if (leaf === undefined) throw new Error('no certificate');
    const issuer = /^CN=(.*)$/m.exec(ordered.at(-1)?.issuer ?? '')?.[1] ?? '';
    return { chain: ordered.join(''), leaf, issuer };
  } catch (cause) {
    throw unexpectedAnswer(response, 'a PEM certificate chain', cause);
  }
}

/**
 * Puts the certificates in the order that RFC 8555 section 9.1 requires, without duplicates. A chain in another order is
 * accepted, because the certificate has been issued.
 */
function leafFirst(served: readonly X509Certificate[]): readonly X509Certificate[] {
  const distinct = [...new Map(served.map((each) => [each.fingerprint256, each])).values()];
  const path = distinct.filter(({ ca }) => !ca).slice(0, 1);
  for (let top = path[0]; top !== undefined; ) {
    const subject: X509Certificate = top;
    top = distinct.find((each) => !path.includes(each) && subject.checkIssued(each));
    if (top !== undefined) path.push(top);
  }
  return [...path, ...distinct.filter((each) => !path.includes(each))];
}

/** Reads `Link: <https://ca.example/certificate/1>;rel="alternate"` and resolves relative URLs (RFC 8288 section 3.1). */
function alternateLinks(response: AcmeResponse): string[] {
  const links = (response.headers.link ?? '').matchAll(/<([^<>]+)>([^<]*)/g);
  return [...links].flatMap(([, target, parameters = '']) =>
    /\brel="?alternate"?/i.test(parameters) ? (resolveUrl(target, response) ?? []) : [],
  );
}
