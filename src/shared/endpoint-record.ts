// Schemas of endpoints: where a certificate is served, what was seen there, and what a project's clients are given.
import { z } from 'zod';
import {
  DEFAULT_PORTS,
  FINDING_CODES,
  type Finding,
  type FindingCode,
  PROTOCOLS,
  type Protocol,
} from './endpoint.ts';
import { ENDPOINT_STATES } from './endpoint-names.ts';
import { toSearchText } from './identifiers.ts';
import { toIpAddress } from './ip-address.ts';
import { toDnsName } from './names.ts';
import { ProjectIdSchema } from './project.ts';
import { SavedBySchema } from './saved-by.ts';
import { TimestampSchema } from './time-schema.ts';

export const EndpointIdSchema = z.string().min(1).max(64).meta({ description: 'ID of the endpoint' });

export const ProtocolSchema = z.enum(PROTOCOLS as unknown as [Protocol, ...Protocol[]]).meta({
  description: 'tls: TLS from the first byte; the others upgrade a plaintext connection (STARTTLS)',
});
export const FindingCodeSchema = z.enum(FINDING_CODES as [FindingCode, ...FindingCode[]]);

const isAddress = (text: string): boolean =>
  z.ipv4().safeParse(text).success || z.ipv6().safeParse(text).success;

const AddressSchema = z
  .string()
  .trim()
  .max(64)
  .refine(isAddress, 'is not an IP address')
  .transform((text) => toIpAddress(text) ?? text.toLowerCase());

/** A host name without a wildcard, or an IP address. */
const HostSchema = z
  .string()
  .trim()
  .min(1)
  .max(1000)
  .transform((value, ctx) => {
    const bare = value.replace(/^\[(.*)\]$/, '$1');
    if (isAddress(bare)) return toIpAddress(bare) ?? bare.toLowerCase();
    const name = toDnsName(value);
    if (name !== null && !name.startsWith('*.')) return name;
    const message =
      name === null
        ? 'is neither a host name nor an IP address. A port has its own field'
        : 'is a wildcard. Enter a name that a client connects to';
    ctx.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .meta({ description: 'Host name or IP address', examples: ['mail.example.com'] });

const fields = {
  projectIds: z
    .array(ProjectIdSchema)
    .max(10)
    .meta({ description: 'Projects whose certificates are right here; empty: only monitored' }),
  host: HostSchema,
  port: z.int().min(1).max(65_535),
  protocol: ProtocolSchema,
  serverName: HostSchema.nullable().meta({
    description: 'Name sent as SNI, and the name that the certificate must have; null: no SNI',
  }),
  addresses: z
    .union([z.literal('all'), z.array(AddressSchema).min(1).max(32)])
    .meta({ description: 'all: every A and AAAA address of the host; otherwise only these' }),
  trust: z
    .string()
    .max(64 * 1024)
    .meta({ description: "system: the machine's trusted roots; otherwise the trusted roots as PEM" }),
  expected: z.enum(['projects', 'any']).meta({
    description:
      'projects: a certificate of these projects; any: any valid certificate, because another service (such as a CDN) presents its own',
  }),
  intervalMinutes: z.int().min(5).max(10_080).meta({ description: 'Time between two checks' }),
};

/** A request that makes Certdesk connect to an address needs the installation. */
const needs = <T extends z.ZodType>(schema: T) => schema.meta({ ...schema.meta(), reach: 'installation' });

export const CreateEndpointSchema = z
  .strictObject({
    projectIds: needs(fields.projectIds.default([])),
    host: needs(fields.host),
    port: needs(fields.port.optional().meta({ description: "Default: the protocol's port" })),
    protocol: needs(fields.protocol.default('tls')),
    serverName: needs(
      fields.serverName.optional().meta({ description: 'Default: the host, or null for an IP address' }),
    ),
    addresses: needs(fields.addresses.default('all')),
    trust: needs(fields.trust.default('system')),
    expected: needs(fields.expected.default('projects')),
    intervalMinutes: needs(fields.intervalMinutes.default(360)),
  })
  .meta({ id: 'CreateEndpoint' });
export type CreateEndpoint = z.infer<typeof CreateEndpointSchema>;

/** Contains only the fields to change. */
export const UpdateEndpointSchema = z
  .strictObject({
    projectIds: needs(fields.projectIds.optional()),
    host: needs(fields.host.optional()),
    port: needs(fields.port.optional()),
    protocol: needs(fields.protocol.optional()),
    serverName: needs(fields.serverName.optional()),
    addresses: needs(fields.addresses.optional()),
    trust: needs(fields.trust.optional()),
    expected: needs(fields.expected.optional()),
    intervalMinutes: needs(fields.intervalMinutes.optional()),
  })
  .meta({ id: 'UpdateEndpoint' });
export type UpdateEndpoint = z.infer<typeof UpdateEndpointSchema>;

export const EndpointStateSchema = z.enum(ENDPOINT_STATES).meta({
  description:
    'new: not checked yet; warning: something to fix soon; problem: some clients fail or see another certificate; unknown: this machine could not see what clients are given',
});
export type EndpointState = z.infer<typeof EndpointStateSchema>;

export const FindingSchema = z
  .object({
    code: FindingCodeSchema,
    severity: z.enum(['critical', 'warning', 'info', 'unknown']),
    address: z.string().nullable(),
    message: z.string(),
    advice: z.string(),
  })
  .meta({ id: 'EndpointFinding' }) satisfies z.ZodType<Finding>;

export const EndpointSchema = z
  .object({
    id: z.string(),
    ...fields,
    state: EndpointStateSchema,
    findings: z.array(FindingCodeSchema).meta({ description: 'Codes of all findings, the worst first' }),
    sentence: z.string().nullable().meta({ description: 'What is wrong and what to do; null if nothing is' }),
    expiresAt: TimestampSchema.nullable().meta({
      description: 'When the first of the presented certificates expires',
    }),
    checkedAt: TimestampSchema.nullable(),
    nextCheckAt: TimestampSchema,
    alarmedAt: TimestampSchema.nullable().meta({
      description: 'When the problem was confirmed by a second check and reported; null if there is none',
    }),
    savedBy: SavedBySchema,
    createdAt: TimestampSchema,
    updatedAt: TimestampSchema,
  })
  .meta({ id: 'Endpoint' });
export type Endpoint = z.infer<typeof EndpointSchema>;

/** A certificate that a server sent. */
export const SeenCertificateSchema = z
  .object({
    fingerprint: z.string().meta({ description: 'SHA-256, upper-case hex' }),
    subject: z.string(),
    issuer: z.string(),
    names: z.array(z.string()).meta({ description: 'At most 100' }),
    issuedAt: TimestampSchema,
    expiresAt: TimestampSchema,
    keyType: z.string().meta({ description: 'rsa, ec, ed25519 …' }),
    issuedByNext: z
      .boolean()
      .meta({ description: 'Whether the next certificate that the server sent is its issuer' }),
    selfSigned: z.boolean(),
  })
  .meta({ id: 'SeenCertificate' });
export type SeenCertificate = z.infer<typeof SeenCertificateSchema>;

export const AddressReportSchema = z
  .object({
    address: z.string(),
    offered: z
      .enum(['any', 'rsa', 'ec'])
      .meta({ description: 'The key types that Certdesk offered in this handshake' }),
    state: z.enum(['presented', 'failed']),
    match: z.enum(['current', 'previous', 'other']).nullable().meta({
      description:
        'current: a certificate that the projects have now; previous: an earlier one of them; null: nothing is expected, or nothing was presented',
    }),
    chain: z.array(SeenCertificateSchema).meta({ description: 'As sent, in the order sent' }),
    tlsVersion: z.string().nullable(),
    cipher: z.string().nullable(),
    findings: z.array(FindingSchema),
    at: TimestampSchema,
    changedAt: TimestampSchema.meta({ description: 'Since when it presents this certificate, or fails' }),
  })
  .meta({ id: 'EndpointAddress' });
export type AddressReport = z.infer<typeof AddressReportSchema>;

export const EndpointDetailSchema = EndpointSchema.extend({
  reports: z.array(AddressReportSchema).meta({ description: 'One per address and handshake' }),
  general: z.array(FindingSchema).meta({ description: 'Findings that concern no single address' }),
  unmanaged: SeenCertificateSchema.nullable().meta({
    description: 'A presented certificate that no project has; null if there is none',
  }),
}).meta({ id: 'EndpointDetail' });
export type EndpointDetail = z.infer<typeof EndpointDetailSchema>;

export const ListEndpointsSchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2000).optional().meta({ description: '`nextCursor` of the previous page' }),
  q: z
    .string()
    .max(200)
    .transform(toSearchText)
    .optional()
    .meta({ description: 'Text to search for in host and server name' }),
  project: ProjectIdSchema.optional(),
  finding: FindingCodeSchema.optional(),
  state: EndpointStateSchema.optional(),
});
export type ListEndpoints = z.infer<typeof ListEndpointsSchema>;

const count = z.int().min(0);

export const EndpointPageSchema = z
  .object({
    endpoints: z.array(EndpointSchema),
    nextCursor: z.string().nullable(),
    total: count.meta({ description: 'Number of matching endpoints on all pages' }),
    counts: z.record(EndpointStateSchema, count).meta({
      description: 'Number of endpoints by state, under the same search and project',
    }),
    findings: z
      .array(z.object({ code: FindingCodeSchema, count }))
      .meta({ description: 'Findings with their number of endpoints, under the same search and project' }),
  })
  .meta({ id: 'EndpointPage' });
export type EndpointPage = z.infer<typeof EndpointPageSchema>;

export const AddEndpointsSchema = z
  .strictObject({
    text: needs(
      z
        .string()
        .min(1)
        .max(512 * 1024)
        .meta({
          description:
            'One endpoint per line: HOST, HOST:PORT or PROTOCOL://HOST:PORT; or CSV with the header host,port,protocol,serverName,project',
        }),
    ),
    projectIds: needs(fields.projectIds.default([])),
    dryRun: needs(z.boolean().default(false).meta({ description: 'Only report what would be created' })),
  })
  .meta({ id: 'AddEndpoints' });
export type AddEndpoints = z.infer<typeof AddEndpointsSchema>;

export const AddedEndpointsSchema = z
  .object({
    created: count,
    existing: count.meta({ description: 'Lines with an endpoint that exists already; it stays unchanged' }),
    invalid: count,
    lines: z.array(
      z.object({
        line: z.int().min(1),
        text: z.string(),
        result: z.enum(['created', 'existing', 'invalid']),
        error: z.string().nullable(),
        endpointId: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'AddedEndpoints' });
export type AddedEndpoints = z.infer<typeof AddedEndpointsSchema>;

export const EndpointSuggestionSchema = z
  .object({
    projectId: z.string(),
    project: z.string().meta({ description: 'Domain or name of the project' }),
    host: z.string(),
    port: z.int(),
    protocol: ProtocolSchema,
    reason: z.string(),
  })
  .meta({ id: 'EndpointSuggestion' });
export type EndpointSuggestion = z.infer<typeof EndpointSuggestionSchema>;

/** The port that a client of this protocol uses. */
export function portOf(protocol: Protocol, port: number | undefined): number {
  return port ?? DEFAULT_PORTS[protocol];
}
