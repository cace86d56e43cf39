// Relays DNS messages from one loopback address to a server at another one: BIND listens only on addresses of an
// interface, which 127.0.0.2 is not, although every program on Linux may bind it.
import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';

export interface DnsRelay {
  close(): Promise<void>;
}

export interface RelayEnd {
  readonly address: string;
  readonly port: number;
}

export async function startDnsRelay(from: RelayEnd, to: RelayEnd): Promise<DnsRelay> {
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const tcp = createServer((client) => {
    const server = track(connect(to.port, to.address));
    track(client).pipe(server).pipe(client);
  });
  const udp = createSocket('udp4');
  udp.on('message', (message, client) => {
    const server = createSocket('udp4');
    const timer = setTimeout(() => server.close(), 5_000);
    server.on('error', () => {});
    server.once('message', (answer) => {
      udp.send(answer, client.port, client.address);
      clearTimeout(timer);
      server.close();
    });
    server.send(message, to.port, to.address);
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(from.port, from.address, resolve);
  });
  await new Promise<void>((resolve, reject) => {
    udp.once('error', reject);
    udp.bind(from.port, from.address, resolve);
  }).catch((error: unknown) => {
    tcp.close();
    throw error;
  });
  return {
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([
        new Promise<void>((resolve) => udp.close(resolve)),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ]);
    },
  };
}
