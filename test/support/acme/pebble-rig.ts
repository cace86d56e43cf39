// A real Pebble with everything that an issuance by http-01 needs, for tests of the ACME client.
import { X509Certificate } from 'node:crypto';
import { createAcmeClient } from '../../../src/main/engine/acme/client.ts';
import type { AcmeClient, AcmeSession } from '../../../src/main/engine/acme/contract.ts';
import { LOOPBACK_POLICY } from '../tools/network.ts';
import { type Http01Server, makeKey, startHttp01 } from './issue.ts';
import { type Pebble, type PebbleOptions, startPebble } from './pebble.ts';

export interface PebbleRig {
  readonly pebble: Pebble;
  readonly http01: Http01Server;
  readonly client: AcmeClient;
  /** A session on a new account. */
  open(signal?: AbortSignal): Promise<AcmeSession>;
  /** A session without an account. */
  session(accountKey?: string, signal?: AbortSignal): AcmeSession;
  stop(): Promise<void>;
}

/** A Pebble, an http-01 server on its validation port, and an ACME client that trusts it. */
export async function startPebbleRig(options: PebbleOptions = {}): Promise<PebbleRig> {
  const pebble = await startPebble(options);
  const http01 = await startHttp01(pebble.httpPort).catch(async (error: unknown) => {
    await pebble.stop();
    throw error;
  });
  const client = createAcmeClient({
    addressPolicy: LOOPBACK_POLICY,
    requestTimeoutMs: 30_000,
    trustedRoots: pebble.rootPem,
    userAgent: 'certdesk-tests/1',
  });
  const session: PebbleRig['session'] = (accountKey = makeKey(), signal = new AbortController().signal) =>
    client.session({ directoryUrl: pebble.directoryUrl, accountKey, accountUrl: null, signal });
  return {
    pebble,
    http01,
    client,
    session,
    async open(signal) {
      const opened = session(makeKey(), signal);
      await opened.createAccount({ email: 'admin@example.com' });
      return opened;
    },
    async stop() {
      await client.close();
      await http01.stop();
      await pebble.stop();
    },
  };
}

/** Every certificate of a PEM chain, the leaf first. */
export function split(chain: string): X509Certificate[] {
  const pems = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return pems.map((pem) => new X509Certificate(pem));
}

export function leafOf(chain: string): X509Certificate {
  return new X509Certificate(chain);
}

export function commonName(name: string): string {
  return /^CN=(.*)$/m.exec(name)?.[1] ?? '';
}
