// Creates many endpoints from pasted lines or a CSV file.

import { type EndpointOfLine, readEndpointLines } from '../../../shared/endpoint-lines.ts';
import type { AddEndpoints, AddedEndpoints } from '../../../shared/endpoint-record.ts';
import type { Journal } from '../audit/journal.ts';
import { type CertdeskError, toCertdeskError } from '../core/errors.ts';
import { invalid } from '../core/invalid.ts';
import type { EndpointDefinition } from '../core/model-endpoint.ts';
import type { Clock } from '../core/ports.ts';
import type { Stores } from '../core/stores.ts';
import type { AddressPolicy } from '../outgoing/address-policy.ts';
import {
  assertDefinition,
  assertProjects,
  type EndpointService,
  newRecord,
  toDefinition,
} from './endpoints.ts';

/** The operations on endpoints. */
export interface Endpoints extends EndpointService {
  /** Creates many endpoints from text. @throws PROJECT_NOT_FOUND */
  add(body: AddEndpoints): Promise<AddedEndpoints>;
}

export interface AddEndpointsDeps {
  readonly stores: Stores;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly addressPolicy: AddressPolicy;
}

/**
 * Creates what is new, keeps what exists, and reports each invalid line. All in one transaction.
 * @throws PROJECT_NOT_FOUND for `projectIds`
 */
export function createAddEndpoints({
  stores,
  journal,
  clock,
  addressPolicy,
}: AddEndpointsDeps): Endpoints['add'] {
  return async ({ text, projectIds, dryRun }: AddEndpoints): Promise<AddedEndpoints> => {
    const savedBy = journal.savedBy();
    const projects = createProjectFinder(stores);
    const lines = await Promise.all(
      readEndpointLines(text).map(async ({ endpoint, error, ...place }) => {
        if (endpoint === null) return { ...place, definition: null, error };
        try {
          const definition = await complete(endpoint, projectIds, projects);
          assertDefinition(addressPolicy, definition, savedBy);
          return { ...place, definition, error: null };
        } catch (cause) {
          return { ...place, definition: null, error: toCertdeskError(cause).message };
        }
      }),
    );
    const work = async (tx: Stores): Promise<AddedEndpoints['lines']> => {
      await assertProjects(tx, projectIds);
      const results: AddedEndpoints['lines'] = [];
      const planned = new Set<string>(); // by a dry run, which creates nothing that `find` could see
      for (const { definition, ...place } of lines) {
        const known = definition && (await tx.endpoints.find(definition));
        if (definition === null) results.push({ ...place, result: 'invalid', endpointId: null });
        else if (known !== null) results.push({ ...place, result: 'existing', endpointId: known.id });
        else if (planned.has(keyOf(definition)))
          results.push({ ...place, result: 'existing', endpointId: null });
        else {
          if (dryRun) planned.add(keyOf(definition));
          const record = newRecord(definition, savedBy, clock.now());
          if (!dryRun) await tx.endpoints.create(record);
          results.push({ ...place, result: 'created', endpointId: dryRun ? null : record.id });
        }
      }
      return results;
    };
    if (dryRun) return summarize(await work(stores));
    return journal.write(async (tx, emit) => {
      const added = summarize(await work(tx));
      await emit({
        kind: 'endpoint.created',
        projectId: projectIds[0] ?? null,
        message: `${added.created} endpoints created from ${added.lines.length} lines`,
      });
      return added;
    });
  };
}

/** What EndpointStore.find compares. */
function keyOf({ host, port, protocol, serverName }: EndpointDefinition): string {
  return JSON.stringify([host, port, protocol, serverName]);
}

function summarize(lines: AddedEndpoints['lines']): AddedEndpoints {
  const count = (result: AddedEndpoints['lines'][number]['result']) =>
    lines.filter((line) => line.result === result).length;
  return { created: count('created'), existing: count('existing'), invalid: count('invalid'), lines };
}

type FindProject = (text: string) => Promise<string>;

async function complete(
  { host, port, protocol, serverName, project }: EndpointOfLine,
  projectIds: readonly string[],
  findProject: FindProject,
): Promise<EndpointDefinition> {
  const ids = project === null ? projectIds : [await findProject(project)];
  const common = { addresses: 'all', trust: 'system', expected: 'projects', intervalMinutes: 360 } as const;
  return toDefinition({ ...common, projectIds: [...ids], host, port, protocol, serverName });
}

/** Finds a project by ID, or by its domain if only one project has it. */
function createProjectFinder({ projects }: Pick<Stores, 'projects'>): FindProject {
  const found = new Map<string, Promise<string>>();
  const find = async (text: string): Promise<string> => {
    const byId = await projects.get(text);
    if (byId !== null) return byId.id;
    const [first, ...others] = await projects.ofDomain(text.toLowerCase());
    if (first === undefined) throw unclear(`There is no project with the ID or domain ${text}.`);
    if (others.length > 0) throw unclear(`Several projects have the domain ${text}. Use the ID.`);
    return first.id;
  };
  return (text) => {
    const known = found.get(text) ?? find(text);
    found.set(text, known);
    return known;
  };
}

const unclear = (sentence: string): CertdeskError => invalid('text', 'names no single project', sentence);
