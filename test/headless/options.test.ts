// What the options of the command line and of the environment are taken as.
import { expect, test } from 'vitest';
import { readDesktopOptions } from '../../src/main/headless/options.ts';

test.each([
  '192.0.2.1:53',
  '192.0.2.1',
  '[2001:db8::1]:5353',
  '2001:db8::1',
  'localhost:53',
  'ns.example.com:53',
])('--dns-resolver %s is taken', (server) =>
  expect(readDesktopOptions(['--dns-resolver', server]).dnsResolver).toEqual([server]),
);

test.each([
  'nonsense',
  'ns.example.com',
  '192.0.2.1:0',
  '192.0.2.1:99999',
  '192.0.2.1:x',
  'https://1.1.1.1',
  '[::1',
])('--dns-resolver %s is refused, and named', (server) => {
  const read = () => readDesktopOptions(['--dns-resolver', '192.0.2.1:53', '--dns-resolver', server]);
  expect(read).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
  expect(read).toThrow(/^certdesk: [^\n]*--dns-resolver[^\n]* is invalid\. HOST:PORT[^\n]*$/);
  expect(read).toThrow(server);
});
