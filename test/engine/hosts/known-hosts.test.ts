// Reads known_hosts as OpenSSH does: patterns, ports, hashed names, markers.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readHostKey } from '../../../src/main/engine/hosts/host-key.ts';
import {
  findKnownHostKeys,
  indexKnownHosts,
  readKnownHosts,
} from '../../../src/main/engine/hosts/known-hosts.ts';
import { hostKey as key } from '../../support/hosts/host-keys.ts';

const one = key('ssh-ed25519', 'one');
const two = key('ssh-rsa', 'two');
const find = (lines: readonly string[], address = 'web1.example.com', port = 22) =>
  findKnownHostKeys(lines.join('\n'), { address, port });
const sha256 = (result: ReturnType<typeof find>) => result.keys.map((each) => each.sha256);
const hashed = (name: string) => {
  const salt = Buffer.from('12345678901234567890');
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
};

describe('known_hosts', () => {
  it.each([
    ['its name', 'web1.example.com', 22, true],
    ['one of several names', 'a,web1.example.com,192.0.2.1', 22, true],
    ['another case', 'WEB1.Example.Com', 22, true],
    ['a star', '*.example.com', 22, true],
    ['two stars', '*eb*.com', 22, true],
    ['a question mark', 'web?.example.com', 22, true],
    ['a negated pattern', '*.example.com,!web1.example.com', 22, false],
    ['another name', 'web2.example.com', 22, false],
    ['a beginning', 'web1', 22, false],
    ['the name without the port', 'web1.example.com', 2222, false],
    ['the name with the port', '[web1.example.com]:2222', 2222, true],
    ['a hashed name', hashed('web1.example.com'), 22, true],
    ['a hashed name with a port', hashed('[web1.example.com]:2222'), 2222, true],
    ['another hashed name', hashed('web2.example.com'), 22, false],
    ['an unknown hash', hashed('web1.example.com').replace('|1|', '|2|'), 22, false],
  ])('finds a key by %s', (_, hosts, port, found) => {
    expect(sha256(find([`${hosts} ${one.text} comment`], undefined, port))).toEqual(
      found ? [one.sha256] : [],
    );
  });

  it('collects keys of several types once, and skips comments and empty lines', () => {
    const line = `web1.example.com ${one.text}`;
    const result = find(['# comment', '', line, line, `web1.example.com\t${two.text}\r`]);
    expect(result).toEqual({
      keys: [
        { type: 'ssh-ed25519', sha256: one.sha256 },
        { type: 'ssh-rsa', sha256: two.sha256 },
      ],
      revoked: [],
      skipped: [],
      lines: [3, 4, 5],
    });
  });

  it('never accepts a revoked key, wherever the line is', () => {
    const result = find([
      `web1.example.com ${one.text}`,
      `@revoked * ${one.text}`,
      `web1.example.com ${two.text}`,
    ]);
    expect(sha256(result)).toEqual([two.sha256]);
    expect(result.revoked).toEqual([{ type: one.type, sha256: one.sha256 }]);
  });

  it('refuses @cert-authority by name, and keys that it cannot use', () => {
    const result = find([
      `@cert-authority *.example.com ${one.text}`,
      `web1.example.com ${key('ssh-dss', 'x').text}`,
      'web1.example.com ssh-ed25519 AAAA',
      `web1.example.com ssh-rsa ${one.text.split(' ')[1]}`,
      `@unknown web1.example.com ${one.text}`,
      `@cert-authority *.other.com ${one.text}`,
    ]);
    expect(result.keys).toEqual([]);
    expect(result.skipped.map(({ line, reason }) => [line, reason.slice(0, 15)])).toEqual([
      [1, '@cert-authority'],
      [2, 'Certdesk does n'],
      [3, 'The key is dama'],
      [4, 'The key is dama'],
      [5, 'Unknown marker '],
    ]);
  });

  it('reads a hostile pattern in little time', () => {
    const pattern = `${'*a'.repeat(5_000)}b`;
    expect(find([`${pattern} ${one.text}`], 'a'.repeat(250))).toMatchObject({ keys: [] });
  });

  it('has the fingerprint that OpenSSH prints', () => {
    // github.com's published Ed25519 key and its fingerprint.
    const blob = Buffer.from(
      'AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl',
      'base64',
    );
    expect(readHostKey(blob)).toEqual({
      type: 'ssh-ed25519',
      sha256: '+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU',
    });
    for (const damaged of ['', 'AAAA', 'AAAAAA==', '/////w=='])
      expect(readHostKey(Buffer.from(damaged, 'base64'))).toBeNull();
  });
});

describe('the answer to pasted lines', () => {
  it('has the keys to accept, names @cert-authority and leaves out what is revoked', () => {
    const text = [
      `${hashed('web1.example.com')} ${one.text}`,
      `@revoked web1.example.com ${two.text}`,
      `web1.example.com ${two.text}`,
      `@cert-authority *.example.com ${one.text}`,
    ].join('\n');
    const { keys, revoked, skipped } = readKnownHosts({ text, address: 'web1.example.com', port: 22 });
    expect(keys).toEqual([{ type: one.type, sha256: one.sha256 }]);
    expect(revoked).toEqual([{ type: two.type, sha256: two.sha256 }]);
    expect(skipped).toEqual([{ line: 4, reason: expect.stringContaining('@cert-authority') }]);
  });
});

it('refuses hashed names for so many hosts that their comparison takes too long', () => {
  const text = `${hashed('a')} ${one.text}\nplain ${two.text}`;
  const index = (hosts: number) => indexKnownHosts(text, { hosts, field: 'knownHosts' });
  expect(index(5_000_000).find({ address: 'a', port: 22 }).keys).toMatchObject([{ sha256: one.sha256 }]);
  expect(() => index(5_000_001)).toThrow(/has 1 hashed names, which takes too long for 5000001 hosts/);
});
