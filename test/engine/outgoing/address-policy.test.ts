import { describe, expect, it } from 'vitest';
import { createAddressPolicy, isCidr } from '../../../src/main/engine/outgoing/address-policy.ts';

describe('the address policy', () => {
  const policy = createAddressPolicy();

  it('lets every caller name a public address', () => {
    expect(policy.refusal('8.8.8.8', 443, 'open')).toBeNull();
    expect(policy.refusal('2606:4700::1111', 443, 'open')).toBeNull();
  });

  it.each(['127.0.0.1', '10.0.0.1', '::1', 'fd00::1', '::ffff:10.0.0.1', '2002:a00:1::1', 'fe80::1%eth0'])(
    'refuses %s to a token or a remote party, and allows it if a user saved it',
    (address) => {
      expect(policy.refusal(address, 443, 'open')).toBe('private');
      expect(policy.refusal(address, 443, 'named')).toBeNull();
    },
  );

  it('opens the networks of --allow-private to every caller, and no others', () => {
    const open = createAddressPolicy({ allowPrivate: ['10.1.0.0/16', 'fd00:1::/32', '192.168.7.7'] });
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', 'fd00:1::5', '192.168.7.7'])
      expect(open.refusal(address, 443, 'open'), address).toBeNull();
    for (const address of ['10.2.0.1', 'fd00:2::5', '192.168.7.8', '127.0.0.1'])
      expect(open.refusal(address, 443, 'open'), address).toBe('private');
  });

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fd00:ec2::254',
    '168.63.129.16',
    '64:ff9b::a9fe:a9fe',
  ])('never allows the metadata address %s, whoever named it', (address) => {
    const open = createAddressPolicy({ allowPrivate: ['0.0.0.0/0', '::/0'] });
    expect(open.refusal(address, 80, 'named')).toBe('metadata');
    expect(open.refusal(address, 80, 'open')).toBe('metadata');
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '0.0.0.0', '::', '::ffff:127.0.0.1'])(
    'never allows its own listener at %s',
    (address) => {
      const own = createAddressPolicy({ allowPrivate: ['0.0.0.0/0', '::/0'], listeners: () => [7878] });
      expect(own.refusal(address, 7878, 'named')).toBe('own-listener');
      expect(own.refusal(address, 7879, 'named')).toBeNull();
    },
  );
});

describe('isCidr', () => {
  it.each(['10.0.0.0/8', '10.1.2.3', 'fd00::/8', '::1', '0.0.0.0/0', '::/0'])('accepts %s', (text) =>
    expect(isCidr(text)).toBe(true),
  );
  it.each(['10.0.0.0/33', '10.0.0/8', 'fd00::/129', 'intranet', '10.0.0.0/8/8', '10.0.0.0/', 'fe80::1%eth0'])(
    'refuses %s',
    (text) => expect(isCidr(text)).toBe(false),
  );
});
