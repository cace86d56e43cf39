// What every transport must do (engine/deploy/transport.ts), on a real host. The suites of the transports call it.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FileToStage, Step, Transport } from '../../../src/main/engine/deploy/transport.ts';
import { toolPath } from '../tools/tools.ts';
import { testCommands } from './transport-commands.ts';
import { testFacts } from './transport-facts.ts';
import { commandAt, commandLog, fileAt, newRun, SIGNAL, temporariesIn } from './transport-files.ts';

export interface TransportWorld {
  /** A folder of the host that only root can write, with the same path here. */
  readonly site: string;
  /** Where the host keeps runs. */
  readonly stateFolder: string;
  /** Folders in which nothing may stay besides runs. */
  readonly uploads: readonly string[];
  connect(): Promise<Transport>;
  /** Whether commands of a swap must be on the helper's list: `commands` of the site are. */
  readonly sudo: boolean;
  /** Mounts a file system of 64 KiB in the site. @returns what unmounts it */
  mountSmall(folder: string): () => void;
  stop(): Promise<void>;
}

export { commandAt, fileAt, newRun, SIGNAL };

export function testTransport(name: string, start: () => Promise<TransportWorld>): void {
  describe(`a transport: ${name}`, () => {
    let world: TransportWorld;
    let transport: Transport;
    let site: string;
    beforeAll(async () => {
      world = await start();
      transport = await world.connect();
    });
    afterAll(async () => {
      transport?.close();
      await world?.stop();
    });
    beforeEach(() => {
      site = world.site;
      execFileSync('find', [site, '-mindepth', '1', '-xdev', '-delete']);
    });

    const at = (path: string) => join(site, path);
    const read = (path: string) => readFileSync(at(path), 'utf8');
    const step = (which: 'validate' | 'reload', script = 'exit 0', seconds = 60) =>
      commandAt(site, which, script, seconds);
    const write = (path: string, content: string, mode = 0o644) => {
      writeFileSync(at(path), content);
      chmodSync(at(path), mode);
    };
    const stage = (runId: string, ...files: FileToStage[]) =>
      transport.stage({ runId, deploymentId: 'site', files }, SIGNAL());
    const swap = (runId: string, validate: Step | null = null, reload: Step | 'later' | null = null) =>
      transport.swap({ runId, validate, reload }, SIGNAL());
    const deploy = async (...files: FileToStage[]) => {
      const runId = newRun();
      await stage(runId, ...files);
      return swap(runId);
    };
    const refusal = (reason: string) =>
      expect.objectContaining({ code: 'HOST_FILE_REFUSED', details: expect.objectContaining({ reason }) });

    it('swaps several files as one, validates, and reloads once', async () => {
      write('a.pem', 'old');
      const runId = newRun();
      const staged = await stage(runId, fileAt(at('a.pem'), 'new'), fileAt(at('a.key'), 'key'));
      expect(staged.map(({ path, exists }) => [path, exists])).toEqual([
        [at('a.pem'), true],
        [at('a.key'), false],
      ]);
      expect(read('a.pem')).toBe('old');
      expect(await transport.outcome(runId, SIGNAL())).toEqual({ state: 'staged' });
      const result = await swap(runId, step('validate'), step('reload', `cat ${at('a.pem')} ${at('a.key')}`));
      expect(result).toMatchObject({ runId, state: 'swapped', reloadOwed: false, error: null });
      expect(result.steps).toMatchObject([
        { step: 'validate', exitCode: 0 },
        { step: 'reload', exitCode: 0, output: 'newkey' },
      ]);
      expect([read('a.pem'), read('a.key')]).toEqual(['new', 'key']);
      expect(statSync(at('a.key')).mode & 0o777).toBe(0o600);
      expect(temporariesIn(site)).toEqual([]);
      for (const folder of world.uploads) if (existsSync(folder)) expect(readdirSync(folder)).toEqual([]);
      expect(await swap(runId, step('validate'), step('reload'))).toEqual(result);
      expect(commandLog(site)).toEqual(['validate', 'reload']);
      expect(await transport.outcome(runId, SIGNAL())).toMatchObject({
        state: 'finished',
        result: { runId },
      });
    });

    it('reports what is at a path, and reads it', async () => {
      write('a.pem', 'content', 0o640);
      symlinkSync('a.pem', at('link.pem'));
      const states = await transport.stat([at('link.pem'), at('none.pem')], SIGNAL());
      expect(states).toMatchObject([
        { realPath: at('a.pem'), isLink: true, owner: 'root', group: 'root', mode: '0640', size: 7 },
        null,
      ]);
      expect(Buffer.from(await transport.read(at('a.pem'), { maxBytes: 7 }, SIGNAL())).toString()).toBe(
        'content',
      );
      await expect(transport.read(at('a.pem'), { maxBytes: 6 }, SIGNAL())).rejects.toEqual(
        refusal('too-large'),
      );
      await expect(transport.read(at('none.pem'), { maxBytes: 6 }, SIGNAL())).rejects.toEqual(
        refusal('missing'),
      );
    });

    it('keeps owner, group, mode and ACL of a file, and sets those of the request', async () => {
      const { keepsAcl } = await transport.facts([], SIGNAL());
      write('kept.pem', 'old', 0o640);
      chownSync(at('kept.pem'), 33, 8);
      if (keepsAcl) execFileSync(toolPath('CERTDESK_TEST_SETFACL'), ['-m', 'u:65534:r', at('kept.pem')]);
      const before =
        keepsAcl && execFileSync(toolPath('CERTDESK_TEST_GETFACL'), ['-cn', at('kept.pem')]).toString();
      write('set.pem', 'old', 0o755);
      await deploy(
        fileAt(at('kept.pem'), 'new'),
        fileAt(at('set.pem'), 'new', { owner: 'www-data', group: '8', mode: '0440' }),
        fileAt(at('executable.pem'), 'new', { newFileMode: '0644' }),
      );
      expect(read('kept.pem')).toBe('new');
      expect(statSync(at('kept.pem'))).toMatchObject({ uid: 33, gid: 8 });
      expect(statSync(at('kept.pem')).mode & 0o7777).toBe(0o640);
      if (keepsAcl)
        expect(execFileSync(toolPath('CERTDESK_TEST_GETFACL'), ['-cn', at('kept.pem')]).toString()).toBe(
          before,
        );
      expect(statSync(at('set.pem'))).toMatchObject({ uid: 33, gid: 8, mode: 0o100440 });
      expect(statSync(at('executable.pem')).mode & 0o7777).toBe(0o644);
    });

    it('follows a link to its target, which stays a link', async () => {
      mkdirSync(at('real'));
      if (world.sudo) return; // its list names the real path
      write('real/a.pem', 'old');
      symlinkSync('real/a.pem', at('a.pem'));
      const runId = newRun();
      expect(await stage(runId, fileAt(at('a.pem'), 'new'))).toMatchObject([{ realPath: at('real/a.pem') }]);
      await swap(runId);
      expect(readlinkSync(at('a.pem'))).toBe('real/a.pem');
      expect(read('real/a.pem')).toBe('new');
    });

    it('refuses a link that others could have made, and the folder of certbot', async () => {
      write('secret', 'secret', 0o600);
      mkdirSync(at('open'));
      chmodSync(at('open'), 0o1777);
      symlinkSync(at('secret'), at('open/a.pem'));
      await expect(deploy(fileAt(at('open/a.pem'), 'new'))).rejects.toEqual(
        refusal(world.sudo ? 'not-listed' : 'unsafe-link'),
      );
      expect(read('secret')).toBe('secret');
      for (const name of ['archive/x', 'renewal', 'live/x']) mkdirSync(at(`le/${name}`), { recursive: true });
      write('le/archive/x/cert1.pem', 'old');
      symlinkSync('../../archive/x/cert1.pem', at('le/live/x/cert.pem'));
      symlinkSync('le/live/x/cert.pem', at('b.pem'));
      for (const path of world.sudo ? ['b.pem'] : ['b.pem', 'le/live/x/cert.pem', 'le/live/x/new.pem'])
        await expect(deploy(fileAt(at(path), 'new'))).rejects.toEqual(refusal('certbot-live'));
      expect(read('le/archive/x/cert1.pem')).toBe('old');
    });

    it('replaces a file in place: the inode stays, and a rollback restores it', async () => {
      write('a.pem', 'a longer old content', 0o640);
      const { ino } = statSync(at('a.pem'));
      const first = newRun();
      await stage(first, fileAt(at('a.pem'), 'new', { replace: 'in-place' }));
      await swap(first, null, step('reload'));
      expect(read('a.pem')).toBe('new');
      await transport.rollBack({ runId: first, reload: step('reload') }, SIGNAL());
      expect(read('a.pem')).toBe('a longer old content');
      expect(statSync(at('a.pem'))).toMatchObject({ ino, mode: 0o100640 });
      await expect(deploy(fileAt(at('none.pem'), 'new', { replace: 'in-place' }))).rejects.toEqual(
        refusal('missing'),
      );
    });

    it('creates temporaries exclusively, in a folder that nobody else can read', async () => {
      const planted = newRun();
      mkdirSync(at('elsewhere'));
      symlinkSync(at('elsewhere'), at(`.certdesk-${planted}.0`));
      await expect(stage(planted, fileAt(at('a.pem'), 'new'))).rejects.toMatchObject({
        code: 'HOST_FILE_REFUSED',
      });
      expect(readdirSync(at('elsewhere'))).toEqual([]);
      const runId = newRun();
      await stage(runId, fileAt(at('a.key'), 'secret'));
      const folder = lstatSync(at(`.certdesk-${runId}.0`));
      expect([folder.isDirectory(), folder.uid, folder.mode & 0o777]).toEqual([true, 0, 0o700]);
      await transport.discard(runId, SIGNAL());
      expect(temporariesIn(site)).not.toContain(`.certdesk-${runId}.0`);
      expect(await transport.outcome(runId, SIGNAL())).toBeNull();
    });

    it('leaves nothing on a full disk', async () => {
      mkdirSync(at('small'));
      const unmount = world.mountSmall(at('small'));
      try {
        const runId = newRun();
        await expect(
          stage(runId, fileAt(at('a.pem'), 'fits'), fileAt(at('small/b.pem'), 'x'.repeat(200_000))),
        ).rejects.toEqual(refusal('no-space'));
        expect(temporariesIn(site)).toEqual([]);
        expect(await transport.outcome(runId, SIGNAL())).toBeNull();
      } finally {
        unmount();
      }
    });

    it('restores everything if validation fails, without a reload', async () => {
      write('a.pem', 'old', 0o640);
      const runId = newRun();
      await stage(runId, fileAt(at('a.pem'), 'new'), fileAt(at('first.key'), 'key'));
      const result = await swap(runId, step('validate', 'echo syntax error; exit 2'), step('reload'));
      expect(result).toMatchObject({
        state: 'rolled-back',
        reloadOwed: false,
        error: expect.stringContaining('not valid'),
      });
      expect(result.steps).toMatchObject([{ step: 'validate', exitCode: 2, output: 'syntax error\n' }]);
      expect(read('a.pem')).toBe('old');
      expect(existsSync(at('first.key'))).toBe(false);
      expect(commandLog(site)).toEqual(['validate']);
      expect(temporariesIn(site)).toEqual([]);
    });

    it('restores everything if the reload fails, reloads again, and reports both', async () => {
      write('a.pem', 'old', 0o640);
      const runId = newRun();
      await stage(runId, fileAt(at('a.pem'), 'new'));
      const result = await swap(
        runId,
        null,
        step('reload', `cat ${at('a.pem')}; grep -q old ${at('a.pem')}`),
      );
      expect(result).toMatchObject({
        state: 'rolled-back',
        reloadOwed: false,
        error: expect.stringContaining('reload'),
      });
      expect(result.steps).toMatchObject([
        { step: 'reload', exitCode: 1, output: 'new' },
        { step: 'reload-after-rollback', exitCode: 0, output: 'old' },
      ]);
      const second = newRun();
      await stage(second, fileAt(at('a.pem'), 'new'));
      expect(await swap(second, null, step('reload', 'exit 1'))).toMatchObject({
        state: 'rolled-back',
        reloadOwed: true,
      });
      expect(read('a.pem')).toBe('old');
    });

    it('rolls a finished run back, unless a file has changed since', async () => {
      write('a.pem', 'old', 0o640);
      const runId = newRun();
      await stage(runId, fileAt(at('a.pem'), 'new'), fileAt(at('b.key'), 'key'));
      await swap(runId, null, step('reload'));
      write('b.key', 'edited');
      await expect(transport.rollBack({ runId, reload: null }, SIGNAL())).rejects.toEqual(refusal('changed'));
      expect(read('a.pem')).toBe('new');
      write('b.key', 'key');
      const back = await transport.rollBack({ runId, reload: step('reload') }, SIGNAL());
      expect(back).toMatchObject({ state: 'rolled-back', error: null, reloadOwed: false });
      expect(await transport.rollBack({ runId, reload: step('reload') }, SIGNAL())).toEqual(back);
      expect(read('a.pem')).toBe('old');
      expect(existsSync(at('b.key'))).toBe(false);
      expect(commandLog(site)).toEqual(['reload', 'reload']);
    });

    it('reloads once for several runs, and restores all of them if that fails', async () => {
      const ids = [newRun(), newRun()] as const;
      const prepare = async (content: string) => {
        for (const [index, runId] of ids.entries()) {
          const request = {
            runId: `${runId}-${content}`,
            deploymentId: `d${index}`,
            files: [fileAt(at(`${index}.pem`), content)],
          };
          await transport.stage(request, SIGNAL());
          expect(await swap(request.runId, null, 'later')).toMatchObject({
            state: 'swapped',
            reloadOwed: true,
          });
        }
        return ids.map((runId) => `${runId}-${content}`);
      };
      const good = await transport.reload({ runIds: await prepare('one'), reload: step('reload') }, SIGNAL());
      expect(good).toMatchObject([
        { state: 'swapped', reloadOwed: false },
        { state: 'swapped', reloadOwed: false },
      ]);
      expect(commandLog(site)).toEqual(['reload']);
      const reload = step('reload', `grep -q one ${at('0.pem')} ${at('1.pem')}`);
      const bad = await transport.reload({ runIds: await prepare('two'), reload }, SIGNAL());
      expect(bad).toMatchObject([
        { state: 'rolled-back', reloadOwed: false },
        { state: 'rolled-back', reloadOwed: false },
      ]);
      expect([read('0.pem'), read('1.pem')]).toEqual(['one', 'one']);
      expect(commandLog(site)).toEqual(['reload', 'reload', 'reload']);
    });

    it('keeps one previous generation, readable by nobody else, and deletes it on request', async () => {
      await deploy(fileAt(at('a.key'), 'one'));
      await deploy(fileAt(at('a.key'), 'two'));
      await deploy(fileAt(at('a.key'), 'three'));
      const kept = () =>
        readdirSync(join(world.stateFolder, 'site'), { recursive: true, encoding: 'utf8' }).filter((name) =>
          name.includes('old.'),
        );
      expect(kept().map((name) => readFileSync(join(world.stateFolder, 'site', name), 'utf8'))).toEqual([
        'two',
      ]);
      expect(statSync(world.stateFolder).mode & 0o777).toBe(0o700);
      await transport.deleteGenerations('site', SIGNAL());
      expect(kept()).toEqual([]);
    });

    it.each([
      ['folder', { path: '' }, 'is-a-folder'],
      ['none/a.pem', {}, 'folder-missing'],
      ['../a.pem', {}, 'invalid'],
      ['a.pem', { owner: 'no-such-user' }, 'owner-unknown'],
      ['a.pem', { group: 'no such group' }, 'owner-unknown'],
      ['a.pem', { mode: '0755' }, 'invalid'],
      ['a.pem', { mode: '4644' }, 'invalid'],
      ['a\n.pem', {}, 'invalid'],
    ])('refuses %j with %j as %s, and changes nothing', async (name, changes, reason) => {
      mkdirSync(at('folder'));
      const file = fileAt(`${site}/${name}`, 'new', { ...changes, path: `${site}/${name}` });
      const listed = world.sudo && ['none/a.pem', '../a.pem'].includes(name);
      await expect(deploy(file)).rejects.toEqual(refusal(listed ? 'not-listed' : reason));
      expect(readdirSync(site)).toEqual(['folder']);
    });

    testCommands({
      get transport() {
        return transport;
      },
      at,
      read,
      write,
      step,
      stage,
      swap,
    });

    it('removes files, and skips missing ones', async () => {
      write('a.pem', 'x');
      await transport.remove(
        [at('a.pem'), at('none.pem'), ...(world.sudo ? [] : [at('none/none.pem')])],
        SIGNAL(),
      );
      expect(readdirSync(site)).toEqual([]);
    });

    testFacts({
      get transport() {
        return transport;
      },
      at,
      write,
      get site() {
        return site;
      },
    });
  });
}
