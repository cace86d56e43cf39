// Changes while a run waits or is in progress: the project is deleted, a backup is restored, the host is gone.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CertdeskError } from '../../../src/main/engine/core/errors.ts';
import { toTimestamp } from '../../../src/shared/time.ts';
import { createDeployRig, type DeployRig } from '../../support/deploy/deploy-rig.ts';
import { makeChain, type TestChain } from '../../support/engine/certificates.ts';
import { createOpenSsl, type OpenSsl } from '../../support/tools/openssl.ts';

let openssl: OpenSsl;
let chain: TestChain;
let rig: DeployRig;

beforeAll(async () => {
  openssl = await createOpenSsl();
  chain = await makeChain(openssl);
});
afterAll(() => openssl?.remove());
beforeEach(async () => {
  rig = createDeployRig();
  await rig.project();
});
afterEach(() => rig?.close());

const PATH = '/etc/tls/api.pem';
const RELOAD = { reloadCommand: ['nginx', '-s', 'reload'] };

async function deployTo(host: string): Promise<string> {
  const { id } = await rig.host(host);
  const files = [{ content: 'combined', path: PATH }];
  return (await rig.deploy('p1', { hosts: { ids: [id] }, files, steps: RELOAD })).id;
}
const deleteProject = () => rig.write((tx) => tx.projects.delete('p1'));
const down = () => new CertdeskError('HOST_UNREACHABLE', 'No route', { host: 'web', reason: 'EHOSTUNREACH' });

describe('a project that is deleted', () => {
  it('takes its waiting run with it: nothing is installed later', async () => {
    const id = await deployTo('web');
    const web = rig.doubleOf('web');
    web.breakAt('connect', down());
    await rig.activate(chain.leaf);
    await rig.runDue();
    const { id: runId } = await rig.lastRun(id);
    await deleteProject();
    rig.pass(300);
    await rig.runDue();
    expect(web.files.size).toBe(0);
    expect(web.calls).toEqual(['connect']);
    expect(await rig.stores.deployments.get(id)).toBeNull();
    expect(await rig.stores.deploymentRuns.get(runId)).toBeNull();
  });

  it('while its run is in progress stops nothing else: the host keeps the files, other runs there continue', async () => {
    const { id: hostId } = await rig.host('web');
    await rig.project('p2');
    const deploy = (projectId: string, path: string) =>
      rig.deploy(projectId, {
        hosts: { ids: [hostId] },
        files: [{ content: 'combined', path }],
        steps: RELOAD,
      });
    await deploy('p1', PATH);
    const { id } = await deploy('p2', '/etc/tls/other.pem');
    const web = rig.doubleOf('web');
    web.during('swap', deleteProject);
    await rig.activate(chain.leaf);
    await rig.activate(chain.leaf, { projectId: 'p2' });
    await rig.runDue();
    expect(await rig.stores.projects.get('p1')).toBeNull();
    expect([...web.files.keys()].sort()).toEqual([PATH, '/etc/tls/other.pem']);
    expect(web.open).toBe(0);
    expect(await rig.lastRun(id)).toMatchObject({ state: 'deployed' });
    expect(web.calls.filter((call) => call === 'connect')).toHaveLength(1);
  });
});

describe('a backup that is restored', () => {
  it('leaves no run in progress: nothing is installed until a person resumes the deployment', async () => {
    const id = await deployTo('web');
    await rig.activate(chain.leaf);
    const { id: runId } = await rig.lastRun(id);
    // As in a backup that was created during a run.
    await rig.stores.deploymentRuns.update(runId, { state: 'running', unsettled: true });
    await rig.write((tx) => tx.deployments.pauseAll('restore', toTimestamp(rig.clock.now())));
    await rig.restart();
    const web = rig.doubleOf('web');
    expect(web.files.size).toBe(0);
    expect(await rig.lastRun(id)).toMatchObject({ state: 'cancelled', nextAttemptAt: null });
    await rig.deployments.resume(id);
    await rig.runDue();
    expect(await rig.lastRun(id)).toMatchObject({ state: 'deployed' });
    expect(web.files.has(PATH)).toBe(true);
  });
});
