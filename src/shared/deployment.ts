// Schemas of deployments: which files of a project's certificate go to which hosts, what is run there, and how
// Certdesk checks that the service serves the certificate.
import { z } from 'zod';
import { DeployedStateSchema } from './deployed.ts';
import { DEPLOYED_STATES, type DeployedState } from './deployed-states.ts';
import { DEPLOYMENT_KINDS, PAUSED_BY } from './deployment-kinds.ts';
import { RunStateSchema, WaitsForSchema } from './deployment-run.ts';
import { DeploymentWindowSchema, WaitingSchema } from './deployment-window.ts';
import { HostCredentialIdSchema, HostIdSchema } from './host.ts';
import { toSearchText } from './identifiers.ts';
import { ErrorBodySchema } from './job.ts';
import { LabelSchema } from './label.ts';
import type {} from './outside.ts';
import { ProjectIdSchema } from './project.ts';
import { RolloutSchema } from './rollout.ts';
import { TagSchema } from './tag.ts';
import { TimestampSchema } from './time-schema.ts';

// Projects show these too, and deployments belong to projects.
export { type Deployed, DeployedSchema, DeployedStateSchema } from './deployed.ts';
export { DEPLOYED_STATE_LABELS, DEPLOYED_STATES, type DeployedState } from './deployed-states.ts';
export { DEPLOYMENT_KINDS, type DeploymentKind, type PausedBy } from './deployment-kinds.ts';

export const FILE_CONTENTS = [
  'certificate',
  'chain',
  'fullchain',
  'privkey',
  'combined',
  'pkcs12',
  'der',
] as const;
export type FileContent = (typeof FILE_CONTENTS)[number];

/** Whether a file with this content has the private key. */
export const hasKey = (content: FileContent): boolean => ['privkey', 'combined', 'pkcs12'].includes(content);

export const FILE_CONTENT_LABELS: Readonly<Record<FileContent, string>> = {
  certificate: 'Certificate',
  chain: 'Intermediate certificates',
  fullchain: 'Certificate and intermediates',
  privkey: 'Private key',
  combined: 'Private key, certificate and intermediates',
  pkcs12: 'PKCS#12 with the private key',
  der: 'Certificate (DER)',
};

/** Protocols of the check, as in engine/endpoints/. All but `tls` begin with STARTTLS. */
export const VERIFY_PROTOCOLS = [
  'tls',
  'smtp',
  'imap',
  'pop3',
  'ldap',
  'postgres',
  'mysql',
  'ftp',
  'xmpp-client',
] as const;

const absolutePath = z
  .string()
  .trim()
  .min(2)
  .max(1_000)
  .regex(/^\//, 'is not an absolute path')
  .regex(/^\P{Cc}*$/u, 'contains a control character')
  .refine((path) => !path.endsWith('/'), 'is a folder: name the file')
  .refine(
    (path) => path.split('/').every((part, at) => (part !== '' || at === 0) && part !== '.' && part !== '..'),
    'contains an empty part, . or ..',
  )
  .refine(
    (path) => !/^\/(proc|sys|dev(?!\/shm\/))\//.test(path),
    'is in a folder of the kernel, which keeps no files. Name a file below /etc, for example',
  );
const account = z
  .string()
  .trim()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,62}\$?$|^\d{1,10}$/, 'is not the name or number of a user or group')
  .nullable();

export const DeploymentFileSchema = z
  .strictObject({
    content: z.enum(FILE_CONTENTS),
    path: absolutePath.meta({ examples: ['/etc/nginx/tls/shop.pem'] }),
    owner: account
      .default(null)
      .meta({ description: 'Null: that of the file that is replaced, or of the user' }),
    group: account.default(null),
    mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, 'is not an octal mode such as 0640')
      .transform((mode) => mode.padStart(4, '0'))
      .nullable()
      .default(null)
      .meta({
        description: 'Null: that of the file that is replaced; for a new file 0600 with a key, or 0644',
      }),
    replace: z.enum(['rename', 'in-place']).default('rename').meta({
      description:
        'rename: atomic; in-place: for a single file that is mounted into a container, written without atomicity',
    }),
    passwordCredentialId: HostCredentialIdSchema.nullable()
      .default(null)
      .meta({ description: 'A credential of the kind secret: the password of a PKCS#12 file' }),
  })
  .meta({ id: 'DeploymentFile' });
export type DeploymentFile = z.output<typeof DeploymentFileSchema>;

const noNul = z
  .string()
  .max(10_000)
  .regex(/^[^\0]*$/, 'contains a NUL character');
const argv = z
  .array(noNul)
  .min(1)
  .max(100)
  .refine(([program]) => program === undefined || program.trim() !== '', 'does not begin with a program')
  .meta({
    description: 'A program and its arguments; no shell',
    examples: [['systemctl', 'reload', 'nginx']],
  });

export const EnvironmentVariableSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, 'is not the name of an environment variable')
      .refine(
        (text) => !/^(CERTDESK_|RENEWED_)/.test(text),
        'begins with a prefix that Certdesk sets itself',
      ),
    value: noNul.nullable().default(null),
    credentialId: HostCredentialIdSchema.nullable()
      .default(null)
      .meta({ description: 'A credential of the kind secret, instead of a value' }),
  })
  .refine(({ value, credentialId }) => (value === null) !== (credentialId === null), {
    path: ['value'],
    message: 'needs either a value or a credential',
  });

export const DeploymentStepsSchema = z
  .strictObject({
    validateCommand: argv.nullable().default(null),
    reloadCommand: argv.nullable().default(null),
    timeoutSeconds: z.int().min(1).max(3_600).default(60),
    environment: z.array(EnvironmentVariableSchema).max(50).default([]),
  })
  .meta({ id: 'CommandSteps' });
export type DeploymentSteps = z.output<typeof DeploymentStepsSchema>;

export const DeploymentVerifySchema = z
  .strictObject({
    port: z.int().min(1).max(65_535),
    protocol: z.enum(VERIFY_PROTOCOLS).default('tls'),
    serverName: z
      .string()
      .trim()
      .min(1)
      .max(253)
      .nullable()
      .default(null)
      .meta({ description: 'Default: the domain; for a wildcard, a name below it' }),
    graceSeconds: z.int().min(0).max(600).default(30),
    onWorse: z.enum(['rollback', 'keep']).default('rollback'),
  })
  .meta({ id: 'ServedCheck' });
export type DeploymentVerify = z.output<typeof DeploymentVerifySchema>;

/** The hosts of a deployment: a list, all hosts with a tag, or none for the kinds that need none. */
export const HostSelectionSchema = z.union([
  z.strictObject({ ids: z.array(HostIdSchema).min(1).max(1_000) }),
  z.strictObject({ tag: TagSchema }),
  z.strictObject({ none: z.literal(true) }).meta({ description: 'For kinds without a host' }),
]);
export type HostSelection = z.output<typeof HostSelectionSchema>;

const script = noNul
  .min(1)
  .max(65_536)
  .meta({ description: 'A POSIX shell script, stored sealed; no response contains it' });
/** For the kind `command`. */
const CommandInputSchema = z.union([z.strictObject({ argv }), z.strictObject({ script })]);
export type CommandInput = z.output<typeof CommandInputSchema>;

const recipeOptions = z.record(z.string().max(64), z.string().max(1_000)).meta({
  description:
    'Values of the fields of the recipe, which GET /deployment-recipes lists; acme-sh-hook: script; aws-acm: region, credentialId, arn, endpoint',
});
const files = z.array(DeploymentFileSchema).max(20);

const after = z
  .string()
  .min(1)
  .max(64)
  .nullable()
  .meta({ description: 'ID of a deployment of the project whose hosts come before' });

/** The operation that creates a deployment needs a signed-in person; the one that previews it, only this. */
const PREVIEWED = { reach: 'installation' } as const;

/** Members that are omitted come from the recipe. */
export const CreateDeploymentSchema = z
  .strictObject({
    name: LabelSchema.optional().meta({
      description: 'Default: the name of the recipe or kind',
      ...PREVIEWED,
    }),
    kind: z.enum(DEPLOYMENT_KINDS).default('files').meta(PREVIEWED),
    recipe: z
      .string()
      .min(1)
      .max(64)
      .nullable()
      .default(null)
      .meta({ description: 'An ID from GET /deployment-recipes', ...PREVIEWED }),
    options: recipeOptions.default({}).meta(PREVIEWED),
    hosts: HostSelectionSchema.meta(PREVIEWED),
    files: files.optional().meta(PREVIEWED),
    command: CommandInputSchema.nullable().optional().meta(PREVIEWED),
    steps: DeploymentStepsSchema.optional().meta(PREVIEWED),
    verify: DeploymentVerifySchema.nullable().optional().meta(PREVIEWED),
    window: DeploymentWindowSchema.nullable()
      .default(null)
      .meta({ description: 'Null: deploys at once', ...PREVIEWED }),
    rollout: RolloutSchema.prefault({}).meta(PREVIEWED),
    after: after.default(null).meta(PREVIEWED),
    enabled: z
      .boolean()
      .default(true)
      .meta({ description: 'False creates it paused', ...PREVIEWED }),
  })
  .meta({ id: 'CreateDeployment' });
export type CreateDeployment = z.output<typeof CreateDeploymentSchema>;

/** A test of changes looks for their paths and programs on the hosts, so only a person may name them. */
const DEFINED = { reach: 'system' } as const;

export const UpdateDeploymentSchema = z
  .strictObject({
    name: LabelSchema.optional().meta(DEFINED),
    hosts: HostSelectionSchema.optional().meta(DEFINED),
    files: files.optional().meta(DEFINED),
    command: CommandInputSchema.optional().meta(DEFINED),
    steps: DeploymentStepsSchema.optional().meta(DEFINED),
    verify: DeploymentVerifySchema.nullable().optional().meta(DEFINED),
    window: DeploymentWindowSchema.nullable().optional().meta(DEFINED),
    rollout: RolloutSchema.optional().meta(DEFINED),
    after: after.optional().meta(DEFINED),
    options: recipeOptions.optional().meta({
      description:
        'Only of kinds without a host: fields that are given replace the saved ones, empty ones remove them',
      ...DEFINED,
    }),
  })
  .meta({ id: 'UpdateDeployment' });
export type UpdateDeployment = z.output<typeof UpdateDeploymentSchema>;

const hostName = z.object({ id: z.string(), name: z.string() });

/** The last run of a deployment on one host. */
export const DeploymentTargetSchema = z
  .object({
    host: hostName,
    runId: z.string().nullable().meta({ description: 'Null: there was no run yet' }),
    state: RunStateSchema.nullable(),
    at: TimestampSchema.nullable(),
    versionId: z.string().nullable(),
    nextAttemptAt: TimestampSchema.nullable(),
    waitsFor: WaitsForSchema,
    error: ErrorBodySchema.nullable(),
  })
  .meta({ id: 'DeploymentTarget' });
export type DeploymentTarget = z.infer<typeof DeploymentTargetSchema>;

export const DeploymentSchema = z
  .object({
    id: z.string(),
    project: z.object({ id: z.string(), name: z.string(), domain: z.string().nullable() }),
    name: z.string(),
    kind: z.enum(DEPLOYMENT_KINDS),
    recipe: z.string().nullable(),
    hosts: z.union([
      z.object({ ids: z.array(z.string()) }),
      z.object({ tag: z.string() }),
      z.object({ none: z.literal(true) }),
    ]),
    options: z.record(z.string(), z.string()).meta({
      description: 'Of kinds without a host (acme-sh-hook, aws-acm); otherwise empty',
      outside: 'deployment-options',
    }),
    enabled: z.boolean(),
    pausedBy: z.enum(PAUSED_BY).nullable().meta({
      description:
        'restore: a backup was restored, and nobody has confirmed the deployment since; import: another client ran it, and nobody has read it since',
    }),
    files: z.array(DeploymentFileSchema),
    command: z
      .union([
        z.object({ argv: z.array(z.string()) }),
        z.object({ script: z.object({ lines: z.int(), sha256: z.string() }) }),
      ])
      .nullable(),
    steps: DeploymentStepsSchema.meta({ outside: 'deployment-steps' }),
    verify: DeploymentVerifySchema.nullable(),
    window: DeploymentWindowSchema.nullable(),
    rollout: RolloutSchema,
    after: z.string().nullable(),
    state: DeployedStateSchema,
    stateAt: TimestampSchema,
    waiting: WaitingSchema.nullable().meta({ description: 'Null in other states than `waiting`' }),
    targets: z.array(DeploymentTargetSchema).meta({ description: 'One for each host' }),
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
  })
  .meta({ id: 'Deployment' });
export type Deployment = z.infer<typeof DeploymentSchema>;

const count = z.int().min(0);
export const DeploymentCountsSchema = z
  .object({ total: count, ...Object.fromEntries(DEPLOYED_STATES.map((state) => [state, count])) } as {
    total: typeof count;
  } & Record<DeployedState, typeof count>)
  .meta({ id: 'DeploymentCounts' });
export type DeploymentCounts = z.infer<typeof DeploymentCountsSchema>;

export const ListDeploymentsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional().meta({ description: '`nextCursor` of the previous page' }),
  q: z
    .string()
    .max(200)
    .transform(toSearchText)
    .optional()
    .meta({ description: 'Text to search for in names and domains' }),
  project: ProjectIdSchema.optional(),
  host: HostIdSchema.optional(),
  state: DeployedStateSchema.optional(),
});
export type ListDeployments = z.output<typeof ListDeploymentsSchema>;

export const DeploymentPageSchema = z
  .object({
    deployments: z.array(DeploymentSchema),
    nextCursor: z.string().nullable(),
    counts: DeploymentCountsSchema.meta({ description: 'By state, under the same filters except `state`' }),
  })
  .meta({ id: 'DeploymentPage' });
export type DeploymentPage = z.infer<typeof DeploymentPageSchema>;

export const DeploymentPreviewSchema = z
  .object({
    sentences: z.array(z.string()).meta({ description: 'What a run does, in order' }),
    warnings: z.array(z.string()),
    files: z.array(DeploymentFileSchema),
    steps: DeploymentStepsSchema,
    verify: DeploymentVerifySchema.nullable(),
  })
  .meta({ id: 'DeploymentPreview' });
export type DeploymentPreview = z.infer<typeof DeploymentPreviewSchema>;

export const RecipeSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    kind: z.enum(DEPLOYMENT_KINDS),
    fields: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        help: z.string(),
        required: z.boolean(),
        default: z
          .string()
          .meta({ description: 'May contain {domain}, the domain of the project without *.' }),
        secret: z
          .literal(true)
          .optional()
          .meta({ description: 'The value is the ID of a host credential of the kind secret' }),
      }),
    ),
    protocols: z
      .object({
        byPort: z.record(z.string(), z.enum(VERIFY_PROTOCOLS)),
        otherwise: z.enum(VERIFY_PROTOCOLS),
      })
      .meta({ description: 'The protocol of the check on well-known ports, and on all others' }),
    verify: DeploymentVerifySchema.nullable().meta({ description: 'The check on the default port' }),
  })
  .meta({ id: 'Recipe' });
export type RecipeInfo = z.infer<typeof RecipeSchema>;
