// Who may import whom, as data: docs/architecture.md has the same list in words.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');

interface Rule {
  /** Folders and files of src, more specific ones first; a file belongs to the first match. */
  readonly place: string;
  /** What it may import of src. */
  readonly may: readonly string[];
  readonly packages: readonly string[];
  /** What it may import of src as types only. */
  readonly mayTypes?: readonly string[];
}

const NODE = 'node:';
const CLOUD = ['@aws-sdk/', 'undici', NODE];
const RULES: readonly Rule[] = [
  { place: 'shared', may: ['shared'], packages: ['zod'] },
  { place: 'main/engine/acme/client.ts', may: ['shared', 'main/engine'], packages: ['acme-client', NODE] },
  {
    place: 'main/engine/notifications/smtp.ts',
    may: ['shared', 'main/engine'],
    packages: ['nodemailer', NODE],
  },
  {
    place: 'main/engine/dns',
    may: ['shared', 'main/engine'],
    packages: ['zod', NODE, 'undici', 'dns-packet', '@aws-sdk/', 'google-auth-library'],
  },
  {
    place: 'main/engine/import/lego-config.ts',
    may: ['shared', 'main/engine'],
    packages: ['yaml', 'zod', NODE],
  },
  { place: 'main/engine/hosts/inventory', may: ['shared', 'main/engine'], packages: ['yaml'] },
  { place: 'main/engine/deploy/kinds', may: ['shared', 'main/engine'], packages: CLOUD },
  { place: 'main/engine/deploy/transports', may: ['shared', 'main/engine'], packages: ['ssh2', NODE] },
  {
    place: 'main/engine',
    may: ['shared', 'main/engine'],
    packages: ['zod', 'node-forge', 'asn1js', 'fflate', 'undici', 'p-queue', 'tldts', NODE],
  },
  {
    place: 'main/storage',
    may: [
      'shared',
      'main/storage',
      'main/engine/core/errors.ts',
      'main/engine/core/invalid.ts',
      'main/engine/core/model.ts',
      'main/engine/core/stores.ts',
      'main/engine/core/stores',
      'main/engine/core/ports.ts',
      'main/make-folder.ts',
    ],
    packages: ['kysely', 'better-sqlite3', NODE],
    mayTypes: ['main/engine'],
  },
  {
    place: 'main/secrets',
    may: ['shared', 'main/secrets', 'main/engine/core/errors.ts', 'main/engine/core/ports.ts'],
    packages: ['@napi-rs/keyring', 'better-sqlite3', NODE],
  },
  {
    place: 'main/backup',
    may: [
      'shared',
      'main/backup',
      'main/storage',
      'main/secrets',
      'main/engine/core/errors.ts',
      'main/engine/core/invalid.ts',
      'main/engine/core/ports.ts',
      'main/make-folder.ts',
    ],
    packages: ['better-sqlite3', 'zod', NODE],
    mayTypes: ['main/engine'],
  },
  {
    place: 'main/background',
    may: ['shared', 'main/background', 'main/engine', 'main/backup'],
    packages: [NODE],
  },
  { place: 'main/api', may: ['shared', 'main/api', 'main/engine'], packages: ['@trpc/server', 'zod'] },
  {
    place: 'main/http',
    may: ['shared', 'main/http', 'main/api', 'main/engine'],
    packages: ['fastify', '@fastify/', '@trpc/server', 'zod', NODE],
  },
  {
    place: 'main/app.ts',
    may: ['main/app', 'main/engine'],
    packages: [],
  },
  {
    place: 'main/app',
    may: [
      'main/app',
      'main/api',
      'main/http',
      'main/background',
      'main/engine',
      'main/storage',
      'main/secrets',
      'main/backup',
    ],
    packages: ['pino', NODE],
    mayTypes: ['main/shell-command.ts'],
  },
  { place: 'main/installation.ts', may: [], packages: [NODE] },
  { place: 'main/shell-command.ts', may: [], packages: [NODE] },
  { place: 'main/make-folder.ts', may: [], packages: [NODE] },
  { place: 'main/log-lines.ts', may: [], packages: ['pino'] },
  // The decisions of the desktop application, without Electron.
  {
    place: 'main/desktop',
    may: ['shared', 'main/desktop', 'main/engine/core/errors.ts'],
    packages: [NODE],
    mayTypes: ['main/engine'],
  },
  // Runs in the window, sandboxed.
  { place: 'main/electron/preload.ts', may: ['shared'], packages: ['electron'] },
  {
    place: 'main/electron',
    may: [
      'shared',
      'main/electron',
      'main/desktop',
      'main/app.ts',
      'main/app',
      'main/api',
      'main/installation.ts',
      'main/log-lines.ts',
      'main/make-folder.ts',
      'main/platform',
      'main/engine/core/errors.ts',
    ],
    packages: ['electron', 'electron-updater', '@trpc/server', 'pino', 'zod', NODE],
    mayTypes: ['main/engine'],
  },
  // The options of the command line and the environment, for both programs.
  {
    place: 'main/platform',
    may: [
      'shared',
      'main/platform',
      'main/app.ts',
      'main/app',
      'main/installation.ts',
      'main/shell-command.ts',
      'main/engine',
    ],
    packages: ['commander', 'pino', NODE],
  },
  // The client of the command line. It loads nothing of the server, so that it starts fast.
  {
    place: 'main/cli',
    may: [
      'shared',
      'main/cli',
      'main/installation.ts',
      'main/platform/data-folder.ts',
      'main/storage/folder-access.ts',
    ],
    packages: ['commander', NODE],
  },
  {
    place: 'main/headless',
    may: [
      'shared',
      'main/cli',
      'main/http/rest.ts',
      'main/headless',
      'main/platform',
      'main/app.ts',
      'main/app',
      'main/installation.ts',
      'main/shell-command.ts',
      'main/log-lines.ts',
      'main/engine',
      'main/storage',
      'main/secrets',
      'main/backup',
      'main/background',
    ],
    packages: ['commander', 'pino', 'pino-pretty', 'zod', NODE],
  },
  // The only part of main that the renderer may know: the router's type.
  {
    place: 'renderer/api.ts',
    may: ['shared', 'renderer'],
    packages: ['@trpc/', 'eventsource'],
    mayTypes: ['main/api/router.ts'],
  },
  {
    place: 'renderer',
    may: ['shared', 'renderer'],
    packages: [
      'react',
      'react-dom',
      '@trpc/',
      '@tanstack/',
      '@mantine/',
      '@tabler/',
      '@fontsource-variable/',
      'fflate',
    ],
  },
];

/** A folder or file of the engine imports only from itself and from those before it, types included. */
const ENGINE_ORDER = [
  'core',
  'outgoing',
  'audit',
  'pki',
  'acme',
  'dns',
  'jobs',
  'settings',
  'access',
  'rate-limits',
  'certificates',
  'projects',
  'https',
  'import',
  'backups',
  'challenges',
  'doctor',
  'issuance',
  'renewal',
  'revocation',
  'incidents',
  'endpoints',
  'hosts',
  'deploy',
  'job-runner.ts',
  'maintenance',
  'simulation',
  'overview',
  'notifications',
  'diagnostics',
  'background-tasks.ts',
  'engine.ts',
  'wiring',
  'create-engine.ts',
];

interface Import {
  readonly from: string;
  /** A path within src, or the name of a package. */
  readonly to: string;
  readonly ofSrc: boolean;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
const imports = files.flatMap((name) => importsOf(SRC, name));

function importsOf(root: string, name: string): readonly Import[] {
  const text = readFileSync(join(root, name), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...found].map(([, , type, from, dynamic, effect]) => {
    const target = from ?? dynamic ?? effect ?? '';
    const ofSrc = target.startsWith('.');
    const to = ofSrc ? relative(root, resolve(dirname(join(root, name)), target)) : target;
    return { from: name, to, ofSrc, typeOnly: type !== undefined };
  });
}

const inPlace = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);

function ruleOf(file: string): Rule {
  const rule = RULES.find(({ place }) => inPlace(file, place));
  if (rule === undefined) throw new Error(`No rule of the table covers ${file}`);
  return rule;
}

const isOf = (to: string, name: string): boolean =>
  to === name || to.startsWith(name.endsWith(':') || name.endsWith('/') ? name : `${name}/`);

function isBreach({ from, to, ofSrc, typeOnly }: Import): boolean {
  const { may, packages, mayTypes = [] } = ruleOf(from);
  if (ofSrc) {
    if (typeOnly && mayTypes.some((place) => inPlace(to, place))) return false;
    if (/\.(css|svg|png)$/.test(to)) return false;
    return !may.some((place) => inPlace(to, place));
  }
  return !packages.some((name) => isOf(to, name));
}

const ENGINE = 'main/engine/';

/** Position in ENGINE_ORDER of a file below the engine. @throws Error if the list does not name its folder */
function roomOf(file: string): number {
  const room = file.slice(ENGINE.length).split('/')[0] ?? '';
  const index = ENGINE_ORDER.indexOf(room);
  if (index === -1) throw new Error(`ENGINE_ORDER does not name ${room}`);
  return index;
}

const goesUp = ({ from, to, ofSrc }: Import): boolean =>
  ofSrc && from.startsWith(ENGINE) && to.startsWith(ENGINE) && roomOf(to) > roomOf(from);

const sentence = ({ from, to }: Import): string => `${from} imports ${to}`;

describe('the architecture', () => {
  it('finds files and imports', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.filter(({ ofSrc }) => ofSrc).length).toBeGreaterThan(200);
    expect(imports.filter(({ ofSrc }) => !ofSrc).length).toBeGreaterThan(50);
  });

  it('has only imports that the table allows', () => {
    expect(imports.filter(isBreach).map(sentence)).toEqual([]);
  });

  it('has no engine folder that imports from one after it, types included', () => {
    expect(imports.filter(goesUp).map(sentence)).toEqual([]);
  });

  it('lists every folder and file of the engine once, in docs/architecture.md too', () => {
    expect(readdirSync(join(SRC, ENGINE)).toSorted()).toEqual(ENGINE_ORDER.toSorted());
    const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
    const section = page.split('\n## ').find((part) => part.startsWith("The engine's folders")) ?? '';
    const cells = [...section.matchAll(/^\| (.*?) \|/gm)].map(([, cell = '']) => cell).slice(1);
    const inDocs = cells.flatMap((cell) => cell.split(', ').map((name) => name.replace(/\/$/, '')));
    expect(inDocs).toEqual(ENGINE_ORDER);
  });

  it('recognizes a breach', () => {
    const breach = (from: string, to: string, ofSrc: boolean) =>
      isBreach({ from, to, ofSrc, typeOnly: false });
    expect(breach('main/engine/issuance/acme-issuance.ts', 'electron', false)).toBe(true);
    expect(breach('main/engine/issuance/acme-issuance.ts', 'acme-client', false)).toBe(true);
    expect(breach('main/engine/issuance/acme-issuance.ts', 'main/storage/jobs.ts', true)).toBe(true);
    expect(breach('main/http/rest.ts', 'electron', false)).toBe(true);
    expect(breach('main/electron/desktop.ts', 'main/headless/serve.ts', true)).toBe(true);
    expect(breach('renderer/app.tsx', 'main/engine/engine.ts', true)).toBe(true);
    expect(breach('shared/job.ts', 'node:fs', false)).toBe(true);
    expect(breach('main/engine/dns/providers/cloudflare.ts', 'zod', false)).toBe(false);
    const up = (from: string, to: string) =>
      goesUp({ from: ENGINE + from, to: ENGINE + to, ofSrc: true, typeOnly: true });
    expect(up('acme/accounts.ts', 'issuance/resumable-orders.ts')).toBe(true);
    expect(up('issuance/issuer.ts', 'job-runner.ts')).toBe(true);
    expect(up('issuance/issuer.ts', 'acme/accounts.ts')).toBe(false);
    expect(up('issuance/issuer.ts', 'issuance/acme-order.ts')).toBe(false);
  });

  it('allows only packages that are installed and imported', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const installed = Object.keys({ ...dependencies, ...devDependencies });
    const unused = RULES.flatMap(({ place, packages }) =>
      packages
        .filter(
          (name) =>
            (name !== NODE && !installed.some((each) => isOf(each, name))) ||
            !imports.some(({ from, to, ofSrc }) => !ofSrc && isOf(to, name) && ruleOf(from).place === place),
        )
        .map((name) => `${place}: ${name}`),
    );
    expect(unused).toEqual([]);
  });

  it('keeps scripts and the installed command apart from the sources', () => {
    const outside = ['bin', 'scripts'].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(ts|mjs|mts)$/.test(name))
        .flatMap((name) => importsOf(ROOT, join(folder, name))),
    );
    expect(outside.length).toBeGreaterThan(50);
    const wrong = ({ from, to, ofSrc }: Import): boolean =>
      ofSrc && (inPlace(to, 'src') || (inPlace(from, 'bin') && !inPlace(to, 'bin')));
    expect(outside.filter(wrong).map(sentence)).toEqual([]);
  });

  it('has no cycle of imports, types included', () => {
    const graph = Map.groupBy(
      imports.filter(({ ofSrc }) => ofSrc),
      ({ from }) => from,
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const { to } of graph.get(file) ?? []) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) walk(file, []);
    expect(cycles).toEqual([]);
  });
});
