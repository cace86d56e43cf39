// The credential of the command line is accepted only from the server's own machine.
import { Socket } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { createLocalAccess } from '../../src/main/http/local-access.ts';

/** A request over a connection between these addresses. */
function from(remoteAddress: string, localAddress: string): FastifyRequest {
  const socket = new Socket();
  Object.defineProperties(socket, {
    remoteAddress: { value: remoteAddress },
    localAddress: { value: localAddress },
  });
  return { socket } as unknown as FastifyRequest;
}

describe('the local credential', () => {
  const access = createLocalAccess('certdesk');

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.9', '127.0.0.1'],
    ['::1', '::1'],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.1'],
    ['192.0.2.10', '192.0.2.10'],
  ])('is accepted from %s to %s', (remote, local) => {
    expect(access.authenticate(access.token, from(remote, local))).toMatchObject({
      kind: 'command-line',
      name: 'certdesk',
      scopes: ['admin'],
    });
  });

  it.each([
    ['192.0.2.11', '192.0.2.10'],
    ['2001:db8::2', '2001:db8::1'],
    ['::ffff:192.0.2.11', '::ffff:192.0.2.10'],
    ['128.127.0.1', '127.0.0.1'],
  ])('is refused from %s to %s', (remote, local) => {
    expect(access.authenticate(access.token, from(remote, local))).toBeNull();
  });

  it('is refused if it is another one', () => {
    expect(access.authenticate('cdc_x', from('127.0.0.1', '127.0.0.1'))).toBeNull();
    expect(
      access.authenticate(createLocalAccess('certdesk').token, from('127.0.0.1', '127.0.0.1')),
    ).toBeNull();
  });
});
