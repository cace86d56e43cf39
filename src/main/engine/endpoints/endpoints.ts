// Creates, lists, changes, checks and deletes endpoints.
import { randomUUID, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { formatEndpoint } from '../../../shared/endpoint-names.ts';
import {
  type CreateEndpoint,
  type Endpoint,
  type EndpointDetail,
  type EndpointPage,
  type EndpointSuggestion,
  type ListEndpoints,
  portOf,
  type UpdateEndpoint,
} from '../../../shared/endpoint-record.ts';
import { toTimestamp } from '../../../shared/time.ts';
import type { Journal } from '../audit/journal.ts';
import { CertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { SavedBy } from '../core/model.ts';
import { type EndpointDefinition, type EndpointRecord, NOT_CHECKED } from '../core/model-endpoint.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import { type AddressPolicy, REFUSALS } from '../outgoing/address-policy.ts';
import { originOf } from '../outgoing/saved-by.ts';
import type { EndpointChecker } from './checker.ts';
import { presentDetail, presentEndpoint } from './endpoint-views.ts';
import { defaultServerName } from './names.ts';
import { splitPem } from './pem.ts';
import { type SuggestionDeps, suggestEndpoints } from './suggestions.ts';
import { parseRoot } from './trust.ts';

type Visible = readonly string[] | null;

export interface EndpointService {
  /** @param visible The projects that the caller sees; null for all, and for endpoints without a project. */
  list(query: ListEndpoints, visible: Visible): Promise<EndpointPage>;
  /** @throws ENDPOINT_NOT_FOUND */
  get(id: string, visible: Visible): Promise<EndpointDetail>;
  /** @throws ENDPOINT_EXISTS, PROJECT_NOT_FOUND, INVALID_REQUEST */
  create(body: CreateEndpoint): Promise<Endpoint>;
  /** @throws ENDPOINT_NOT_FOUND, ENDPOINT_EXISTS, PROJECT_NOT_FOUND, INVALID_REQUEST */
  update(id: string, body: UpdateEndpoint): Promise<Endpoint>;
  /** @throws ENDPOINT_NOT_FOUND */
  remove(id: string): Promise<void>;
  /**
   * Checks it now.
   * @throws ENDPOINT_NOT_FOUND, the reason of `signal`
   */
  check(id: string, visible: Visible, signal: AbortSignal): Promise<EndpointDetail>;
  /** @throws PROJECT_NOT_FOUND */
  suggest(projectId: string | null, visible: Visible): Promise<readonly EndpointSuggestion[]>;
}

export interface EndpointServiceDeps extends SuggestionDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly addressPolicy: AddressPolicy;
  readonly checker: EndpointChecker;
}

export function createEndpoints(deps: EndpointServiceDeps): EndpointService {
  const { stores, journal, clock, checker } = deps;

  async function find(tx: Stores, id: string, visible: Visible): Promise<EndpointRecord> {
    const record = await tx.endpoints.get(id);
    const isVisible = visible === null || record?.projectIds.some((each) => visible.includes(each));
    if (record === null || !isVisible)
      throw new CertdeskError('ENDPOINT_NOT_FOUND', `Endpoint ${id} not found`);
    return record;
  }

  const detail = async (id: string, visible: Visible): Promise<EndpointDetail> =>
    presentDetail(await find(stores, id, visible), visible, stores.endpoints.isManaged);

  return {
    async list(query, visible) {
      const filter = { ...query, ids: visible };
      const [{ items, nextCursor }, { matching, states, findings }] = await Promise.all([
        stores.endpoints.list(filter),
        stores.endpoints.count(filter),
      ]);
      return {
        endpoints: items.map((each) => presentEndpoint(each, visible)),
        nextCursor,
        total: matching,
        counts: { ...states },
        findings: findings.map((each) => ({ ...each })),
      };
    },

    get: detail,

    async create(body) {
      const definition = toDefinition(body);
      const savedBy = journal.savedBy();
      assertDefinition(deps.addressPolicy, definition, savedBy);
      const record = newRecord(definition, savedBy, clock.now());
      await journal.write(async (tx, emit) => {
        await assertProjects(tx, definition.projectIds);
        await assertNew(tx, record);
        await tx.endpoints.create(record);
        await emit({
          kind: 'endpoint.created',
          projectId: definition.projectIds[0] ?? null,
          message: `Endpoint ${formatEndpoint(definition)} created`,
        });
      });
      return presentEndpoint(record, null);
    },

    async update(id, body) {
      const savedBy = journal.savedBy();
      return journal.write(async (tx, emit) => {
        const before = await find(tx, id, null);
        const patch = { ...moveServerName(before, body), ...toPatch(body) };
        const definition = { ...before, ...patch };
        const moved =
          definition.host !== before.host || definition.port !== before.port || patch.addresses !== undefined;
        // An address belongs to the caller who saves it.
        const by = moved ? savedBy : before.savedBy;
        assertDefinition(deps.addressPolicy, definition, by);
        await assertProjects(tx, patch.projectIds ?? []);
        await assertNew(tx, definition);
        const now = toTimestamp(clock.now());
        const stamps = { updatedAt: now, nextCheckAt: now, savedBy: by };
        const check = isElsewhere(before, definition) ? NOT_CHECKED : before.check;
        await tx.endpoints.update(id, { ...patch, ...stamps, check });
        await emit({
          kind: 'endpoint.updated',
          projectId: definition.projectIds[0] ?? null,
          message: `Endpoint ${formatEndpoint(before)} changed: ${Object.keys(body).join(', ')}`,
        });
        return presentEndpoint({ ...definition, ...stamps, check }, null);
      });
    },

    async remove(id) {
      await journal.write(async (tx, emit) => {
        const record = await find(tx, id, null);
        await tx.endpoints.delete(id);
        await emit({
          kind: 'endpoint.removed',
          projectId: record.projectIds[0] ?? null,
          message: `Endpoint ${formatEndpoint(record)} removed`,
        });
      });
    },

    async check(id, visible, signal) {
      const record = await find(stores, id, visible);
      // The result belongs to Certdesk's own work, not to the caller who asked for it.
      await journal.detached(() => checker.check(record, signal));
      return detail(id, visible);
    },

    suggest: (projectId, visible) => suggestEndpoints(deps, projectId, visible),
  };
}

/** A new endpoint, which is due at once. */
export function newRecord(definition: EndpointDefinition, savedBy: SavedBy, now: Date): EndpointRecord {
  const at = toTimestamp(now);
  return {
    ...definition,
    id: randomUUID(),
    savedBy,
    createdAt: at,
    updatedAt: at,
    nextCheckAt: at,
    dueCount: 0,
    check: NOT_CHECKED,
  };
}

export function toDefinition(body: CreateEndpoint): EndpointDefinition {
  const { port, serverName, addresses, trust, projectIds, ...rest } = body;
  return {
    ...rest,
    projectIds: [...new Set(projectIds)],
    port: portOf(rest.protocol, port),
    serverName: serverName === undefined ? defaultServerName(rest.host) : serverName,
    addresses: addresses === 'all' ? null : addresses,
    trust: trust === 'system' ? null : trust,
  };
}

function toPatch({ addresses, trust, projectIds, ...rest }: UpdateEndpoint): Partial<EndpointDefinition> {
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...given,
    ...(projectIds === undefined ? {} : { projectIds: [...new Set(projectIds)] }),
    ...(addresses === undefined ? {} : { addresses: addresses === 'all' ? null : addresses }),
    ...(trust === undefined ? {} : { trust: trust === 'system' ? null : trust }),
  };
}

/** A server name that is the host, the default, follows the host. */
function moveServerName(
  before: EndpointDefinition,
  { host, serverName }: UpdateEndpoint,
): Pick<EndpointDefinition, 'serverName'> | undefined {
  if (host === undefined || serverName !== undefined || before.serverName !== defaultServerName(before.host))
    return undefined;
  return { serverName: defaultServerName(host) };
}

/** What was seen at another address, or with another name, tells nothing. */
function isElsewhere(before: EndpointDefinition, after: EndpointDefinition): boolean {
  return (['host', 'port', 'protocol', 'serverName'] as const).some(
    (field) => before[field] !== after[field],
  );
}

/** Checks what the schema cannot: roots, and addresses that Certdesk never connects to. @throws INVALID_REQUEST */
export function assertDefinition(
  policy: AddressPolicy,
  { host, port, addresses, trust }: EndpointDefinition,
  savedBy: SavedBy,
): void {
  const literals = [...(isIP(host) === 0 ? [] : [host]), ...(addresses ?? [])];
  for (const address of literals) {
    const refusal = policy.refusal(address, port, originOf(savedBy));
    if (refusal === null) continue;
    const field = address === host ? 'host' : 'addresses';
    throw invalid(field, REFUSALS[refusal], `${address} ${REFUSALS[refusal]}.`);
  }
  if (trust === null) return;
  if (!isPem(trust)) throw invalid('trust', 'must be system, or certificates as PEM');
  if (splitPem(trust).flatMap(parseRoot).length === 0)
    throw invalid(
      'trust',
      'has no root certificate, only certificates that another one issued. Add the root, which is its own issuer',
    );
}

function isPem(trust: string): boolean {
  try {
    return splitPem(trust).map((pem) => new X509Certificate(pem)).length > 0;
  } catch {
    return false;
  }
}

/** @throws PROJECT_NOT_FOUND */
export async function assertProjects(tx: Stores, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if ((await tx.projects.get(id)) === null)
      throw new CertdeskError('PROJECT_NOT_FOUND', `Project ${id} not found`);
  }
}

/** @throws ENDPOINT_EXISTS (details.endpointId) */
async function assertNew(
  tx: Stores,
  endpoint: EndpointDefinition & Partial<Pick<EndpointRecord, 'id'>>,
): Promise<void> {
  const other = await tx.endpoints.find(endpoint);
  if (other === null || other.id === endpoint.id) return;
  throw new CertdeskError(
    'ENDPOINT_EXISTS',
    `There is already an endpoint ${formatEndpoint(endpoint)} with this protocol and server name`,
    { endpointId: other.id },
  );
}
