// Deployments over REST: a certificate of Pebble arrives on this machine and on a host with sshd, first and at its
// renewal; who may do what; and the errors for bad input.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type SshHost, startSshHost } from '../support/deploy/ssh-host.ts';
import { type Json, startApp, type TestApp } from '../support/server/app.ts';

let pebble: Pebble;
let app: TestApp;
let ssh: SshHost;
let folder: string;
let projectId: string;
let localId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certdesk-deploy-'));
  pebble = await startPebble();
  app = await startApp({ pebble });
  ssh = await startSshHost();
  projectId = await app.project('shop.example.com');
  const local = await app.asUser('POST', '/hosts', { body: { name: 'here', transport: 'local' } });
  localId = String(local.body.id);
}, 120_000);
afterAll(async () => {
  await app?.stop();
  await ssh?.stop();
  await pebble?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

const get = async (path: string): Promise<Json> => (await app.call('GET', path)).body;
const stateOf = async (id: unknown): Promise<unknown> => (await get(`/deployments/${String(id)}`)).state;
const settled = (id: unknown) =>
  expect.poll(() => stateOf(id), { timeout: 60_000, interval: 100 }).toBe('deployed');

async function deploy(body: object): Promise<Json> {
  const { status, body: created } = await app.asUser('POST', `/projects/${projectId}/deployments`, { body });
  expect(status, JSON.stringify(created)).toBe(201);
  return created;
}

describe('a deployment to this machine', () => {
  it('arrives when the certificate is obtained, and again at its renewal, with one reload each', async () => {
    const [pem, log] = [join(folder, 'shop.pem'), join(folder, 'reloads')];
    const script = `echo "$CERTDESK_EVENT $CERTDESK_NAMES" >> ${log}`;
    const { id } = await deploy({
      name: 'nginx',
      hosts: { ids: [localId] },
      files: [{ content: 'combined', path: pem }],
      steps: { reloadCommand: ['sh', '-c', script] },
    });
    const obtained = await app.call('POST', `/projects/${projectId}/certificate/obtain`, {
      body: { challengeType: 'http-01' },
    });
    expect(obtained.status, obtained.text).toBe(200);
    await settled(id);
    const first = await readFile(pem, 'utf8');
    expect(first).toMatch(/^-----BEGIN PRIVATE KEY-----[\s\S]+-----END CERTIFICATE-----\n$/);
    expect((await stat(pem)).mode & 0o777).toBe(0o600);
    expect(await readFile(log, 'utf8')).toBe('obtained shop.example.com\n');

    const renewed = await app.call('POST', `/projects/${projectId}/certificate/renew`);
    expect(renewed.status, renewed.text).toBe(200);
    await expect
      .poll(() => readFile(log, 'utf8'), { timeout: 60_000 })
      .toContain('renewed shop.example.com\n');
    await settled(id);
    expect(await readFile(pem, 'utf8')).not.toBe(first);
    const { runs } = await get(`/deployments/${String(id)}/runs`);
    expect((runs as unknown as Json[]).map(({ state }) => state)).toEqual(['deployed', 'deployed']);
    const metrics = async (token: string) =>
      (await app.call('GET', '/metrics', { token })).text.match(/^certdesk_deployment.*deployed.*$/gm);
    expect(await metrics(app.token)).toEqual([
      'certdesk_deployments{state="deployed"} 1',
      'certdesk_deployment_runs{state="deployed"} 2',
    ]);
    const foreign = await app.makeToken(['projects:read'], [await app.project('other.example.com')]);
    expect(await metrics(foreign)).toEqual(['certdesk_deployments{state="deployed"} 0']);
  });

  it('runs a script with certbot’s folder, and without a secret in its environment', async () => {
    const out = join(folder, 'hook');
    const secret = await app.asUser('POST', '/host-credentials', {
      body: { kind: 'secret', name: 'API token', value: 'quite-secret' },
    });
    const script = [
      `ls "$RENEWED_LINEAGE" > ${out}`,
      `echo "$RENEWED_LINEAGE" > ${out}.folder`,
      `[ "$TOKEN" = quite-secret ] && echo known >> ${out}`,
      `env | grep -c quite-secret >> ${out}`,
      'echo "the token is $TOKEN"',
    ].join('\n');
    const { id, command } = await deploy({
      kind: 'command',
      hosts: { ids: [localId] },
      command: { script },
      steps: { environment: [{ name: 'TOKEN', credentialId: String(secret.body.id) }] },
    });
    expect(JSON.stringify(command)).not.toContain('RENEWED_LINEAGE');
    // `grep -c` found nothing, so the echo decides the exit code.
    await settled(id);
    expect((await readFile(out, 'utf8')).split('\n')).toEqual([
      'cert.pem',
      'chain.pem',
      'fullchain.pem',
      'privkey.pem',
      'known',
      '0',
      '',
    ]);
    const lineage = (await readFile(`${out}.folder`, 'utf8')).trim();
    await expect(stat(lineage)).rejects.toThrow('ENOENT');
    const { runs } = await get(`/deployments/${String(id)}/runs`);
    expect(JSON.stringify(runs)).not.toContain('quite-secret');
  });

  it('reports a command that fails, with its output, and retries', async () => {
    const pem = join(folder, 'broken.pem');
    const { id } = await deploy({
      hosts: { ids: [localId] },
      files: [{ content: 'fullchain', path: pem }],
      steps: { validateCommand: ['sh', '-c', 'echo "line $((3 + 4)) is wrong"; exit 1'] },
    });
    await expect.poll(() => stateOf(id), { timeout: 60_000 }).toBe('failed');
    const { runs } = await get(`/deployments/${String(id)}/runs`);
    const [run] = runs as unknown as Json[];
    expect(run?.state).toBe('rolled-back');
    expect(run?.error?.error).toContain('line 7 is wrong');
    await expect(stat(pem)).rejects.toThrow('ENOENT');
    const limited = await app.makeToken(['projects:read'], [projectId]);
    const seen = await app.call('GET', `/deployments/${String(id)}`, { token: limited });
    expect(seen.status).toBe(200);
    expect(seen.text).not.toContain('line 7 is wrong');
    await app.asUser('DELETE', `/deployments/${String(id)}`);
  });
});

describe('a deployment by SSH', () => {
  it('shows the keys of the host, and installs only after a person has accepted one', async () => {
    const { address, port } = ssh;
    const scanned = await app.asUser('POST', '/hosts/scan-keys', { body: { address, port } });
    expect(scanned.body.keys).toEqual(ssh.hostKeys);
    const credential = await app.asUser('POST', '/host-credentials', {
      body: { kind: 'ssh-key', name: 'key', privateKey: ssh.privateKey },
    });
    expect(credential.body.publicKey?.line).toMatch(/^ssh-ed25519 /);
    expect(credential.text).not.toContain('PRIVATE KEY');
    const host = await app.asUser('POST', '/hosts', {
      body: {
        name: 'web',
        transport: 'ssh',
        address,
        port,
        user: 'root',
        credentialId: String(credential.body.id),
      },
    });
    const path = join(ssh.folder, 'shop.pem');
    const { id } = await deploy({
      hosts: { ids: [String(host.body.id)] },
      files: [{ content: 'fullchain', path }],
    });
    await expect.poll(() => stateOf(id), { timeout: 60_000 }).toBe('failed');
    const before = await get(`/deployments/${String(id)}`);
    expect(JSON.stringify(before)).toContain('HOST_KEY_REFUSED');
    await app.asUser('PATCH', `/hosts/${String(host.body.id)}`, { body: { hostKeys: ssh.hostKeys } });
    await settled(id);
    expect(await readFile(path, 'utf8')).toContain('BEGIN CERTIFICATE');
    const test = await app.call('POST', `/deployments/${String(id)}/test`);
    expect(test.status, test.text).toBe(200);
    expect(JSON.stringify(test.body)).not.toContain('"failed"');
  });
});

describe('access', () => {
  it('does not let a token define hosts or deployments, and lets a project token run only its own', async () => {
    const { deployments } = await get(`/projects/${projectId}/deployments`);
    const [one] = deployments as unknown as Json[];
    const other = await app.project('other.example.com');
    const [own, foreign] = [
      await app.makeToken(['projects:write'], [projectId]),
      await app.makeToken(['projects:write'], [other]),
    ];
    const body = { hosts: { ids: [localId] }, files: [{ content: 'der', path: join(folder, 'x') }] };
    for (const token of [app.token, own])
      expect((await app.call('POST', `/projects/${projectId}/deployments`, { body, token })).status).toBe(
        403,
      );
    expect((await app.call('POST', '/hosts', { body: { name: 'x', transport: 'local' } })).status).toBe(403);
    expect((await app.call('GET', '/hosts', { token: own })).status).toBe(403);
    const run = `/deployments/${String(one?.id)}/run`;
    expect((await app.call('POST', run, { token: own })).status).toBe(200);
    expect((await app.call('POST', run, { token: foreign })).status).toBe(403);
    const many = { body: { projects: [projectId, other] } };
    const started = await app.call('POST', '/deployments/run', { ...many, token: foreign });
    expect(started.status).toBe(200);
    expect(started.body).toMatchObject({
      runs: [],
      projects: [
        { id: other, error: { code: 'DEPLOYMENT_NOT_FOUND' } },
        { id: projectId, name: null, error: { code: 'PROJECT_NOT_FOUND' } },
      ],
    });
    const outside = { body: { projects: [projectId], ignoreWindow: true }, token: own };
    expect((await app.call('POST', '/deployments/run', outside)).status).toBe(403);
    expect((await app.call('GET', '/deployments', { token: foreign })).body.deployments).toEqual([]);
  });
});

describe('bad input', () => {
  const post = async (body: object) => {
    const answer = await app.asUser('POST', `/projects/${projectId}/deployments`, { body });
    return [answer.status, answer.body.code, answer.body.details?.issues?.[0 as never]?.field ?? null];
  };
  const files = (path: string, more: object = {}) => [{ content: 'fullchain', path, ...more }];

  it.each([
    ['an unknown host', { hosts: { ids: ['nobody'] }, files: files('/x/a') }, 'hosts.ids.0'],
    ['a relative path', { hosts: { tag: 't' }, files: files('x/a') }, 'files.0.path'],
    ['a folder', { hosts: { tag: 't' }, files: files('/x/a/') }, 'files.0.path'],
    ['a folder of the kernel', { hosts: { tag: 't' }, files: files('/proc/self/fd/1') }, 'files.0.path'],
    [
      'a mode that is not octal',
      { hosts: { tag: 't' }, files: files('/x/a', { mode: '888' }) },
      'files.0.mode',
    ],
    ['no file', { hosts: { tag: 't' } }, 'files'],
    ['an unknown recipe', { recipe: 'iis', hosts: { tag: 't' } }, 'recipe'],
    [
      'an unknown field of a recipe',
      { recipe: 'nginx', options: { x: '1' }, hosts: { tag: 't' } },
      'options.x',
    ],
    [
      'a bad path of a recipe',
      { recipe: 'nginx', options: { certificate: 'a' }, hosts: { tag: 't' } },
      'options.certificate',
    ],
    [
      'a bad port of a recipe',
      { recipe: 'nginx', options: { port: '0' }, hosts: { tag: 't' } },
      'options.port',
    ],
    [
      'PKCS#12 without a password',
      { hosts: { tag: 't' }, files: [{ content: 'pkcs12', path: '/x/a' }] },
      'files.0.passwordCredentialId',
    ],
    [
      'a reserved variable',
      {
        hosts: { tag: 't' },
        files: files('/x/a'),
        steps: { environment: [{ name: 'CERTDESK_X', value: '' }] },
      },
      'steps.environment.0.name',
    ],
  ] as const)('%s gets an error that names the field, and creates nothing', async (_, body, field) => {
    const { counts } = await get('/deployments'); // their states may change meanwhile
    expect(await post(body)).toEqual([400, 'INVALID_REQUEST', field]);
    expect((await get('/deployments')).counts?.total).toEqual(counts?.total);
  });

  it.each([
    ['a host with hosts and a tag', { hosts: { ids: ['x'], tag: 't' } }, 'hosts', /^takes only one of /],
    [
      'a program and a script',
      { kind: 'command', command: { argv: ['x'], script: 'x' } },
      'command',
      /^takes only one of /,
    ],
    [
      'a command without a program',
      { kind: 'command', command: { argv: [' '] } },
      'command.argv',
      /^does not begin with a program$/,
    ],
    ['an unknown deployment before it', { after: 'nobody' }, 'after', /^deployment nobody is not one of /],
  ] as const)('%s is refused by Test too, and the field is named', async (_, body, field, words) => {
    const whole = { hosts: { tag: 't' }, ...('command' in body ? {} : { files: files('/x/a') }), ...body };
    for (const path of ['deployments', 'deployments/test']) {
      const { status, body: answer } = await app.asUser('POST', `/projects/${projectId}/${path}`, {
        body: whole,
      });
      expect([status, answer.details?.issues?.['0']?.field], path).toEqual([400, field]);
      expect(answer.details?.issues?.['0']?.message).toMatch(words);
    }
  });

  it.each([
    ['/host-credentials', { kind: 'ssh-agent', socket: 'agent' }, 'socket', 'is not an absolute path'],
    [
      '/hosts',
      { transport: 'ssh', address: 'a b', user: 'root', credentialId: 'x' },
      'address',
      'is neither a host name nor an IP address',
    ],
  ] as const)(
    '%s: a bad %j is refused in words that say what is wrong',
    async (path, body, field, message) => {
      const answer = await app.asUser('POST', path, { body: { name: 'bad', ...body } });
      expect(answer.body.details?.issues).toEqual([{ field, message }]);
    },
  );

  it.each(['169.254.169.254', '::ffff:169.254.169.254', 'fd00:ec2::254'])(
    'a host at %s, the metadata service of a cloud provider, is refused',
    async (address) => {
      const credentialId = '7d0c6a1e-5c1f-4b0e-9d57-0a4f3c1b2e6d';
      const body = { name: 'cloud', transport: 'ssh', address, port: 22, user: 'root', credentialId };
      const answer = await app.asUser('POST', '/hosts', { body });
      expect([answer.status, answer.body.details?.issues?.[0 as never]?.field]).toEqual([400, 'address']);
    },
  );

  it('a path of another deployment gets a conflict', async () => {
    const body = { hosts: { ids: [localId] }, files: files(join(folder, 'shop.pem')) };
    expect(await post(body)).toEqual([409, 'PATH_CLAIMED', null]);
  });

  it('a key that cannot be read, and a wrong passphrase, are refused before anything is saved', async () => {
    const body = { kind: 'ssh-key', name: 'bad', privateKey: 'not a key' };
    const answer = await app.asUser('POST', '/host-credentials', { body });
    expect([answer.status, answer.body.code]).toEqual([400, 'HOST_CREDENTIAL_INVALID']);
    expect(answer.body.details?.field).toBe('privateKey');
    const cipher = 'aes-256-cbc';
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher, passphrase: 'right' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    for (const [passphrase, message] of [
      [null, 'The private key cannot be read: it is encrypted. Enter its passphrase.'],
      ['wrong', 'The private key cannot be read: the passphrase is wrong, or the key is damaged.'],
    ] as const) {
      const encrypted = { kind: 'ssh-key', name: 'bad', privateKey, passphrase };
      const refused = await app.asUser('POST', '/host-credentials', { body: encrypted });
      expect(refused.body).toMatchObject({ error: message, details: { field: 'passphrase' } });
    }
    expect(JSON.stringify(await get('/host-credentials'))).not.toContain('"bad"');
  });
});
