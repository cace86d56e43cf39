// Starts the name server for peers: a real BIND with one zone, which Certdesk updates and the CA queries.
import { type Bind, type BindZone, startBind } from '../../test/support/dns/bind.ts';
import type { Bench } from './peer.ts';

export const ZONE = 'interop.example.com';
/** Leads to an address where nothing listens: HTTP-01 fails. */
export const UNREACHABLE = `down.${ZONE}`;

export async function startNames(bench: Bench, zones: readonly BindZone[] = []): Promise<Bind> {
  const bind = await startBind({ zones: [{ name: ZONE, records: ['down A 127.0.0.9'] }, ...zones] });
  bench.cleanUp(bind.stop);
  return bind;
}

/** For Platform.dns. */
export const platformDns = (bind: Bind) => ({
  resolvers: [bind.server],
  endpoints: {},
  authorityPort: bind.port,
});

/** The second key, which is the stronger one. */
export function tsigCredentials({ server, keys }: Bind): Record<string, string> {
  const key = keys[1] ?? { name: '', algorithm: '', secret: '' };
  return {
    nameserver: server,
    tsigKeyName: key.name,
    tsigAlgorithm: key.algorithm,
    tsigSecret: key.secret,
  };
}
