// Every secret that goes through the API, searched for afterwards in everything that is stored, logged, reported and
// answered.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { readEvents } from '../support/engine/stored-events.ts';
import { type Answer, startApp, type TestApp } from '../support/server/app.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

const HMAC_KEY = Buffer.from('the HMAC key of an external account').toString('base64url');
const WRONG_HMAC_KEY = Buffer.from('an HMAC key that the CA has never seen').toString('base64url');
const PASSPHRASE = 'correct-horse-battery-staple';
const WRONG_PASSPHRASE = 'incorrect-horse-battery-staple';
const EXPORT_PASSWORD = 'export-password-of-a-pfx';
const OBTAIN = { challengeType: 'http-01', keyType: 'ec' };

describeWith('pebble', 'secrets', () => {
  let pebble: Pebble;
  let openssl: OpenSsl;
  let app: TestApp;
  let id: string;
  const secrets: [string, string][] = [
    ['the HMAC key', HMAC_KEY],
    ['the wrong HMAC key', WRONG_HMAC_KEY],
    ['the passphrase', PASSPHRASE],
    ['the wrong passphrase', WRONG_PASSPHRASE],
    ['the export password', EXPORT_PASSWORD],
  ];
  const answers: string[] = [];

  beforeAll(async () => {
    pebble = await startPebble({ eabKeys: { 'kid-1': HMAC_KEY } });
    openssl = await createOpenSsl();
    app = await startApp({ pebble });
    secrets.push(['the API token', app.token]);
    id = await app.project('secret.example.com');
  });
  afterAll(async () => {
    await app?.stop();
    await Promise.all([pebble?.stop(), openssl?.remove()]);
  });

  const send = async (method: string, rest: string, body?: object): Promise<Answer> => {
    const answer = await app.call(
      method,
      `/projects/${id}/certificate${rest}`,
      body === undefined ? {} : { body },
    );
    answers.push(answer.text);
    return answer;
  };
  const linesOf = (pem: string, name: string) => {
    const lines = pem.split('\n').filter((line) => line.length === 64);
    expect(lines.length).toBeGreaterThan(0);
    // The beginning of a PKCS#8 file is the same for every key of its type.
    secrets.push([name, lines.at(-1) ?? '']);
  };

  it('are sent in every possible way, correctly and incorrectly', async () => {
    const wrong = { ...OBTAIN, eab: { kid: 'kid-1', hmacKey: WRONG_HMAC_KEY } };
    expect((await send('POST', '/obtain', wrong)).body.code).toBe('ACME_REJECTED');
    const eab = { kid: 'kid-1', hmacKey: HMAC_KEY };
    expect((await send('POST', '/obtain', { ...OBTAIN, eab })).status).toBe(200);
    const kept = await app.call('GET', `/projects/${id}/certificate/download?format=key`);
    linesOf(kept.text, 'the issued key');
    const headers = { 'certdesk-export-password': EXPORT_PASSWORD };
    const pfx = `/projects/${id}/certificate/download?format=pfx`;
    expect((await app.call('GET', pfx, { headers })).status).toBe(200);
    expect((await send('POST', '/renew')).status).toBe(200);
    expect((await send('POST', '/revoke', { reason: 'keyCompromise' })).status).toBe(200);

    const ca = await openssl.createCa({ subject: '/O=Test/CN=Test CA' });
    const pair = await openssl.issue({
      ca,
      subject: '/CN=x',
      san: ['DNS:secret.example.com'],
      days: 90,
      key: 'rsa-2048',
    });
    linesOf(pair.privateKey, 'the uploaded key');
    const encrypted = await openssl.run(
      ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${PASSPHRASE}`],
      pair.privateKey,
    );
    linesOf(encrypted, 'the encrypted key as it was sent');
    const { certificate } = pair;
    for (const path of ['/validate', '/upload']) {
      const tries = [
        { certificate, privateKey: encrypted, passphrase: WRONG_PASSPHRASE },
        { certificate, privateKey: encrypted },
        { certificate: pair.privateKey, privateKey: pair.privateKey },
        { certificate, privateKey: pair.privateKey.replace('MII', 'II') },
        { certificate, privateKey: pair.privateKey, passphrase: 1 },
        { certificate: encrypted, privateKey: certificate },
      ];
      for (const body of tries) expect((await send('POST', path, body)).text).not.toContain('"valid":true');
    }
    const body = { certificate, privateKey: encrypted, passphrase: PASSPHRASE };
    expect((await send('POST', '/validate', body)).body.valid).toBe(true);
    expect((await send('POST', '/upload', body)).status).toBe(200);
  });

  it('appear in no file, log line, event, job or answer', async () => {
    expect(secrets).toHaveLength(9);
    const places: [string, string][] = [
      ['the log', app.log.join('')],
      ['the answers', answers.join('\n')],
    ];
    for (const name of await readdir(app.dataFolder))
      places.push([name, await readFile(join(app.dataFolder, name), 'latin1')]);
    expect(places.map(([name]) => name)).toContain('certdesk.db');
    const { body } = await app.call('GET', '/jobs?limit=500');
    const jobs = Object.values(body.jobs ?? {}).map((job) => `/jobs/${job.id}`);
    expect(jobs.length).toBeGreaterThan(3);
    for (const path of [...jobs, '/jobs', '/projects', '/tokens', `/projects/${id}/certificate`])
      places.push([path, (await app.call('GET', path)).text]);
    for (const [place, text] of places) {
      for (const [name, secret] of secrets) expect(text.includes(secret), `${name} in ${place}`).toBe(false);
      expect(text.includes('PRIVATE KEY'), `a private key in ${place}`).toBe(false);
    }
  });

  it('appear in no event, which any token may read', async () => {
    const events = (await readEvents(app)).map((event) => JSON.stringify(event));
    expect(events.length).toBeGreaterThan(20);
    for (const [name, secret] of secrets)
      expect(
        events.some((event) => event.includes(secret)),
        `${name} in an event`,
      ).toBe(false);
  });

  it('leave a record of who exported which key, and nothing of the key', async () => {
    const exported = (await readEvents(app)).filter(({ kind }) => kind === 'certificate.key-exported');
    expect(exported.map(({ message }) => message)).toEqual([
      'Private key of secret.example.com exported (key)',
      'Private key of secret.example.com exported (pfx)',
    ]);
  });
});
