// The files that were added so far, with the server's result for each.
import type { FileContent, KeyPairRequest, Validation } from '../../../shared/certificate.ts';
import { upload as uploadTexts } from '../../messages/upload.ts';
import { MAX_BYTES } from './read-file.ts';

const text = uploadTexts;

/** The limit of one request. */
export const MAX_FILES = 20;

export interface Given {
  readonly id: number;
  readonly name: string;
  readonly base64: string;
  /** Null until the server has validated the file. */
  readonly content: FileContent | null;
}

/** Returns why a file cannot be added; null if it can. */
export function refusal(before: readonly Given[], name: string, base64: string): string | null {
  if (before.some((each) => each.base64 === base64)) return text.wrong.twice(name);
  const length = before.reduce((sum, each) => sum + each.base64.length, base64.length);
  return before.length >= MAX_FILES || length > (MAX_BYTES * 4) / 3 ? text.wrong.tooMany(name) : null;
}

export function describe({ content }: Given): string {
  if (content === null) return text.checking;
  const { certificates, keys, pkcs12 } = content;
  if (pkcs12 === 0) return describeCounts(certificates, keys);
  // Before the passphrase is known, nothing in it is counted.
  return certificates + keys === 0 ? text.kinds.pfx : text.kinds.opened(describeCounts(certificates, keys));
}

function describeCounts(certificates: number, keys: number): string {
  if (certificates === 0) return text.kinds.keys(keys);
  return keys === 0 ? text.kinds.certificates(certificates) : text.kinds.both(certificates, keys);
}

/** Returns the request for the server; null if no files were added. */
export function toRequest(given: readonly Given[], passphrase: string): KeyPairRequest | null {
  if (given.length === 0) return null;
  const files = given.map(({ base64 }) => base64);
  return passphrase === '' ? { files } : { files, passphrase };
}

interface Sorted {
  readonly given: readonly Given[];
  /** Errors of unusable files, which are dropped from the form. */
  readonly problems: readonly string[];
}

/** @param given The files as they were sent for this result. */
export function sortByResult(given: readonly Given[], verdict: Validation): Sorted {
  const contents = contentsOf(verdict);
  const known = given.map((each, index) => ({ ...each, content: contents[index] ?? null }));
  return {
    given: known.filter(({ content }) => typeof content?.problem !== 'string'),
    problems: known.flatMap(({ name, content }) =>
      typeof content?.problem === 'string' ? [text.wrong.unreadable(name, content.problem)] : [],
    ),
  };
}

function contentsOf(verdict: Validation): readonly FileContent[] {
  if (verdict.valid) return verdict.files ?? [];
  const files = Object(verdict.details).files as unknown;
  return Array.isArray(files) ? (files as FileContent[]) : [];
}

/** Returns the part that is still missing; null if the upload is complete. */
export function missing(verdict: Validation | null): string | null {
  const lacks: unknown = verdict?.valid === false ? Object(verdict.details).missing : null;
  if (lacks === 'privateKey') return text.missingKey;
  return lacks === 'certificate' ? text.missingCertificate : null;
}
