// The space for new objects stays small in a process that has asked for it, while much is made.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../../src/main/headless/young-space.ts');

/** The most that the space took while many objects lived for a while; MB. */
async function largest(beginning: string): Promise<number> {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8';
    ${beginning}
    const young = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size;
    const kept = [];
    let most = 0;
    for (let n = 0; n < 3_000_000; n += 1) {
      kept[n % 100_000] = { n, text: String(n) };
      if (n % 10_000 === 0) most = Math.max(most, young());
    }
    console.log(most / 1024 / 1024);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  return Number(stdout);
}

it('stays small', async () => {
  const asked = `import { keepYoungSpaceSmall } from ${JSON.stringify(MODULE)}; keepYoungSpaceSmall();`;
  const usual = await largest('');
  expect(usual).toBeGreaterThan(16);
  expect(await largest(asked)).toBeLessThan(usual / 4); // some MB, of 64
});
