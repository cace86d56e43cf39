import { beforeEach, describe, expect, it } from 'vitest';
import { listProfiles, profileToOrder } from '../../../src/main/engine/acme/profiles.ts';
import { requiredAction } from '../../../src/main/engine/renewal/retry-policy.ts';
import { failure } from '../../support/acme/rig.ts';

const DIRECTORY = {
  newNonce: 'https://ca.example/nonce',
  newAccount: 'https://ca.example/account',
  newOrder: 'https://ca.example/order',
  revokeCert: 'https://ca.example/revoke',
  meta: { profiles: { classic: 'https://ca.example/profiles#classic', shortlived: 'Six days' } },
};

describe('the profile of an order', () => {
  it('is the requested one if the CA offers it, and none if none is requested', () => {
    expect(profileToOrder({ profile: 'shortlived' }, DIRECTORY)).toBe('shortlived');
    expect(profileToOrder({ profile: null, profileUse: 'required' }, DIRECTORY)).toBeNull();
  });

  it('is the default of the CA if a preferred one is no longer offered', () => {
    expect(profileToOrder({ profile: 'tlsclient', profileUse: 'preferred' }, DIRECTORY)).toBeNull();
  });

  it('is refused if a required one is no longer offered; the error lists the profiles, and a retry waits for the user', async () => {
    const order = async () => profileToOrder({ profile: 'tlsclient', profileUse: 'required' }, DIRECTORY);
    const error = await failure(order());
    expect(error).toMatchObject({ code: 'ACME_REJECTED', details: { offered: ['classic', 'shortlived'] } });
    expect(error.message).toContain('it offers classic, shortlived');
    expect(requiredAction(error)).toBe('Action needed: the CA does not offer the chosen profile.');
    const { meta: _, ...without } = DIRECTORY;
    expect((await failure((async () => profileToOrder({ profile: 'x' }, without))())).message).toContain(
      'it offers none',
    );
  });
});

describe('the list of profiles', () => {
  let asked: string[];
  beforeEach(() => {
    asked = [];
  });
  const acme = {
    async directory({ directoryUrl }: { readonly directoryUrl: string }) {
      asked.push(directoryUrl);
      return DIRECTORY;
    },
  };

  it("is the CA's own, with its descriptions", async () => {
    const overrides = { production: 'https://pebble.example/dir', staging: undefined };
    expect(await listProfiles(acme, { ca: 'letsencrypt', staging: false }, overrides)).toEqual([
      { name: 'classic', description: 'https://ca.example/profiles#classic' },
      { name: 'shortlived', description: 'Six days' },
    ]);
    expect(asked).toEqual(['https://pebble.example/dir']);
  });

  it('is not fetched from an address in the request', async () => {
    const error = await failure(listProfiles(acme, { ca: 'https://inside.example/', staging: false }, {}));
    expect(error.code).toBe('UNKNOWN_CA');
    expect(asked).toEqual([]);
  });
});
