import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/main/engine/settings/settings.ts';
import { DEFAULT_SETTINGS, PatchSettingsSchema, SettingsSchema } from '../../../src/shared/settings.ts';
import { startApp, type TestApp } from '../../support/server/app.ts';

let app: TestApp;
beforeEach(async () => {
  app = await startApp();
});
afterEach(() => app?.stop());

/** As a user: tokens may not change every section. */
const patch = (body: object) => app.asUser('PATCH', '/settings', { body });

describe('settings', () => {
  it('are the defaults at first, and the defaults match their schema', async () => {
    expect((await app.call('GET', '/settings')).body).toEqual(DEFAULT_SETTINGS);
    expect(SettingsSchema.parse(DEFAULT_SETTINGS)).toEqual(DEFAULT_SETTINGS);
  });

  it('can be changed in every section', () => {
    expect(Object.keys(PatchSettingsSchema.shape).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
  });

  it('are each explained in docs/settings.md', async () => {
    const page = await readFile('docs/settings.md', 'utf8');
    for (const [section, fields] of Object.entries(DEFAULT_SETTINGS)) {
      for (const field of Object.keys(fields)) expect(page).toContain(`| \`${section}.${field}\` |`);
    }
  });

  it('change field by field, are stored, and null restores the default', async () => {
    const first = await patch({ dns: { propagationTimeout: 300 } });
    expect(first).toMatchObject({
      status: 200,
      body: { dns: { ...DEFAULT_SETTINGS.dns, propagationTimeout: 300 } },
    });
    await patch({ dns: { propagationInterval: 0.5 }, sessions: { signOutOnRestart: true } });
    expect((await app.call('GET', '/settings')).body).toEqual({
      ...DEFAULT_SETTINGS,
      dns: { ...DEFAULT_SETTINGS.dns, propagationTimeout: 300, propagationInterval: 0.5 },
      sessions: { ...DEFAULT_SETTINGS.sessions, signOutOnRestart: true },
    });
    expect((await patch({ dns: { propagationTimeout: null } })).body).toMatchObject({
      dns: { propagationTimeout: null, propagationInterval: 0.5 },
    });
  });

  it.each([
    [{ dns: { propagationTimeout: 0 } }, 'dns.propagationTimeout'],
    [{ dns: { publicResolvers: ['1.1.1.1', 'dns.example.com'] } }, 'dns.publicResolvers'],
    [{ dns: { publicResolvers: ['192.0.2.1:99999'] } }, 'dns.publicResolvers'],
    [{ renewals: { fallbackCa: 'letsencrpyt' } }, 'renewals.fallbackCa'],
    [{ sessions: { signOutOnRestart: 'yes' } }, 'sessions.signOutOnRestart'],
    [{ dns: { speed: 1 } }, 'dns.speed'],
    [{ colour: {} }, 'colour'],
  ])('refuse %j, name the field, and change nothing', async (body, field) => {
    const answer = await patch({ sessions: { signOutOnRestart: true }, ...body });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'INVALID_REQUEST', details: { issues: [{ field }] } },
    });
    expect((await app.call('GET', '/settings')).body).toEqual(DEFAULT_SETTINGS);
  });

  it('record a change as an event and an audit entry with the fields, and nothing for equal values', async () => {
    await patch({ dns: { propagationTimeout: 300, propagationCheck: 'authoritative' } });
    await patch({ dns: { propagationTimeout: 300 } });
    const { body } = await app.call('GET', '/audit');
    const reported = JSON.stringify(body).match(/Settings changed: [^"]*/g);
    expect(reported).toEqual(['Settings changed: dns.propagationTimeout to 300']);
  });

  it('use the default for each stored field that is invalid', async () => {
    const store = {
      get: async () => ({ propagationTimeout: 'soon', propagationInterval: 2, gone: true }),
      set: async () => undefined,
    };
    expect(await readSettings(store, 'dns')).toEqual({ ...DEFAULT_SETTINGS.dns, propagationInterval: 2 });
    expect(await readSettings({ ...store, get: async () => null }, 'sessions')).toEqual(
      DEFAULT_SETTINGS.sessions,
    );
  });
});
