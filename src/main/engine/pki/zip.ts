// The ZIP export: certificate, key and both in one file, with a README that says how to use them.
import { strToU8, type Zippable, zipSync } from 'fflate';
import { exportNames, SERVER_NAMES, SERVERS, snippetFor } from '../../../shared/server-snippets.ts';

export interface ZipContents {
  /** The certificate's names, the domain first. */
  readonly names: readonly string[];
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly fullchain: string;
  readonly key: string;
  readonly combined: string;
}

/** The format's earliest date, so that the same certificate gives the same file. */
const DATE = new Date(1980, 0, 1);
const UNIX = 3;
/** A regular file; the mode is in the upper 16 bits (APPNOTE.TXT 6.3.10, section 4.4.15). */
const modeOf = (mode: number): number => (0o100000 | mode) * 0x10000;

export function writeZip({ names, expiresAt, fullchain, key, combined }: ZipContents): Buffer {
  const files = exportNames(names[0] ?? '');
  const entry = (text: string, mode: number): Zippable[string] => [
    strToU8(text),
    { mtime: DATE, os: UNIX, attrs: modeOf(mode) },
  ];
  return Buffer.from(
    zipSync({
      'README.txt': entry(readme(names, expiresAt), 0o644),
      [files.fullchain]: entry(fullchain, 0o644),
      [files.key]: entry(key, 0o600),
      [files.combined]: entry(combined, 0o600),
    }),
  );
}

function readme(names: readonly string[], expiresAt: string): string {
  const [domain = ''] = names;
  const { fullchain, key, combined } = exportNames(domain);
  const servers = SERVERS.map((server) => {
    const { install, configFile, config, reload } = snippetFor(server, names);
    const title = SERVER_NAMES[server];
    return `${title}\n${'-'.repeat(title.length)}\n\n${install}\n\nIn ${configFile}:\n\n${config}\n\nThen:\n\n${reload}\n`;
  });
  return `Certificate for ${names.join(', ')}
Valid until ${expiresAt}

${fullchain}
    The certificate and its intermediates.
${key}
    The private key. Anyone who has it can impersonate your server: store it
    where only your server can read it, and delete this ZIP file.
${combined}
    The private key, the certificate and its intermediates in one file.

These files are not renewed on your server. Let Certdesk deploy the certificate,
or fetch it regularly with a token: see "Fetch certificates from another
machine" in the documentation of Certdesk.

${servers.join('\n')}`;
}
