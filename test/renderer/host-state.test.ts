import { expect, test } from 'vitest';
import { addressOf, countTags, faceOfHost, filterHosts } from '../../src/renderer/hosts/host-state.ts';
import { toUpdateHost, valuesOfHost, withKey } from '../../src/renderer/hosts/host-values.ts';
import type { Host } from '../../src/shared/host.ts';

const at = '2026-01-19T12:00:00Z';
const KEY = { type: 'ssh-ed25519', sha256: 'a'.repeat(43) } as const;
const HOST: Host = {
  id: 'h1',
  name: 'web1',
  tags: ['web'],
  transport: 'ssh',
  address: 'web1.example.com',
  port: 22,
  user: 'root',
  credentialId: 'c1',
  hostKeys: [KEY],
  jumpHostId: null,
  become: 'none',
  savedBy: { kind: 'window', name: 'Browser' },
  createdAt: at,
  updatedAt: at,
  deployments: 0,
  lastContactAt: null,
  lastError: null,
  changedKey: null,
};

test('a changed host key is shown before a failed connection, and that before the last contact', () => {
  expect(faceOfHost(HOST).label).toBe('Not tested yet');
  expect(faceOfHost({ ...HOST, lastContactAt: at }).label).toBe('Reachable');
  const failed = { ...HOST, lastContactAt: at, lastError: 'refused' };
  expect(faceOfHost(failed).label).toBe('Connection failed');
  expect(faceOfHost({ ...failed, changedKey: KEY }).label).toBe('Host key changed');
});

test('the address names the port only if it is not the usual one', () => {
  expect(addressOf(HOST)).toBe('root@web1.example.com');
  expect(addressOf({ ...HOST, port: 2222 })).toBe('root@web1.example.com:2222');
  expect(addressOf({ ...HOST, transport: 'local' })).toBe('The machine that runs Certdesk');
});

test('hosts are found by name, address and tag', () => {
  const other = { ...HOST, id: 'h2', name: 'mail', address: '192.0.2.7', tags: ['mail', 'eu'] };
  const find = (q: string, ...tags: readonly string[]) =>
    filterHosts([HOST, other], { q, tags }).map(({ id }) => id);
  expect(find('')).toEqual(['h1', 'h2']);
  expect(find(' WEB1.exa')).toEqual(['h1']);
  expect(find('192.0.2')).toEqual(['h2']);
  expect(find('eu')).toEqual(['h2']);
  expect(find('', 'web')).toEqual(['h1']);
  expect(find('', 'mail', 'eu')).toEqual(['h2']);
  expect(find('mail', 'web')).toEqual([]);
  expect(countTags([HOST, other, HOST])).toEqual([
    { id: 'eu', count: 1 },
    { id: 'mail', count: 1 },
    { id: 'web', count: 2 },
  ]);
});

test('a new key replaces the accepted one of the same type and keeps the others', () => {
  const rsa = { type: 'ssh-rsa', sha256: 'b'.repeat(43) } as const;
  const fresh = { ...KEY, sha256: 'c'.repeat(43) };
  expect(withKey([KEY, rsa], fresh)).toEqual([rsa, fresh]);
  expect(withKey([rsa], KEY)).toEqual([rsa, KEY]);
});

test('an edit sends no tags and no host keys, which have dialogs of their own', () => {
  const body = toUpdateHost({ ...valuesOfHost(HOST), address: ' web2.example.com ', port: '2200' }, 'c1');
  expect(body).toEqual({
    name: 'web1',
    address: 'web2.example.com',
    port: 2200,
    user: 'root',
    credentialId: 'c1',
    jumpHostId: null,
    become: 'none',
  });
});
