// Every command of the client against the built server and Pebble: tables, --json by the schemas of the OpenAPI document,
// exit codes.
import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { answerSchema, type Ended, PROGRAM, runCli } from '../support/server/cli.ts';
import { pebbleArgs, type Server, startServer } from '../support/server/server.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';
import { describeWith } from '../support/tools/tools.ts';

interface Listed {
  readonly projects: readonly { readonly domain: string }[];
}

describeWith('pebble', 'the commands for certificates', () => {
  let folder: string;
  let pebble: Pebble;
  let server: Server;
  let openssl: OpenSsl;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'certdesk-cli-'));
    expect(await ensureBuilt()).toBeNull();
    pebble = await startPebble();
    const args = await pebbleArgs(folder, pebble);
    server = await startServer({ dataFolder: join(folder, 'data'), args });
    openssl = await createOpenSsl();
  }, 600_000);
  afterAll(async () => {
    await server?.stop();
    await pebble?.stop();
    await openssl?.remove();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const certdesk = (...args: readonly string[]): Promise<Ended> =>
    runCli(args, { env: { CERTDESK_DATA_DIR: join(folder, 'data') } });

  /** Standard output of a command that succeeds and writes nothing to standard error. */
  async function output(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await certdesk(...args);
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    return stdout;
  }

  /** The answer with --json, which must be one line and match the schema of the operation. */
  async function json(args: readonly string[], method: string, path: string, status = 200): Promise<unknown> {
    const text = await output(...args, '--json');
    expect(text).toMatch(/^\{.*\}\n$/);
    const answer = JSON.parse(text);
    expect(answerSchema(method, path, status).safeParse(answer).error).toBeUndefined();
    return answer;
  }

  it('obtain creates a project for a domain and waits for the certificate', async () => {
    const { code, stdout, stderr } = await certdesk('obtain', 'one.example.com', '--key-type', 'ec');
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Created the project one.example.com\n' });
    expect(stdout).toMatch(
      /^one\.example\.com: certificate obtained, valid until \d{4}-\d\d-\d\d \d\d:\d\d UTC\S* \(Pebble.*\)\n$/,
    );
  });

  it('obtain prints the answer of the REST request with --json, one line for each name', async () => {
    const { code, stdout } = await certdesk('obtain', 'two.example.com', 'three.example.com', '--json');
    expect(code).toBe(0);
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ certificate }) => certificate.domain)).toEqual([
      'two.example.com',
      'three.example.com',
    ]);
    const schema = answerSchema('POST', '/projects/{id}/certificate/obtain');
    for (const answer of answers) expect(schema.safeParse(answer).error).toBeUndefined();
  });

  it('obtain --dry-run stores nothing', async () => {
    const { code, stdout } = await certdesk('obtain', 'dry.example.com', '--dry-run');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'dry.example.com: the dry run succeeded; no certificate was stored\n',
    });
    expect(await output('show', 'dry.example.com')).toMatch(/^Status\s+none$/m);
    await output('project', 'delete', 'dry.example.com');
  });

  it('obtain uses the settings of the last request again', async () => {
    await output('obtain', 'one.example.com');
    const details = await server.call(
      'GET',
      `/projects/${await idOf('one.example.com')}/certificate/details`,
      {
        token: localToken(),
      },
    );
    expect(details.body).toMatchObject({ spec: { keyType: 'ec' } });
  });

  it('obtain continues with the other names if one fails, and exits with 1', async () => {
    const { code, stdout, stderr } = await certdesk('obtain', 'nodots', 'four.example.com');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^four\.example\.com: certificate obtained/);
    expect(stderr).toContain('certdesk: nodots: There is no project nodots');
    expect(stderr).toMatch(/certdesk: 1 of 2 failed\n$/);
  });

  it('list shows state and expiry of each certificate, in the time zone of the settings', async () => {
    const body = { general: { timeZone: 'Asia/Kolkata' } };
    const changed = await server.call('PATCH', '/settings', { token: localToken(), body });
    expect(changed.status).toBe(200);
    const [head = '', ...rows] = (await output('list')).trimEnd().split('\n');
    expect(head).toMatch(/^DOMAIN +STATUS +EXPIRES +LEFT +NEXT RENEWAL +ISSUER$/);
    expect(rows.find((row) => row.startsWith('one.example.com '))).toMatch(
      / valid +\d{4}-\d\d-\d\d \d\d:\d\d UTC\+5:30 +\d+ days +\d{4}-\d\d-\d\d \d\d:\d\d UTC\+5:30 +Pebble/,
    );
    expect(await output('list', '--q', 'three')).not.toContain('one.example.com');
    await json(['list'], 'GET', '/projects');
  });

  it('projects lists names and IDs', async () => {
    expect(await output('projects')).toMatch(/^NAME +DOMAIN +CERTIFICATE +ID\n/);
    await json(['projects'], 'GET', '/projects');
  });

  it('list shows the projects that have all tags of repeated options', async () => {
    for (const domain of ['one.example.com', 'two.example.com'])
      await output('project', 'tag', domain, '--add', 'shops');
    await output('project', 'tag', 'two.example.com', '--add', 'eu');
    const domainsOf = async (...args: readonly string[]) =>
      ((await json(['list', ...args], 'GET', '/projects')) as Listed).projects.map(({ domain }) => domain);
    expect((await domainsOf('--tag', 'shops')).sort()).toEqual(['one.example.com', 'two.example.com']);
    expect(await domainsOf('--tag', 'eu', '--tag', 'shops')).toEqual(['two.example.com']);
    expect(await domainsOf('--tag', 'shops,eu')).toEqual(['two.example.com']);
  });

  it('show describes a project by its domain, its name or its ID', async () => {
    const id = await idOf('one.example.com');
    const text = await output('show', 'one.example.com');
    expect(text).toMatch(/^Status +valid$/m);
    expect(text).toMatch(new RegExp(`^ID +${id}$`, 'm'));
    for (const name of [id, 'ONE.example.com', 'one.example.com.'])
      expect(await output('show', name)).toBe(text);
    await json(['show', 'one.example.com'], 'GET', '/projects/{id}');
  });

  it('show suggests the nearest name', async () => {
    expect(await certdesk('show', 'oen.example.com')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'certdesk: There is no project oen.example.com. Did you mean one.example.com?\n',
    });
    const { code, stdout } = await certdesk('show', 'unheard-of', '--json');
    expect({ code, answer: JSON.parse(stdout) }).toMatchObject({
      code: 1,
      answer: { code: 'PROJECT_NOT_FOUND' },
    });
  });

  it('status summarizes all certificates', async () => {
    const text = await output('status');
    expect(text).toMatch(/^\d+ projects, \d+ valid/m);
    await json(['status'], 'GET', '/overview');
  });

  it('renew replaces the certificate', async () => {
    const serial = serialOf(await output('show', 'one.example.com'));
    expect(await output('renew', 'one.example.com')).toMatch(
      /^one\.example\.com: certificate renewed, valid until /,
    );
    expect(serialOf(await output('show', 'one.example.com'))).not.toBe(serial);
    await json(['renew', 'two.example.com'], 'POST', '/projects/{id}/certificate/renew');
  });

  it('renew --no-wait prints the job, which job shows', async () => {
    const answer = await json(
      ['renew', 'three.example.com', '--no-wait'],
      'POST',
      '/projects/{id}/certificate/renew',
      202,
    );
    const { id } = (answer as { job: { id: string } }).job;
    await expect.poll(async () => (await certdesk('job', id)).stdout).toMatch(/^Renewal \S+: succeeded\n/);
    expect(await output('job', id)).toMatch(/^ {2}\d\d:\d\d:\d\d {2}Finalize order: /m);
    await json(['job', id], 'GET', '/jobs/{jobId}');
  });

  it('jobs lists jobs with the domains of their projects', async () => {
    expect(await output('jobs', '--limit', '2')).toMatch(
      /^JOB +KIND +PROJECT +STATE +STEP +CREATED\n\S+ +renew +three\.example\.com +succeeded/,
    );
    await json(['jobs'], 'GET', '/jobs');
  });

  it('confirm says that a job waits for no records', async () => {
    const { jobs } = (await json(['jobs'], 'GET', '/jobs')) as { jobs: { id: string }[] };
    expect(await output('confirm', jobs[0]?.id ?? '')).toBe('The job was not waiting for records\n');
  });

  it('export prints the certificate, and writes the key to a file for its owner only', async () => {
    const pem = await output('export', 'one.example.com');
    expect(new X509Certificate(pem).subjectAltName).toBe('DNS:one.example.com');
    const file = join(folder, 'key.pem');
    const { code, stdout } = await certdesk('export', 'one.example.com', '--format', 'key', '--output', file);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  });

  it('fetch writes certificate and key of a project’s ID to a file for its owner only', async () => {
    const file = join(folder, 'pair.pem');
    expect((await certdesk('fetch', await idOf('one.example.com'), '--output', file)).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(
      /^-----BEGIN CERTIFICATE-----[\s\S]*-----BEGIN PRIVATE KEY-----/,
    );
  });

  it('export reads the password of a PFX from a file or standard input, never from an argument', async () => {
    const password = join(folder, 'password');
    writeFileSync(password, 'correct horse battery\n');
    const file = join(folder, 'one.pfx');
    const args = ['export', 'one.example.com', '--format', 'pfx', '--output', file];
    expect((await certdesk(...args, '--password-file', password)).code).toBe(0);
    const env = { CERTDESK_DATA_DIR: join(folder, 'data') };
    const [head] = readFileSync(file);
    expect(head).toBe(0x30); // an ASN.1 sequence
    expect(
      (await runCli([...args, '--password-stdin'], { env, input: 'correct horse battery\n' })).code,
    ).toBe(0);
    expect(await certdesk(...args, '--password', 'x')).toMatchObject({ code: 2 });
  });

  it('upload reads files in any order and format', async () => {
    const { certificate, privateKey } = await openssl.issue({
      subject: '/CN=up.example.com',
      san: ['DNS:up.example.com'],
    });
    const [certFile, keyFile] = [join(folder, 'up.pem'), join(folder, 'up.key')];
    writeFileSync(certFile, certificate);
    writeFileSync(keyFile, privateKey);
    await json(['project', 'create', '--domain', 'up.example.com'], 'POST', '/projects', 201);
    expect(await output('upload', 'up.example.com', keyFile, certFile)).toMatch(
      /^Domain +up\.example\.com$/m,
    );
    await json(['upload', 'up.example.com', certFile, keyFile], 'POST', '/projects/{id}/certificate/upload');
    const missing = await certdesk('upload', 'up.example.com', certFile);
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^certdesk: The private key is missing/),
    });
    expect((await certdesk('upload', 'up.example.com', '/nowhere')).code).toBe(2);
  });

  it('remove and restore undo each other', async () => {
    await json(['remove', 'up.example.com'], 'DELETE', '/projects/{id}/certificate');
    expect(await certdesk('remove', 'up.example.com')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'certdesk: The project has no certificate\n',
    });
    await json(['restore', 'up.example.com'], 'POST', '/projects/{id}/certificate/restore');
    await output('remove', 'up.example.com', '--yes');
    expect(await output('project', 'delete', 'up.example.com')).toBe('Project removed\n');
  });

  it('revoke can obtain a replacement first', async () => {
    const before = serialOf(await output('show', 'two.example.com'));
    await json(
      ['revoke', 'two.example.com', '--reason', 'superseded', '--replace'],
      'POST',
      '/projects/{id}/certificate/revoke',
    );
    expect(await pebble.certificateStatus(before)).toMatchObject({ status: 'Revoked', reason: 4 });
    expect(await output('show', 'two.example.com')).toMatch(/^Status +valid$/m);
    expect(await output('revoke', 'two.example.com')).toBe('two.example.com: certificate revoked\n');
    expect((await certdesk('revoke', 'two.example.com')).stderr).toMatch(
      /^certdesk: The certificate was revoked at /,
    );
  });

  it('client-use acknowledges that a service may present the certificate as a client, and withdraws that', async () => {
    const domain = 'three.example.com';
    const acknowledge = ['client-use', 'acknowledge', domain];
    const clientAuth = async () =>
      (
        await server.call('GET', `/projects/${await idOf(domain)}/certificate/details`, {
          token: localToken(),
        })
      ).body.clientAuth;
    const xmpp = expect.stringContaining('XMPP servers present it to each other');
    expect(await certdesk(...acknowledge, '--note', 'Nothing to acknowledge')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^certdesk: No service is known that may present the certificate/),
    });
    await output('endpoint', 'add', '127.0.0.1', '--port', '5269', '--project-ids', await idOf(domain));
    expect(await clientAuth()).toMatchObject({ warnings: [xmpp], acknowledgement: null });
    expect(await certdesk(...acknowledge)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('note'),
    });
    expect(await output(...acknowledge, '--note', 'No server-to-server connections')).toBe(
      'The use as a client is acknowledged. A warning returns if another service is added\n',
    );
    const acknowledgement = { note: 'No server-to-server connections', uses: [xmpp] };
    expect(await clientAuth()).toMatchObject({ warnings: [], acknowledgement });
    const path = '/projects/{id}/certificate/client-use-acknowledgement';
    await json(['client-use', 'withdraw', domain], 'DELETE', path);
    expect(await clientAuth()).toMatchObject({ warnings: [xmpp], acknowledgement: null });
    await json([...acknowledge, '--note', 'Again'], 'POST', path);
    expect(await output('client-use', 'withdraw', domain)).toBe('The acknowledgement is withdrawn\n');
  });

  it('says why the CA could not validate a name, and what to do', async () => {
    // Nothing answers at this address.
    await pebble.challtestsrv.addA('closed.example.com', ['127.0.0.9']);
    const { code, stderr } = await certdesk('obtain', 'closed.example.com');
    expect(code).toBe(1);
    const [name = '', reason] = stderr.trimEnd().split('\n').slice(-2);
    expect(stderr).toContain('\ncertdesk: HTTP-01 challenge failed: Could not verify domain ownership\n');
    expect(name).toMatch(/^ {2}closed\.example\.com: .*port 80/);
    expect(reason).toMatch(/^ {4}The CA says: .*127\.0\.0\.9/);
    const { jobs } = (await json(['jobs', '--limit', '1'], 'GET', '/jobs')) as { jobs: { id: string }[] };
    expect(await output('job', jobs[0]?.id ?? '')).toContain(name);
  });

  it('a failed job ends with its sentence, and with --json its error', async () => {
    const { code, stdout, stderr } = await certdesk(
      'obtain',
      'x.example.com',
      '--ca',
      'unheard-of',
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ success: false, code: 'UNKNOWN_CA' });
    expect(stderr).toContain(`certdesk: ${JSON.parse(stdout).error}\n`);
  });

  it('records what it changes in the audit trail, as the command line', async () => {
    const { entries } = (
      await server.call('GET', '/audit?operation=certificates.renew', { token: localToken() })
    ).body as unknown as { entries: { actor: object }[] };
    expect(entries.length).toBeGreaterThan(0);
    for (const { actor } of entries) expect(actor).toMatchObject({ kind: 'command-line', id: null });
  });

  const accessFile = (): string => join(folder, 'data/command-line.json');
  const localToken = (): string => JSON.parse(readFileSync(accessFile(), 'utf8')).token;
  const serialOf = (text: string): string => /^Serial +(\S+)$/m.exec(text)?.[1] ?? '';

  async function idOf(domain: string): Promise<string> {
    const { projects } = JSON.parse(await output('list', '--json')) as {
      projects: { id: string; domain: string }[];
    };
    return projects.find((project) => project.domain === domain)?.id ?? '';
  }

  it('runs the ten lines of docs/rest-api.md', async () => {
    const page = readFileSync(new URL('../../docs/rest-api.md', import.meta.url), 'utf8');
    const [, block = ''] = /<!-- test: ten lines of certdesk -->\s*```sh\n(.*?)\n```/s.exec(page) ?? [];
    expect(block.split('\n')).toHaveLength(10);
    const script = `set -eu; cd "$1"; certdesk() { '${process.execPath}' '${PROGRAM}' "$@"; }\n${block}`;
    const program = ['bash', '-c', script, 'bash'] as const;
    const ended = await runCli([folder], { program, env: { CERTDESK_DATA_DIR: join(folder, 'data') } });
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    expect(new X509Certificate(readFileSync(join(folder, 'www.pem'))).subjectAltName).toBe(
      'DNS:www.example.com',
    );
  });

  it('finds the server by a file that only its owner can read, which a stop removes', async () => {
    expect(statSync(accessFile()).mode & 0o777).toBe(0o600);
    expect(await server.stop()).toBe(0);
    expect(existsSync(accessFile())).toBe(false);
    expect(await certdesk('list')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^certdesk: No Certdesk server is running on the data folder /),
    });
  });
});
