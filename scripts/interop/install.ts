// Installs pinned versions of peers into .tools/interop without root: Go modules, Python packages, and unpacked Debian
// packages (adr/0012).
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../lib/child.ts';
import { TOOLS_FOLDER } from '../lib/find-tool.ts';
import { createInstallers } from '../lib/install-tools.ts';
import { NotInstallable } from './peer.ts';

const FOLDER = join(TOOLS_FOLDER, 'interop');
const INSTALL_TIMEOUT_MS = 1_800_000;

export interface Install {
  /** @param path Of the program's package. @returns the path of the program. @throws NotInstallable */
  go(path: string, version: string): Promise<string>;
  /** @param requirements `django-ca==3.2.0`. @returns the folder of the virtual environment. @throws NotInstallable */
  python(name: string, requirements: readonly string[]): Promise<string>;
  /** @returns the path of the program, and the version of the first package. @throws NotInstallable */
  debian(
    packages: readonly [string, ...string[]],
    program: string,
  ): Promise<{ readonly path: string; readonly root: string; readonly version: string }>;
}

export function createInstall(): Install {
  mkdirSync(FOLDER, { recursive: true });
  const installers = createInstallers();
  return {
    async go(path, version) {
      // Without cgo, which would need libraries for smart cards.
      const bin = join(FOLDER, 'go', version);
      const program = join(bin, path.split('/').at(-1) ?? '');
      if (!existsSync(program))
        await run('go', ['install', `${path}@${version}`], { GOBIN: bin, CGO_ENABLED: '0' });
      return program;
    },

    async python(name, requirements) {
      const folder = join(FOLDER, `python-${name}`);
      const marker = join(folder, 'installed.txt');
      const wanted = requirements.join('\n');
      if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return folder;
      rmSync(folder, { recursive: true, force: true });
      await run('python3', ['-m', 'venv', folder]);
      await run(join(folder, 'bin/pip'), ['install', '--quiet', ...requirements]);
      writeFileSync(marker, wanted);
      return folder;
    },

    async debian(packages, program) {
      const names = [program] as const;
      const tool = {
        what: program,
        programs: [{ names, variable: program }],
        debian: packages,
        elsewhere: '',
      };
      const folder = join(TOOLS_FOLDER, 'debian');
      const path = join(folder, 'bin', program);
      if (!existsSync(path)) {
        const failure = await installers.debian(tool);
        if (failure !== null) throw new NotInstallable(failure);
      }
      const version = versionOf(readFileSync(join(folder, 'unpacked'), 'utf8'), packages[0]);
      return { path, root: join(folder, 'root'), version: `${version} (Debian)` };
    },
  };
}

/** @param status Of dpkg, as unpack-debian.ts notes it. */
function versionOf(status: string, name: string): string {
  const fields = status.split('\n\n').find((each) => each.includes(`Package: ${name}\n`)) ?? '';
  return /^Version: (\S+)$/m.exec(fields)?.[1] ?? 'version unknown';
}

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const { code, output } = await runChild(program, args, {
    stdio: 'collect',
    timeoutMs: INSTALL_TIMEOUT_MS,
    env,
  });
  if (code === 0) return;
  const why = code === 127 ? `${program} is not there` : output.trim().split('\n').at(-1);
  throw new NotInstallable(`${program} ${args.join(' ')}: ${why}`);
}
