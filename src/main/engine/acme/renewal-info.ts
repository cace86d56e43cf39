// ACME Renewal Information (RFC 9773): creates a certificate's certID and reads the CA's response.

import { z } from 'zod';
import { CertdeskError } from '../core/errors.ts';
import { parseRetryAfter } from '../core/retry-after.ts';
import { type RawCertificate, readStored } from '../pki/inspect/leaf.ts';
import { readTlv, readTlvs } from '../pki/inspect/tlv.ts';
import type { AcmeRenewalInfo } from './contract.ts';
import { type AcmeResponse, parseJson, unexpectedAnswer } from './problem.ts';

/** 2.5.29.35 */
const AUTHORITY_KEY_IDENTIFIER = Buffer.from('0603551d23', 'hex');
const KEY_IDENTIFIER = 0x80;

/**
 * The certID of RFC 9773 section 4.1: base64url of the authority key identifier's keyIdentifier, a dot, and base64url of
 * the serial number's content octets, including a leading 00 (which Node's `serialNumber` drops).
 * @param certificatePem The leaf, or a chain that starts with it.
 * @returns null if the certificate has no authority key identifier, so that it has no certID
 * @throws CERTIFICATE_UNREADABLE
 */
export function renewalCertId(certificatePem: string): string | null {
  const leaf = readStored(certificatePem)?.leaf;
  if (leaf === undefined) throw new CertdeskError('CERTIFICATE_UNREADABLE');
  const keyId = authorityKeyId(leaf);
  return keyId === null ? null : certIdOf(keyId, leaf.serial);
}

/** @param serial The content octets of the serial number in the DER. */
export function certIdOf(keyId: Uint8Array, serial: Uint8Array): string {
  return `${Buffer.from(keyId).toString('base64url')}.${Buffer.from(serial).toString('base64url')}`;
}

/** RFC 5280 section 4.2.1.1: [0] keyIdentifier. */
function authorityKeyId(leaf: RawCertificate): Buffer | null {
  const value = leaf.extension(AUTHORITY_KEY_IDENTIFIER);
  const parts = value === null ? null : readTlv(value);
  if (parts === null) return null;
  return [...readTlvs(parts.value)].find(({ tag }) => tag === KEY_IDENTIFIER)?.value ?? null;
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

/** @throws ACME_PROTOCOL_ERROR, also for a window that ends before it starts (RFC 9773 section 4.2) */
export function readRenewalInfo(response: AcmeResponse): AcmeRenewalInfo {
  const parsed = Body.safeParse(parseJson(response.text));
  if (!parsed.success) throw unexpectedAnswer(response, 'renewal information (RFC 9773)', parsed.error);
  const { suggestedWindow, explanationURL } = parsed.data;
  const window = { start: new Date(suggestedWindow.start), end: new Date(suggestedWindow.end) };
  if (window.end <= window.start) throw unexpectedAnswer(response, 'a window that ends after it starts');
  return {
    window,
    explanationUrl: explanationURL ?? null,
    retryAfterMs: parseRetryAfter(response.headers),
  };
}
