// Unpacks Debian packages into .tools/debian without installing them: apt-get resolves and downloads what the machine lacks,
// and dpkg-deb unpacks it. This needs no root, changes nothing outside the folder, and runs no maintainer scripts, which
// would start daemons.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { makeRelocatable, writeEnvironment, writeWrapper } from './relocate-debian.ts';
import type { Tool } from './tools.ts';

/** Runs a program. Resolves to null if it exits with 0, otherwise to the error. */
export type Run = (
  program: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
) => Promise<string | null>;

export interface DebianUnpacker {
  /** Resolves to null when the tool's programs are in the folder's `bin`, otherwise to the reason. */
  unpack(tool: Tool): Promise<string | null>;
}

const DPKG_STATUS = '/var/lib/dpkg/status';
const LOCK_TIMEOUT_MS = 900_000;
/** Half of all files; no program needs them. */
const SUPERFLUOUS = ['doc', 'man', 'info', 'locale', 'lintian', 'bug'].map((name) => `usr/share/${name}`);

/** @param folder .tools/debian */
export function createDebianUnpacker(folder: string, run: Run): DebianUnpacker {
  const at = (...path: string[]): string => join(folder, ...path);
  let updated: Promise<string | null> | null = null;
  const aptGet = (...args: string[]): Promise<string | null> =>
    run('apt-get', ['-q', '-y', '-c', at('apt.conf'), ...args], { DEBIAN_FRONTEND: 'noninteractive' });

  async function download(packages: readonly string[]): Promise<string | null> {
    rmSync(at('cache'), { recursive: true, force: true });
    for (const path of ['dpkg', 'state/lists/partial', 'cache/archives/partial', 'root', 'bin'])
      mkdirSync(at(path), { recursive: true });
    if (!existsSync(DPKG_STATUS)) return 'this system does not use Debian packages';
    // A copy, because apt-get locks its folder. It includes the unpacked packages, so that they are not downloaded again.
    const unpacked = existsSync(at('unpacked')) ? readFileSync(at('unpacked'), 'utf8') : '';
    writeFileSync(at('dpkg/status'), readFileSync(DPKG_STATUS, 'utf8') + unpacked);
    writeFileSync(at('apt.conf'), aptConfiguration(folder));
    updated ??= aptGet('update');
    const stale = await updated; // the lists of an earlier run may be good enough
    const failure = await aptGet('install', '--download-only', '--no-install-recommends', ...packages);
    return failure === null ? null : [stale, failure].filter((line) => line !== null).join('; ');
  }

  async function unpackArchives(): Promise<string | null> {
    const archives = at('cache/archives');
    // The machine's loader works only with the machine's C library.
    const wanted = readdirSync(archives).filter(
      (file) => file.endsWith('.deb') && !file.startsWith('libc6_'),
    );
    let unpacked = '';
    for (const name of wanted) {
      const archive = join(archives, name);
      const failure =
        (await run('dpkg-deb', ['--extract', archive, at('root')])) ??
        (await run('dpkg-deb', ['--control', archive, at('control')]));
      if (failure !== null) return failure;
      const facts = readFileSync(at('control/control'), 'utf8').trimEnd();
      unpacked += `${facts}\nStatus: install ok installed\n\n`;
      rmSync(at('control'), { recursive: true });
    }
    // Only now: if this process is killed, apt-get must not count a package as installed whose dependencies are missing.
    appendFileSync(at('unpacked'), unpacked);
    for (const path of ['cache', ...SUPERFLUOUS.map((each) => `root/${each}`)])
      rmSync(at(path), { recursive: true, force: true });
    return null;
  }

  return {
    async unpack(tool) {
      mkdirSync(folder, { recursive: true });
      return withFileLock(at('lock'), LOCK_TIMEOUT_MS, async () => {
        const failure = (await download(tool.debian)) ?? (await unpackArchives());
        if (failure !== null) return failure;
        await makeRelocatable(at('root'), run);
        writeEnvironment(folder);
        for (const program of tool.programs) writeWrapper(folder, program);
        return null;
      });
    },
  };
}

/** apt.conf(5). Leaves out the hooks of the machine's configuration, which concern the machine's own packages. */
function aptConfiguration(folder: string): string {
  return `Dir::State "${folder}/state";
Dir::State::status "${folder}/dpkg/status";
Dir::Cache "${folder}/cache";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::GzipIndexes "true";
Acquire::Languages "none";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Install-Pkgs;
#clear DPkg::Post-Invoke;
`;
}
