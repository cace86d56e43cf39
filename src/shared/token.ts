// Schemas of API tokens. A token is returned once and stored as a hash.
import { z } from 'zod';
import { LabelSchema } from './label.ts';
import { TagsSchema } from './tag.ts';
import { TimestampSchema } from './time-schema.ts';

export const ScopeSchema = z
  .enum(['projects:read', 'projects:write', 'certificates:download', 'admin'])
  .meta({
    description:
      'projects:write includes projects:read and certificates:download. admin includes all and adds operations on the installation (settings, notifications, audit trail, list of tokens); a token with admin cannot be limited to projects. certificates:download fetches the certificate and private key of its projects and nothing else; such a token has no other scope and must be limited to projects or tags',
  });
export type Scope = z.infer<typeof ScopeSchema>;

export const CreateTokenSchema = z
  .strictObject({
    name: LabelSchema,
    scopes: z.array(ScopeSchema).min(1).max(4),
    projectIds: z.array(z.string().min(1).max(64)).min(1).max(1000).nullable().default(null).meta({
      description:
        'Limits the token to these projects, and those with one of `tags`; null without `tags`: all projects',
    }),
    tags: TagsSchema.optional().meta({
      description:
        'Limits the token to the projects that have at least one of these tags when it is used, and those in `projectIds`',
    }),
    expiresAt: TimestampSchema.nullable().default(null),
  })
  .refine(({ scopes, tags = [] }) => tags.length === 0 || !scopes.includes('admin'), {
    path: ['tags'],
    message: 'the scope admin covers the whole installation: omit the tags, or the scope',
  })
  .refine(({ scopes, projectIds }) => projectIds === null || !scopes.includes('admin'), {
    path: ['projectIds'],
    message: 'the scope admin covers the whole installation: omit the projects, or the scope',
  })
  .refine(
    ({ scopes, projectIds, tags = [] }) =>
      projectIds !== null || tags.length > 0 || !scopes.includes('certificates:download'),
    {
      path: ['projectIds'],
      message: 'the scope certificates:download requires projects: name those whose keys the token may fetch',
    },
  )
  .refine(({ scopes }) => !scopes.includes('certificates:download') || new Set(scopes).size === 1, {
    path: ['scopes'],
    message: 'the scope certificates:download cannot be combined with others: create a second token',
  })
  .meta({ id: 'CreateToken' });
export type CreateToken = z.infer<typeof CreateTokenSchema>;

export const TokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(ScopeSchema),
    projectIds: z.array(z.string()).nullable().meta({
      description: 'Null: all projects. Empty: only those with one of `tags`',
    }),
    tags: z.array(z.string()),
    createdAt: TimestampSchema,
    expiresAt: TimestampSchema.nullable(),
    lastUsedAt: TimestampSchema.nullable(),
    revokedAt: TimestampSchema.nullable(),
  })
  .meta({ id: 'Token' });
export type Token = z.infer<typeof TokenSchema>;
