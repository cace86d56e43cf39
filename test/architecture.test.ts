// Who may import whom, as data: the table of docs/architecture.md. A breach, a cycle, a file over 400 lines fails.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const SRC = resolve(import.meta.dirname, '../src');
const MAX_LINES = 400;

interface Rule {
  /** Folders and files of src, the more special one first; a file belongs to the first that it is in. */
  readonly place: string;
  /** What it may import of src. */
  readonly may: readonly string[];
  readonly packages: readonly string[];
  /** What it may import of src as types only. */
  readonly mayTypes?: readonly string[];
}

const NODE = 'node:';
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
    packages: ['zod', NODE, 'undici', 'dns-packet', '@aws-sdk/', 'google-auth-library', '@smithy/'],
  },
  {
    place: 'main/engine/import/lego-config.ts',
    may: ['shared', 'main/engine'],
    packages: ['yaml', 'zod', NODE],
  },
  {
    place: 'main/engine',
    may: ['shared', 'main/engine'],
    packages: ['zod', '@peculiar/x509', 'node-forge', 'pkijs', 'asn1js', 'undici', 'p-queue', 'tldts', NODE],
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
    packages: ['@napi-rs/keyring', 'better-sqlite3', 'zod', NODE],
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
    may: [
      'shared',
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
  // What the desktop application decides, without Electron.
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
      'main/api',
      'main/installation.ts',
      'main/log-lines.ts',
      'main/make-folder.ts',
      'main/headless/options.ts',
      'main/headless/to-platform.ts',
      'main/engine/core/errors.ts',
    ],
    packages: ['electron', 'electron-updater', '@trpc/server', 'pino', 'zod', NODE],
    mayTypes: ['main/engine'],
  },
  {
    place: 'main/headless',
    may: [
      'shared',
      'main/headless',
      'main/app.ts',
      'main/installation.ts',
      'main/shell-command.ts',
      'main/log-lines.ts',
      'main/engine',
      'main/storage',
      'main/secrets',
      'main/backup',
    ],
    packages: ['commander', 'pino', 'pino-pretty', 'zod', NODE],
  },
  // The one thing that the renderer may know of main: the router's type.
  {
    place: 'renderer/api.ts',
    may: ['shared', 'renderer'],
    packages: ['@trpc/', '@tanstack/', 'eventsource'],
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
      'recharts',
      'zod',
      'dayjs',
      'clsx',
    ],
  },
];

interface Import {
  readonly from: string;
  /** Within src, or the name of a package. */
  readonly to: string;
  readonly ofSrc: boolean;
  readonly typeOnly: boolean;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
const imports = files.flatMap(importsOf);

function importsOf(name: string): readonly Import[] {
  const text = readFileSync(join(SRC, name), 'utf8');
  const found = text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g,
  );
  return [...found].map(([, , type, from, dynamic, effect]) => {
    const target = from ?? dynamic ?? effect ?? '';
    const ofSrc = target.startsWith('.');
    const to = ofSrc ? relative(SRC, resolve(dirname(join(SRC, name)), target)) : target;
    return { from: name, to, ofSrc, typeOnly: type !== undefined };
  });
}

const inPlace = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`);

function ruleOf(file: string): Rule {
  const rule = RULES.find(({ place }) => inPlace(file, place));
  if (rule === undefined) throw new Error(`${file} stands in no place of the table`);
  return rule;
}

function isBreach({ from, to, ofSrc, typeOnly }: Import): boolean {
  const { may, packages, mayTypes = [] } = ruleOf(from);
  if (ofSrc) {
    if (typeOnly && mayTypes.some((place) => inPlace(to, place))) return false;
    if (/\.(css|svg|png)$/.test(to)) return false;
    return !may.some((place) => inPlace(to, place));
  }
  return !packages.some(
    (name) => to === name || to.startsWith(name.endsWith(':') || name.endsWith('/') ? name : `${name}/`),
  );
}

describe('the architecture', () => {
  it('is looked at: files and imports are found', () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.filter(({ ofSrc }) => ofSrc).length).toBeGreaterThan(200);
    expect(imports.filter(({ ofSrc }) => !ofSrc).length).toBeGreaterThan(50);
  });

  it('is kept: nobody imports what is not theirs', () => {
    expect(imports.filter(isBreach).map(({ from, to }) => `${from} imports ${to}`)).toEqual([]);
  });

  it('sees a breach', () => {
    const breach = (from: string, to: string, ofSrc: boolean) =>
      isBreach({ from, to, ofSrc, typeOnly: false });
    expect(breach('main/engine/issuance/acme-issuance.ts', 'electron', false)).toBe(true);
    expect(breach('main/engine/issuance/acme-issuance.ts', 'acme-client', false)).toBe(true);
    expect(breach('main/engine/issuance/acme-issuance.ts', 'main/storage/jobs.ts', true)).toBe(true);
    expect(breach('main/http/rest.ts', 'electron', false)).toBe(true);
    expect(breach('renderer/app.tsx', 'main/engine/engine.ts', true)).toBe(true);
    expect(breach('shared/job.ts', 'node:fs', false)).toBe(true);
    expect(breach('main/engine/dns/providers/cloudflare.ts', 'zod', false)).toBe(false);
  });

  it('has no cycle of imports at run time', () => {
    const graph = Map.groupBy(
      imports.filter(({ ofSrc, typeOnly }) => ofSrc && !typeOnly),
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

  it(`has no file over ${MAX_LINES} lines`, () => {
    const long = files.filter(
      (name) => readFileSync(join(SRC, name), 'utf8').split('\n').length > MAX_LINES + 1,
    );
    expect(long).toEqual([]);
  });
});
