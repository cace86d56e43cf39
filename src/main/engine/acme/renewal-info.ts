// ACME Renewal Information (RFC 9773): the name of a certificate there, and what the CA answers.
import { z } from 'zod';
import { CertdeskError } from '../errors.ts';
import { childAt, childrenOf, isContext, octetsOf, oidOf, parseAsn } from '../inspect/asn1.ts';
import { parseChain } from '../inspect/chain.ts';
import type { AcmeRenewalInfo } from './contract.ts';
import { type AcmeResponse, parseJson, retryAfterMs, unexpectedAnswer } from './problem.ts';

const AUTHORITY_KEY_IDENTIFIER = '2.5.29.35';

/**
 * RFC 9773 section 4.1: base64url of the keyIdentifier of the certificate's authority key identifier, a dot, base64url
 * of the serial number's content octets, a leading 00 among them (Node's own `serialNumber` drops it).
 * @param certificatePem The leaf, or a chain that begins with it.
 * @returns null where the certificate has no key identifier of its issuer: then the CA cannot be asked.
 * @throws CERTIFICATE_UNREADABLE
 */
export function renewalCertId(certificatePem: string): string | null {
  const [leaf] = parseChain(certificatePem);
  if (leaf === undefined) throw new CertdeskError('CERTIFICATE_UNREADABLE');
  const keyId = authorityKeyId(leaf.x509.raw);
  if (keyId === null) return null;
  return certIdOf(keyId, Buffer.from(leaf.serial, 'hex'));
}

/** @param serial The content octets as they stand in the DER. */
export function certIdOf(keyId: Uint8Array, serial: Uint8Array): string {
  return `${Buffer.from(keyId).toString('base64url')}.${Buffer.from(serial).toString('base64url')}`;
}

/** RFC 5280 section 4.2.1.1: [0] keyIdentifier. */
function authorityKeyId(der: Uint8Array): Uint8Array | null {
  const tbs = childrenOf(childAt(parseAsn(der), 0));
  const extensions = tbs.find((part) => isContext(part, 3));
  const extension = childrenOf(childAt(extensions, 0)).find(
    (each) => oidOf(childAt(each, 0)) === AUTHORITY_KEY_IDENTIFIER,
  );
  const value = octetsOf(childrenOf(extension).at(-1));
  const parts = childrenOf(value === null ? undefined : parseAsn(value));
  return octetsOf(parts.find((part) => isContext(part, 0)));
}

const Body = z.looseObject({
  suggestedWindow: z.looseObject({
    start: z.iso.datetime({ offset: true }),
    end: z.iso.datetime({ offset: true }),
  }),
  explanationURL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
});

/** @throws ACME_PROTOCOL_ERROR; also for a window that ends before it begins (RFC 9773 section 4.2). */
export function readRenewalInfo(response: AcmeResponse): AcmeRenewalInfo {
  const parsed = Body.safeParse(parseJson(response.text));
  if (!parsed.success) throw unexpectedAnswer(response, 'renewal information (RFC 9773)', parsed.error);
  const { suggestedWindow, explanationURL } = parsed.data;
  const window = { start: new Date(suggestedWindow.start), end: new Date(suggestedWindow.end) };
  if (window.end <= window.start) throw unexpectedAnswer(response, 'a window that ends after it begins');
  return {
    window,
    explanationUrl: explanationURL ?? null,
    retryAfterMs: retryAfterMs(response.headers),
  };
}
