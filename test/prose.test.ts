// The words of docs/glossary.md: phrases that a reader would have to translate do not come back. Also, every page that a
// link or a comment names exists. How to add a phrase: CONTRIBUTING.md.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

interface Phrase {
  /** What to write instead. */
  readonly use: string;
  /** Its words in any case; a space also matches a line break, with or without a comment sign on the next line. */
  readonly not: string;
}

/** Only phrases that are wrong wherever they stand. "Keep" or "tell" have right uses, so a reviewer looks after those. */
const PHRASES: readonly Phrase[] = [
  { use: 'automatically, on its own', not: 'by (itself|themselves)' },
  { use: 'needs attention', not: 'needs? (you|somebody)' },
  { use: 'fix, resolve, repair', not: 'mend(s|ed|ing)?' },
  { use: 'resume, continue', not: '(go|goes|going|gone|went) on with' },
  { use: 'report, notify, log', not: '(is|are|was|were|be|been|being) told of' },
  { use: 'defer, postpone', not: '(put|puts|putting) off' },
  { use: 'import, adopt, claim', not: '(take|takes|taken|took|taking) over' },
  { use: 'remove, delete', not: '(clear|clears|cleared|clearing|take|takes|taken|took|taking) away' },
  { use: 'skip', not: '(pass|passes|passed|passing) over' },
  { use: 'time remaining, validity', not: '(life|lives) left' },
  {
    use: 'renewal check',
    not: '(look|looks|looked|looking) for renewals|renewals (was|were) (not )?looked for',
  },
  { use: 'check, attempt, poll', not: '(a|one|each|every|next|last|no|two) looks?(?!\\s?up)' },
  { use: 'unavailable, unreachable', not: 'out of reach' },
  { use: 'if omitted, the default', not: 'where (it is |it was |they are |they were )?left out' },
  { use: 'was stopped, stalled', not: '(stood|stands|standing) still' },
  { use: 'concurrently, in parallel', not: 'side by side' },
  { use: 'invalid', not: 'not well(-| )formed' },
  { use: 'saved credential', not: 'kept credentials?' },
  { use: 'after a restart', not: 'from the next start on' },
  { use: 'available', not: '(is|are|was|were|not) to be had' },
  { use: 'silently', not: 'without a word' },
  { use: 'again, recreate, reload', not: 'anew' },
  { use: 'obstacle', not: 'hindrances?' },
];

/** The phrases themselves stand here, and in the specification, which is not ours to edit. */
const EXEMPT = ['docs/glossary.md', 'docs/certificates-api.txt', 'test/prose.test.ts', 'test/fixtures'];

const TEXTS = /\.(ts|tsx|mts|mjs|md|txt|css|html|yml|service)$/;
const FOLDERS = ['bench', 'bin', 'build', 'docs', 'scripts', 'src', 'test'];
const all = [
  ...readdirSync(ROOT),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ),
].filter((path) => TEXTS.test(path));
const files = all.filter((path) => !isIn(path, EXEMPT));
/** The last is there after `npm run interop`. */
const pages = new Set([
  ...all.filter((path) => path.endsWith('.md')).map((path) => basename(path)),
  'interop.md',
]);

function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}

/** Words in a row, also across a line break in a comment. */
const GAP = String.raw`(?:[ \t]+|[ \t]*\n[ \t]*(?:\/\/|\*|#|>)?[ \t]*)`;
const patterns = PHRASES.map(({ use, not }) => ({
  use,
  pattern: new RegExp(String.raw`(?<![\w-])(?:${not.replaceAll(' ', GAP)})(?![\w-])`, 'gi'),
}));

/** @returns one line for each phrase: `path:line: "phrase", better: …` */
function findPhrases(path: string, text: string): string[] {
  return patterns.flatMap(({ use, pattern }) =>
    [...text.matchAll(pattern)].map((match) => {
      const line = text.slice(0, match.index).split('\n').length;
      return `${path}:${line}: "${match[0].replace(/\s+/g, ' ')}", better: ${use}`;
    }),
  );
}

/** The names of pages in links and comments that lead nowhere. */
function findDeadPages(path: string, text: string): string[] {
  const links = [...text.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
    ([, to = '']) => to,
  );
  const named = [...text.matchAll(/(?<![\w/.*-])((?:[\w-]+\/)*[\w-]+\.md)\b/g)].map(([, to = '']) => to);
  const dead = path.endsWith('.md')
    ? links.filter((to) => !existsSync(join(ROOT, dirname(path), to)))
    : named.filter((to) => !pages.has(basename(to)));
  return dead.map((to) => `${path}: ${to}`);
}
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('the prose', () => {
  it('uses the words of the glossary', () => {
    expect(files.flatMap((path) => findPhrases(path, read(path)))).toEqual([]);
  });

  it('names only pages that exist', () => {
    expect(files.flatMap((path) => findDeadPages(path, read(path)))).toEqual([]);
  });

  it('lists every page in docs/index.md', () => {
    const pagesOfDocs = readdirSync(join(ROOT, 'docs')).filter((name) => /\.(md|txt)$/.test(name));
    const map = read('docs/index.md');
    expect(pagesOfDocs.filter((name) => name !== 'index.md' && !map.includes(`](${name})`))).toEqual([]);
  });

  it('has the same number of cells in each row of a table', () => {
    const cells = (row: string): number => row.replace(/\\\||`[^`]*`/g, '').split('|').length;
    const uneven = all
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) => {
        const lines = read(path).split('\n');
        return lines.flatMap((line, at) => {
          const above = lines[at - 1] ?? '';
          const isRow = line.startsWith('|') && above.startsWith('|');
          return isRow && cells(line) !== cells(above) ? [`${path}:${at + 1}`] : [];
        });
      });
    expect(uneven).toEqual([]);
  });

  it('records each decision in the form of docs/adr/template.md', () => {
    const records = readdirSync(join(ROOT, 'docs/adr')).filter((name) => /^\d{4}-/.test(name));
    expect(records.length).toBeGreaterThan(10);
    for (const name of records) {
      const parts = read(join('docs/adr', name)).match(/^(#+ .*|\*\*Status:\*\*)/gm) ?? [];
      expect([name, ...parts]).toEqual([
        name,
        expect.stringMatching(new RegExp(`^# ${Number(name.slice(0, 4))}\\. [A-Z]`)),
        '**Status:**',
        ...['## Context', '## Decision', '## Consequences'],
      ]);
    }
  });

  it('names only npm scripts that exist', () => {
    const { scripts }: { scripts: object } = JSON.parse(read('package.json'));
    const known = [...Object.keys(scripts), 'ci'];
    const named = all
      .filter((path) => path.endsWith('.md'))
      .flatMap((path) =>
        [...read(path).matchAll(/(?:`|^|&& )npm (?:run (?:--silent )?)?([a-z][a-z:]*)/gm)].map(
          ([, name]) => name,
        ),
      );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });

  it('is searched across line breaks and in any case', () => {
    const lines = [
      '// Certdesk renews by',
      '// itself, and recommends no mending.',
      '',
      'Look-ups: a look-up.',
    ];
    expect(findPhrases('a.ts', lines.join('\n'))).toEqual([
      'a.ts:1: "by // itself", better: automatically, on its own',
      'a.ts:2: "mending", better: fix, resolve, repair',
    ]);
    expect(findPhrases('b.md', 'Mend it.\nTakes over\nAmend.')).toHaveLength(2);
    expect(findDeadPages('src/a.ts', '// see gone.md and docs/errors.md')).toEqual(['src/a.ts: gone.md']);
    expect(findDeadPages('docs/a.md', '[a](errors.md#x) [b](gone.md) [c](https://x/y.md)')).toEqual([
      'docs/a.md: gone.md',
    ]);
  });
});
