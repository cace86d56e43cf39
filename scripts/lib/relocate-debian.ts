// Makes unpacked Debian packages run from their own folder. They are built for /usr and search there for libraries, modules
// and data.
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Program } from './tools.ts';
import type { Run } from './unpack-debian.ts';

const PROGRAM_FOLDERS = ['usr/bin', 'usr/sbin', 'bin', 'sbin', 'usr/games'];

/** Does what the packages' maintainer scripts would do, as far as a program needs it. */
export async function makeRelocatable(root: string, run: Run): Promise<void> {
  for (const path of linksIn(root)) {
    const target = readlinkSync(path);
    if (!target.startsWith('/') || !existsSync(join(root, target))) continue;
    rmSync(path);
    symlinkSync(relative(dirname(path), join(root, target)), path);
  }
  const schemas = join(root, 'usr/share/glib-2.0/schemas');
  if (existsSync(schemas)) await compileSchemas(root, schemas, run);
  makeXServerRelative(join(root, 'usr/bin/Xvfb'));
  for (const folder of libraryFolders(join(root, 'usr/lib')))
    makeLinkerScriptRelative(join(folder, 'libc.so'));
}

function linksIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function compileSchemas(root: string, schemas: string, run: Run): Promise<void> {
  const compilers = [root, '/'].flatMap((top) =>
    libraryFolders(join(top, 'usr/lib')).map((folder) => join(folder, 'glib-2.0/glib-compile-schemas')),
  );
  const compiler = compilers.find((path) => existsSync(path)) ?? 'glib-compile-schemas';
  // If this fails, a program that needs them reports it.
  await run(compiler, [schemas], { LD_LIBRARY_PATH: searchPath(root) });
}

/**
 * X.Org's server starts `/usr/bin/xkbcomp`, and no option changes that. This makes the path relative to the working
 * directory, which the wrapper sets (`inRoot`).
 */
function makeXServerRelative(path: string): void {
  if (!existsSync(path)) return;
  const program = readFileSync(path);
  const at = program.indexOf('\0/usr/bin\0');
  if (at === -1) return; // done before
  program.write('usr/bin\0', at + 1, 'latin1');
  writeFileSync(path, program);
}

/** The C library is the machine's own. Compilers find its files by name (LIBRARY_PATH). */
function makeLinkerScriptRelative(path: string): void {
  if (!existsSync(path)) return;
  const script = readFileSync(path, 'latin1');
  writeFileSync(path, script.replaceAll(/\/usr\/lib\/\S+\/(libc_nonshared\.a)/g, '$1'), 'latin1');
}

/** `usr/lib/x86_64-linux-gnu` ... */
function libraryFolders(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.includes('-linux-gnu'))
    .map((name) => join(folder, name));
}

/** All folders of shared libraries: those of the architecture, and packages' folders below them. */
function searchPath(root: string): string {
  const holdsLibraries = (folder: string): boolean =>
    readdirSync(folder).some((name) => /^lib.*\.so(\.|$)/.test(name));
  const top = [...libraryFolders(join(root, 'usr/lib')), ...libraryFolders(join(root, 'lib'))];
  const below = top.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  return [...top, ...below].filter((path) => lstatSync(path).isDirectory() && holdsLibraries(path)).join(':');
}

/** fonts-conf(5). The packages' own file has absolute paths, and a maintainer script creates its conf.d. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">root/usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
${[
  ['sans-serif', 'DejaVu Sans'],
  ['serif', 'DejaVu Serif'],
  ['monospace', 'DejaVu Sans Mono'],
]
  .map(
    ([name, font]) => `  <alias><family>${name}</family><prefer><family>${font}</family></prefer></alias>\n`,
  )
  .join('')}</fontconfig>
`;

/** Writes the file that every wrapper reads first: the unpacked places of what programs expect in /usr. */
export function writeEnvironment(folder: string): void {
  const root = join(folder, 'root');
  const libraries = searchPath(root).replaceAll(root, '$root');
  const inLibraries = (name: string): string =>
    libraryFolders(join(root, 'usr/lib'))
      .map((path) => join(path, name).replace(root, '$root'))
      .join(':');
  const own = (name: string, value: string): string => `export ${name}="${value}"`;
  const before = (name: string, value: string): string => own(name, `${value}\${${name}:+:$${name}}`);
  const includes = ['$root/usr/include', inLibraries('.').replaceAll('/lib/', '/include/')].join(':');
  const providers = join(relative(root, libraryFolders(join(root, 'usr/lib'))[0] ?? root), 'ossl-modules');
  /** Variables by the path that needs them. */
  const needs: readonly (readonly [path: string, line: string])[] = [
    ['usr/lib/python3/dist-packages', before('PYTHONPATH', '$root/usr/lib/python3/dist-packages')],
    ['usr/share/perl5', before('PERL5LIB', '$root/usr/share/perl5')],
    ['etc/fonts/fonts.conf', own('FONTCONFIG_FILE', '$root/../fonts.conf')],
    [
      'usr/share/glib-2.0/schemas/gschemas.compiled',
      own('GSETTINGS_SCHEMA_DIR', '$root/usr/share/glib-2.0/schemas'),
    ],
    ['etc/ssl/openssl.cnf', own('OPENSSL_CONF', '$root/etc/ssl/openssl.cnf')],
    [providers, own('OPENSSL_MODULES', `$root/${providers}`)],
    ['usr/include/stdio.h', before('C_INCLUDE_PATH', includes)],
    ['usr/include/stdio.h', before('LIBRARY_PATH', inLibraries('.'))],
  ];
  const lines = [
    '# Read by the programs in bin, which say where $root is.',
    before('LD_LIBRARY_PATH', libraries),
    own('PATH', ['$PATH', ...PROGRAM_FOLDERS.map((path) => `$root/${path}`)].join(':')),
    own('XDG_DATA_DIRS', `\${XDG_DATA_DIRS:-/usr/local/share:/usr/share}:$root/usr/share`),
    ...needs.filter(([path]) => existsSync(join(root, path))).map(([, line]) => line),
  ];
  writeFileSync(join(folder, 'fonts.conf'), FONTS);
  writeFileSync(join(folder, 'environment.sh'), `${lines.join('\n')}\n`);
}

/** Writes the wrapper that tests start, if the packages contain the program. It becomes the program (`exec`), with its pid. */
export function writeWrapper(folder: string, { names, unpacked = {} }: Program): void {
  const root = join(folder, 'root');
  const candidates = [
    ...(unpacked.path === undefined ? [] : [unpacked.path]),
    ...names.flatMap((name) => PROGRAM_FOLDERS.map((place) => `${place}/${name}`)),
  ];
  const path = candidates.find((each) => existsSync(join(root, each)));
  if (path === undefined) return;
  const args = unpacked.args ?? [];
  const brought = args
    .flatMap((arg) => [...arg.matchAll(/\{root\}\/(.*)/g)])
    .every(([, named = '']) => existsSync(join(root, named)));
  const words = [
    `"$root/${path}"`,
    ...(brought ? args : []).map((arg) => `"${arg.replace('{root}', '$root')}"`),
  ];
  const script = [
    '#!/bin/sh',
    'root=$(cd "$(dirname "$0")/../root" && pwd)',
    '. "$root/../environment.sh"',
    ...(unpacked.inRoot ? ['cd "$root"'] : []),
    `exec ${[...interpreterOf(root, path), ...words].join(' ')} "$@"`,
    '',
  ].join('\n');
  writeFileSync(join(folder, 'bin', names[0]), script, { mode: 0o755 });
}

/** A script's interpreter, if it is unpacked too. */
function interpreterOf(root: string, path: string): readonly string[] {
  const [line = ''] = readFileSync(join(root, path), 'latin1').slice(0, 200).split('\n');
  const [, interpreter = ''] = /^#!\s*(\/\S+)/.exec(line) ?? [];
  return interpreter !== '' && !existsSync(interpreter) && existsSync(join(root, interpreter))
    ? [`"$root${interpreter}"`]
    : [];
}
