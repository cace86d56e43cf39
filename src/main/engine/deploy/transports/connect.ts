// Opens the transport of a host: local or SSH.
import type { AddressPolicy } from '../../outgoing/address-policy.ts';
import type { ConnectTransport } from '../transport.ts';
import { connectLocal } from './local.ts';
import { connectSsh } from './ssh.ts';

export interface ConnectTransportOptions {
  readonly policy: AddressPolicy;
  /** A folder of Certdesk's own, for the runs on this machine. */
  readonly localFolder: string;
}

export function createConnectTransport({ policy, localFolder }: ConnectTransportOptions): ConnectTransport {
  return async (host, signal) =>
    host.transport === 'local'
      ? connectLocal(host, { folder: localFolder })
      : connectSsh(host, { policy }, signal);
}
