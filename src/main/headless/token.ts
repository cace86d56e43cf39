// certdesk token create|list|revoke: on the database itself, so it may run beside a server, or without one.
import { z } from 'zod';
import { CreateTokenSchema } from '../../shared/token.ts';
import { CertdeskError } from '../engine/core/errors.ts';
import type { DataOptions } from '../platform/options.ts';
import { tryToWrite, unwritable } from './outputs.ts';
import { type EngineParts, withEngineParts } from './with-database.ts';

export interface CreateOptions extends DataOptions {
  readonly name: string;
  readonly scope: readonly string[];
  readonly project?: readonly string[];
  readonly expires?: string;
}

const IssuesSchema = z.object({ issues: z.array(z.object({ field: z.string(), message: z.string() })) });

const OPTION_OF: Readonly<Record<string, string>> = {
  name: '--name',
  projectIds: '--project',
  expiresAt: '--expires (a UTC time such as 2027-01-31T00:00:00Z)',
};

/** Prints the token and nothing else. @throws INVALID_REQUEST, also where it cannot be printed: it is revoked then. */
export async function createToken({ dataDir, name, scope, project, expires }: CreateOptions): Promise<void> {
  const body = CreateTokenSchema.safeParse({
    name,
    scopes: [...scope],
    projectIds: project ?? null,
    expiresAt: expires ?? null,
  });
  if (!body.success) {
    const [issue] = body.error.issues;
    throw invalid(String(issue?.path[0]), String(issue?.message));
  }
  const make = async (parts: EngineParts): Promise<void> => {
    const { record, tokens } = parts;
    const { secret, token } = await record('tokens.create', 'Make a token', () =>
      tokens.create(body.data),
    ).catch(throwInOurWords);
    const failure = await tryToWrite(`${secret}\n`);
    if (failure !== null) throw await takeBack(parts, token.id, failure);
  };
  await withEngineParts(dataDir, make, 'make');
}

function invalid(field: string, message: string): CertdeskError {
  return new CertdeskError('INVALID_REQUEST', `${OPTION_OF[field] ?? 'an option'}: ${message}`);
}

/** The engine names fields of the request; whoever sits here knows options. */
function throwInOurWords(error: unknown): never {
  const { issues: [issue] = [] } = IssuesSchema.catch({ issues: [] }).parse((error as CertdeskError).details);
  throw issue === undefined ? error : invalid(issue.field, issue.message);
}

/** A token that nobody has read would be good for nobody, and for ever. @returns what there is to say. */
async function takeBack({ record, tokens }: EngineParts, id: string, failure: Error): Promise<CertdeskError> {
  const said = `${unwritable(failure)}. The token ${id}, which nobody has seen,`;
  try {
    await record('tokens.revoke', 'Revoke a token', () => tokens.revoke(id));
    return new CertdeskError('INVALID_REQUEST', `${said} is revoked`);
  } catch (cause) {
    // The same full disk, perhaps.
    const message = `${said} could not be revoked: certdesk token revoke ${id}`;
    return new CertdeskError('INVALID_REQUEST', message, undefined, { cause });
  }
}

export async function listTokens({ dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ tokens }) => {
    for (const token of await tokens.list()) {
      const { id, name, scopes, projectIds, expiresAt, lastUsedAt, revokedAt } = token;
      const state =
        revokedAt === null
          ? `expires ${expiresAt ?? 'never'}, last used ${lastUsedAt ?? 'never'}`
          : `revoked ${revokedAt}`;
      const projects = projectIds === null ? 'all projects' : projectIds.join(' ');
      process.stdout.write(`${[id, name, scopes.join(' '), projects, state].join('\t')}\n`);
    }
  });
}

export async function revokeToken(id: string, { dataDir }: DataOptions): Promise<void> {
  await withEngineParts(dataDir, async ({ tokens, record }) => {
    const { name } = await record('tokens.revoke', 'Revoke a token', () => tokens.revoke(id));
    process.stdout.write(`Token ${name} revoked\n`);
  });
}
