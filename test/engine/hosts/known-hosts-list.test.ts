// The hosts of a known_hosts file, for the import of many hosts.
import { expect, it } from 'vitest';
import { listKnownHosts } from '../../../src/main/engine/hosts/known-hosts-list.ts';
import { detectFormat } from '../../../src/main/engine/hosts/read-host-file.ts';
import { hostKey } from '../../support/hosts/host-keys.ts';

const one = hostKey('ssh-ed25519', 'one');
const two = hostKey('ssh-rsa', 'two');
const bad = hostKey('ssh-ed25519', 'stolen');
const dss = hostKey('ssh-dss', 'old');

it('lists hosts with ports and all keys, and joins the names of one line', () => {
  const { hosts, refused } = listKnownHosts(
    [
      '# comment',
      `web1.example.com,192.0.2.1 ${one.text} comment`,
      `192.0.2.1 ${two.text}`,
      `[web2.example.com]:2222,[2001:db8::2]:2222 ${one.text}`,
      `web3 ${one.text}`,
      `[web3]:22 ${two.text}`,
      `web4,[web4]:2200 ${one.text}`,
      '',
    ].join('\n'),
    100,
  );
  expect(refused).toEqual([]);
  expect(
    hosts.map(({ name, address, port, keys, aliases }) => [name, address, port, keys.length, aliases]),
  ).toEqual([
    ['web1.example.com', 'web1.example.com', 22, 2, ['192.0.2.1']],
    ['web2.example.com:2222', 'web2.example.com', 2222, 1, ['2001:db8::2']],
    ['web3', 'web3', 22, 2, []],
    ['web4', 'web4', 22, 1, []],
    ['web4:2200', 'web4', 2200, 1, []],
  ]);
});

it('refuses what it cannot import with the reason, and takes no revoked key', () => {
  const { hosts, refused } = listKnownHosts(
    [
      `|1|c2FsdA==|aGFzaA== ${one.text}`,
      `@cert-authority *.example.com ${one.text}`,
      `@revoked * ${bad.text}`,
      `a ${bad.text}`,
      `a ${one.text}`,
      `*.example.com ${one.text}`,
      `b ${dss.text}`,
      'c ssh-ed25519 AAAA',
      `d/../e ${one.text}`,
      `[f]:99999 ${one.text}`,
      `@other g ${one.text}`,
    ].join('\n'),
    100,
  );
  expect(hosts).toMatchObject([{ name: 'a', keys: [{ sha256: one.sha256 }] }]);
  expect(refused.map(({ line, reason }) => [line, reason.slice(0, 30)])).toEqual([
    [1, 'The name is hashed, so nobody '],
    [2, '@cert-authority: Certdesk cann'],
    [3, '@revoked: the file says not to'],
    [6, 'A pattern is not the name of o'],
    [7, 'Certdesk does not support this'],
    [8, 'The key is damaged'],
    [9, 'This is no host name and no IP'],
    [10, 'The port is no number from 1 t'],
    [11, 'Unknown marker @other'],
  ]);
  expect(listKnownHosts(`a ${one.text}\nb ${one.text}`, 1).refused).toMatchObject([
    { line: 2, reason: 'The file has more than 1 hosts' },
  ]);
});

it.each([
  [`web ${one.text}`, 'known_hosts'],
  [`# x\n@revoked * ${one.text}`, 'known_hosts'],
  [`|1|a|b ${one.text}`, 'known_hosts'],
  ['[web]\nhost', 'ansible-ini'],
  ['host ansible_host=x', 'ansible-ini'],
  ['host:2222', 'ansible-ini'],
  ['2001:db8::1', 'ansible-ini'],
  ['---\nall:', 'ansible-yaml'],
  ['all:\n  hosts:', 'ansible-yaml'],
  ['"web servers":', 'ansible-ini'],
  ['', 'ansible-ini'],
])('finds out the format of %j', (text, format) => {
  expect(detectFormat(text)).toBe(format);
});
