// remote/script-text.ts has the text of certdesk-deploy.sh. CERTDESK_WRITE_DOCS=1 writes it.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SCRIPT } from '../../../src/main/engine/deploy/remote/script-text.ts';

const FOLDER = new URL('../../../src/main/engine/deploy/remote/', import.meta.url);
const source = readFileSync(new URL('certdesk-deploy.sh', FOLDER), 'utf8');

it('sends the script as it is in the repository', () => {
  if (process.env.CERTDESK_WRITE_DOCS === '1') {
    writeFileSync(new URL('script-text.ts', FOLDER), toModule(source));
    return;
  }
  expect(SCRIPT).toBe(source);
});

it('has one line that makes it the sudo helper, which the transport replaces for root', () => {
  expect(source.split('\nrestricted=yes\n')).toHaveLength(2);
});

function toModule(text: string): string {
  return `// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
// The text of certdesk-deploy.sh, because a bundle has no files next to it. Written by script-text.test.ts:
// CERTDESK_WRITE_DOCS=1 npx vitest run --project unit test/engine/deploy/script-text.test.ts
export const SCRIPT =
  ${JSON.stringify(text)};
`;
}
