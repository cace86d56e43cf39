// User-supplied names: characters that a terminal or a log would interpret are refused in input and escaped in output.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { CreateDnsCredentialSchema } from '../../src/shared/dns-credential.ts';
import { LabelSchema } from '../../src/shared/label.ts';
import { CreateProjectSchema } from '../../src/shared/project.ts';
import { CreateTokenSchema } from '../../src/shared/token.ts';
import { escapeUnprintable } from '../../src/shared/unprintable.ts';

const UNPRINTABLE = [
  '\u001b[31m',
  'a\nb',
  'a\rb',
  'a\tb',
  '\u0007',
  '\u009b2J',
  'a\u202eb',
  'a\u2066b',
  'a\u2028b',
  'a\u0000b',
];

it.each(UNPRINTABLE)('refuses the name %j', (text) => {
  expect(LabelSchema.safeParse(`x${text}x`).success).toBe(false);
});

it.each(['Büro, 3. Stock', '証明書', 'العربية', 'a–b “c” 👩‍💻', "O'Neil & Söhne <shop>"])(
  'accepts the name %s',
  (text) => {
    expect(LabelSchema.parse(` ${text} `)).toBe(text);
  },
);

it('applies to projects, tokens and saved credentials', () => {
  const name = 'a\u001b[2Jb';
  for (const refused of [
    CreateProjectSchema.safeParse({ name, domain: 'a.example.com' }),
    CreateTokenSchema.safeParse({ name, scopes: ['projects:read'] }),
    CreateDnsCredentialSchema.safeParse({ name, provider: 'manual' }),
  ])
    expect(refused.error?.issues).toMatchObject([{ path: ['name'], message: /control character/ }]);
});

it('escapes exactly the characters that it refuses', () => {
  expect(escapeUnprintable('a\u001b[31mb\nc ü 👩')).toBe('a\\u{1b}[31mb\\u{a}c ü 👩');
});

it('lets no name add lines or colours to the pretty log', async () => {
  const module = join(import.meta.dirname, '../../src/main/headless/log.ts');
  const program = `
    import { createLogger } from ${JSON.stringify(module)};
    const log = await createLogger('pretty');
    log.info({ data: { name: 'x\\u001b[2J' }, err: new Error('no\\u001b[1m') }, 'Project evil\\r\\n12:00:00 ERROR forged');`;
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  expect(stderr).toContain('Project evil\\u{d}\\u{a}12:00:00 ERROR forged');
  for (const character of ['\u001b', '\r']) expect(stderr).not.toContain(character);
  expect(stderr.split('\n').filter((line) => /^12:00:00/.test(line))).toEqual([]);
});
