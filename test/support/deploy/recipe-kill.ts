// Kills Certdesk, or everything on the host, in the middle of a renewal that nginx receives, starts it again, and checks
// what must hold afterwards: the old pair or the new one, served; nothing temporary; one reload.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { nginxSettled } from '../daemons/nginx.ts';
import {
  diedAtMoment,
  ignoreLostAnswer,
  type KillableServer,
  type Moment,
  startKillableServer,
} from '../kill/killable-server.ts';
import type { Json } from '../server/app.ts';
import type { CallAsUser } from '../server/signed-in-user.ts';
import { createDesk, type Desk, hasEnded, hasFiles } from './recipe-desk.ts';
import { NAME, type RecipeService, startRecipeService } from './recipe-service.ts';
import { CHAIN_LENGTH, createVersions, type TestVersion, type TestVersions } from './recipe-versions.ts';

export const OUTCOMES = ['succeeds', 'is invalid', 'cannot reload'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface RecipeKillWorld {
  /** The moments of a run from its activation to its end, in order. Each write of a step is one before and one after. */
  moments(outcome: Outcome): Promise<readonly Moment[]>;
  /** SIGKILL of Certdesk at the moment, or after the run, which may not come to it. @returns whether it came to it. */
  killAt(moment: Moment, outcome: Outcome): Promise<boolean>;
  /** SIGKILL of Certdesk while the host reloads its service. */
  killInReload(): Promise<void>;
  /** All processes of the host end in the reload; with `desk`, Certdesk too. */
  reboot(desk: boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function startRecipeKillWorld(): Promise<RecipeKillWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'certdesk-recipe-kill-'));
  const versions: TestVersions = await createVersions();
  const pair = await versions.selfSigned(NAME);
  const wrong = await versions.selfSigned('other.example.com');
  const service: RecipeService = await startRecipeService('nginx', { pair, wrong });
  const rootsFile = join(folder, 'roots.pem');
  writeFileSync(rootsFile, pair.chain);
  let token: string | null = null;
  let running: KillableServer | null = null;
  let user: CallAsUser | null = null;

  async function server(): Promise<KillableServer> {
    if (running?.alive === true) return running;
    running = await startKillableServer({
      dataFolder: join(folder, 'data'),
      directoryUrl: 'https://127.0.0.1:9/directory', // nothing is requested from a CA
      rootsFile,
      httpPort: 0,
      token,
      dns: { resolvers: [], endpoints: {}, authorityPort: null },
      quick: true,
    });
    user = null;
    token = running.token;
    return running;
  }
  const client = async () => {
    const current = await server();
    user ??= await current.signIn();
    return { call: current.call, asUser: user };
  };
  const desk: Desk = await createDesk(client, service);
  let current = await versions.next();
  /** Whether `current` is deployed, and nothing is broken. */
  let isReady = false;

  /** The next version, with a former one deployed, whatever an earlier test has left. */
  async function begin(): Promise<{ readonly version: TestVersion; readonly reloads: number }> {
    if (!isReady) {
      repair();
      await running?.kill();
      if ((await service.served()) === null) await service.start();
      current = await versions.next();
      await desk.activate(current);
      expect(await desk.ended(current)).toMatchObject({ state: 'verified' });
    }
    isReady = false;
    await nginxSettled(service.pid); // a worker of before would serve the version before
    return { version: await versions.next(), reloads: service.reloads() };
  }
  /** Whether the run is over that is the last one. */
  const isOver = (live: KillableServer, version: TestVersion) => async () => {
    const { body } = await live.call('GET', `/deployments/${desk.deploymentId}/runs`);
    const [last] = body.runs as unknown as readonly Json[];
    return last !== undefined && hasEnded(last, version.fingerprint);
  };

  function prepare(outcome: Outcome): void {
    if (outcome === 'is invalid') service.breakConfiguration();
    if (outcome === 'cannot reload') service.setReload('fail');
  }
  function repair(): void {
    service.repairConfiguration();
    service.setReload('succeed');
  }
  const servedOne = async () => (await service.served())?.fingerprint;

  /** What must hold while Certdesk is away: the host finishes or puts back on its own. */
  async function expectConsistent(version: TestVersion): Promise<void> {
    const isPair = () => hasFiles(service, version) || hasFiles(service, current);
    await expect.poll(isPair, { timeout: 120_000 }).toBe(true);
    expect([current.fingerprint, version.fingerprint]).toContain(await servedOne());
  }

  /** What must hold after the next contact, whatever was killed. */
  async function expectEnd(
    version: TestVersion,
    { outcome, reloads }: { outcome: Outcome; reloads: number },
  ) {
    // Killed before it was stored, the version is sent again, as a client does.
    if (String((await desk.run()).fingerprint) !== version.fingerprint) await desk.activate(version);
    let run = await desk.ended(version);
    const isLost = String(run.error?.code).startsWith('HOST_');
    if (isLost) {
      await desk.retry();
      run = await desk.ended(version);
    }
    if (outcome !== 'succeeds') {
      const owed = outcome === 'cannot reload';
      expect(run).toMatchObject({ state: 'rolled-back', reloadOwed: owed });
      expect(hasFiles(service, current)).toBe(true);
      expect(await servedOne()).toBe(current.fingerprint);
      expect(service.reloads() - reloads).toBe(0);
      repair();
      await desk.retry();
      run = await desk.ended(version);
    }
    expect(run).toMatchObject({ state: 'verified', reloadOwed: false, error: null });
    expect(hasFiles(service, version)).toBe(true);
    const whole = { fingerprint: version.fingerprint, length: CHAIN_LENGTH };
    await expect.poll(() => service.served(), { timeout: 120_000 }).toEqual(whole);
    expect(service.reloads() - reloads, 'one reload').toBe(1);
    expectTidy();
    current = version;
    isReady = true;
  }

  function expectTidy(): void {
    const names = service.files.flatMap((path) => readdirSync(dirname(path)));
    expect(names.filter((name) => name.startsWith('.certdesk'))).toEqual([]);
    const uploads = join(service.host.folder, 'home/root/.certdesk-deploy/uploads');
    if (existsSync(uploads)) expect(readdirSync(uploads)).toEqual([]);
  }

  return {
    async moments(outcome) {
      const { version, reloads } = await begin();
      prepare(outcome);
      const live = await server();
      await live.record();
      await desk.activate(version);
      await desk.ended(version);
      const all = await live.recorded();
      await expectEnd(version, { outcome, reloads });
      return all.filter(({ name }) => /deployment/.test(name));
    },

    async killAt(moment, outcome) {
      const { version, reloads } = await begin();
      prepare(outcome);
      const live = await server();
      await live.arm(moment);
      await desk.activate(version).catch(ignoreLostAnswer);
      const died = await diedAtMoment(live, isOver(live, version));
      await expectConsistent(version);
      await expectEnd(version, { outcome, reloads });
      return died;
    },

    async killInReload() {
      const { version, reloads } = await begin();
      const live = await server();
      service.setReload({ kill: live.pid });
      await desk.activate(version);
      expect(await diedAtMoment(live, isOver(live, version))).toBe(true);
      await expectConsistent(version);
      await expectEnd(version, { outcome: 'succeeds', reloads });
    },

    async reboot(withDesk) {
      const { version, reloads } = await begin();
      service.setReload('reboot');
      await desk.activate(version);
      expect(await desk.ended(version)).toMatchObject({
        state: 'failed',
        error: { code: expect.stringMatching(/^HOST_(CONNECTION_LOST|NOT_READY)$/) },
      });
      expect(service.reloads()).toBe(reloads);
      service.kill();
      if (withDesk) await (await server()).kill();
      await service.start();
      await expectConsistent(version);
      await expectEnd(version, { outcome: 'succeeds', reloads });
    },

    async stop() {
      await running?.kill();
      await service.stop();
      await versions.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
