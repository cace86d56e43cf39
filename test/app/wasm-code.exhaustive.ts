// V8 frees no WebAssembly code while the application runs (docs/adr/0022-keep-webassembly-code.md).
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const PROGRAM = resolve(import.meta.dirname, '../support/tools/many-responses.mjs');
const SOURCE = resolve(import.meta.dirname, '../../src/main/app/wasm-code.ts');

/** @param before What the program runs first. */
async function frees(before: string): Promise<boolean> {
  const module = `data:text/javascript,${encodeURIComponent(before)}`;
  const args = ['--trace-wasm-code-gc', '--import', module, PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return stdout.includes('Triggering GC');
}

it('V8 would free the replaced code of the HTTP parser, and the application keeps it', async () => {
  expect(await frees('')).toBe(true);
  const source = stripTypeScriptTypes(readFileSync(SOURCE, 'utf8'));
  expect(await frees(`${source}\nkeepWasmCode();`)).toBe(false);
});
