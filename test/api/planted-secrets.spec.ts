// Secrets planted wherever one can be given: every DNS provider's fields, notification channels, backups, tokens,
// sign-ins, and every operation in a form that it refuses. Their receivers repeat them in errors. Afterwards the test
// searches for them in everything that is stored, logged, reported, measured and answered. (secrets.spec.ts has the
// keys and passwords of certificates.)
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { restOperations } from '../../src/main/http/rest.ts';
import type { DnsProviderInfo } from '../../src/shared/dns-credential.ts';
import { type SmtpServer, startSmtpServer } from '../support/engine/smtp-server.ts';
import { readEvents } from '../support/engine/stored-events.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/engine/webhook-receiver.ts';
import { type EchoServer, startEchoServer } from '../support/faults/echo-server.ts';
import { callApi, startApp, type TestApp } from '../support/server/app.ts';
import { createBrowser } from '../support/server/browser.ts';

let app: TestApp;
let echo: EchoServer;
let smtp: SmtpServer;
let receiver: WebhookReceiver;
let project: string;
const planted: { readonly what: string; readonly secret: string }[] = [];
const answers: string[] = [];

function plant(what: string, secret = `plnt${randomBytes(15).toString('hex')}`): string {
  planted.push({ what, secret });
  return secret;
}
async function send(method: string, path: string, body?: unknown) {
  const answer = await app.asUser(method, path, body === undefined ? {} : { body });
  answers.push(answer.text);
  return answer;
}

beforeAll(async () => {
  echo = await startEchoServer();
  receiver = await startWebhookReceiver();
  const endpoints = Object.fromEntries(
    ['cloudflare', 'aws', 'digitalocean', 'godaddy', 'google'].map((id) => [id, echo.url]),
  );
  app = await startApp({
    // No server answers there: a job with secrets that fails.
    platform: {
      directories: { production: 'http://127.0.0.1:1/dir' },
      dns: {
        resolvers: ['127.0.0.1:1'],
        endpoints,
        authorityPort: null,
        acmeShFolder: join(import.meta.dirname, '../fixtures/acme-sh'),
      },
    },
  });
  project = await app.project('planted.example.com');
});
afterAll(async () => {
  await app?.stop();
  await Promise.all([echo?.stop(), smtp?.stop(), receiver?.stop()]);
});

/** A value for each field, a planted one if the provider declares it secret. */
function credentialsFor({ id, credentials }: DnsProviderInfo): Record<string, string> {
  const own: Record<string, Record<string, string>> = {
    acmedns: { baseUrl: echo.url, subdomain: 'sub' },
    rfc2136: {
      nameserver: '127.0.0.1:1',
      tsigAlgorithm: 'hmac-sha256',
      tsigSecret: plant('rfc2136.tsigSecret', randomBytes(32).toString('base64')),
    },
    'acme-sh': {
      script: 'dns_oddities',
      environment: `ODD_TOKEN=${plant('acme-sh.environment')}`,
    },
    google: { credentials: googleAccount() },
  };
  return Object.fromEntries(
    credentials.map(({ name, secret }) => [
      name,
      own[id]?.[name] ?? (secret ? plant(`${id}.${name}`) : 'example'),
    ]),
  );
}

function googleAccount(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  plant('google.credentials', pem.split('\n').at(-3) ?? '');
  return JSON.stringify({
    type: 'service_account',
    project_id: 'p',
    private_key: pem,
    client_email: 'a@p.iam.gserviceaccount.com',
    token_uri: 'https://oauth2.googleapis.com/token',
  });
}

it('plants secrets in every DNS provider, which repeats them in its refusal', async () => {
  const providers = (await app.call('GET', '/dns-providers')).body
    .dnsProviders as unknown as DnsProviderInfo[];
  const withSecrets = providers.filter(({ credentials }) => credentials.some(({ secret }) => secret));
  expect(withSecrets.length).toBeGreaterThanOrEqual(8);
  // Each form of a provider's credentials separately: Cloudflare accepts a token, or an e-mail address with a key.
  const forms = withSecrets.flatMap((provider) => {
    const isOther = ({ alternativeTo }: { alternativeTo?: string | undefined }) =>
      alternativeTo !== undefined;
    const { credentials } = provider;
    const replaced = new Set(credentials.flatMap(({ alternativeTo }) => alternativeTo ?? []));
    const form = (fields: typeof credentials) => ({ ...provider, credentials: fields });
    const usual = form(credentials.filter((field) => !isOther(field)));
    return replaced.size === 0
      ? [usual]
      : [usual, form(credentials.filter(({ name }) => !replaced.has(name)))];
  });
  expect(forms.length).toBeGreaterThan(withSecrets.length);
  for (const [number, provider] of forms.entries()) {
    const credentials = credentialsFor(provider);
    const named = await send('POST', '/dns-credentials', {
      name: `our ${provider.id}`,
      provider: provider.id,
      credentials,
    });
    expect(named.status, named.text).toBe(201);
    const tested = await send('POST', `/dns-credentials/${named.body.id}/test`, {
      zone: 'planted.example.com',
    });
    expect(tested.status, tested.text).toBeGreaterThanOrEqual(400);
    await send('POST', '/dns-credentials/test', { provider: provider.id, credentials });
    // In the obtain request itself, which is stored until the job has ended.
    const body = { challengeType: 'dns-01', dnsProvider: provider.id, dnsCredentials: credentials };
    const id = await app.project(`${provider.id}${number}.example.com`);
    const headers = { Prefer: 'respond-async' };
    answers.push((await app.call('POST', `/projects/${id}/certificate/obtain`, { body, headers })).text);
    // Of the wrong type, so that they are refused by their form.
    const wrong = Object.fromEntries(Object.entries(credentials).map(([name, value]) => [name, [value]]));
    await send('POST', '/dns-credentials', { name: 'x', provider: provider.id, credentials: wrong });
    await send('POST', '/dns-credentials', { name: 'x', provider: 'unknown', credentials });
  }
  for (const what of ['cloudflare.apiToken', 'godaddy.apiSecret', 'digitalocean.apiToken', 'acmedns.apiKey'])
    expect(echo.heard.join(''), what).toContain(secretOf(what)); // otherwise the test proves nothing
}, 120_000);

const secretOf = (what: string) => planted.find((each) => each.what === what)?.secret ?? what;

it('plants secrets in channels, backups, sign-ins and external accounts', async () => {
  const password = plant('mail password');
  smtp = await startSmtpServer({
    mode: 'plain',
    login: { user: 'u', password },
    refuse: `554 5.7.1 ${password} is refused`,
  });
  const path = `hooks/${plant('webhook address')}`;
  const token = plant('webhook token');
  const signingSecret = plant('signing secret');
  receiver.answer({ status: 400, body: `no /${path} for ${token} signed by ${signingSecret}` });
  const server = { host: '127.0.0.1', port: smtp.port, security: 'none', username: 'u' };
  const from = { from: 'a@example.com', to: ['b@example.com'] };
  const channels = [
    { type: 'email', name: 'mail', email: { ...server, ...from, password } },
    ...['generic', 'slack', 'teams', 'discord', 'ntfy'].map((preset) => ({
      type: 'webhook',
      name: preset,
      // ntfy expects the end of the URL, its topic, in the body.
      webhook: {
        preset,
        url: `${receiver.url}/${path}${preset === 'ntfy' ? '/topic' : ''}`,
        token,
        signingSecret,
      },
    })),
  ];
  for (const channel of channels) {
    const { status, body } = await send('POST', '/notifications', channel);
    expect(status).toBe(201);
    expect((await send('POST', `/notifications/${body.id}/test`, {})).body.code).toBe('NOTIFICATION_FAILED');
    await send('PATCH', `/notifications/${body.id}`, {
      email: { password: [password] },
      webhook: { token: [token] },
    });
  }
  const withUser = `https://u:${plant('password in an address')}@hooks.example.com/x`;
  await send('POST', '/notifications', {
    type: 'webhook',
    name: 'x',
    webhook: { preset: 'slack', url: withUser },
  });
  await app.app.engine.notifications.report({ kind: 'backup_failed', key: 'b', problem: 'The disk is full' });
  await app.app.engine.notifications.tick();
  await app.app.engine.notifications.tick();

  const passphrase = plant('backup passphrase');
  await send('POST', '/backups/passphrase', { passphrase });
  await send('POST', '/backups/passphrase', { passphrase: [passphrase] });
  const { body: backup } = await send('POST', '/backups');
  const { file } = backup;
  expect((await send('POST', '/backups/check', { file, passphrase })).body).toMatchObject({ newer: false });
  // Refused, each for another reason, with a valid passphrase; at first possibly because the last job still cleans up.
  const wrong = plant('backup passphrase, a wrong one');
  const restore = { file, passphrase: wrong };
  await expect
    .poll(async () => (await send('POST', '/backups/restore', restore)).body.code)
    .toBe('PASSPHRASE_WRONG');
  expect((await send('POST', '/backups/restore', { file: `${file}.not`, passphrase })).status).toBe(404);
  expect((await send('POST', '/backups/restore', { file, passphrase: [passphrase] })).status).toBe(400);
  expect(smtp.commands.length).toBeGreaterThan(3);
  expect(receiver.received.length).toBeGreaterThan(5);

  const hmacKey = plant('external account');
  await send('POST', `/projects/${project}/certificate/obtain`, {
    challengeType: 'http-01',
    eab: { kid: 'k', hmacKey },
  });

  const link = new URL(await app.app.signInLink());
  plant('sign-in link', link.hash.slice(1));
  const browser = createBrowser(app.app.address);
  expect((await browser.signIn(link.hash.slice(1))).status).toBe(200);
  plant('session cookie', browser.cookie?.split('=')[1] ?? '');
  plant('page secret', browser.pageSecret ?? '');
  answers.push((await browser.signIn(link.hash.slice(1))).text); // a second time
  await browser.get('/api/v1/projects');
  plant('API token', app.token);
  for (const Authorization of [
    `Basic ${plant('basic')}`,
    `Bearer ${plant('a wrong token')}`,
    plant('no scheme'),
  ])
    answers.push((await app.call('GET', '/projects', { token: null, headers: { Authorization } })).text);
});

it('plants secrets in refused requests of every operation: unknown fields, invalid JSON, the address', async () => {
  const refused = plant('in a refused request');
  const NAMES = ['password', 'passphrase', 'privateKey', 'apiToken', 'token', 'hmacKey', 'signingSecret'];
  const body = JSON.stringify({
    ...Object.fromEntries(NAMES.map((name) => [name, refused])),
    dnsCredentials: { apiToken: [refused] },
    credentials: { apiToken: [refused] },
    eab: { hmacKey: [refused] },
    email: { password: [refused] },
    webhook: { url: [refused], token: [refused] },
  });
  for (const { rest, path, type } of restOperations()) {
    if (rest.form === 'events') continue;
    const at = rest.path.replace('{id}', project).replace(/\{\w+\}/g, 'unknown');
    const get = rest.method === 'GET';
    for (const text of get ? [undefined] : [body, `${body.slice(0, 60)}`]) {
      const given = text === undefined ? {} : { body: text };
      const address = `${at}?apiToken=${refused}`;
      answers.push((await app.call(rest.method, address, given)).text);
    }
    const headers = { 'Content-Type': 'application/json', Origin: app.app.address };
    const input = get || type === 'query' ? `?input=${encodeURIComponent(body)}` : '';
    const url = `${app.app.address}/trpc/${path}${input}`;
    const method = input === '' ? 'POST' : 'GET';
    const trpc = { headers, token: app.token, ...(method === 'POST' ? { body } : {}) };
    answers.push((await callApi(url, method, trpc)).text);
  }
});

it('finds no secret in any file, log line, event, job, metric, message or answer', async () => {
  expect(planted.length).toBeGreaterThan(25);
  await expect.poll(() => app.app.engine.counts()).toEqual({ running: 0, queued: 0 });
  const events = (await readEvents(app)).map((event) => JSON.stringify(event));
  const places: [string, string][] = [
    ['the log', app.log.join('')],
    ['the answers', answers.join('\n')],
    ['the events', events.join('\n')],
    ['the messages', receiver.received.map((each) => each.body).join('\n')],
    ['the metrics', (await callApi(`${app.app.address}/metrics`, 'GET', { token: app.token })).text],
  ];
  const jobs = Object.values((await app.call('GET', '/jobs?limit=500')).body.jobs ?? {});
  expect(jobs.length).toBeGreaterThan(3);
  const paths = ['/audit?limit=500', '/notifications', '/notifications/queue', '/backups', '/settings'];
  const more = [
    '/dns-credentials',
    '/diagnostics',
    '/overview',
    '/tokens',
    '/sessions',
    '/projects',
    '/jobs',
  ];
  for (const path of [...paths, ...more, ...jobs.map(({ id }) => `/jobs/${id}`)])
    places.push([path, (await app.call('GET', path)).text]);
  for (const name of await readdir(app.dataFolder, { recursive: true })) {
    const text = await readFile(join(app.dataFolder, name), 'latin1').catch(() => null);
    if (text !== null) places.push([name, text]); // null: a folder
  }
  expect(places.map(([name]) => name)).toEqual(
    expect.arrayContaining(['certdesk.db', expect.stringMatching(/cdbackup$/)]),
  );
  const found = places.flatMap(([place, text]) =>
    planted
      .filter(({ secret }) => secret !== '' && text.includes(secret))
      .map(({ what }) => `${what} in ${place}`),
  );
  expect(found).toEqual([]);
});
