// Schemas of the reachability test of HTTP-01 and TLS-ALPN-01: results per name and per address of the name.
import { z } from 'zod';
import { CertificateNameSchema } from './name-schema.ts';

const names = z.array(CertificateNameSchema).min(1).max(100);

const challengeType = z
  .enum(['http-01', 'tls-alpn-01'])
  .meta({ description: 'Tests port 80 or port 443; default: http-01', reach: 'project' });
export type ReachabilityChallenge = z.infer<typeof challengeType>;

export const ReachabilityRequestSchema = z
  .strictObject({
    names: names.optional().meta({
      description: 'Names to test; default: the names of the project',
      reach: 'project',
      allProjects: true,
    }),
    challengeType: challengeType.optional(),
  })
  .meta({ id: 'ReachabilityRequest' });

/** The names of a certificate that has no project yet. */
export const NamesRequestSchema = z
  .strictObject({
    names: names.meta({ description: 'Names to test', reach: 'project', allProjects: true }),
    challengeType: challengeType.optional(),
  })
  .meta({ id: 'NamesRequest' });

export const AddressFindingSchema = z.enum([
  'well',
  'private',
  'not_asked',
  'elsewhere',
  'other_server',
  'refused',
  'timeout',
  'unreachable',
  'broken',
  'bad_redirect',
]);
export type AddressFinding = z.infer<typeof AddressFindingSchema>;

export const AddressReportSchema = z
  .object({
    address: z.string(),
    finding: AddressFindingSchema.meta({
      description:
        'well: Certdesk answered; private: Certdesk answered at an address that a public CA cannot reach; not_asked: Certdesk does not connect to this private address; elsewhere: another machine answered; other_server: another server on this machine answered; broken: no valid response of HTTP or TLS; bad_redirect: a redirect that a CA does not follow',
    }),
    isPublic: z.boolean().meta({ description: 'Whether a public CA can route to this address' }),
    isOwn: z.boolean().meta({ description: 'Whether it is an address of this machine' }),
    status: z.int().nullable().meta({ description: 'HTTP status of the last response' }),
    server: z.string().nullable().meta({ description: 'Server header of the last response' }),
    redirects: z.array(z.string()).meta({ description: 'Redirect targets, in order' }),
    message: z.string().meta({ description: 'Result and advice for users' }),
  })
  .meta({ id: 'AddressReport' });
export type AddressReport = z.infer<typeof AddressReportSchema>;

export const NameReportSchema = z
  .object({
    name: z.string(),
    verdict: z.enum(['well', 'doubtful', 'failing']),
    problem: z
      .enum(['wildcard', 'unresolved', 'lookup_failed'])
      .nullable()
      .meta({ description: 'Why no address was tested; null if addresses were tested' }),
    message: z.string(),
    addresses: z.array(AddressReportSchema),
  })
  .meta({ id: 'NameReport' });
export type NameReport = z.infer<typeof NameReportSchema>;

export const ReachabilitySchema = z
  .object({
    verdict: NameReportSchema.shape.verdict.meta({ description: 'The worst verdict of all names' }),
    names: z.array(NameReportSchema),
    seenFrom: z.string().meta({ description: 'Limits of the test, which runs from this machine' }),
  })
  .meta({ id: 'Reachability' });
export type Reachability = z.infer<typeof ReachabilitySchema>;
