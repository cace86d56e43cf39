// known_hosts over HTTP, with keys and hashed names of OpenSSH's own ssh-keygen: what is taken, what is refused, and why.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_KNOWN_HOSTS } from '../../src/shared/host.ts';
import { startApp, type TestApp } from '../support/server/app.ts';
import { findSecrets, textsOf } from '../support/tools/secret-search.ts';
import { describeWith, toolPath } from '../support/tools/tools.ts';

const PATHS = ['/hosts/known-hosts', '/hosts/known-hosts/match'];

interface Key {
  /** `ssh-ed25519 AAAA…` */
  readonly text: string;
  readonly type: string;
  readonly sha256: string;
}

describeWith('sshd', 'a known_hosts file over HTTP', () => {
  let app: TestApp;
  let folder: string;
  let [one, two, three]: readonly Key[] = [];

  const keygen = (...args: readonly string[]): string =>
    execFileSync(toolPath('CERTDESK_TEST_SSH_KEYGEN'), args, { encoding: 'utf8', stdio: 'pipe' });
  function makeKey(type: string): Key {
    const path = join(folder, type);
    keygen('-q', '-t', type, '-N', '', '-f', path);
    const [name = '', encoded = ''] = readFileSync(`${path}.pub`, 'utf8').split(' ');
    const [, sha256 = ''] = /SHA256:(\S+)/.exec(keygen('-lf', `${path}.pub`)) ?? [];
    return { text: `${name} ${encoded}`, type: name, sha256 };
  }
  /** With hashed names, as ssh writes them with HashKnownHosts. */
  function hashed(text: string): string {
    const path = join(folder, 'known_hosts');
    writeFileSync(path, text);
    keygen('-H', '-f', path);
    return readFileSync(path, 'utf8');
  }
  const read = async (text: string, more: object = {}) => {
    const body = { text, address: 'web1.example.com', ...more };
    const { status, body: answer, text: said } = await app.asUser('POST', '/hosts/known-hosts', { body });
    expect(status, said).toBe(200);
    return answer;
  };
  const shown = ({ type, sha256 }: Key) => ({ type, sha256 });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'certdesk-known-hosts-'));
    [one, two, three] = ['ed25519', 'ecdsa', 'rsa'].map(makeKey);
    app = await startApp();
  }, 60_000);
  afterAll(async () => {
    await app?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  it('has the keys of a hashed name, with and without a port', async () => {
    const text = hashed(`web1.example.com ${one?.text}\n[web1.example.com]:2222 ${two?.text}\n`);
    expect(text).not.toContain('web1');
    expect((await read(text)).keys).toEqual([one && shown(one)]);
    expect((await read(text, { port: 2222 })).keys).toEqual([two && shown(two)]);
    expect((await read(text, { address: 'web2.example.com' })).keys).toEqual([]);
  });

  it('takes a key that several lines have once', async () => {
    const line = `web1.example.com ${one?.text}\n`;
    expect((await read(line + line + hashed(line))).keys).toEqual([one && shown(one)]);
  });

  it('never takes a revoked key, and refuses certificate authorities and damaged keys by their lines', async () => {
    const text = [
      `web1.example.com ${one?.text}`,
      `web1.example.com ${two?.text}`,
      `@revoked * ${two?.text}`,
      `@cert-authority *.example.com ${three?.text}`,
      `web1.example.com ${three?.text.slice(0, -20)}`,
    ].join('\n');
    expect(await read(text)).toEqual({
      keys: [one && shown(one)],
      revoked: [two && shown(two)],
      skipped: [
        { line: 4, reason: expect.stringContaining('@cert-authority') },
        { line: 5, reason: expect.stringContaining('damaged') },
      ],
    });
  });

  it.each([
    ['binary', Buffer.from([0, 255, 1, 2, 10, 13, 0]).toString('latin1')],
    ['a web page', '<!doctype html>\n<title>web1.example.com ssh-ed25519</title>'],
    ['comments', '# web1.example.com ssh-ed25519 AAAA\n\n'],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n'],
  ])('finds nothing in nonsense: %s', async (_, text) => {
    expect(await read(text)).toEqual({ keys: [], revoked: [], skipped: [] });
  });

  it.each([
    ['text', { text: '' }],
    ['text', { text: 'x'.repeat(MAX_KNOWN_HOSTS + 1) }],
    ['address', { address: 'web1 example' }],
    ['port', { port: 0 }],
  ])('names the field %s that is wrong', async (field, more) => {
    const body = { text: '#', address: 'web1.example.com', ...more };
    const answer = await app.asUser('POST', '/hosts/known-hosts', { body });
    expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_REQUEST']);
    expect(answer.body.details?.issues?.[0 as never]?.field).toBe(field);
  });

  it('is read for a signed-in person only', async () => {
    for (const path of PATHS) {
      const body = { text: `web1.example.com ${one?.text}`, address: 'web1.example.com' };
      expect((await app.call('POST', path, { body, token: null })).status).toBe(401);
      expect((await app.call('POST', path, { body })).status).toBe(403);
    }
  });

  describe('for all saved hosts', () => {
    const match = async (text: string) =>
      (await app.asUser('POST', '/hosts/known-hosts/match', { body: { text } })).body;

    it('tells new keys from accepted ones, and counts the lines about other hosts', async () => {
      const secret = await app.asUser('POST', '/host-credentials', {
        body: { kind: 'ssh-password', name: 'password', password: 'quite-secret' },
      });
      const ssh = { transport: 'ssh', user: 'root', credentialId: String(secret.body.id) };
      const add = async (body: object) => String((await app.asUser('POST', '/hosts', { body })).body.id);
      const hostKeys = [one, three].flatMap((key) => (key === undefined ? [] : [shown(key)]));
      const web = await add({ ...ssh, name: 'web', address: 'web1.example.com', hostKeys });
      const mail = await add({ ...ssh, name: 'mail', address: '192.0.2.7', port: 2222 });
      await add({ name: 'here', transport: 'local' });
      await add({ ...ssh, name: 'not in the file', address: 'db.example.com' });
      const text = hashed(
        [
          `web1.example.com ${one?.text}`,
          `web1.example.com ${two?.text}`,
          `[192.0.2.7]:2222 ${two?.text}`,
          `other.example.com ${two?.text}`,
          `@revoked web1.example.com ${three?.text}`,
          `@cert-authority 192.0.2.* ${three?.text}`,
          '',
        ].join('\n'),
      );
      const result = await match(text);
      expect(result.otherLines).toBe(2); // the authority is for port 22
      expect(result.hosts).toEqual([
        {
          id: mail,
          name: 'mail',
          address: '192.0.2.7',
          port: 2222,
          keys: [{ ...(two && shown(two)), accepted: false }],
          revoked: [],
          skipped: [],
        },
        {
          id: web,
          name: 'web',
          address: 'web1.example.com',
          port: 22,
          keys: [
            { ...(one && shown(one)), accepted: true },
            { ...(two && shown(two)), accepted: false },
          ],
          revoked: [{ ...(three && shown(three)), accepted: true }],
          skipped: [],
        },
      ]);
    });

    it('finds nothing in nonsense', async () => {
      expect(await match('<html>')).toEqual({ hosts: [], otherLines: 0 });
    });
  });

  describe('the import of many hosts', () => {
    const send = (path: string, body: object) => app.asUser('POST', `/hosts/import${path}`, { body });
    const hostsNow = async () => (await app.call('GET', '/hosts')).body.hosts as unknown as object[];
    let credentialId: string;
    beforeAll(async () => {
      const body = { kind: 'ssh-password', name: 'import', password: 'quite-secret' };
      credentialId = String((await app.asUser('POST', '/host-credentials', { body })).body.id);
    });

    it('adds the hosts of a known_hosts file with their keys, and leaves saved hosts alone', async () => {
      const text = `imported1,192.0.2.81 ${one?.text}\n[imported2]:2222 ${two?.text}\n${hashed(`x ${two?.text}\n`)}`;
      const preview = await app.call('POST', '/hosts/import/preview', { body: { text } });
      expect(preview.status, preview.text).toBe(200);
      expect(preview.body).toMatchObject({
        format: 'known_hosts',
        hosts: [
          { name: 'imported1', port: 22, user: null, keys: [one && shown(one)] },
          { name: 'imported2:2222', address: 'imported2', port: 2222, keys: [two && shown(two)] },
        ],
        refused: [{ line: 3, reason: expect.stringContaining('hashed') }],
      });
      const body = { text, credentialId, user: 'deploy', acceptKeys: true, tags: ['imported'] };
      expect((await app.call('POST', '/hosts/import', { body })).status).toBe(403);
      const before = await hostsNow();
      const { status, body: result, text: said } = await send('', { ...body, names: ['imported1'] });
      expect(status, said).toBe(200);
      expect(result.created).toMatchObject([{ name: 'imported1' }]);
      const [saved] = (await hostsNow()).filter(
        (host) => !before.some((each) => Reflect.get(each, 'id') === Reflect.get(host, 'id')),
      );
      expect(saved).toMatchObject({ user: 'deploy', tags: ['imported'], hostKeys: [one && shown(one)] });
      const again = await send('', { ...body, text: `192.0.2.81,imported1 ${two?.text}`, user: 'root' });
      expect(again.body).toMatchObject({ created: [], existing: [{ host: { name: 'imported1' } }] });
      expect(await hostsNow()).toEqual([...before, saved].toSorted(byName));
    });

    it('adds the hosts of an inventory without its secrets, and keys only if a person takes them', async () => {
      const text = `all:\n  vars: {ansible_user: ops, ansible_become_pass: planted-secret}\n  children:\n    web:\n      hosts:\n        inv[1:2].example.com: {ansible_password: planted-secret}\n        inv3: {ansible_host: '{{ planted-secret }}'}\n`;
      const knownHosts = hashed(`inv1.example.com ${one?.text}\n`);
      const preview = await send('/preview', { text, knownHosts });
      const result = await send('', { text, knownHosts, credentialId });
      expect(result.body.created).toMatchObject([{ name: 'inv1.example.com' }, { name: 'inv2.example.com' }]);
      expect(result.body.refused).toMatchObject([{ name: 'inv3', reason: expect.stringContaining('Jinja') }]);
      expect(preview.body).toMatchObject({ hosts: [{ keys: [one && shown(one)] }, { keys: [] }] });
      const saved = await hostsNow();
      expect(saved).toContainEqual(
        expect.objectContaining({ name: 'inv1.example.com', user: 'ops', tags: ['web'], hostKeys: [] }),
      );
      const places = await textsOf(app.dataFolder, {
        log: app.log,
        answers: [preview.text, result.text, (await app.call('GET', '/audit')).text],
      });
      expect(findSecrets(places, ['planted-secret'])).toEqual([]);
    });

    it.each([
      ['credentialId', { text: 'x ansible_user=u' }],
      ['user', { text: 'y', credentialId: 'c' }],
      ['credentialId', { text: 'x ansible_user=u', credentialId: 'c' }],
      ['text', { text: '$ANSIBLE_VAULT;1.1;AES256\n61', credentialId: 'c' }],
      ['text', { text: 'a: {', credentialId: 'c' }],
      ['format', { text: 'x', format: 'csv' }],
    ])('names the field %s that is wrong, and adds nothing', async (field, body) => {
      const before = await hostsNow();
      const answer = await send('', body);
      expect([answer.status, answer.body.code]).toEqual([400, 'INVALID_REQUEST']);
      expect(answer.body.details?.issues?.[0 as never]?.field).toBe(field);
      expect(await hostsNow()).toEqual(before);
    });
  });
});

const byName = (a: unknown, b: unknown): number =>
  String(Reflect.get(Object(a), 'name')).localeCompare(String(Reflect.get(Object(b), 'name')));
