// The autostart entry and its arguments.
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { argsAtLogin, autostartEntry } from '../../src/main/desktop/autostart.ts';

test('the autostart entry quotes characters that the desktop’s shell would interpret', () => {
  expect(autostartEntry('/usr/bin/certdesk', ['--hidden'])).toContain('\nExec=/usr/bin/certdesk --hidden\n');
  expect(autostartEntry('/home/a b/Cert$desk 100%.AppImage', ['--hidden'])).toContain(
    '\nExec="/home/a b/Cert\\\\$desk 100%%.AppImage" --hidden\n',
  );
});

test.each([
  [[], ['--hidden']],
  [['--hidden'], ['--hidden']],
  [['certdesk://project/a'], ['--hidden']],
  [
    ['--data-dir', 'data', '--port', '8080'],
    ['--data-dir', resolve('data'), '--port', '8080', '--hidden'],
  ],
  [['--data-dir=data'], [`--data-dir=${resolve('data')}`, '--hidden']],
  [
    ['--acme-ca-file', 'root.pem', '--data-dir', '/data'],
    ['--acme-ca-file', resolve('root.pem'), '--data-dir', '/data', '--hidden'],
  ],
  [['--acme-ca-file=../root.pem'], [`--acme-ca-file=${resolve('../root.pem')}`, '--hidden']],
])('started with %j, Certdesk starts at login with %j', (given, args) =>
  expect(argsAtLogin(given)).toEqual(args),
);

test('the autostart entry starts nothing if the program no longer exists', () =>
  expect(autostartEntry('/opt/Certdesk/certdesk-desktop', [])).toContain(
    '\nTryExec=/opt/Certdesk/certdesk-desktop\n',
  ));
