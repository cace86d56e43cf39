// What a test of HTTP-01 has found: per name, and per address of the name.
import { z } from 'zod';
import { DnsNameSchema } from './name-schema.ts';

export const ReachabilityRequestSchema = z
  .strictObject({
    names: z
      .array(DnsNameSchema)
      .min(1)
      .max(100)
      .optional()
      .meta({ description: "The project's names where left out", reach: 'project', allProjects: true }),
  })
  .meta({ id: 'ReachabilityRequest' });

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
        'well: our own answer came; private: it came, from an address that a public CA cannot reach; not_asked: a private address, which was not connected to; elsewhere: another machine answers; other_server: this machine answers, and not Certdesk; broken: no HTTP; bad_redirect: to where a CA does not go',
    }),
    isPublic: z.boolean().meta({ description: 'Whether a public CA can route to this address' }),
    isOwn: z.boolean().meta({ description: 'Whether it is an address of this machine' }),
    status: z.int().nullable().meta({ description: 'HTTP status of the last answer' }),
    server: z.string().nullable().meta({ description: 'Its Server header' }),
    redirects: z.array(z.string()).meta({ description: 'Redirect targets, in order' }),
    message: z.string().meta({ description: 'Finding and advice, for people' }),
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
      .meta({ description: 'Why no address was tested' }),
    message: z.string(),
    addresses: z.array(AddressReportSchema),
  })
  .meta({ id: 'NameReport' });
export type NameReport = z.infer<typeof NameReportSchema>;

export const ReachabilitySchema = z
  .object({
    verdict: NameReportSchema.shape.verdict.meta({ description: 'The worst of all names' }),
    names: z.array(NameReportSchema),
    seenFrom: z.string().meta({ description: 'Limits of this test' }),
  })
  .meta({ id: 'Reachability' });
export type Reachability = z.infer<typeof ReachabilitySchema>;
