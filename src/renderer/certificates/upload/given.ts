// What was given so far, from any number of files, and the request that it makes once it is whole.
import type { KeyPairRequest } from '../../../shared/certificate.ts';
import { messages } from '../../messages.ts';
import type { Part } from './read-file.ts';

const text = messages.upload;

export interface Given {
  readonly id: number;
  readonly name: string;
  readonly part: Part;
}

/** Why a part does not go with what is there; null where it does. */
export function conflict(before: readonly Given[], name: string, part: Part): string | null {
  const pfx = (each: Part): boolean => each.kind === 'pfx';
  if (before.length > 0 && (pfx(part) || before.some((each) => pfx(each.part)))) return text.wrong.pfxAlone;
  return holdsKey(part) && before.some((each) => holdsKey(each.part)) ? text.wrong.twoKeys(name) : null;
}

function holdsKey(part: Part): boolean {
  return part.kind !== 'pem' || part.key !== null;
}

export function describe(part: Part): string {
  if (part.kind !== 'pem') return text.kinds[part.kind];
  const count = part.certificates.length;
  if (count === 0) return text.kinds.key;
  return part.key === null ? text.kinds.certificates(count) : text.kinds.both(count);
}

/** What is still to be given; null where it is whole, or nothing is there yet. */
export function missing(given: readonly Given[]): string | null {
  if (given.length === 0 || given.some(({ part }) => part.kind === 'pfx')) return null;
  if (!given.some(({ part }) => holdsKey(part))) return text.missingKey;
  const certificates = given.some(({ part }) => part.kind === 'pem' && part.certificates.length > 0);
  return certificates ? null : text.missingCertificate;
}

/** Null where something is missing. */
export function toRequest(given: readonly Given[], passphrase: string): KeyPairRequest | null {
  if (given.length === 0 || missing(given) !== null) return null;
  const secret = passphrase === '' ? {} : { passphrase };
  for (const { part } of given) if (part.kind === 'pfx') return { file: part.base64, ...secret };
  const pems = given.flatMap(({ part }) => (part.kind === 'pem' ? [part] : []));
  const certificate = `${pems.flatMap(({ certificates }) => certificates).join('\n')}\n`;
  for (const { part } of given)
    if (part.kind === 'key') return { certificate, keyFile: part.base64, ...secret };
  const privateKey = `${pems.map(({ key }) => key ?? '').join('')}\n`;
  return { certificate, privateKey, ...secret };
}
