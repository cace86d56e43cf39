// Reads how systemd confines a process from the files of /proc.
import { expect, it } from 'vitest';
import { findSandbox } from '../../../../src/main/engine/deploy/transports/sandbox.ts';

const FREE = {
  mounts: '21 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n22 21 0:5 / /proc rw - proc proc rw\n',
  status: 'Name:\tnode\nNoNewPrivs:\t0\n',
  cgroup: '0::/user.slice/session-1.scope\n',
};
const CONFINED = {
  mounts: [
    '21 1 8:1 / / ro,relatime - ext4 /dev/sda1 rw',
    '30 21 8:1 /var/lib/certdesk /var/lib/certdesk rw - ext4 /dev/sda1 rw',
    '31 21 8:1 /etc/tls /etc/my\\040tls rw - ext4 /dev/sda1 rw',
    '32 31 8:1 /x /etc/my\\040tls/sub ro - ext4 /dev/sda1 rw',
  ].join('\n'),
  status: 'NoNewPrivs:\t1\n',
  cgroup: '0::/system.slice/certdesk.service\n',
};

it('finds nothing in a process that nobody confines', () => {
  expect(findSandbox(FREE, ['/etc/nginx/ssl/a.pem'])).toBeNull();
  expect(findSandbox({ mounts: '', status: '', cgroup: '' }, ['/a'])).toBeNull();
});

it('names the folders that are read-only, and prints the drop-in for the unit', () => {
  const paths = [
    '/etc/nginx/ssl/a.pem',
    '/etc/nginx/ssl/a.key',
    '/var/lib/certdesk/x',
    '/etc/my tls/a.pem',
    '/etc/my tls/sub/b',
  ];
  const sandbox = findSandbox(CONFINED, paths);
  expect(sandbox).toMatchObject({
    readOnly: ['/etc/nginx/ssl', '/etc/my tls/sub'],
    noNewPrivileges: true,
    unit: 'certdesk.service',
  });
  expect(sandbox?.dropIn).toContain('ReadWritePaths=/etc/nginx/ssl "/etc/my tls/sub"\n');
  expect(sandbox?.dropIn).toContain('systemctl edit certdesk.service');
});

it('reports a unit that may not gain rights, even if it can write', () => {
  const writable = { ...CONFINED, mounts: FREE.mounts };
  expect(findSandbox(writable, ['/etc/a.pem'])).toMatchObject({ readOnly: [], noNewPrivileges: true });
});
