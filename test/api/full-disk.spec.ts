// A full disk, and a read-only one: a small tmpfs in its own mount namespace. Each failure says what to do, stored data
// is intact, and a certificate that the CA has issued meanwhile is not lost.
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Pebble, startPebble } from '../support/acme/pebble.ts';
import { type KillableServer, OWN_MOUNTS, startKillableServer } from '../support/kill/killable-server.ts';
import { describeWith } from '../support/tools/tools.ts';

const SOAK = process.env.CERTDESK_SOAK === '1';
const OBTAIN = { challengeType: 'http-01', keyType: 'ec' };
const [unshare, ...flags] = OWN_MOUNTS;
const mounts = spawnSync(unshare, [...flags, 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
/** Linux with user namespaces: elsewhere only root can create a disk of a certain size. */
const without = mounts.status === 0 ? null : String(mounts.error ?? mounts.stderr);

describeWith('pebble', 'a full disk', () => {
  let folder: string;
  let pebble: Pebble;
  let server: KillableServer;
  /** Obtained before the disk is full. */
  let old: { readonly path: string; readonly pem: string; readonly key: string };

  const newProject = async (domain: string): Promise<string> => {
    const { body } = await server.call('POST', '/projects', { body: { name: domain, domain } });
    return `/projects/${body.id}/certificate`;
  };
  const obtain = (path: string) => server.call('POST', `${path}/obtain`, { body: OBTAIN });
  const read = async (path: string) => ({
    path,
    pem: (await server.call('GET', `${path}/download?format=pem`)).text,
    key: (await server.call('GET', `${path}/download?format=key`)).text,
  });

  beforeAll(async () => {
    if (without !== null) return;
    folder = await mkdtemp(join(tmpdir(), 'certdesk-full-'));
    pebble = await startPebble();
    const rootsFile = join(folder, 'roots.pem');
    await writeFile(rootsFile, pebble.rootPem);
    const disk = join(folder, 'disk');
    await mkdir(disk);
    const { directoryUrl, httpPort } = pebble;
    const dns = { resolvers: [], endpoints: {}, authorityPort: null };
    const options = { directoryUrl, httpPort, rootsFile, dns, token: null, ownDiskMb: 8 };
    server = await startKillableServer({ ...options, dataFolder: join(disk, 'data') });
    const path = await newProject('old.example.com');
    expect((await obtain(path)).status).toBe(200);
    old = await read(path);
  });
  afterAll(async () => {
    await server?.kill();
    await pebble?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });
  const onOwnDisk = without === null ? it : it.skip;

  onOwnDisk(
    'is full: reads work, changes report it, and everything works again once there is room',
    async () => {
      const path = await newProject('full.example.com');
      const passphrase = 'four words chosen by dice';
      const asUser = await server.signIn();
      await asUser('POST', '/backups/passphrase', { body: { passphrase } });
      const { file } = (await server.call('POST', '/backups')).body;
      await server.fillDisk();
      const { status, text } = await server.call('GET', `${old.path}/download?format=pem`);
      expect({ status, text }).toEqual({ status: 200, text: old.pem });
      const refused = [
        await server.call('PATCH', path.replace('/certificate', ''), { body: { name: 'x'.repeat(100) } }),
        await server.call('POST', '/projects', { body: { name: 'new', domain: 'new.example.com' } }),
        await obtain(path),
        // A private key cannot be exported without an entry in the audit trail.
        await server.call('GET', `${old.path}/download?format=key`),
      ];
      for (const answer of refused) {
        expect(answer, answer.text).toMatchObject({ status: 500, body: { code: 'STORAGE_FAILED' } });
        expect(answer.text).toMatch(/disk is full: free some space/);
      }
      // A restore without enough space changes nothing: the same server continues.
      const restore = await asUser('POST', '/backups/restore', { body: { file, passphrase } });
      expect(restore, restore.text).toMatchObject({ status: 500 });
      expect(restore.text).toMatch(/disk is full: free some space/i);
      expect((await server.call('GET', '/projects')).body.projects).toHaveLength(2);
      await server.freeDisk();
      expect((await server.call('GET', '/backups')).body.restored).toBeNull();
      const after = await obtain(path);
      expect(after.status, after.text).toBe(200);
      expect(await read(old.path)).toEqual(old);
    },
  );

  onOwnDisk.each(SOAK ? ['after CA finalizeOrder', 'after CA getCertificate'] : ['after CA finalizeOrder'])(
    'is full %s: the certificate that the CA has issued is stored when there is room again',
    async (name) => {
      const path = await newProject(`${name.replaceAll(' ', '-').toLowerCase()}.example.com`);
      const [before, said] = [pebble.log().length, server.output().length];
      await server.arm({ name, nth: 1 }, 'fill');
      const answer = obtain(path);
      await expect.poll(() => pebble.log().slice(before)).toContain('Issued certificate serial');
      await expect.poll(() => server.output().slice(said)).toContain('The end of a job could not be stored');
      expect((await server.call('GET', path)).text).toBe('null');
      await server.freeDisk();
      expect((await answer).status).toBe(200);
      const log = pebble.log().slice(before);
      expect(log.match(/Added order/g)).toHaveLength(1);
      const [, issued = ''] = /Issued certificate serial ([0-9a-f]+)/.exec(log) ?? [];
      const { serialNumber } = new X509Certificate((await read(path)).pem);
      expect(BigInt(`0x${serialNumber}`)).toBe(BigInt(`0x${issued}`));
      expect((await server.call('GET', '/audit/verify')).body.ok).toBe(true);
    },
  );

  onOwnDisk(
    'is read-only: the start says so, nothing is changed, and the next one has all of it',
    async () => {
      const { code, message } = await server.startReadOnly();
      expect({ code, message }).toMatchObject({
        code: 'STORAGE_FAILED',
        message: expect.stringMatching(/read-only|cannot be written/),
      });
      expect(await read(old.path)).toEqual(old);
      expect((await server.call('GET', '/audit/verify')).body.ok).toBe(true);
    },
  );

  if (without !== null)
    it('[skipped: no tmpfs of one’s own can be mounted here]', (test) => test.skip(without));
});
