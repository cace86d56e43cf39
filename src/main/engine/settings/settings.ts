// Reads and changes the settings that apply while Certdesk runs. Each section is one value in the setting store. A
// missing or invalid field has its default value, so that no stored value can keep Certdesk from starting.

import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import {
  DEFAULT_SETTINGS,
  type PatchSettings,
  type Settings,
  SettingsSchema,
  type SettingsSection,
  type TimeZone,
} from '../../../shared/settings.ts';
import { isTimeZone, systemTimeZone } from '../../../shared/time-zone.ts';
import { type DirectoryOverrides, resolveDirectory } from '../acme/directories.ts';
import { noteDirectory } from '../acme/directory-origin.ts';
import type { Journal } from '../audit/journal.ts';
import { toCertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { Json } from '../core/model.ts';
import type { SettingStore } from '../core/stores/settings.ts';
import type { Stores } from '../core/stores.ts';
import { parseServer } from '../dns/lookup/transport.ts';
import { type AddressOrigin, type AddressPolicy, REFUSALS } from '../outgoing/address-policy.ts';
import { originOf } from '../outgoing/saved-by.ts';
import { checkFallbackCa } from './check-fallback-ca.ts';

export interface SettingsService {
  get(): Promise<Settings>;
  timeZone(): Promise<TimeZone>;
  /**
   * Changes the given fields, all or none, and records the changes in an event.
   * @throws INVALID_REQUEST with the field
   */
  update(patch: PatchSettings): Promise<Settings>;
}

export function createSettings(
  stores: Stores,
  journal: Journal,
  addressPolicy: AddressPolicy,
  directories: DirectoryOverrides = {},
): SettingsService {
  return {
    get: () => readAll(stores.settings),
    timeZone: async () => ({
      timeZone: await readTimeZone(stores.settings),
      systemTimeZone: systemTimeZone(),
    }),
    update(patch) {
      const by = journal.savedBy();
      check(patch, { policy: addressPolicy, origin: originOf(by) });
      return journal.write(async ({ settings, certificates, projects }, emit) => {
        const { projectId = null } = patch.https ?? {};
        if (projectId !== null && (await projects.get(projectId)) === null)
          throw invalid('https.projectId', `project ${projectId} not found`);
        const { fallbackCa = null } = patch.renewals ?? {};
        if (fallbackCa !== null) await noteDirectory(settings, fallbackCa, by);
        const before = await readAll(settings);
        if (fallbackCa !== null && fallbackCa !== before.renewals.fallbackCa)
          await checkFallbackCa(certificates, fallbackCa, directories);
        const after = merge(before, patch);
        const changes = changedFields(before, after);
        for (const section of new Set(changes.map(({ section }) => section))) {
          await settings.set(keyOf(section), after[section]);
        }
        if (changes.length > 0) {
          // Renewals that wait for a change are tried again, because this may be the change.
          await certificates.release({});
          await emit(announce(changes));
        }
        return after;
      });
    },
  };
}

/** Reads the current values of one section. */
export async function readSettings<S extends SettingsSection>(
  store: SettingStore,
  section: S,
): Promise<Settings[S]> {
  const shape: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>> =
    SettingsSchema.shape[section].shape;
  const stored = await store.get(keyOf(section));
  const valid = Object.entries(isObject(stored) ? stored : {}).filter(
    ([field, value]) => shape[field]?.safeParse(value).success === true,
  );
  return { ...DEFAULT_SETTINGS[section], ...Object.fromEntries(valid) };
}

/** Reads the time zone of times that are shown. Another machine may not know a zone that a backup brought. */
export async function readTimeZone(store: SettingStore): Promise<string> {
  const { timeZone } = await readSettings(store, 'general');
  return timeZone !== null && isTimeZone(timeZone) ? timeZone : systemTimeZone();
}

async function readAll(store: SettingStore): Promise<Settings> {
  const sections = Object.keys(DEFAULT_SETTINGS) as SettingsSection[];
  const read = await Promise.all(
    sections.map(async (section) => [section, await readSettings(store, section)]),
  );
  return SettingsSchema.parse(Object.fromEntries(read));
}

function merge(before: Settings, patch: PatchSettings): Settings {
  const sections = Object.entries(before).map(([section, fields]) => [
    section,
    { ...fields, ...patch[section as SettingsSection] },
  ]);
  return SettingsSchema.parse(Object.fromEntries(sections));
}

interface Change {
  readonly section: SettingsSection;
  readonly field: string;
  readonly value: Json;
}

function changedFields(before: Settings, after: Settings): readonly Change[] {
  return (Object.keys(after) as SettingsSection[]).flatMap((section) => {
    const previous: Readonly<Record<string, Json>> = before[section];
    const current: Readonly<Record<string, Json>> = after[section];
    return Object.entries(current)
      .filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(previous[field]))
      .map(([field, value]) => ({ section, field, value }));
  });
}

function announce(changes: readonly Change[]) {
  const descriptions = changes.map(
    ({ section, field, value }) => `${section}.${field} to ${JSON.stringify(value)}`,
  );
  return {
    kind: 'settings.updated',
    message: `Settings changed: ${descriptions.join(', ')}`,
    data: Object.fromEntries(changes.map(({ section, field, value }) => [`${section}.${field}`, value])),
  };
}

/** Checks what the schemas in shared/ cannot express. */
function check({ general, dns, renewals, backup }: PatchSettings, saving: Saving): void {
  checkFolder(backup?.folder ?? null);
  const { timeZone = null, baseUrl = null } = general ?? {};
  if (timeZone !== null && !isTimeZone(timeZone))
    throw invalid('general.timeZone', 'is not the name of a time zone, such as Europe/Berlin');
  if (baseUrl !== null) checkBaseUrl(baseUrl);
  const { fallbackCa = null } = renewals ?? {};
  if (fallbackCa !== null) checkCa(fallbackCa);
  for (const server of dns?.publicResolvers ?? []) checkResolver(server, saving);
}

interface Saving {
  readonly policy: AddressPolicy;
  readonly origin: AddressOrigin;
}

/** Checked only when it is saved: unlike a host name, an IP address cannot change its meaning later. */
function checkResolver(server: string, { policy, origin }: Saving): void {
  const { host = '', port = 53 } = parseServer(server) ?? {};
  const refusal = isIP(host) === 0 ? null : policy.refusal(host, port, origin);
  if (isIP(host) !== 0 && refusal === null) return;
  const problem = refusal === null ? 'is not an IP address with or without :PORT' : REFUSALS[refusal];
  throw invalid('dns.publicResolvers', `${server} ${problem}`);
}

function checkBaseUrl(given: string): void {
  const url = URL.parse(given);
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw invalid('general.baseUrl', 'is not an http or https URL');
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '')
    throw invalid('general.baseUrl', 'must end before any user name, ? or #: https://certs.example.com');
}

function checkFolder(folder: string | null): void {
  if (folder === null || isAbsolute(folder)) return;
  throw invalid('backup.folder', 'must be an absolute path');
}

function checkCa(ca: string): void {
  try {
    resolveDirectory(ca, false, {});
  } catch (error) {
    throw invalid('renewals.fallbackCa', toCertdeskError(error).message);
  }
}

function keyOf(section: SettingsSection): string {
  return `settings:${section}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
