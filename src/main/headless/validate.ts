// certdesk validate: says what an upload of these files would say. It needs no server and no data folder.
import { readFileSync } from 'node:fs';
import { KeyPairRequestSchema } from '../../shared/certificate.ts';
import { explainInvalidName, toName } from '../../shared/identifiers.ts';
import { escapeUnprintable } from '../../shared/unprintable.ts';
import { createBackground } from '../background/background.ts';
import { presentValidation } from '../engine/certificates/validation.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import { type PassphraseOptions, readPassphrase } from './passphrase.ts';

export interface ValidateOptions extends PassphraseOptions {
  readonly domain?: readonly string[];
  readonly json?: boolean;
}

/** The API accepts 1 MiB in all, which is a third more in base64. */
const MAX_BYTES = 768 * 1024;

/**
 * Prints what the certificate is, or what is wrong with it; then the exit code is 1.
 * @param key A file with the private key, if that of the certificate does not contain it.
 * @throws INVALID_REQUEST if a file cannot be read or is too large
 */
export async function validateFiles(
  certificate: string,
  key: string | undefined,
  options: ValidateOptions,
): Promise<void> {
  const contents = [certificate, ...(key === undefined ? [] : [key])].map(read);
  if (contents.reduce((sum, { length }) => sum + length, 0) > MAX_BYTES)
    throw new CertdeskError(
      'INVALID_REQUEST',
      'The files are larger than 768 KiB: they contain more than a certificate',
    );
  const passphrase = readPassphrase(options);
  const body = KeyPairRequestSchema.parse({
    files: contents.map((content) => content.toString('base64')),
    ...(passphrase === null ? {} : { passphrase }),
  });
  const [domain = null, ...altNames] = (options.domain ?? []).map(toDomain);
  const background = createBackground();
  try {
    const checked = background.run(
      'checkKeyPair',
      { body, domain, altNames, now: new Date() },
      { owner: 'validate' },
    );
    const validation = await presentValidation(checked);
    if (options.json === true) process.stdout.write(`${JSON.stringify(validation)}\n`);
    else if (validation.valid) printLines(describe(validation));
    if (validation.valid) return;
    process.stderr.write(`certdesk: ${escapeUnprintable(validation.error)}\n`);
    process.exitCode = 1;
  } finally {
    await background.close();
  }
}

function read(path: string): Buffer {
  try {
    const content = readFileSync(path === '-' ? 0 : path);
    if (content.length > 0) return content;
  } catch (cause) {
    const message = `Cannot read ${path}: ${(cause as Error).message}`;
    throw new CertdeskError('INVALID_REQUEST', message, undefined, { cause });
  }
  throw new CertdeskError('INVALID_REQUEST', `${path} is empty`);
}

function toDomain(text: string): string {
  const name = toName(text);
  if (name !== null) return name;
  throw new CertdeskError('INVALID_REQUEST', `--domain ${text} ${explainInvalidName(text)}`);
}

interface Valid {
  readonly names: readonly string[];
  readonly issuer: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly warnings: readonly string[];
}

function describe({ names, issuer, issuedAt, expiresAt, warnings }: Valid): readonly string[] {
  return [
    'The certificate and its key can be uploaded.',
    `Names    ${names.join(', ')}`,
    `Issuer   ${issuer}`,
    `Valid    ${issuedAt} to ${expiresAt}`,
    ...warnings.map((warning) => `Warning  ${warning}`),
  ];
}

function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${escapeUnprintable(line)}\n`).join(''));
}
