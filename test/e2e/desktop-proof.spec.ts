// The fresh proof in the desktop application: a system dialog of the main process, before operations that reach beyond
// Certdesk's own data.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../scripts/lib/build.ts';
import { ON } from '../support/electron/launch.ts';
import { answerConfirmation, readConfirmations } from '../support/electron/record.ts';
import { createDesktopRig, type DesktopRig } from '../support/electron/rig.ts';
import { describeWith } from '../support/tools/tools.ts';

const [ALLOW, CANCEL] = [0, 1];

describeWith('chromium', `a fresh proof in the desktop window, ${ON}`, () => {
  let rig: DesktopRig;
  beforeAll(async () => {
    expect(await ensureBuilt()).toBeNull();
    rig = await createDesktopRig(() => ['--challenge-port', '0']);
    await rig.start();
    await (await rig.page()).getByText('Live', { exact: true }).waitFor();
  }, 600_000);
  afterAll(() => rig?.stop());

  const createToken = (name: string) =>
    rig.ask('mutation', 'tokens.create', { body: { name, scopes: ['projects:read'] } });

  it('is requested in the words of the operation; without it the change is refused', async () => {
    await answerConfirmation(rig.desktop(), CANCEL);
    await expect(createToken('refused')).rejects.toThrow('PROOF_REQUIRED');
    const [dialog] = await readConfirmations(rig.desktop());
    expect(dialog).toMatchObject({ message: 'Allow this action?', buttons: ['Allow', 'Cancel'] });
    expect(dialog?.detail).toContain('Create an API token');
    expect(dialog?.detail).toContain('15 minutes');
  });

  it('covers the changes that follow, and both answers are in the audit log', async () => {
    await answerConfirmation(rig.desktop(), ALLOW);
    await createToken('allowed');
    await createToken('also allowed');
    expect(await readConfirmations(rig.desktop())).toHaveLength(2);
    const audit = await rig.ask('query', 'audit.list', { operation: 'sessions.prove' });
    const { entries } = audit as { entries: { actor: { name: string }; result: string }[] };
    expect(entries.map(({ actor, result }) => `${actor.name}: ${result}`)).toEqual([
      'Desktop window: ok',
      'Desktop window: PROOF_REQUIRED',
    ]);
  });

  it('is not requested by operations that need none', async () => {
    await rig.ask('mutation', 'projects.create', { body: { name: 'Shop', altNames: [] } });
    expect(await readConfirmations(rig.desktop())).toHaveLength(2);
  });
});
