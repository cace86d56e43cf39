import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { openRotatingFile } from '../../src/main/electron/rotating-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'certdesk-log-'));
const path = join(folder, 'certdesk.log');
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('keeps the newest files, with whole lines in order, readable by their owner only', () => {
  const options = { path, maxBytes: 100, keep: 2 };
  let file = openRotatingFile(options);
  for (let n = 0; n < 50; n += 1) {
    if (n === 25) {
      file.close();
      file = openRotatingFile(options); // the next start continues the same file
    }
    file.write(`line ${String(n).padStart(4, '0')}\n`);
  }
  file.close();
  expect(readdirSync(folder).toSorted()).toEqual(['certdesk.log', 'certdesk.log.1', 'certdesk.log.2']);
  const text = ['.2', '.1', ''].map((end) => readFileSync(path + end, 'utf8')).join('');
  const numbers = [...text.matchAll(/^line (\d{4})$/gm)].map(([, n]) => Number(n));
  expect(numbers.at(-1)).toBe(49);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => 50 - numbers.length + n));
  expect(numbers.length).toBeGreaterThanOrEqual(20);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
