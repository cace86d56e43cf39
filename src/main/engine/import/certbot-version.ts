// Selects the version of a certbot lineage to import: the newest complete one of live/ and archive/.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { FileRead, Folder } from './folder.ts';

export interface LineageVersion {
  readonly certificate: FileRead & { readonly source: string };
  readonly privateKey: FileRead & { readonly source: string };
  /** Why this is not the newest version. */
  readonly notes: readonly string[];
}

/** In a folder with more versions, only the newest are read. */
const MAX_VERSIONS = 50;

/**
 * Reads the complete version (certificate and matching key) that was issued last, from live/ and archive/. The links
 * in live/ alone are not reliable: they stay behind if a renewal ran without permissions, point to an older version
 * if one failed, and are lost if the folder was copied. A copy made during a renewal holds an incomplete version.
 */
export async function readLineageVersion(folder: Folder, name: string): Promise<LineageVersion> {
  const live = await readPair(folder, `live/${name}`, '');
  const numbers = (await folder.files(join('archive', name))).flatMap((file) => {
    const number = /^(?:fullchain|privkey)(\d{1,9})\.pem$/.exec(file)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  const newestFirst = [...new Set(numbers)].sort((a, b) => b - a).slice(0, MAX_VERSIONS);
  const versions: { readonly number: number; readonly pair: Pair; readonly issuedAt: number | null }[] = [];
  for (const number of newestFirst) {
    const pair = await readPair(folder, `archive/${name}`, String(number));
    versions.push({ number, pair, issuedAt: issuedAtOf(pair) });
  }
  const broken = versions.filter(({ issuedAt }) => issuedAt === null).map(({ number }) => number);
  const [best] = versions
    .filter(({ issuedAt }) => issuedAt !== null)
    .toSorted((a, b) => (b.issuedAt ?? 0) - (a.issuedAt ?? 0));
  const liveAt = issuedAtOf(live);
  if (best === undefined) {
    const [newest] = versions;
    const hasLive = live.certificate.text !== null || live.certificate.problem !== null;
    return { ...(newest === undefined || hasLive ? live : newest.pair), notes: [] };
  }
  if (liveAt !== null && liveAt >= (best.issuedAt ?? 0)) return { ...live, notes: [] };
  const behind = liveAt === null ? [] : [linksBehind(name, best.number)];
  const newer = broken.filter((number) => number > best.number);
  return {
    ...best.pair,
    notes: liveAt === null && newer.length > 0 ? [incomplete(name, newer, best.number)] : behind,
  };
}

type Pair = Pick<LineageVersion, 'certificate' | 'privateKey'>;

async function readPair(folder: Folder, at: string, number: string): Promise<Pair> {
  const [certificate, privateKey] = await Promise.all(
    ['fullchain', 'privkey'].map(async (what) => {
      const source = `${at}/${what}${number}.pem`;
      return { source, ...(await folder.read(source)) };
    }),
  );
  if (certificate === undefined || privateKey === undefined) throw new Error('unreachable');
  return { certificate, privateKey };
}

/** Time of issuance in milliseconds; null if the pair is incomplete: a file is missing, or the key does not match. */
function issuedAtOf({ certificate, privateKey }: Pair): number | null {
  if (certificate.text === null || privateKey.text === null) return null;
  try {
    const x509 = new X509Certificate(certificate.text);
    return x509.checkPrivateKey(createPrivateKey(privateKey.text)) ? x509.validFromDate.getTime() : null;
  } catch {
    return null; // damaged, or encrypted
  }
}

function linksBehind(name: string, used: number): string {
  return `The links in live/${name} point to an older certificate than the newest in archive/${name}. Certdesk imports the newest, version ${used}.`;
}

function incomplete(name: string, broken: readonly number[], used: number): string {
  const numbers = broken.toSorted((a, b) => a - b).join(', ');
  return `archive/${name} has no complete version ${numbers} (certificate and matching key). Certdesk imports version ${used}.`;
}
