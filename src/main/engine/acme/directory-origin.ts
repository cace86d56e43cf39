// Decides which ACME directories may be in a private network: those that the administrator gave at startup, and those
// that a signed-in user entered in a request or setting. Who entered a directory is stored with its URL.
import type { Json, SavedBy } from '../core/model.ts';
import type { SettingStore } from '../core/stores/settings.ts';
import type { AddressOrigin } from '../outgoing/address-policy.ts';
import { originOf } from '../outgoing/saved-by.ts';
import { CERTIFICATE_AUTHORITIES, type DirectoryOverrides } from './directories.ts';

/** Setting: a map from directory URL to who entered it. */
const KEY = 'acme-directories';

/** @param settings The settings of the caller's transaction, if there is one. */
export async function directoryOrigin(
  settings: Pick<SettingStore, 'get'>,
  overrides: DirectoryOverrides,
  directoryUrl: string,
): Promise<AddressOrigin> {
  if (directoryUrl === overrides.production || directoryUrl === overrides.staging) return 'named';
  return originOf(savedByOf(await read(settings), directoryUrl));
}

/** Records that a user entered a directory URL. Does nothing for tokens and for the ids of known CAs. */
export async function noteDirectory(settings: SettingStore, ca: string, by: SavedBy): Promise<void> {
  if (originOf(by) !== 'named' || CERTIFICATE_AUTHORITIES.some(({ id }) => id === ca)) return;
  const known = await read(settings);
  if (originOf(savedByOf(known, ca)) === 'named') return;
  await settings.set(KEY, { ...known, [ca]: { kind: by.kind, id: by.id, name: by.name } });
}

type Known = { readonly [directoryUrl: string]: Json };

async function read(settings: Pick<SettingStore, 'get'>): Promise<Known> {
  return ((await settings.get(KEY)) ?? {}) as Known;
}

function savedByOf(known: Known, directoryUrl: string): SavedBy | null {
  return (known[directoryUrl] ?? null) as SavedBy | null;
}

/** The directories that users entered, sorted by URL. */
export async function knownDirectories(
  settings: Pick<SettingStore, 'get'>,
): Promise<readonly { readonly directoryUrl: string; readonly savedBy: SavedBy }[]> {
  const known = await read(settings);
  return Object.keys(known)
    .toSorted()
    .flatMap((directoryUrl) => {
      const savedBy = savedByOf(known, directoryUrl);
      return savedBy === null ? [] : [{ directoryUrl, savedBy }];
    });
}

/** @returns whether the directory was recorded */
export async function forgetDirectory(settings: SettingStore, directoryUrl: string): Promise<boolean> {
  const { [directoryUrl]: found, ...others } = await read(settings);
  if (found === undefined) return false;
  await settings.set(KEY, others);
  return true;
}
