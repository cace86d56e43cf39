// Manages hosts. A person defines them; deployments install files on them.
import { randomUUID } from 'node:crypto';
import {
  type CreateHost,
  HOST_CREDENTIAL_KIND_LABELS,
  type Host,
  type UpdateHost,
} from '../../../shared/host.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Emit, Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { HostRecord } from '../core/model-deploy.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { isMetadataAddress } from '../outgoing/special-networks.ts';
import { describeUsers, type User } from './in-use.ts';
import { findHost } from './lookup.ts';

export interface Hosts {
  /** By name. */
  list(): Promise<readonly Host[]>;
  /** @throws HOST_NOT_FOUND */
  get(id: string): Promise<Host>;
  /** @throws INVALID_REQUEST, PATH_CLAIMED */
  create(body: CreateHost): Promise<Host>;
  /** Adds all of them, or none. @throws as `create` */
  createAll(bodies: readonly CreateHost[]): Promise<readonly Pick<Host, 'id' | 'name'>[]>;
  /** Deployments that select a new tag then deploy to the host. @throws HOST_NOT_FOUND, INVALID_REQUEST, PATH_CLAIMED */
  update(id: string, body: UpdateHost): Promise<Host>;
  /** Files on the host stay. @throws HOST_NOT_FOUND, HOST_IN_USE (details.usedBy) */
  remove(id: string): Promise<void>;
}

export interface HostsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  /** Adds the host to the deployments of its tags, and removes it from others. @throws PATH_CLAIMED */
  syncTags(tx: Stores, host: HostRecord, tagsBefore: readonly string[]): Promise<void>;
  /** Removes the host from all deployments. @returns the deployments that name it, which must be changed first */
  release(tx: Stores, host: HostRecord): Promise<readonly User[]>;
  /** Resumes the runs that stopped because the host key had changed. */
  onKeysAccepted(tx: Stores, hostId: string): Promise<void>;
}

/** The maximum number of jump hosts before a host. */
const MAX_JUMPS = 5;

export function createHosts(deps: HostsDeps): Hosts {
  const { stores, journal, clock } = deps;
  const now = () => toTimestamp(clock.now());

  const present = (host: HostRecord, deployments: number): Host => ({
    ...host,
    tags: [...host.tags],
    hostKeys: host.hostKeys.map((key) => ({ ...key })),
    savedBy: { kind: host.savedBy.kind, name: host.savedBy.name },
    deployments,
  });
  const presentOne = async (host: HostRecord): Promise<Host> =>
    present(host, (await stores.deployments.targetsOnHost(host.id)).length);

  function toNewHost(body: CreateHost): HostRecord {
    const at = now();
    return {
      id: randomUUID(),
      ...body,
      savedBy: journal.savedBy(),
      createdAt: at,
      updatedAt: at,
      lastContactAt: null,
      lastError: null,
      changedKey: null,
    };
  }

  async function add(tx: Stores, emit: Emit, host: HostRecord): Promise<void> {
    assertAddress(host);
    await assertReferences(tx, host);
    await tx.hosts.create(host);
    await deps.syncTags(tx, host, []);
    const keys = host.hostKeys.map(({ type, sha256 }) => `${type} SHA256:${sha256}`).join(', ');
    const accepted = keys === '' ? '' : `; accepted key: ${keys}`;
    await emit({ kind: 'host.created', message: `Host ${host.name} added${accepted}` });
  }

  return {
    async list() {
      const [hosts, counts] = await Promise.all([stores.hosts.list(), stores.deployments.countByHost()]);
      return hosts.map((host) => present(host, counts.get(host.id) ?? 0));
    },

    get: async (id) => presentOne(await findHost(stores, id)),

    async create(body) {
      const host = toNewHost(body);
      await journal.write((tx, emit) => add(tx, emit, host));
      return presentOne(host);
    },

    async createAll(bodies) {
      const added = bodies.map(toNewHost);
      await journal.write(async (tx, emit) => {
        for (const host of added) await add(tx, emit, host);
      });
      return added.map(({ id, name }) => ({ id, name }));
    },

    async update(id, body) {
      const changed = await journal.write(async (tx, emit) => {
        const before = await findHost(tx, id);
        if (before.transport === 'local') refuseForLocal(body);
        const host = {
          ...before,
          ...definedOf(body),
          savedBy: body.address === undefined ? before.savedBy : journal.savedBy(),
          updatedAt: now(),
        };
        assertAddress(host);
        await assertReferences(tx, host);
        const accepts = body.hostKeys !== undefined;
        const { id: _, transport: __, createdAt: ___, ...patch } = host;
        await tx.hosts.update(id, { ...patch, ...(accepts ? { changedKey: null } : {}) });
        if (body.tags !== undefined) await deps.syncTags(tx, host, before.tags);
        if (accepts) await deps.onKeysAccepted(tx, id);
        await emit({ kind: 'host.updated', message: describeChange(before, body) });
        return { ...host, ...(accepts ? { changedKey: null } : {}) };
      });
      return presentOne(changed);
    },

    async remove(id) {
      await journal.write(async (tx, emit) => {
        const host = await findHost(tx, id);
        const behind = await tx.hosts.behind(id);
        const usedBy = [
          ...(await deps.release(tx, host)),
          ...behind.map((each) => ({ id: each.id, name: each.name })),
        ];
        if (usedBy.length > 0) {
          const message = `The host ${host.name} is in use (${describeUsers(usedBy)}). Remove it there first`;
          throw new CertdeskError('HOST_IN_USE', message, { usedBy });
        }
        await tx.hosts.delete(id);
        const message = `Host ${host.name} removed; files that were installed there stay`;
        await emit({ kind: 'host.removed', message });
      });
    },
  };
}

/** @throws INVALID_REQUEST for an unknown credential or jump host, or a circle of jump hosts */
async function assertReferences(tx: Stores, host: HostRecord): Promise<void> {
  if (host.credentialId !== null) {
    const credential = await tx.hostCredentials.get(host.credentialId);
    if (credential === null) throw invalid('credentialId', `host credential ${host.credentialId} not found`);
    if (credential.kind === 'secret' || credential.kind === 'aws')
      throw invalid(
        'credentialId',
        `is of the type ${HOST_CREDENTIAL_KIND_LABELS[credential.kind]}, which cannot sign in to a host`,
      );
  }
  let jump = host.jumpHostId;
  for (let count = 1; jump !== null; count += 1) {
    if (jump === host.id) throw invalid('jumpHostId', 'leads back to the host itself');
    if (count > MAX_JUMPS) throw invalid('jumpHostId', `leads through more than ${MAX_JUMPS} hosts`);
    const next: HostRecord | null = await tx.hosts.get(jump);
    if (next === null) throw invalid('jumpHostId', `host ${jump} not found`);
    if (next.transport !== 'ssh') throw invalid('jumpHostId', 'is not reached by SSH');
    jump = next.jumpHostId;
  }
}

/** @throws INVALID_REQUEST */
function assertAddress({ address }: HostRecord): void {
  if (address !== null && isMetadataAddress(address))
    throw invalid('address', 'is the metadata service of a cloud provider, which is never connected to');
}

/** @throws INVALID_REQUEST for fields of SSH */
function refuseForLocal(body: UpdateHost): void {
  const field = (['user', 'credentialId', 'hostKeys', 'jumpHostId'] as const).find(
    (name) => body[name] !== undefined && body[name] !== null,
  );
  if (field !== undefined) throw invalid(field, 'belongs to SSH, and this host is the machine of Certdesk');
}

function definedOf<T extends object>(patch: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(patch).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** For the audit trail: accepted keys and tags in full, because they decide who receives private keys. */
function describeChange({ name }: HostRecord, { hostKeys, tags }: UpdateHost): string {
  const keys = hostKeys?.map(({ type, sha256 }) => `${type} SHA256:${sha256}`).join(', ');
  const parts = [
    ...(keys === undefined ? [] : [`accepted keys: ${keys === '' ? 'none' : keys}`]),
    ...(tags === undefined ? [] : [`tags: ${tags.length === 0 ? 'none' : tags.join(', ')}`]),
  ];
  return [`Host ${name} changed`, ...parts].join('; ');
}
