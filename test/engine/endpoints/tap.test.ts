// What the probe records of a connection, and that the stream behaves like the connection.
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { createTap } from '../../../src/main/engine/endpoints/tap.ts';

function createConnection() {
  const written: string[] = [];
  const connection = new Duplex({
    read: () => undefined,
    write(chunk, _, done) {
      written.push(String(chunk));
      done();
    },
  });
  return { connection, written };
}

it('passes bytes on in both directions and records those of the server', async () => {
  const { connection, written } = createConnection();
  const { stream, received } = createTap(connection);
  stream.write('hello');
  connection.push('one ');
  connection.push('two');
  const chunks: string[] = [];
  for await (const chunk of stream) {
    chunks.push(String(chunk));
    if (chunks.join('') === 'one two') connection.push(null);
  }
  expect(written).toEqual(['hello']);
  expect(received().toString()).toBe('one two');
  expect(connection.destroyed).toBe(true);
});

it('records a limited amount of a server that never stops', async () => {
  const { connection } = createConnection();
  const { stream, received } = createTap(connection);
  const megabyte = Buffer.alloc(1024 * 1024);
  for (let n = 0; n < 10; n += 1) connection.push(megabyte);
  connection.push(null);
  let total = 0;
  for await (const chunk of stream) total += chunk.length;
  expect(total).toBe(10 * megabyte.length);
  expect(received().length).toBe(megabyte.length);
});

it('closes the connection, and fails as the connection does', async () => {
  const one = createConnection();
  createTap(one.connection).stream.destroy();
  await once(one.connection, 'close');

  const two = createConnection();
  const { stream } = createTap(two.connection);
  const failed = once(stream, 'error');
  two.connection.destroy(new Error('reset'));
  expect(await failed).toMatchObject([{ message: 'reset' }]);
});
