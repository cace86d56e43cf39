// The credential of the command line on the server's machine. It exists in the memory of this process and in a file of
// the data folder (secrets/access-file.ts), so it ends with the process and is in no database and no backup.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CHALLENGE_HEADER, PROOF_HEADER } from '../../shared/local-access.ts';
import type { Principal } from '../api/context.ts';
import { hashOfSecret, randomSecret } from '../engine/core/random-secret.ts';

export interface LocalAccess {
  readonly token: string;
  /**
   * @returns the command line as the caller, or null if the secret is another one, or the request comes from another
   * machine, which cannot have read the file.
   */
  authenticate(secret: string, request: FastifyRequest): Principal | null;
}

/**
 * @param owner The user who runs this server, who is the only one that can read the file, apart from root. The audit
 * trail names it.
 */
export function createLocalAccess(owner: string): LocalAccess {
  const token = randomSecret('cdc_');
  const hash = Buffer.from(hashOfSecret(token));
  const principal: Principal = {
    kind: 'command-line',
    id: 'command-line',
    name: owner,
    scopes: ['admin'],
    projectIds: null,
    proofAt: null,
  };
  return {
    token,
    authenticate: (secret, { socket }) =>
      timingSafeEqual(Buffer.from(hashOfSecret(secret)), hash) && isOwnMachine(socket) ? principal : null,
  };
}

/** Answers challenges on every path (shared/local-access.ts). */
export function addLocalProof(app: FastifyInstance, { token }: LocalAccess): void {
  app.addHook('onRequest', async ({ headers, socket }, reply) => {
    const challenge = headers[CHALLENGE_HEADER];
    if (typeof challenge !== 'string' || challenge.length > MAX_CHALLENGE || !isOwnMachine(socket)) return;
    reply.header(PROOF_HEADER, createHmac('sha256', token).update(challenge).digest('base64url'));
  });
}

const MAX_CHALLENGE = 100;

/** A connection from an address of this machine: loopback, or the address that the server listens on. */
function isOwnMachine({ remoteAddress = '', localAddress }: Socket): boolean {
  return (
    /^(?:::ffff:)?127\./.test(remoteAddress) || remoteAddress === '::1' || remoteAddress === localAddress
  );
}
