// Schemas of hosts, on which Certdesk installs certificates, and of the credentials that it signs in with. Values of
// credentials are write-only: no response contains one.
import { z } from 'zod';
import { LabelSchema } from './label.ts';
import { SavedBySchema } from './saved-by.ts';
import { TagsSchema } from './tag.ts';
import { TimestampSchema } from './time-schema.ts';

const TRANSPORTS = ['local', 'ssh'] as const;
export type TransportKind = (typeof TRANSPORTS)[number];

/** Types of host keys, by the names of RFC 4253, RFC 5656 and RFC 8709. */
const HOST_KEY_TYPES = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const;

export const HOST_CREDENTIAL_KINDS = ['ssh-key', 'ssh-password', 'ssh-agent', 'secret', 'aws'] as const;
export type HostCredentialKind = (typeof HOST_CREDENTIAL_KINDS)[number];

export const HOST_CREDENTIAL_KIND_LABELS: Readonly<Record<HostCredentialKind, string>> = {
  'ssh-key': 'SSH key',
  'ssh-password': 'SSH password',
  'ssh-agent': 'SSH agent',
  secret: 'Secret for files and commands',
  aws: 'AWS keys',
};

export const HostIdSchema = z.string().min(1).max(64).meta({ description: 'ID of the host' });
export const HostCredentialIdSchema = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'ID of the host credential' });

export const HostKeyTypeSchema = z.enum(HOST_KEY_TYPES);

/** Accepts the fingerprint as OpenSSH prints it (`SHA256:…`) and stores it without the prefix. */
const sha256 = z
  .string()
  .trim()
  .regex(/^(SHA256:)?[A-Za-z0-9+/]{43}=?$/, 'is not a SHA-256 fingerprint such as ssh-keygen -lf prints')
  .transform((text) => text.replace(/^SHA256:/, '').replace(/=$/, ''))
  .meta({ description: 'SHA-256 of the key in base64 without padding, as OpenSSH prints it after SHA256:' });

export const HostKeySchema = z
  .strictObject({ type: HostKeyTypeSchema, sha256 })
  .meta({ id: 'HostKey', description: 'A host key that a person has accepted' });
export type HostKey = z.output<typeof HostKeySchema>;

const name = LabelSchema;
export const AddressSchema = z
  .string()
  .trim()
  .min(1)
  .max(253)
  .regex(/^[\w.:%-]+$/, 'is neither a host name nor an IP address');
const address = AddressSchema.nullable();
const port = z.int().min(1).max(65_535);
export const UserSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z_][A-Za-z0-9_.@-]{0,62}\$?$/, 'is not the name of a user')
  .nullable();
const hostKeys = z.array(HostKeySchema).max(10);
export const BecomeSchema = z.enum(['none', 'sudo']).meta({
  description: 'sudo: commands run through the helper certdesk-deploy with sudo, without a password',
});

export const CreateHostSchema = z
  .strictObject({
    name,
    tags: TagsSchema.default([]),
    transport: z.enum(TRANSPORTS),
    address: address.default(null).meta({ description: 'Required for SSH' }),
    port: port.default(22),
    user: UserSchema.default(null).meta({ description: 'Required for SSH' }),
    credentialId: HostCredentialIdSchema.nullable().default(null).meta({ description: 'Required for SSH' }),
    hostKeys: hostKeys.default([]).meta({
      description:
        'Keys that a person has compared with those of the host; without one, Certdesk does not connect',
    }),
    jumpHostId: HostIdSchema.nullable()
      .default(null)
      .meta({ description: 'A host through which Certdesk connects to this one' }),
    become: BecomeSchema.default('none'),
  })
  .superRefine((host, ctx) => {
    if (host.transport === 'local') return;
    for (const field of ['address', 'user', 'credentialId'] as const) {
      if (host[field] === null)
        ctx.addIssue({
          code: 'custom',
          path: [field],
          message: 'is required for a host that is reached by SSH',
        });
    }
  })
  .meta({ id: 'CreateHost' });
export type CreateHost = z.infer<typeof CreateHostSchema>;

export const UpdateHostSchema = z
  .strictObject({
    name: name.optional(),
    tags: TagsSchema.optional(),
    address: AddressSchema.optional(),
    port: port.optional(),
    user: UserSchema.unwrap().optional(),
    credentialId: HostCredentialIdSchema.optional(),
    hostKeys: hostKeys.optional(),
    jumpHostId: HostIdSchema.nullable().optional(),
    become: BecomeSchema.optional(),
  })
  .meta({ id: 'UpdateHost' });
export type UpdateHost = z.infer<typeof UpdateHostSchema>;

export const HostSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    tags: z.array(z.string()),
    transport: z.enum(TRANSPORTS),
    address: z.string().nullable(),
    port: z.int(),
    user: z.string().nullable(),
    credentialId: z.string().nullable(),
    hostKeys: z.array(z.object({ type: HostKeyTypeSchema, sha256: z.string() })),
    jumpHostId: z.string().nullable(),
    become: BecomeSchema,
    savedBy: SavedBySchema,
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
    deployments: z.int().min(0).meta({ description: 'Number of deployments that install files on the host' }),
    lastContactAt: TimestampSchema.nullable().meta({
      description: 'When Certdesk last signed in to the host',
    }),
    lastError: z
      .string()
      .nullable()
      .meta({ description: 'Why the last connection failed; null if it succeeded' }),
    changedKey: HostKeySchema.nullable().meta({
      description: 'The key that the host presented instead of an accepted one; null if none was refused',
    }),
  })
  .meta({ id: 'Host' });
export type Host = z.infer<typeof HostSchema>;

const privateKey = z
  .string()
  .min(1)
  .max(32_768)
  .meta({ description: 'OpenSSH, PKCS#1, SEC 1 or PKCS#8 (PEM)' });
const passphrase = z.string().min(1).max(2_000).nullable();
const password = z.string().min(1).max(2_000);
const socket = z
  .string()
  .trim()
  .max(1_000)
  .startsWith('/', 'is not an absolute path')
  .meta({ description: 'Path of the socket (SSH_AUTH_SOCK) on the machine of Certdesk' });
const value = z.string().min(1).max(10_000);
const accessKeyId = z.string().trim().min(1).max(200);
const secretAccessKey = z.string().trim().min(1).max(200);
const sessionToken = z.string().trim().min(1).max(4_000).nullable();

export const CreateHostCredentialSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('ssh-key'), name, privateKey, passphrase: passphrase.default(null) })
      .meta({ id: 'CreateSshKeyCredential' }),
    z
      .strictObject({ kind: z.literal('ssh-password'), name, password })
      .meta({ id: 'CreateSshPasswordCredential' }),
    z.strictObject({ kind: z.literal('ssh-agent'), name, socket }).meta({ id: 'CreateSshAgentCredential' }),
    z.strictObject({ kind: z.literal('secret'), name, value }).meta({ id: 'CreateSecretCredential' }),
    z
      .strictObject({
        kind: z.literal('aws'),
        name,
        accessKeyId,
        secretAccessKey,
        sessionToken: sessionToken
          .default(null)
          .meta({ description: 'Temporary keys only, which expire within hours' }),
      })
      .meta({ id: 'CreateAwsCredential' }),
  ])
  .meta({ id: 'CreateHostCredential' });
export type CreateHostCredential = z.infer<typeof CreateHostCredentialSchema>;

/** Contains only the fields to change. Fields of another kind of credential are refused. */
export const UpdateHostCredentialSchema = z
  .strictObject({
    name: name.optional(),
    privateKey: privateKey.optional(),
    passphrase: passphrase.optional(),
    password: password.optional(),
    socket: socket.optional(),
    value: value.optional(),
    accessKeyId: accessKeyId.optional(),
    secretAccessKey: secretAccessKey.optional(),
    sessionToken: sessionToken.optional(),
  })
  .meta({ id: 'UpdateHostCredential' });
export type UpdateHostCredential = z.infer<typeof UpdateHostCredentialSchema>;

export const HostCredentialSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(HOST_CREDENTIAL_KINDS),
    publicKey: z
      .object({
        type: z.string(),
        sha256: z.string(),
        line: z.string().meta({ description: 'The line for authorized_keys' }),
      })
      .nullable()
      .meta({ description: 'Of an SSH key; null for other kinds' }),
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
    usedBy: z
      .array(z.object({ id: z.string(), name: z.string() }))
      .meta({ description: 'Hosts that use the credential' }),
  })
  .meta({ id: 'HostCredential' });
export type HostCredential = z.infer<typeof HostCredentialSchema>;

export const ScanKeysSchema = z
  .strictObject({
    address: AddressSchema,
    port: port.default(22),
    jumpHostId: HostIdSchema.nullable().default(null),
  })
  .meta({ id: 'ScanHostKeys' });
export type ScanKeys = z.infer<typeof ScanKeysSchema>;

export const ScannedKeysSchema = z
  .object({
    keys: z.array(z.object({ type: HostKeyTypeSchema, sha256: z.string() })).meta({
      description: 'Compare them with the output of ssh-keygen -lf on the host before you accept them',
    }),
  })
  .meta({ id: 'ScannedHostKeys' });
export type ScannedKeys = z.infer<typeof ScannedKeysSchema>;

/** Characters of a known_hosts file; with the rest of the request, this stays below the limit of the server. */
export const MAX_KNOWN_HOSTS = 900_000;

const knownHosts = z
  .string()
  .min(1)
  .max(MAX_KNOWN_HOSTS)
  .meta({ description: 'Content of an OpenSSH known_hosts file; names may be hashed' });

export const ReadKnownHostsSchema = z
  .strictObject({
    text: knownHosts,
    address: AddressSchema.meta({ description: 'As the host is saved' }),
    port: port.default(22),
  })
  .meta({ id: 'ReadKnownHosts' });
export type ReadKnownHosts = z.output<typeof ReadKnownHostsSchema>;

const skippedLines = z
  .array(z.object({ line: z.int(), reason: z.string() }))
  .meta({ description: 'Lines about this host that were not imported, such as @cert-authority' });

export const KnownHostKeysSchema = z
  .object({
    keys: z
      .array(z.object({ type: HostKeyTypeSchema, sha256: z.string() }))
      .meta({ description: 'Keys to accept, without revoked ones' }),
    revoked: z
      .array(z.object({ type: z.string(), sha256: z.string() }))
      .meta({ description: 'Keys that the file revokes for this host' }),
    skipped: skippedLines,
  })
  .meta({ id: 'KnownHostKeys' });
export type KnownHostKeys = z.infer<typeof KnownHostKeysSchema>;

export const MatchKnownHostsSchema = z.strictObject({ text: knownHosts }).meta({ id: 'MatchKnownHosts' });

const accepted = z.boolean().meta({ description: 'Whether the host has this key among its accepted ones' });

export const KnownHostsMatchSchema = z
  .object({
    hosts: z
      .array(
        z.object({
          id: z.string(),
          name: z.string(),
          address: z.string(),
          port: z.int(),
          keys: z
            .array(z.object({ type: HostKeyTypeSchema, sha256: z.string(), accepted }))
            .meta({ description: 'Keys to accept, without revoked ones' }),
          revoked: z
            .array(z.object({ type: z.string(), sha256: z.string(), accepted }))
            .meta({ description: 'Keys that the file revokes for this host' }),
          skipped: skippedLines,
        }),
      )
      .meta({ description: 'Saved hosts that the file has lines about' }),
    otherLines: z.int().min(0).meta({ description: 'Number of lines about hosts that are not saved' }),
  })
  .meta({ id: 'KnownHostsMatch' });
export type KnownHostsMatch = z.infer<typeof KnownHostsMatchSchema>;

/** What a test of a host or a deployment checks, in this order, with its display names. */
export const CHECKS = {
  connect: 'Connection',
  'host-key': 'Host key',
  'sign-in': 'Sign-in',
  shell: 'Login shell',
  sudo: 'Administrator rights',
  sandbox: 'Sandbox',
  clock: 'Clock',
  certificate: 'Certificate',
  path: 'Files',
  owner: 'Owner and mode',
  command: 'Commands',
  probe: 'Served certificate',
} as const;
export type Check = keyof typeof CHECKS;

export const CheckResultSchema = z
  .object({
    check: z.enum(Object.keys(CHECKS) as [Check, ...Check[]]),
    state: z.enum(['ok', 'warning', 'failed', 'skipped']),
    message: z.string(),
    fix: z.string().nullable().meta({
      description: 'The lines that grant a missing right, to add on the host; null if there are none',
    }),
  })
  .meta({ id: 'CheckResult' });
export type CheckResult = z.infer<typeof CheckResultSchema>;

export const HostTestSchema = z
  .object({ ok: z.boolean(), checks: z.array(CheckResultSchema) })
  .meta({ id: 'HostTest' });
export type HostTest = z.infer<typeof HostTestSchema>;

export const TagPreviewRequestSchema = z
  .strictObject({
    hostId: HostIdSchema.meta({ reach: 'installation' }),
    tags: TagsSchema.meta({ reach: 'installation' }),
  })
  .meta({ id: 'TagPreviewRequest' });

/** What the host would receive in addition with other tags. */
export const TagPreviewSchema = z
  .object({
    deployments: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        projectId: z.string(),
        projectName: z.string(),
        keys: z.array(z.string()).meta({ description: 'Paths of files with a private key' }),
      }),
    ),
  })
  .meta({ id: 'TagPreview' });
export type TagPreview = z.infer<typeof TagPreviewSchema>;
