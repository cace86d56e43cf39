// certdesk deploy, deployments and hosts test against the built server, with this machine as the host.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { SCRIPT } from '../../src/main/engine/deploy/remote/script-text.ts';
import { dayIn, systemTimeZone } from '../../src/shared/time-zone.ts';
import { dayName, weekdayOf } from '../../src/shared/week.ts';
import { answerSchema, type Ended, runCli, runInTerminal, shellLine } from '../support/server/cli.ts';
import { runCertdesk, type Server, startServer } from '../support/server/server.ts';
import { type CallAsUser, signIn } from '../support/server/signed-in-user.ts';
import { createOpenSsl, type OpenSsl } from '../support/tools/openssl.ts';

let folder: string;
let server: Server;
let openssl: OpenSsl;
let asUser: CallAsUser;

const data = (): string => join(folder, 'data');
const reload = (): string => join(folder, 'reload');
const env = () => ({ CERTDESK_DATA_DIR: data() });
const certdesk = (...args: readonly string[]): Promise<Ended> => runCli(args, { env: env() });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'certdesk-cli-'));
  expect(await ensureBuilt()).toBeNull();
  server = await startServer({ dataFolder: data() });
  openssl = await createOpenSsl();
  const link = await runCertdesk(['login-link', '--data-dir', data()]);
  asUser = await signIn(/https?:\/\/\S+/.exec(link)?.[0] ?? '');
  const san = ['DNS:shop.example.com'];
  const { certificate, privateKey } = await openssl.issue({ subject: '/CN=shop.example.com', san });
  writeFileSync(join(folder, 'shop.pem'), certificate + privateKey);
  expect((await certdesk('project', 'create', '--domain', 'shop.example.com')).code).toBe(0);
  expect((await certdesk('upload', 'shop.example.com', join(folder, 'shop.pem'))).code).toBe(0);
  const { projects } = JSON.parse((await certdesk('list', '--json')).stdout);
  writeFileSync(reload(), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  for (const name of ['here', 'there']) {
    const host = await asUser('POST', '/hosts', { body: { name, transport: 'local' } });
    const body = {
      name: `web ${name}`,
      hosts: { ids: [String(host.body.id)] },
      files: [{ content: 'combined', path: join(folder, `${name}.pem`) }],
      steps: { reloadCommand: [reload()] },
    };
    const created = await asUser('POST', `/projects/${projects[0].id}/deployments`, { body });
    expect(created.status, created.text).toBe(201);
  }
  expect(await certdesk('deploy', 'shop.example.com')).toMatchObject({ code: 0, stderr: '' });
}, 600_000);
afterAll(async () => {
  await server?.stop();
  await openssl?.remove();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => writeFileSync(reload(), '#!/bin/sh\nexit 0\n'));

describe('certdesk deploy', () => {
  it('waits for all hosts of a project and shows how each run ended', async () => {
    rmSync(join(folder, 'here.pem'));
    const { code, stdout, stderr } = await certdesk('deploy', 'shop.example.com');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^HOST +STATE +PROJECT +RUN\n/);
    expect(stdout).toMatch(/^here +deployed /m);
    expect(stdout).toMatch(/^there +unchanged /m);
    expect(existsSync(join(folder, 'here.pem'))).toBe(true);
  });

  it('takes the name or the ID of a deployment, and one host', async () => {
    const { stdout } = await certdesk('deploy', 'web there', '--force', '--json');
    const answer = JSON.parse(stdout);
    expect(answerSchema('POST', '/deployments/run').safeParse(answer).error).toBeUndefined();
    expect(answer.runs).toMatchObject([{ state: 'deployed', host: { name: 'there' } }]);
    const byId = JSON.parse((await certdesk('deploy', answer.runs[0].deploymentId, '--json')).stdout);
    expect(byId.runs).toMatchObject([{ state: 'unchanged', host: { name: 'there' } }]);
    const oneHost = JSON.parse(
      (await certdesk('deploy', 'shop.example.com', '--host', 'here', '--json')).stdout,
    );
    expect(oneHost.runs).toMatchObject([{ host: { name: 'here' } }]);
  });

  it('takes several names and tags, and says which project was not deployed', async () => {
    expect((await certdesk('project', 'create', '--domain', 'empty.example.com')).code).toBe(0);
    const two = await certdesk('deploy', 'web here', 'empty.example.com', '--json');
    expect(two.code).toBe(1);
    expect(two.stderr).toBe(
      'certdesk: empty.example.com: The project has no deployment\ncertdesk: 1 project was not deployed\n',
    );
    expect(JSON.parse(two.stdout).runs).toMatchObject([{ state: 'unchanged', host: { name: 'here' } }]);
    expect((await certdesk('project', 'tag', 'shop.example.com', '--add', 'shop')).code).toBe(0);
    const { code, stdout } = await certdesk('deploy', '--tag', 'shop', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).projects).toMatchObject([{ domain: 'shop.example.com', runs: 2, error: null }]);
    expect(await certdesk('deploy')).toMatchObject({
      code: 1,
      stderr: 'certdesk: projects: is empty: name projects, deployments or tags\n',
    });
  });

  it('says that a deployment is paused', async () => {
    const { runs } = JSON.parse((await certdesk('deploy', 'web here', '--json')).stdout);
    const path = `/deployments/${runs[0].deploymentId}`;
    expect((await asUser('POST', `${path}/pause`)).status).toBe(200);
    const { code, stderr } = await certdesk('deploy', 'web here');
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The deployment is paused. Resume it first.'),
    });
    expect((await asUser('POST', `${path}/resume`)).status).toBe(200);
  });

  it('shows the steps of each host on a terminal as they happen', async () => {
    const args = ['deploy', 'shop.example.com', '--force'];
    const { stdout } = await runInTerminal(shellLine(args), { env: env() });
    for (const host of ['here', 'there'])
      expect(stdout).toMatch(new RegExp(`\\d\\d:\\d\\d:\\d\\d {2}${host}: Files replaced, service reloaded`));
  });

  it('prints the runs and returns with --no-wait', async () => {
    const { code, stdout } = await certdesk('deploy', 'web here', '--force', '--no-wait', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).runs).toMatchObject([{ state: 'pending' }]);
    await expect
      .poll(async () => (await certdesk('deployments', '--json')).stdout)
      .not.toContain('"pending"');
  });

  it('says until when a deployment waits for its window, and ends without waiting for it', async () => {
    const { deployments } = JSON.parse((await certdesk('deployments', '--json')).stdout);
    const { id } = deployments.find(({ name }: { name: string }) => name === 'web here');
    const setWindow = async (window: object | null) =>
      expect((await asUser('PATCH', `/deployments/${id}`, { body: { window } })).status).toBe(200);
    const { general } = (await asUser('GET', '/settings')).body as unknown as {
      general: { timeZone: string | null };
    };
    const zone = general.timeZone ?? systemTimeZone();
    const day = weekdayOf(dayIn(zone, Date.now() + 2 * 86_400_000));
    await setWindow({ days: [day], start: '04:00', end: '05:00', timeZone: zone });
    const { code, stdout, stderr } = await certdesk('deploy', 'web here', '--force');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^here +waiting-for-window /m);
    expect((await certdesk('status')).stdout).toContain(`shop.example.com: deploying ${dayName(day)} 04:00`);
    await setWindow(null);
    await expect
      .poll(async () => (await certdesk('deployments', '--json')).stdout)
      .not.toMatch(/"state":"(waiting|deploying)"/);
  });

  it('exits with 1 and the sentence of each failed run', async () => {
    writeFileSync(reload(), '#!/bin/sh\necho "no such module" >&2\nexit 3\n');
    const one = await certdesk('deploy', 'web here', '--force');
    expect(one).toMatchObject({ code: 1, stdout: expect.stringMatching(/^here +rolled-back /m) });
    expect(one.stderr).toMatch(/^certdesk: here: .*the reload .*no such module.*\n$/);
    const { code, stderr } = await certdesk('deploy', 'shop.example.com', '--force', '--json');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^certdesk: here: .*\ncertdesk: there: .*\ncertdesk: 2 of 2 deployments failed\n$/,
    );
  });

  it('says which names are near', async () => {
    expect(await certdesk('deploy', 'shp.example.com')).toMatchObject({
      code: 1,
      stderr: 'certdesk: There is no project shp.example.com. Did you mean shop.example.com?\n',
    });
    expect(await certdesk('deploy', 'shop.example.com', '--host', 'nowhere')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no deployment on the host nowhere'),
    });
  });
});

describe('certdesk deployments', () => {
  it('lists all deployments, or those of one project', async () => {
    expect((await certdesk('project', 'create', '--domain', 'mail.example.com')).code).toBe(0);
    expect((await certdesk('deployments')).stdout).toMatch(/^PROJECT +DEPLOYMENT +STATE +SINCE +ID\n/);
    expect((await certdesk('deployments', 'shop.example.com')).stdout).toMatch(/web here/);
    expect(await certdesk('deployments', 'mail.example.com')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'No deployments\n',
    });
  });
});

describe('certdesk deployment preview', () => {
  it('says what each project would get, or why not', async () => {
    const path = join(folder, 'template.json');
    const files = [{ content: 'der', path: join(folder, '{domain}.der') }];
    writeFileSync(path, JSON.stringify({ name: 'der', hosts: { tag: 'none' }, files }));
    const { projects } = JSON.parse((await certdesk('list', '--json')).stdout);
    const ids = [projects[0].id, 'nobody'].join(',');
    const { code, stdout, stderr } = await certdesk('deployment', 'preview', path, '--projects', ids);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^PROJECT +FILES +REFUSED BECAUSE\n/);
    expect(stdout).toContain(join(folder, `${projects[0].domain}.der`));
    expect(stdout).toMatch(/^nobody +Project nobody not found$/m);
    expect(stderr).toContain(`creates the deployments here: ${server.address}/deployments/many`);
  });
});

describe('certdesk hosts import', () => {
  it('shows the hosts of a file, and on standard error what is refused', async () => {
    const path = join(folder, 'inventory');
    writeFileSync(path, '[web]\nweb[1:2] ansible_user=ops\nx ansible_host={{y}}\n');
    const { code, stdout, stderr } = await certdesk('hosts', 'import', path, '--tags', 'new');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NAME +ADDRESS +PORT +USER +TAGS\nweb1 +web1 +22 +ops +new, web\nweb2 /);
    expect(stderr).toMatch(/^Refused, line 3: x: ansible_host is a template of Jinja/);
    const next = `Nothing was added. A signed-in person adds hosts here: ${server.address}/hosts/import\n`;
    expect(stderr.endsWith(next), stderr).toBe(true);
    mkdirSync(join(folder, 'group_vars'));
    expect((await certdesk('hosts', 'import', path)).stderr).toMatch(
      /^Not read: .*group_vars\. Import the output of `ansible-inventory /,
    );
    expect((await certdesk('hosts', '--json')).stdout).not.toContain('web1');
  });
});

describe('certdesk hosts helper', () => {
  it('prints the helper, or writes it to a file', async () => {
    const printed = await certdesk('hosts', 'helper');
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(printed.stdout).toBe(SCRIPT);
    const path = join(folder, 'certdesk-deploy');
    expect((await certdesk('hosts', 'helper', '--output', path)).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(SCRIPT);
  });
});

describe('certdesk hosts test', () => {
  it('takes the name of a host and prints its checks', async () => {
    const { code, stdout, stderr } = await certdesk('hosts', 'test', 'here');
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^CHECK +STATE +MESSAGE\n/);
    expect(stdout).toMatch(/^shell +ok /m);
    expect(await certdesk('hosts', 'test', 'ther')).toMatchObject({
      code: 1,
      stderr: 'certdesk: There is no host ther. Did you mean there?\n',
    });
  });

  it('prints the check that failed, and exits with 1', async () => {
    const credential = await asUser('POST', '/host-credentials', {
      body: { kind: 'ssh-password', name: 'password', password: 'quite-secret' },
    });
    const port = Number(new URL(server.address).port);
    const ssh = { transport: 'ssh', address: '127.0.0.1', user: 'deploy', port };
    const body = { ...ssh, name: 'no sshd', credentialId: String(credential.body.id) };
    expect((await asUser('POST', '/hosts', { body })).status).toBe(201);
    const { code, stdout, stderr } = await certdesk('hosts', 'test', 'no sshd');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\S+ +failed /m);
    expect(stderr).toMatch(/^certdesk: .+\n$/);
  });
});
