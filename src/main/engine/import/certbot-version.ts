// Which version of a certbot lineage is imported: what live/ links to, or the newest whole generation of archive/.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import type { FileRead, Folder } from './folder.ts';

export interface LineageVersion {
  readonly certificate: FileRead & { readonly source: string };
  readonly privateKey: FileRead & { readonly source: string };
  /** Why it is not the newest. */
  readonly notes: readonly string[];
}

/**
 * live/ where it is whole. Else the newest number in archive/ of which certificate and key are there and match: links
 * are lost where a folder was copied, and a copy made during a renewal has half a generation.
 */
export async function readLineageVersion(folder: Folder, name: string): Promise<LineageVersion> {
  const live = await readPair(folder, `live/${name}`, '');
  if (isWhole(live)) return { ...live, notes: [] };
  const numbers = (await folder.files(join('archive', name))).flatMap((file) => {
    const number = /^(?:fullchain|privkey)(\d{1,9})\.pem$/.exec(file)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  const newestFirst = [...new Set(numbers)].sort((a, b) => b - a);
  const broken: number[] = [];
  for (const number of newestFirst) {
    const pair = await readPair(folder, `archive/${name}`, String(number));
    if (isWhole(pair))
      return { ...pair, notes: broken.length === 0 ? [] : [incomplete(name, broken, number)] };
    broken.push(number);
  }
  const [newest] = newestFirst;
  const hasLive = live.certificate.text !== null || live.certificate.problem !== null;
  if (newest === undefined || hasLive) return { ...live, notes: [] };
  return { ...(await readPair(folder, `archive/${name}`, String(newest))), notes: [] };
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

/** Both are there, and of one key. */
function isWhole({ certificate, privateKey }: Pair): boolean {
  if (certificate.text === null || privateKey.text === null) return false;
  try {
    return new X509Certificate(certificate.text).checkPrivateKey(createPrivateKey(privateKey.text));
  } catch {
    return false; // damaged, or encrypted
  }
}

function incomplete(name: string, broken: readonly number[], used: number): string {
  const numbers = broken.toSorted((a, b) => a - b).join(', ');
  return `archive/${name} holds no whole version ${numbers} (certificate and matching key): version ${used} is imported.`;
}
