// The background threads, with real uploads on them.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBackground } from '../../src/main/background/background.ts';
import type { BackgroundThreads } from '../../src/main/engine/background-tasks.ts';
import { failureOf } from '../support/dns/provider-on-stand-in.ts';
import { createOpenSsl } from '../support/tools/openssl.ts';

const openssl = await createOpenSsl();
afterAll(() => openssl.remove());
const leaf = await openssl.issue({ subject: '/CN=a.example.com', san: ['DNS:a.example.com'] });
const files = [await openssl.file(leaf.privateKey), await openssl.file(leaf.certificate)];
const [key = '', certificate = ''] = files;

/** Takes longer than any test waits: 900,000 rounds, three times. */
const slow = Buffer.from(
  await openssl.run([
    'pkcs12',
    '-export',
    '-inkey',
    key,
    '-in',
    certificate,
    '-passout',
    'pass:secret',
    '-iter',
    '900000',
  ]),
  'latin1',
).toString('base64');

const project = { domain: 'a.example.com', altNames: [], now: new Date() };
const quick = { body: { certificate: leaf.certificate, privateKey: leaf.privateKey }, ...project };
const long = { body: { file: slow, passphrase: 'secret' }, ...project };

let background: BackgroundThreads;
beforeEach(() => {
  background = createBackground({ limitMs: 600_000 }); // a busy machine may take longer than the product's ten seconds
});
afterEach(() => background?.close());

describe('background tasks', () => {
  it('return what the function returns, again and again on one thread', async () => {
    for (let turn = 0; turn < 12; turn += 1) {
      const checked = await background.run('checkKeyPair', quick, { owner: 'a' });
      expect(checked).toMatchObject({ privateKey: leaf.privateKey, domain: 'a.example.com' });
    }
  });

  it('fail with the error of the function', async () => {
    const wrong = { ...long, body: { file: slow } };
    const failure = await failureOf(
      background.run(
        'checkKeyPair',
        { ...wrong, body: { certificate: 'x', privateKey: 'y' } },
        { owner: 'a' },
      ),
    );
    expect(failure).toMatchObject({ code: 'CERTIFICATE_UNREADABLE' });
  });

  it('run one at a time per owner, and do not delay other owners', async () => {
    const ended: string[] = [];
    const run = (owner: string, input: typeof quick | typeof long, name: string) =>
      background.run('checkKeyPair', input, { owner }).finally(() => ended.push(name));
    const tasks = [run('a', long, 'a1'), run('a', quick, 'a2'), run('b', quick, 'b1')];
    await Promise.all(tasks);
    expect(ended).toEqual(['b1', 'a1', 'a2']);
  });

  it('are refused if one owner has too many waiting', async () => {
    const gone = new AbortController();
    const waiting = Array.from({ length: 9 }, () =>
      background.run('checkKeyPair', long, { owner: 'a', signal: gone.signal }).catch((error) => error),
    );
    expect(await failureOf(background.run('checkKeyPair', quick, { owner: 'a' }))).toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      details: { retryAfter: 10 },
    });
    await background.run('checkKeyPair', quick, { owner: 'b' });
    gone.abort(new Error('left'));
    expect((await Promise.all(waiting)).map(String)).toEqual(Array(9).fill('Error: left'));
  });

  it('end when the caller aborts, and the next one starts', async () => {
    const gone = new AbortController();
    const left = background.run('checkKeyPair', long, { owner: 'a', signal: gone.signal });
    const after = background.run('checkKeyPair', quick, { owner: 'a' });
    gone.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    await expect(after).resolves.toMatchObject({ domain: 'a.example.com' });
  });

  it('are ended if they take too long, and the file is refused', async () => {
    const hasty = createBackground({ limitMs: 1 });
    try {
      expect(await failureOf(hasty.run('checkKeyPair', long, { owner: 'a' }))).toMatchObject({
        code: 'CERTIFICATE_UNREADABLE',
        message: expect.stringContaining('takes longer than 0.001 seconds'),
      });
    } finally {
      await hasty.close();
    }
  });

  it('have a time limit only while they run, and leave no timer that would keep the process alive', async () => {
    // A busy machine may need longer than the limit to start the thread. In a process of its own: here, the timers of the test runner come and go.
    const { stdout } = await promisify(execFile)(process.execPath, [
      resolve(import.meta.dirname, '../support/tools/count-timers.ts'),
      await openssl.file(slow),
    ]);
    expect(JSON.parse(stdout)).toEqual({ before: 0, starting: 0, running: 1, closed: 0 });
  });

  it('end when Certdesk stops', async () => {
    const running = failureOf(background.run('checkKeyPair', long, { owner: 'a' }));
    const waiting = failureOf(background.run('checkKeyPair', long, { owner: 'a' }));
    await background.close();
    expect([(await running).code, (await waiting).code]).toEqual(['SHUTTING_DOWN', 'SHUTTING_DOWN']);
    expect(await failureOf(background.run('checkKeyPair', quick, { owner: 'b' }))).toMatchObject({
      code: 'SHUTTING_DOWN',
    });
  });
});
