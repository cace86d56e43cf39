// Runs that wait for the window of their deployment, on a host in memory. It is Monday, 2026-06-01 12:00 UTC.
import { expect, it } from 'vitest';
import { unreachable, useDeployLab } from '../../support/deploy/deploy-lab.ts';

const lab = useDeployLab();
const SUNDAY = { days: ['sunday'], start: '02:00', end: '04:00', timeZone: 'Europe/Berlin' };
const OPENS = '2026-06-07T00:00:00Z';
const MINUTES_UNTIL = (5 * 24 + 12) * 60;
const LONG = { issuedAt: '2026-05-01T12:00:00Z', expiresAt: '2026-07-30T12:00:00Z' };

const states = async (id: string) => {
  const { state, waiting } = await lab.rig.deployments.get(id);
  return { run: (await lab.rig.lastRun(id)).state, state, waiting };
};

/** A deployment whose first certificate is on the host already; the window was set afterwards. */
async function deployed(more: object = LONG) {
  const { id } = await lab.deployTo();
  const first = await lab.activate(lab.chain.leaf, more);
  await lab.rig.runDue();
  expect((await states(id)).run).toBe('deployed');
  await lab.rig.deployments.update(id, { window: { ...SUNDAY, days: ['sunday'] } });
  await lab.rig.deployments.pause(id);
  await lab.rig.deployments.resume(id);
  return { id, first };
}

it('installs a renewed certificate when the window opens, and says until when it waits', async () => {
  const { id, first } = await deployed();
  const web = lab.rig.doubleOf('web');
  const { length } = web.commands;
  await lab.activate(lab.renewed, { ...LONG, renewedFrom: first.issuedAt });
  await lab.rig.runDue();
  const waiting = { until: OPENS, renewed: true };
  expect(await states(id)).toEqual({ run: 'waiting-for-window', state: 'waiting', waiting });
  lab.rig.pass(MINUTES_UNTIL - 1);
  await lab.rig.runDue();
  expect(web.commands.length).toBe(length);
  lab.rig.pass(1);
  await lab.rig.runDue();
  expect(await states(id)).toEqual({ run: 'deployed', state: 'deployed', waiting: null });
  expect(web.commands.length).toBe(length + 2);
});

it('waits for the next window if this one has closed before the run began, or before its next attempt', async () => {
  const { id } = await deployed({ ...LONG, expiresAt: '2026-12-30T12:00:00Z' });
  const long = { ...LONG, expiresAt: '2026-12-31T12:00:00Z' };
  await lab.activate(lab.renewed, long);
  lab.rig.pass(MINUTES_UNTIL + 150); // Certdesk did not run on Sunday
  await lab.rig.runDue();
  expect(await lab.rig.lastRun(id)).toMatchObject({
    state: 'waiting-for-window',
    nextAttemptAt: '2026-06-14T00:00:00Z',
  });
  lab.rig.pass(7 * 24 * 60 - 150 + 119);
  lab.rig.doubleOf('web').breakAt('connect', unreachable());
  await lab.rig.runDue();
  expect(await lab.rig.lastRun(id)).toMatchObject({
    state: 'failed',
    nextAttemptAt: '2026-06-14T02:00:00Z',
  });
  lab.rig.pass(1);
  await lab.rig.runDue();
  expect(await lab.rig.lastRun(id)).toMatchObject({
    state: 'failed',
    nextAttemptAt: '2026-06-21T00:00:00Z',
  });
});

it('does not wait once less than a tenth of the lifetime of the installed certificate is left', async () => {
  const { id } = await deployed({ issuedAt: '2026-03-06T12:00:00Z', expiresAt: '2026-06-12T12:00:00Z' });
  await lab.activate(lab.renewed, LONG);
  await lab.rig.runDue();
  expect(await lab.rig.lastRun(id)).toMatchObject({ nextAttemptAt: '2026-06-02T16:48:00Z' });
  lab.rig.pass(29 * 60);
  await lab.rig.runDue();
  expect((await states(id)).run).toBe('deployed');
});

it('does not wait if a key has leaked, for the replacement and for what waits already', async () => {
  const { id, first } = await deployed();
  await lab.activate(lab.renewed, LONG);
  await lab.rig.runDue();
  expect((await states(id)).state).toBe('waiting');
  const revokedAt = '2026-06-01T12:00:00Z';
  await lab.rig.write((tx) =>
    tx.certificates.update(first.id, { revokedAt, revocationReason: 'keyCompromise' }),
  );
  expect(await states(id)).toMatchObject({ run: 'pending', state: 'deploying' });
  await lab.rig.runDue();
  expect((await states(id)).run).toBe('deployed');
});

it('waits after a request too, unless it ignores the window; a rollback never waits', async () => {
  const { id, first } = await deployed();
  await lab.activate(lab.renewed, LONG);
  const [waits] = await lab.rig.deployments.run(id, { force: false, hosts: null });
  expect(waits?.state).toBe('waiting-for-window');
  await lab.rig.deployments.run(id, { force: false, hosts: null, ignoreWindow: true });
  await lab.rig.runDue();
  expect((await states(id)).run).toBe('deployed');
  await lab.rig.deployments.rollBack(id, first.id, null);
  await lab.rig.runDue();
  expect(await lab.rig.lastRun(id)).toMatchObject({ state: 'deployed', versionId: first.id });
});

it('begins at once when the window is removed', async () => {
  const { id } = await deployed();
  await lab.activate(lab.renewed, LONG);
  expect((await states(id)).state).toBe('waiting');
  await lab.rig.deployments.update(id, { window: null });
  await lab.rig.runDue();
  expect(await states(id)).toEqual({ run: 'deployed', state: 'deployed', waiting: null });
});
