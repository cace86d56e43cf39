// What every recipe must do with its real service, over SSH: each test begins with a version that is deployed and served.
import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyReader } from '../../../src/main/engine/deploy/recipes/index.ts';
import type { ServedPair } from '../daemons/daemon.ts';
import { withQuickTiming } from '../engine/quick-time.ts';
import { startApp, type TestApp } from '../server/app.ts';
import { createDesk, type Desk, GRACE_SECONDS, HOST_NAME, hasFiles } from './recipe-desk.ts';
import { NAME, type RecipeId, type RecipeService, startRecipeService } from './recipe-service.ts';
import { CHAIN_LENGTH, createVersions, type TestVersion, type TestVersions } from './recipe-versions.ts';

export interface Traits {
  /** Whether a command checks the configuration before the reload; default: true. */
  readonly validates?: boolean;
  /** Whether to test what depends on Certdesk alone too; default: true. Once for each way to reload is enough. */
  readonly whole?: boolean;
}

/** @param title Of the recipe. */
export function testRecipe(
  recipe: RecipeId,
  title: string,
  { validates = true, whole = true }: Traits = {},
): void {
  let versions: TestVersions;
  let app: TestApp;
  let service: RecipeService;
  let desk: Desk;
  let placeholder: ServedPair;
  /** What is deployed and served. */
  let current: TestVersion;
  /** What is active in Certdesk. */
  let active: TestVersion;

  beforeAll(async () => {
    versions = await createVersions();
    placeholder = await versions.selfSigned(NAME);
    const wrong = await versions.selfSigned('other.example.com');
    service = await startRecipeService(recipe, { pair: placeholder, wrong });
    app = await startApp({ platform: { around: withQuickTiming } });
    desk = await createDesk(async () => app, service);
  }, 120_000);
  afterAll(async () => {
    await app?.stop();
    await service?.stop();
    await versions?.remove();
  });

  /** Soon, and from then on: a worker that ends may still accept a connection. */
  const expectServed = ({ fingerprint }: TestVersion) => {
    const served = { fingerprint, length: CHAIN_LENGTH };
    const threeTimes = async () => [await service.served(), await service.served(), await service.served()];
    return expect.poll(threeTimes, { timeout: 60_000 }).toEqual([served, served, served]);
  };
  /** Activates the next version; the result of its run. */
  async function renew() {
    const version = await versions.next();
    const reloads = service.reloads();
    await desk.activate(version);
    active = version;
    const run = await desk.ended(version);
    return { version, run, reloads: () => service.reloads() - reloads };
  }
  /** The old version is in place and served, and nothing is left over. */
  async function expectUnharmed() {
    expect(hasFiles(service, current)).toBe(true);
    await expectServed(current);
    expectTidy();
  }
  function expectTidy() {
    const names = service.files.flatMap((path) => readdirSync(dirname(path)));
    expect(names.filter((name) => name.startsWith('.certdesk'))).toEqual([]);
  }
  async function succeedAgain(version: TestVersion) {
    const reloads = service.reloads();
    await desk.retry();
    expect(await desk.ended(version)).toMatchObject({ state: 'verified', reloadOwed: false, error: null });
    expect(service.reloads() - reloads).toBe(1);
    await expectServed(version);
    current = version;
  }

  it('deploys for the first time: the whole chain is served, and the test has no complaint', async () => {
    expect((await service.served())?.length).toBe(1);
    const { version, run, reloads } = await renew();
    expect(run).toMatchObject({ state: 'verified', attempts: 1, error: null });
    expect(reloads()).toBe(1);
    await expectServed(version);
    expect(hasFiles(service, version)).toBe(true);
    expectTidy();
    current = version;
    expect((await desk.test()).filter(({ state }) => String(state) !== 'ok')).toEqual([]);
    expect((await desk.get(`/deployments/${desk.deploymentId}`)).state).toBe('deployed');
  });

  it('serves a renewed certificate as soon as it is active, and keeps owner and mode', async () => {
    const attributes = () =>
      service.files.map((path) => statSync(path)).map(({ uid, gid, mode }) => [uid, gid, mode]);
    const before = attributes();
    const { version, run, reloads } = await renew();
    expect(run).toMatchObject({ state: 'verified', trigger: 'activated' });
    expect(reloads()).toBe(1);
    await expectServed(version);
    expect(attributes()).toEqual(before);
    current = version;
  });

  it('changes and reloads nothing if everything is in place', async () => {
    const reloads = service.reloads();
    await desk.deploy();
    expect(await desk.ended(current)).toMatchObject({ state: 'unchanged' });
    expect(service.reloads()).toBe(reloads);
  });

  if (validates)
    it('puts everything back if the configuration is broken, and the old certificate stays served', async () => {
      service.breakConfiguration();
      const { version, run, reloads } = await renew();
      expect(run).toMatchObject({
        state: 'rolled-back',
        reloadOwed: false,
        error: { code: 'DEPLOYMENT_COMMAND_FAILED' },
      });
      expect(reloads()).toBe(0);
      await expectUnharmed();
      service.repairConfiguration();
      await succeedAgain(version);
    });
  else
    it('serves the new certificate although the configuration is broken, which no command finds', async () => {
      service.breakConfiguration();
      const { version, run } = await renew();
      expect(run).toMatchObject({ state: 'verified', error: null });
      await expectServed(version);
      service.repairConfiguration();
      current = version;
    });

  if (whole)
    it.each([
      ['fails', 'fail'],
      ['is killed', 'die'],
    ] as const)('owes a reload that %s, and does it once when it is possible again', async (_, reload) => {
      service.setReload(reload);
      const { version, run, reloads } = await renew();
      expect(run).toMatchObject({
        state: 'rolled-back',
        reloadOwed: true,
        error: { code: 'DEPLOYMENT_COMMAND_FAILED' },
      });
      expect(reloads()).toBe(0);
      await expectUnharmed();
      service.setReload('succeed');
      await succeedAgain(version);
      await desk.deploy();
      const count = service.reloads();
      expect(await desk.ended(version)).toMatchObject({ state: 'unchanged' });
      expect(service.reloads()).toBe(count);
    });

  it(`says to restart ${title} if a reload does not reload, and keeps the files`, async () => {
    await desk.change({ verify: { ...service.check, graceSeconds: 1 } });
    service.setReload('ignore');
    const { version, run, reloads } = await renew();
    const cause = `Restart ${title} on ${HOST_NAME}`;
    expect(run).toMatchObject({ state: 'not-served', error: { code: 'DEPLOYMENT_NOT_SERVED' } });
    expect(String(run.error?.error)).toContain(cause);
    expect(reloads()).toBe(0);
    expect(hasFiles(service, version)).toBe(true);
    await expectServed(current);
    expect((await desk.get(`/deployments/${desk.deploymentId}`)).state).toBe('not-served');
    const { attention } = await desk.get('/overview');
    expect(JSON.stringify(attention)).toContain(cause);
    service.setReload('succeed');
    service.reload();
    await expectServed(version);
    await desk.retry();
    expect(await desk.ended(version)).toMatchObject({ state: 'verified', error: null });
    expect(reloads()).toBe(0);
    expect(JSON.stringify((await desk.get('/overview')).attention)).not.toContain(cause);
    current = version;
  });

  if (whole)
    it('goes back if the service is worse than before, and does not try again automatically', async () => {
      await desk.change({ verify: { ...service.check, graceSeconds: 10 } });
      await desk.ended(active);
      service.setReload('worsen');
      const { run, reloads } = await renew();
      expect(run).toMatchObject({
        state: 'rolled-back',
        nextAttemptAt: null,
        error: { code: 'DEPLOYMENT_WORSE' },
      });
      expect(reloads()).toBe(2);
      await expectServed(current);
      await expectUnharmed();
    });

  if (whole)
    it('deploys no certificate for another name', async () => {
      const { chain, privateKey } = await versions.next('other.example.com');
      const path = `/projects/${desk.projectId}/certificate/upload`;
      const answer = await app.call('POST', path, { body: { certificate: chain, privateKey } });
      expect(answer.body.code).toBe('CERTIFICATE_DOMAIN_MISMATCH');
      await expectUnharmed();
    });

  if (whole)
    it('installs an earlier version when a person rolls back', async () => {
      await desk.change({ verify: { ...service.check, graceSeconds: GRACE_SECONDS } });
      const { version } = await renew();
      await expectServed(version);
      await desk.rollBack(current);
      expect(await desk.ended(current)).toMatchObject({ state: 'verified', trigger: 'roll-back' });
      await expectServed(current);
    });

  if (keyReader(recipe) !== null)
    it('says before the night that the service cannot read its key, keeps serving, and serves the new one once it can', async () => {
      const reader = keyReader(recipe);
      const { files } = await desk.get(`/deployments/${desk.deploymentId}`);
      const withOwner = (owner: string | null, group: string | null = null) =>
        (files as unknown as readonly object[]).map((file) => ({ ...file, owner, group }));
      await desk.change({ files: withOwner('root', 'root'), verify: { ...service.check, graceSeconds: 1 } });
      await desk.ended(active);
      const failed = (await desk.test()).filter(({ state }) => String(state) === 'failed');
      expect(failed).toMatchObject([
        {
          check: 'path',
          message: expect.stringContaining(`${reader} cannot read the file`),
          fix: `Set the owner ${reader}`,
        },
      ]);
      const { version, run } = await renew();
      expect(['not-served', 'rolled-back']).toContain(run.state); // some services report it, and some only log it
      await expectServed(current);
      await desk.change({
        files: withOwner(reader),
        verify: { ...service.check, graceSeconds: GRACE_SECONDS },
      });
      expect(await desk.ended(version)).toMatchObject({ state: 'verified', error: null });
      await expectServed(version);
      current = version;
    });

  if (whole)
    it('says before the night that the host lacks the owner of a file, and changes nothing', async () => {
      const { files } = await desk.get(`/deployments/${desk.deploymentId}`);
      const changed = (files as unknown as readonly object[]).map((file) => ({
        ...file,
        group: 'ssl-readers',
      }));
      await desk.change({ files: changed });
      expect(await desk.ended(active)).toMatchObject({
        state: 'failed',
        error: { details: { reason: 'owner-unknown' } },
      });
      const failed = (await desk.test()).filter(({ state }) => String(state) === 'failed');
      expect(failed[0]).toMatchObject({ check: 'owner', message: expect.stringContaining('ssl-readers') });
      await expectServed(current);
      expectTidy();
    });
}
