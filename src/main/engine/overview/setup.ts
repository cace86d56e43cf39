// Finds what a new installation still lacks. Each step is judged by what exists, however a user made it.
import type { Overview } from '../../../shared/overview.ts';
import type { StateCounts } from '../../../shared/project.ts';
import type { SecretStore } from '../core/ports.ts';
import { BACKUP_PASSPHRASE } from '../core/secret-names.ts';
import type { Stores } from '../core/stores.ts';
import { readSettings } from '../settings/settings.ts';

interface SetupDeps {
  readonly stores: Stores;
  readonly secrets: SecretStore;
}

/**
 * @param ids The projects that the caller sees: a limited caller sets up nothing.
 * @returns null if all is done, or if a user has dismissed the list
 */
export async function findSetup(
  { stores, secrets }: SetupDeps,
  ids: readonly string[] | null,
  counts: StateCounts,
): Promise<Overview['setup']> {
  if (ids !== null || !(await readSettings(stores.settings, 'general')).showChecklist) return null;
  const [channels, deployments, passphrase] = await Promise.all([
    stores.notifications.channels(),
    stores.deployments.states(null),
    secrets.get(BACKUP_PASSPHRASE).catch(() => null), // a locked keychain has its own notice
  ]);
  const setup = {
    certificate: counts.total > counts.none,
    notificationChannel: channels.some(({ enabled }) => enabled),
    backupPassphrase: passphrase !== null,
    deployment: deployments.length > 0,
  };
  return Object.values(setup).every(Boolean) ? null : setup;
}
