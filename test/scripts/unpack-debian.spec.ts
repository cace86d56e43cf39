// How programs of Debian's packages are unpacked and run from their own folder. The packages are built here; apt-get is
// a stand-in that puts them where the real one does (apt-get(8), "install --download-only").
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Program, Tool } from '../../scripts/lib/tools.ts';
import { createDebianUnpacker, type Run } from '../../scripts/lib/unpack-debian.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

describeWith('dpkg', 'unpacking Debian packages', () => {
  let folder: string;
  let archives: string;
  let calls: string[];
  let failing: string | null;
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'certdesk unpack ')));
    archives = join(folder, 'archives');
    mkdirSync(archives);
    calls = [];
    failing = null;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const inTools = (...path: string[]): string => join(folder, 'tools', ...path);

  const run: Run = async (program, args, env = {}) => {
    if (program !== 'apt-get') {
      const { status, stderr } = spawnSync(program, args, {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      });
      return status === 0 ? null : `${program} failed: ${stderr}`;
    }
    calls.push(args.slice(args.indexOf(inTools('apt.conf')) + 1).join(' '));
    if (failing !== null) return failing;
    if (args.includes('install')) cpSync(archives, inTools('cache/archives'), { recursive: true });
    return null;
  };

  /** A package with these files; a value that begins with `->` is a link. */
  function makePackage(name: string, files: Readonly<Record<string, string>>): void {
    const tree = join(folder, 'trees', name);
    const all = {
      ...files,
      'DEBIAN/control': `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: x\n`,
      'DEBIAN/postinst': `#!/bin/sh\ntouch '${join(folder, 'started')}'\n`,
    };
    for (const [path, content] of Object.entries(all)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      if (content.startsWith('->')) symlinkSync(content.slice(2), join(tree, path));
      else writeFileSync(join(tree, path), content, { mode: 0o755 });
    }
    const built = spawnSync(toolPath('CERTDESK_TEST_DPKG_DEB'), [
      '--build',
      tree,
      join(archives, `${name}_1_all.deb`),
    ]);
    expect(built.status, String(built.stderr)).toBe(0);
  }

  const program = (name: string, unpacked: Program['unpacked'] = {}): Program => ({
    names: [name],
    variable: 'CERTDESK_TEST_X',
    unpacked,
  });
  const toolOf = (...programs: Program[]): Tool => ({
    what: 'a tool',
    programs,
    debian: ['one', 'two'],
    elsewhere: '',
  });
  const moved = (...path: string[]): string => join(folder, 'moved', ...path);
  const start = (name: string, ...args: string[]) =>
    spawnSync(moved('bin', name), args, { encoding: 'utf8' });
  /** The programs are started in a copy, because a checkout may be moved. */
  const unpack = async (tool: Tool): Promise<string | null> => {
    const failure = await createDebianUnpacker(inTools(), run).unpack(tool);
    cpSync(inTools(), moved(), { recursive: true, verbatimSymlinks: true });
    return failure;
  };

  it('counts no package as unpacked until all of a tool are', async () => {
    makePackage('one', { 'usr/bin/one': '#!/bin/sh\n' });
    writeFileSync(join(archives, 'two_1_all.deb'), 'cut off');
    expect(await createDebianUnpacker(inTools(), run).unpack(toolOf(program('one')))).toContain('two_1_all');
    expect(existsSync(inTools('unpacked'))).toBe(false);
    rmSync(join(archives, 'two_1_all.deb'));
    makePackage('two', { 'usr/lib/two': '' });
    expect(await createDebianUnpacker(inTools(), run).unpack(toolOf(program('one')))).toBeNull();
    expect(readFileSync(inTools('unpacked'), 'utf8').match(/^Package: .*/gm)).toEqual([
      'Package: one',
      'Package: two',
    ]);
  });

  it('runs a program with its libraries, modules and options, without the scripts of its package', async () => {
    makePackage('one', {
      'usr/sbin/served':
        '#!/bin/sh\necho "$0|$*|$LD_LIBRARY_PATH|$PYTHONPATH|$(grep -c relative "$FONTCONFIG_FILE")"\n',
      'usr/lib/x86_64-linux-gnu/libone.so.1': '',
      'usr/lib/x86_64-linux-gnu/one/libprivate.so': '',
      'usr/lib/python3/dist-packages/one.py': '',
      'usr/share/one.conf': '',
      'etc/fonts/fonts.conf': '',
      'usr/share/doc/one/copyright': 'text',
    });
    const served = program('served', { args: ['--config={root}/usr/share/one.conf'] });
    expect(await unpack(toolOf(served))).toBeNull();
    const root = moved('root');
    const libraries = join(root, 'usr/lib/x86_64-linux-gnu');
    expect(start('served', 'a b', 'c').stdout.trim().split('|')).toEqual([
      join(root, 'usr/sbin/served'),
      `--config=${root}/usr/share/one.conf a b c`,
      `${libraries}:${join(libraries, 'one')}`,
      join(root, 'usr/lib/python3/dist-packages'),
      '1',
    ]);
    expect(existsSync(join(folder, 'started'))).toBe(false);
    expect(existsSync(join(root, 'usr/share/doc'))).toBe(false);
    expect(existsSync(inTools('cache'))).toBe(false);
  });

  it('supports another path, another folder, an unpacked interpreter, and links inside', async () => {
    makePackage('one', {
      'usr/bin/page': '#!/bin/sh\necho the script\n',
      'usr/lib/page/page': '#!/usr/bin/certdesk-interpreter\n',
      'usr/bin/certdesk-interpreter': '#!/bin/sh\necho "$PWD|$1|$(cat "$(dirname "$0")/../share/link")"\n',
      'etc/page.conf': 'configuration',
      'usr/share/link': '->/etc/page.conf',
    });
    const page = program('page', { path: 'usr/lib/page/page', inRoot: true, args: ['{root}/not/there'] });
    expect(await unpack(toolOf(page))).toBeNull();
    const root = moved('root');
    expect(start('page').stdout.trim()).toBe(`${root}|${join(root, 'usr/lib/page/page')}|configuration`);
  });

  it('uses the machine’s C library, and lets the X server find its helper in the folder', async () => {
    makePackage('libc6', { 'usr/bin/of-libc6': '' });
    makePackage('one', {
      'usr/bin/Xvfb': 'a\0/usr/bin\0/usr/bin/other\0',
      'usr/lib/x86_64-linux-gnu/libc.so':
        'GROUP ( /lib/libc.so.6 /usr/lib/x86_64-linux-gnu/libc_nonshared.a )',
    });
    expect(await unpack(toolOf(program('Xvfb')))).toBeNull();
    expect(readdirSync(inTools('root/usr/bin'))).toEqual(['Xvfb']);
    expect(readFileSync(inTools('root/usr/bin/Xvfb'), 'latin1')).toBe('a\0usr/bin\0\0/usr/bin/other\0');
    expect(readFileSync(inTools('root/usr/lib/x86_64-linux-gnu/libc.so'), 'utf8')).toBe(
      'GROUP ( /lib/libc.so.6 libc_nonshared.a )',
    );
  });

  it('updates the lists once, and tells apt-get what is already unpacked', async () => {
    makePackage('one', { 'usr/bin/one': '' });
    const unpacker = createDebianUnpacker(inTools(), run);
    expect(await unpacker.unpack(toolOf(program('one')))).toBeNull();
    rmSync(archives, { recursive: true });
    mkdirSync(archives);
    makePackage('two', { 'usr/bin/two': '' });
    expect(await unpacker.unpack(toolOf(program('two')))).toBeNull();
    const install = 'install --download-only --no-install-recommends one two';
    expect(calls).toEqual(['update', install, install]);
    expect(readFileSync(inTools('dpkg/status'), 'utf8')).toMatch(
      /^Package: one\n(.+\n)*Status: install ok installed\n/m,
    );
    expect(readdirSync(inTools('bin')).sort()).toEqual(['one', 'two']);
  });

  it('reports why apt-get failed', async () => {
    failing = 'apt-get failed: no network';
    const unpacker = createDebianUnpacker(inTools(), run);
    expect(await unpacker.unpack(toolOf(program('one')))).toContain('no network');
  });
});
