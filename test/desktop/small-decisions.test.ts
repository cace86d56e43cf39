// The place of the window, a jump of the clock, the autostart entry, ports and start problems.
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { argsAtLogin, autostartEntry } from '../../src/main/desktop/autostart.ts';
import {
  findFreePort,
  findPortHolder,
  listeningInodes,
  pidOfNetstat,
} from '../../src/main/desktop/port-holder.ts';
import { portOfChoice, startProblemOf } from '../../src/main/desktop/start-problem.ts';
import { hasJumped } from '../../src/main/desktop/wake.ts';
import { FIRST_PLACE, placeWindow } from '../../src/main/desktop/window-place.ts';
import { CertdeskError } from '../../src/main/engine/core/errors.ts';
import { lowPorts } from '../../src/main/http/listen.ts';

describe('the window position', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  const kept = { x: 100, y: 50, width: 1000, height: 700, maximized: false };

  it('is restored', () => expect(placeWindow(kept, screens)).toEqual(kept));
  test.each([
    ['on a screen that is gone', { ...kept, x: 2_500 }],
    ['below the screen', { ...kept, y: 1_070 }],
    ['above it, where its title bar cannot be reached', { ...kept, y: -200 }],
  ])('that was %s restores the size only', (_, place) =>
    expect(placeWindow(place, screens)).toEqual({ ...kept, x: null, y: null }),
  );
  test.each([
    [null],
    [undefined],
    ['x'],
    [{}],
    [{ ...kept, width: 'wide' }],
    [{ ...kept, height: Number.NaN }],
    [{ ...kept, width: 3 }],
  ])('stored as %j is replaced by the default', (place) =>
    expect(placeWindow(place, screens)).toEqual(FIRST_PLACE),
  );
});

test.each([
  ['time goes on', 4_000, 4_000, false],
  ['a machine under load', 25_000, 25_000, false],
  ['sleep, in which the steady clock stands', 3_600_000, 4_000, true],
  ['a clock that was set back', -3_600_000, 4_000, true],
  ['a clock that is kept right', 5_000, 4_000, false],
])('%s', (_, wall, steady, jumped) =>
  expect(hasJumped({ wall: 1_000_000, steady: 500 }, { wall: 1_000_000 + wall, steady: 500 + steady })).toBe(
    jumped,
  ),
);

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

test.each([
  ['/usr/bin/node', false, 'sudo setcap cap_net_bind_service=+ep /usr/bin/node'],
  ['/home/a b/node', false, "sudo setcap cap_net_bind_service=+ep '/home/a b/node'"],
  ['/opt/Certdesk/certdesk-desktop', true, 'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80'],
])('ports below 1024 are opened to %s (Electron: %s) by %s', (program, electron, command) =>
  expect(lowPorts(program, electron)).toBe(command),
);

describe('a port in use', () => {
  it('is found to be held by this process', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      expect(await findPortHolder(port)).toMatch(new RegExp(`\\(process ${process.pid}\\)$`));
      const free = await findFreePort('127.0.0.1', port);
      expect(free).toBeGreaterThan(port);
    } finally {
      server.close();
    }
  });

  it('is looked up in the Linux table among listening sockets of that port', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1EC6 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1
   1: 0100007F:1EC6 0100007F:9000 01 00000000:00000000 00:00000000 00000000  1000        0 222 1
   2: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 333 1`;
    expect(listeningInodes(table, 7878)).toEqual(['111']);
    expect(listeningInodes(table, 80)).toEqual(['333']);
    expect(listeningInodes('', 80)).toEqual([]);
  });

  it('is parsed from the Windows output in any language', () => {
    const output = `
Aktive Verbindungen

  Proto  Lokale Adresse         Remoteadresse          Status           PID
  TCP    127.0.0.1:7878         0.0.0.0:0              ABHÖREN         4242
  TCP    127.0.0.1:50000        127.0.0.1:7878         HERGESTELLT     11
`;
    expect(pidOfNetstat(output, 7878)).toBe(4242);
    expect(pidOfNetstat(output, 50_000)).toBeNull();
  });
});

describe('the message of a failed start', () => {
  const around = { holder: null, freePort: null, platform: 'linux' } as const;
  const inUse = new CertdeskError('LISTEN_FAILED', 'in use', {
    host: '127.0.0.1',
    port: 7878,
    reason: 'EADDRINUSE',
  });

  it('names the program that holds the port, and offers another port', () => {
    const problem = startProblemOf(inUse, { ...around, holder: 'node (process 1)', freePort: 7879 });
    expect(problem.title).toBe('Port 7878 is in use');
    expect(problem.text[0]).toBe('node (process 1) uses it.');
    expect(problem.choices.map(({ label }) => label)).toEqual(['Use port 7879', 'Try again', 'Quit']);
    expect(portOfChoice(problem.choices[0]?.id ?? '')).toBe(7879);
  });
  it('says that the port is in use if its holder is unknown', () => {
    expect(startProblemOf(inUse, around).choices).toHaveLength(2);
  });
  test.each([
    ['again', null],
    ['quit', null],
    ['other-port:x', null],
    ['other-port:7879', 7879],
  ])('the choice %s means port %s', (choice, port) => expect(portOfChoice(choice)).toBe(port));

  it('says what to do about another Certdesk on the same data', () => {
    const problem = startProblemOf(new CertdeskError('DATA_FOLDER_IN_USE', 'folder'), around);
    expect(problem.title).toMatch(/Another Certdesk/);
    expect(problem.commands).toContain('certdesk login-link');
  });
  it.each(['linux', 'darwin', 'win32'] as const)('says how to fix the keychain of %s', (platform) => {
    const error = new CertdeskError('SECRET_STORE_UNAVAILABLE', 'It is locked');
    const { text } = startProblemOf(error, { ...around, platform });
    expect(text).toHaveLength(3);
  });
  it('says that data of a newer Certdesk was not changed', () => {
    const problem = startProblemOf(new CertdeskError('DATABASE_TOO_NEW', 'Too new'), around);
    expect(problem.title).toMatch(/newer version of Certdesk/);
    expect(problem.text).toEqual(['Too new', expect.stringMatching(/Nothing was changed/)]);
  });
  it('shows the command that restores the last backup over a damaged database', () => {
    const damaged = new CertdeskError('DATABASE_DAMAGED', 'Damaged', {
      path: '/data/certdesk.db',
      reason: 'a page is unreadable',
      backup: 'x',
      command: 'certdesk backup restore x',
    });
    const problem = startProblemOf(damaged, around);
    expect(problem.title).toMatch(/damaged/);
    expect(problem.commands).toEqual(['certdesk backup restore x']);
  });
  it('quotes any other error', () =>
    expect(startProblemOf(new CertdeskError('INTERNAL', 'Odd'), around).text).toEqual(['Odd']));
});
