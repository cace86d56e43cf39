// Replaces fpm for electron-builder's deb: builds a package from fpm's arguments with dpkg-deb. For other types (rpm)
// it records the arguments.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const FLAGS = ['--force', '--debug'];

interface Asked {
  readonly options: ReadonlyMap<string, readonly string[]>;
  /** `from=to`; a folder that ends with `/` stands for its contents. */
  readonly files: readonly { readonly from: string; readonly to: string }[];
}

function read(args: readonly string[]): Asked {
  const options = new Map<string, string[]>();
  const files: { from: string; to: string }[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (FLAGS.includes(arg)) continue;
    if (!arg.startsWith('-')) {
      const split = arg.lastIndexOf('=');
      files.push({ from: arg.slice(0, split), to: arg.slice(split + 1) });
      continue;
    }
    at += 1;
    options.set(arg, [...(options.get(arg) ?? []), args[at] ?? '']);
  }
  return { options, files };
}

function makeDeb({ options, files }: Asked): void {
  const one = (name: string): string => options.get(name)?.at(-1) ?? '';
  const root = mkdtempSync(join(tmpdir(), 'certdesk-deb-'));
  try {
    for (const { from, to } of files) {
      mkdirSync(dirname(join(root, to)), { recursive: true });
      // fpm treats a missing file as an error, and so does this.
      if (statSync(from).isDirectory() !== from.endsWith('/')) throw new Error(`not as it is named: ${from}`);
      cpSync(from, join(root, to), { recursive: true, verbatimSymlinks: true });
    }
    const control = {
      Package: one('--name'),
      Version: one('--version'),
      Architecture: one('--architecture'),
      Maintainer: one('--maintainer'),
      Homepage: one('--url'),
      Depends: (options.get('-d') ?? []).join(', '),
      Recommends: (options.get('--deb-recommends') ?? []).join(', '),
      Description: one('--description').trim(),
    };
    mkdirSync(join(root, 'DEBIAN'));
    const lines = Object.entries(control).map(([name, value]) => `${name}: ${value}\n`);
    writeFileSync(join(root, 'DEBIAN/control'), lines.join(''));
    for (const [option, name] of [
      ['--after-install', 'postinst'],
      ['--before-remove', 'prerm'],
      ['--after-remove', 'postrm'],
    ] as const) {
      cpSync(one(option), join(root, 'DEBIAN', name));
      execFileSync('chmod', ['755', join(root, 'DEBIAN', name)]);
    }
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', root, one('--package')]);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const asked = read(process.argv.slice(2));
if (asked.options.get('-t')?.[0] === 'deb') makeDeb(asked);
else {
  const path = asked.options.get('--package')?.[0] ?? '';
  writeFileSync(path, JSON.stringify({ options: Object.fromEntries(asked.options), files: asked.files }));
}
