// Checks whether a caller may make a request. Operations and schemas declare what a request needs as metadata
// (shared/reach.ts), and only this module compares it with the caller.
import type { Need, Reach } from '../../shared/reach.ts';
import type { Scope } from '../../shared/token.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { Principal } from './context.ts';

/** How long a proof is fresh, in milliseconds: long enough to set up an installation with one proof. */
const PROOF_MS = 15 * 60_000;

export interface Requirement extends Need {
  /** The scope that a token needs; undefined if no token may call, because the reach is `system`. */
  readonly scope?: Scope;
  /** The project that the request concerns; null if it concerns none in particular. */
  readonly projectId: string | null;
  /** Whether users need a fresh proof of identity. */
  readonly freshProof: boolean;
}

/** @throws FORBIDDEN, PROOF_REQUIRED */
export function authorize(principal: Principal, required: Requirement, now: Date): void {
  if (isToken(principal)) authorizeToken(principal, required);
  if (required.freshProof && !hasFreshProof(principal, now)) throw new CertdeskError('PROOF_REQUIRED');
}

/** The command line's credential is a token of the running server, with the scope admin (http/local-access.ts). */
const isToken = ({ kind }: Pick<Principal, 'kind'>): boolean => kind === 'token' || kind === 'command-line';

function authorizeToken({ kind, scopes, projectIds }: Principal, required: Requirement): void {
  const { reach, scope, projectId, allProjects } = required;
  if (reach === 'system')
    throw forbidden(
      kind === 'token'
        ? 'API tokens cannot do this. Sign in with a browser: `certdesk login-link` on the machine of the server prints the link'
        : 'The command line cannot do this through the running server. Sign in with a browser: `certdesk login-link` prints the link',
    );
  const needed = reach === 'installation' ? 'admin' : scope;
  if (needed === undefined || !scopes.some((own) => INCLUDED[own].includes(needed)))
    throw forbidden(`This token lacks the scope ${needed}`);
  if (projectIds === null) return;
  if (reach !== 'project' || allProjects === true) throw forbidden('This token is limited to projects');
  if (projectId !== null && !projectIds.includes(projectId))
    throw forbidden('This token is limited to other projects');
}

/** Tokens prove themselves with every call. */
function hasFreshProof({ kind, proofAt }: Principal, now: Date): boolean {
  if (isToken({ kind })) return true;
  return proofAt !== null && now.getTime() - Date.parse(proofAt) <= PROOF_MS;
}

/** The scopes that each scope includes. */
const INCLUDED: Readonly<Record<Scope, readonly Scope[]>> = {
  'projects:read': ['projects:read'],
  'projects:write': ['projects:read', 'projects:write', 'certificates:download'],
  'certificates:download': ['certificates:download'],
  admin: ['projects:read', 'projects:write', 'certificates:download', 'admin'],
};

/** @returns the largest reach that a caller has */
export function reachOf({ kind, scopes }: Pick<Principal, 'kind' | 'scopes'>): Reach {
  if (!isToken({ kind })) return 'system';
  return scopes.includes('admin') ? 'installation' : 'project';
}

function forbidden(message: string): CertdeskError {
  return new CertdeskError('FORBIDDEN', message);
}
