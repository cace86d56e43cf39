// Every regular expression in the sources, found in their syntax trees.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAst } from 'vite';

export interface FoundPattern {
  readonly file: string;
  readonly pattern: string;
  readonly flags: string;
}

/** @returns literals, and the files that build a pattern at run time. */
export function findRegularExpressions(folder: string): {
  readonly literals: readonly FoundPattern[];
  readonly dynamic: readonly string[];
} {
  const literals = new Map<string, FoundPattern>();
  const dynamic = new Set<string>();
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(file)) continue;
    const tree = parseAst(readFileSync(join(folder, file), 'utf8'), {
      lang: file.endsWith('x') ? 'tsx' : 'ts',
    });
    walk(tree, (node) => {
      if (isRegexLiteral(node)) {
        const { pattern, flags } = node.regex;
        literals.set(`/${pattern}/${flags}`, { file, pattern, flags });
      }
      if (isRegExpCall(node)) dynamic.add(file);
    });
  }
  return { literals: [...literals.values()], dynamic: [...dynamic].toSorted() };
}

function walk(value: unknown, visit: (node: object) => void): void {
  if (typeof value !== 'object' || value === null) return;
  visit(value);
  for (const part of Object.values(value)) walk(part, visit);
}

function isRegexLiteral(node: object): node is { regex: { pattern: string; flags: string } } {
  return 'type' in node && node.type === 'Literal' && 'regex' in node && node.regex !== null;
}

function isRegExpCall(node: object): boolean {
  if (!('type' in node) || (node.type !== 'NewExpression' && node.type !== 'CallExpression')) return false;
  const callee: unknown = Reflect.get(node, 'callee');
  return typeof callee === 'object' && callee !== null && Reflect.get(callee, 'name') === 'RegExp';
}
