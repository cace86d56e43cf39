// The operations during which a process is killed, and what each needs beforehand.
import type { KillableServer } from './killable-server.ts';
import type { KillWorld } from './world.ts';

export interface Operation {
  readonly challenge: 'http-01' | 'dns-01';
  readonly verb: 'obtain' | 'renew' | 'revoke';
  /** A revocation that obtains a replacement first. */
  readonly replace?: true;
}

/** Name -> operation. */
export const OPERATIONS = {
  'http-01 issuance': { challenge: 'http-01', verb: 'obtain' },
  'dns-01 issuance': { challenge: 'dns-01', verb: 'obtain' },
  'http-01 renewal': { challenge: 'http-01', verb: 'renew' },
  'dns-01 renewal': { challenge: 'dns-01', verb: 'renew' },
  revocation: { challenge: 'http-01', verb: 'revoke' },
  'revocation with a replacement': { challenge: 'http-01', verb: 'revoke', replace: true },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof OPERATIONS;

export interface Prepared {
  readonly projectId: string;
  readonly domain: string;
  /** Below /api/v1. */
  readonly path: string;
  readonly body: object | undefined;
}

/** Its own project with what the operation needs, and the request that starts it. */
export async function prepare(
  world: KillWorld,
  { call }: KillableServer,
  {
    operation: { challenge, verb, replace },
    domain,
  }: { readonly operation: Operation; readonly domain: string },
): Promise<Prepared> {
  // With dns-01 the name and its wildcard: two records of one name at once.
  const altNames = challenge === 'dns-01' ? [`*.${domain}`] : [];
  const project = await call('POST', '/projects', {
    body: { name: domain, domain, altNames, allowDuplicateDomain: true },
  });
  const projectId = String(project.body.id);
  const certificate = `/projects/${projectId}/certificate`;
  // A new e-mail address creates a new account, so that its registration is part of the operation.
  const email = verb === 'obtain' ? { email: `admin@${domain}` } : {};
  const proof = challenge === 'dns-01' ? world.rig.requests.cloudflare : { challengeType: 'http-01' };
  const obtain = { ...proof, keyType: 'ec', ...email };
  if (verb !== 'obtain') {
    const { status, text } = await call('POST', `${certificate}/obtain`, { body: obtain });
    if (status !== 200) throw new Error(`the certificate that was to be there was not obtained: ${text}`);
  }
  const revoke = replace === undefined ? undefined : { reason: 'keyCompromise', replace };
  const body = verb === 'obtain' ? obtain : revoke;
  return { projectId, domain, path: `${certificate}/${verb}`, body };
}
