// certdesk token create|list|revoke: works on the database directly, with or without a running server.
import { z } from 'zod';
import { CreateTokenSchema } from '../../shared/token.ts';
import { CommandFailure } from '../cli/failure.ts';
import { requireProjectIn } from '../cli/find-project.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { Stores } from '../engine/core/stores.ts';
import type { DataOptions } from '../platform/options.ts';
import { describeOutputError, tryToWrite } from './outputs.ts';
import { projectsIn } from './stored-projects.ts';
import { type EngineParts, withEngineParts } from './with-database.ts';

/** Stands for projects while the other options are checked: they are found in the database, which may not exist yet. */
const TO_BE_FOUND = 'to-be-found';

export interface CreateOptions extends DataOptions {
  readonly name: string;
  readonly scope: readonly string[];
  /** Names, domains or IDs. */
  readonly project?: readonly string[];
  readonly tag?: readonly string[];
  readonly expires?: string;
}

const IssuesSchema = z.object({ issues: z.array(z.object({ field: z.string(), message: z.string() })) });

const OPTION_OF: Readonly<Record<string, string>> = {
  name: '--name',
  projectIds: '--project',
  tags: '--tag',
  scopes: '--scope',
  expiresAt: '--expires (a UTC time such as 2027-01-31T00:00:00Z)',
};

/**
 * Creates a token. Prints the token and nothing else.
 * @throws INVALID_REQUEST for invalid options, and if the token cannot be printed; then it is revoked.
 */
export async function createToken(options: CreateOptions): Promise<void> {
  const { dataDir, name, scope, project, tag, expires } = options;
  const body = CreateTokenSchema.safeParse({
    name,
    scopes: [...scope],
    projectIds: project === undefined ? null : project.map(() => TO_BE_FOUND),
    tags: tag ?? [],
    expiresAt: expires ?? null,
  });
  if (!body.success) {
    const [issue] = body.error.issues;
    throw invalid(String(issue?.path[0]), String(issue?.message));
  }
  const create = async (parts: EngineParts): Promise<void> => {
    const { record, stores, tokens } = parts;
    const projectIds = project === undefined ? null : await findProjects(stores, project);
    const { secret, token } = await record('tokens.create', 'Token created', () =>
      tokens.create({ ...body.data, projectIds }),
    ).catch(throwWithOptionName);
    const failure = await tryToWrite(`${secret}\n`);
    if (failure !== null) throw await revokeUnprinted(parts, token.id, failure);
  };
  await withEngineParts(dataDir, create, 'create');
}

/** @returns the ids of the projects @throws INVALID_REQUEST if a name means no project, or several */
async function findProjects(stores: Stores, names: readonly string[]): Promise<string[]> {
  const source = projectsIn(stores);
  const ids = new Set<string>();
  for (const name of names) {
    try {
      ids.add((await requireProjectIn(source, name)).id);
    } catch (error) {
      throw error instanceof CommandFailure ? invalid('projectIds', error.message) : error;
    }
  }
  return [...ids];
}

function invalid(field: string, message: string): CertdeskError {
  return new CertdeskError('INVALID_REQUEST', `${OPTION_OF[field] ?? 'an option'}: ${message}`);
}

/** The engine names a field of the API request; the user of the command line knows the option. */
function throwWithOptionName(error: unknown): never {
  const { issues: [issue] = [] } = IssuesSchema.catch({ issues: [] }).parse((error as CertdeskError).details);
  throw issue === undefined ? error : invalid(issue.field, issue.message);
}

/** A token that was never printed is useless, but would stay valid. @returns the error to report */
async function revokeUnprinted(
  { record, tokens }: EngineParts,
  id: string,
  failure: Error,
): Promise<CertdeskError> {
  const problem = describeOutputError(failure);
  try {
    await record('tokens.revoke', 'Token revoked', () => tokens.revoke(id));
    const message = `${problem}. The token ${id} was not printed, so Certdesk revoked it`;
    return new CertdeskError('INVALID_REQUEST', message);
  } catch (cause) {
    // Perhaps the same full disk.
    const message = `${problem}. The token ${id} was not printed and could not be revoked. Revoke it with: certdesk token revoke ${id}`;
    return new CertdeskError('INVALID_REQUEST', message, undefined, { cause });
  }
}

export async function listTokens({ dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ tokens }) => {
    for (const token of await tokens.list()) {
      const { id, name, scopes, projectIds, tags, expiresAt, lastUsedAt, revokedAt } = token;
      const state =
        revokedAt === null
          ? `expires ${expiresAt ?? 'never'}, last used ${lastUsedAt ?? 'never'}`
          : `revoked ${revokedAt}`;
      const projects =
        projectIds === null ? 'all projects' : [...projectIds, ...tags.map((tag) => `tag:${tag}`)].join(' ');
      process.stdout.write(`${[id, name, scopes.join(' '), projects, state].join('\t')}\n`);
    }
  });
}

export async function revokeToken(id: string, { dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ tokens, record }) => {
    const { name } = await record('tokens.revoke', 'Token revoked', () => tokens.revoke(id));
    process.stdout.write(`Token ${name} revoked\n`);
  });
}
