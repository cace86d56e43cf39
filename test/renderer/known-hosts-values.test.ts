import { describe, expect, it } from 'vitest';
import {
  changeId,
  changesOf,
  keysAfter,
  type MatchedHost,
  refusedLines,
} from '../../src/renderer/hosts/known-hosts-values.ts';
import type { HostKey } from '../../src/shared/host.ts';

const key = (letter: string): HostKey => ({ type: 'ssh-ed25519', sha256: letter.repeat(43) });
const [kept, fresh, revoked, strange] = ['k', 'f', 'r', 's'].map(key) as [HostKey, HostKey, HostKey, HostKey];

const matched = (more: Partial<MatchedHost> = {}): MatchedHost => ({
  id: 'h1',
  name: 'web1',
  address: 'web1.example.com',
  port: 22,
  keys: [
    { ...kept, accepted: true },
    { ...fresh, accepted: false },
  ],
  revoked: [
    { ...revoked, accepted: true },
    { ...strange, accepted: false },
  ],
  skipped: [],
  ...more,
});
const host = { hostKeys: [kept, revoked] };
const all = new Set(changesOf(matched()));

describe('a known_hosts file', () => {
  it('proposes new keys, and the removal of accepted ones that it revokes', () => {
    expect([...all]).toEqual([changeId('h1', fresh), changeId('h1', revoked)]);
  });

  it('changes what is chosen only, and keeps every other key', () => {
    expect(keysAfter(matched(), host, all)).toEqual([kept, fresh]);
    expect(keysAfter(matched(), host, new Set())).toEqual([kept, revoked]);
    expect(keysAfter(matched(), host, new Set([changeId('h1', fresh)]))).toEqual([kept, revoked, fresh]);
  });

  it('does not take the choice for another host that has the same key', () => {
    expect(keysAfter(matched({ id: 'h2' }), host, all)).toEqual([kept, revoked]);
  });

  it('names each refused line once, in the order of the file', () => {
    const skipped = [{ line: 7, reason: 'damaged' }];
    const pattern = { line: 2, reason: '@cert-authority' };
    const hosts = [matched({ skipped: [...skipped, pattern] }), matched({ skipped: [pattern] })];
    expect(refusedLines({ hosts, otherLines: 0 })).toEqual([
      [2, '@cert-authority'],
      [7, 'damaged'],
    ]);
  });
});
