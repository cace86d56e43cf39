// Ports: how a user may open port 80, and which program holds one.
import { createServer } from 'node:net';
import { describe, expect, it, test } from 'vitest';
import {
  findFreePort,
  findPortHolder,
  listeningInodes,
  pidOfNetstat,
} from '../../src/main/desktop/port-holder.ts';
import { lowPorts } from '../../src/main/http/listen.ts';
import { startApp } from '../support/server/app.ts';

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

  it.each([false, true])('is found to be held by another Certdesk (HTTPS: %s)', async (enabled) => {
    const other = await startApp({ platform: { https: { enabled, project: null, redirect: null } } });
    try {
      const port = Number(new URL(other.app.address).port);
      expect(await findPortHolder(port)).toMatch(/^another Certdesk/);
    } finally {
      await other.stop();
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
