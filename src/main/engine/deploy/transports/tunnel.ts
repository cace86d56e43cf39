// Connects to ports of a host from its jump host, for the check of what a service there presents.
import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { oneLine } from '../../core/outside-text.ts';
import { ProbeFailure } from '../../endpoints/failure.ts';
import type { Tunnel } from '../transport.ts';

/** Reason codes of SSH_MSG_CHANNEL_OPEN_FAILURE (RFC 4254, section 5.1). */
const ADMINISTRATIVELY_PROHIBITED = 1;
const CONNECT_FAILED = 2;

/** The connection to the jump host. */
interface JumpConnection {
  readonly client: Client;
  ended(): string | null;
  onEnd(callback: () => void): () => void;
}

/** @param address Of the host, as the jump host reaches it. */
export function createTunnel(jump: JumpConnection, address: string): Tunnel {
  return (port, signal) =>
    new Promise<Duplex>((resolve, reject) => {
      signal.throwIfAborted();
      const settle = (end: () => void): void => {
        forget();
        signal.removeEventListener('abort', onAbort);
        end();
      };
      const lost = () => settle(() => reject(unreachable(jump.ended() ?? 'the connection was closed')));
      const onAbort = () => settle(() => reject(signal.reason));
      const forget = jump.onEnd(lost);
      signal.addEventListener('abort', onAbort, { once: true });
      if (jump.ended() !== null) return lost();
      try {
        jump.client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
          if (error) settle(() => reject(toFailure(error)));
          else if (signal.aborted) channel.destroy();
          else settle(() => resolve(channel));
        });
      } catch {
        lost(); // ssh2 throws if it has lost the connection meanwhile
      }
    });
}

function toFailure(error: Error & { readonly reason?: unknown }): ProbeFailure {
  const why = oneLine(error.message).replace(/^.*Channel open failure: /, '');
  if (error.reason === ADMINISTRATIVELY_PROHIBITED)
    return new ProbeFailure(
      'not-allowed',
      'is not allowed as a target by the jump host (AllowTcpForwarding, PermitOpen)',
    );
  if (error.reason === CONNECT_FAILED)
    return new ProbeFailure('refused', `cannot be reached from the jump host (${why})`);
  return unreachable(why);
}

const unreachable = (why: string): ProbeFailure =>
  new ProbeFailure('no-route', `could not be reached through the jump host (${why})`);
