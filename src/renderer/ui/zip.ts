// Creates a ZIP file of a few small files.
import { zipSync } from 'fflate';

export interface ZipEntry {
  /** Letters, digits, dot, hyphen and underscore. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The format's earliest date: exports have no meaningful date. */
const DATE = new Date(1980, 0, 1);

/** Without compression, because PEM and PFX barely compress. */
export function makeZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries(entries.map(({ name, bytes }) => [name, bytes]));
  return zipSync(files, { level: 0, mtime: DATE });
}
