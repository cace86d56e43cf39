// Schemas of the import of many hosts: from an OpenSSH known_hosts file or an Ansible inventory.
import { z } from 'zod';
import {
  BecomeSchema,
  HostCredentialIdSchema,
  HostKeyTypeSchema,
  MAX_KNOWN_HOSTS,
  UserSchema,
} from './host.ts';
import { TagsSchema } from './tag.ts';

const HOST_FILE_FORMATS = ['known_hosts', 'ansible-ini', 'ansible-yaml'] as const;
export type HostFileFormat = (typeof HOST_FILE_FORMATS)[number];

export const HOST_FILE_LABELS: Readonly<Record<HostFileFormat, string>> = {
  known_hosts: 'OpenSSH known_hosts',
  'ansible-ini': 'Ansible inventory (INI)',
  'ansible-yaml': 'Ansible inventory (YAML)',
};

/** The maximum number of hosts of one file. */
export const MAX_IMPORTED_HOSTS = 5_000;

/** The preview needs less than the import, so the fields declare it. */
const PREVIEWED = { reach: 'installation' } as const;

export const ImportHostsSchema = z
  .strictObject({
    text: z
      .string()
      .min(1)
      .max(MAX_KNOWN_HOSTS)
      .meta({
        description: 'Content of the file. Certdesk stores names, addresses, ports, users and groups of it',
        ...PREVIEWED,
      }),
    format: z
      .enum(['auto', ...HOST_FILE_FORMATS])
      .default('auto')
      .meta({ description: 'Format of the file; auto finds out', ...PREVIEWED }),
    knownHosts: z
      .string()
      .max(MAX_KNOWN_HOSTS)
      .default('')
      .meta({
        description:
          'For an inventory: content of a known_hosts file with the keys of its hosts; names may be hashed',
        ...PREVIEWED,
      }),
    user: UserSchema.default(null).meta({
      description: 'User of hosts for which the file has none',
      ...PREVIEWED,
    }),
    credentialId: HostCredentialIdSchema.nullable()
      .default(null)
      .meta({ description: 'Credential of all hosts; the import needs it', ...PREVIEWED }),
    become: BecomeSchema.default('none').meta(PREVIEWED),
    tags: TagsSchema.default([]).meta({ description: 'More tags for all hosts', ...PREVIEWED }),
    acceptKeys: z
      .boolean()
      .default(false)
      .meta({
        description:
          'Accept the keys of the known_hosts file. Otherwise each host needs its key accepted before Certdesk connects',
        ...PREVIEWED,
      }),
    names: z
      .array(z.string().max(300))
      .max(MAX_IMPORTED_HOSTS)
      .nullable()
      .default(null)
      .meta({ description: 'Only the hosts with these names; null: all', ...PREVIEWED }),
  })
  .meta({ id: 'ImportHosts' });
export type ImportHosts = z.output<typeof ImportHostsSchema>;

const refused = z
  .array(
    z.object({
      line: z.int().nullable().meta({ description: 'Null if the reason concerns no single line' }),
      name: z.string().nullable(),
      reason: z.string(),
    }),
  )
  .meta({ description: 'What is not imported, and why' });

const existing = z
  .array(z.object({ name: z.string(), host: z.object({ id: z.string(), name: z.string() }) }))
  .meta({
    description:
      'Hosts that are saved already, with the same name or the same address and port. They stay as they are',
  });

export const HostImportPreviewSchema = z
  .object({
    format: z.enum(HOST_FILE_FORMATS),
    hosts: z
      .array(
        z.object({
          name: z.string(),
          address: z.string(),
          port: z.int(),
          user: z.string().nullable().meta({ description: 'Null: the import needs `user`' }),
          tags: z.array(z.string()),
          keys: z
            .array(z.object({ type: HostKeyTypeSchema, sha256: z.string() }))
            .meta({ description: 'Of the known_hosts file. Compare them before you accept them' }),
          notes: z.array(z.string()).meta({ description: 'What the file says and Certdesk does not import' }),
        }),
      )
      .meta({ description: 'New hosts' }),
    existing,
    refused,
    deployments: z
      .array(z.object({ id: z.string(), name: z.string(), projectId: z.string(), tag: z.string() }))
      .meta({
        description:
          'Deployments that select one of the tags: they would install private keys on these hosts',
      }),
  })
  .meta({ id: 'HostImportPreview' });
export type HostImportPreview = z.infer<typeof HostImportPreviewSchema>;

export const ImportedHostsSchema = z
  .object({ created: z.array(z.object({ id: z.string(), name: z.string() })), existing, refused })
  .meta({ id: 'ImportedHosts' });
export type ImportedHosts = z.infer<typeof ImportedHostsSchema>;
