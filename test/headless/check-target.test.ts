import { expect, it } from 'vitest';
import { toCheckTarget } from '../../src/main/headless/check-target.ts';

it.each([
  ['www.example.com', null, 'www.example.com', 443, 'tls'],
  ['www.example.com:8443', null, 'www.example.com', 8443, 'tls'],
  ['WWW.Bücher.example.', null, 'www.xn--bcher-kva.example', 443, 'tls'],
  ['192.0.2.1', null, '192.0.2.1', 443, 'tls'],
  ['2001:db8::1', null, '2001:db8::1', 443, 'tls'],
  ['[2001:db8::1]:993', null, '2001:db8::1', 993, 'tls'],
  ['mail.example.com:25', null, 'mail.example.com', 25, 'smtp'],
  ['mail.example.com:587', null, 'mail.example.com', 587, 'smtp'],
  ['mail.example.com:465', null, 'mail.example.com', 465, 'tls'],
  ['mail.example.com:143', null, 'mail.example.com', 143, 'imap'],
  ['mail.example.com', 'imap', 'mail.example.com', 143, 'imap'],
  ['db.example.com', 'postgres', 'db.example.com', 5432, 'postgres'],
  ['mail.example.com:25', 'tls', 'mail.example.com', 25, 'tls'],
  ['localhost:5222', null, 'localhost', 5222, 'xmpp-client'],
] as const)('%s with --starttls %s is %s, port %i, %s', (text, starttls, host, port, protocol) => {
  expect(toCheckTarget(text, starttls)).toEqual({ host, port, protocol });
});

it.each([
  '',
  ':443',
  'a.example:',
  'a.example:0',
  'a.example:65536',
  'a.example:https',
  '[192.0.2.1]:443',
  '[2001:db8::1',
  '2001:db8::1:443:',
  'https://a.example',
  '*.a.example',
  'a b',
])('refuses %j', (text) => {
  expect(() => toCheckTarget(text, null)).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
});
