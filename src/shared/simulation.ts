// Schemas of the simulator: what shorter lifetimes of certificates would mean for this installation.
import { z } from 'zod';

const count = z.int().min(0);
const rate = z.number().min(0);

/** The lifetimes that are announced: https://letsencrypt.org/docs/profiles/ and its schedule until 2028. */
export const ANNOUNCED_LIFETIMES = [64, 45, 6] as const;

export const SimulationRequestSchema = z.object({
  lifetime: z.coerce.number().int().min(1).max(398).default(45).meta({
    description: 'Lifetime of new certificates, in days; certificates with a shorter one keep theirs',
  }),
});

const FiguresSchema = z
  .object({
    renewalsPerWeek: rate.meta({ description: 'Automatic renewals' }),
    ordersPerWeek: rate.meta({
      description: 'Orders at CAs: automatic renewals, and those that a person must start or help',
    }),
    byHandPerWeek: rate.meta({ description: 'Renewals that need a person, uploads included' }),
    dnsChangesPerDay: rate.meta({ description: 'TXT records that Certdesk adds or removes for DNS-01' }),
    busiestDay: count.meta({ description: 'Most automatic renewals on one day of the next 26 weeks' }),
    weeks: z.array(count).meta({ description: 'Automatic renewals in each of the next 26 weeks' }),
  })
  .meta({ id: 'SimulationFigures' });
export type SimulationFigures = z.infer<typeof FiguresSchema>;

const NOT_AUTOMATED = ['uploaded', 'manual-dns', 'auto-renewal-off', 'no-ari'] as const;
export type NotAutomated = (typeof NOT_AUTOMATED)[number];

const ObstacleSchema = z
  .object({
    reason: z.enum(NOT_AUTOMATED).meta({
      description:
        'uploaded: Certdesk cannot request it; manual-dns: a person adds TXT records; auto-renewal-off: a person starts each renewal; no-ari: it renews, but its CA cannot request an early renewal',
    }),
    count,
    perWeek: rate.meta({ description: 'Renewals a week with the simulated lifetime' }),
    examples: z
      .array(z.object({ projectId: z.string(), domain: z.string() }))
      .meta({ description: 'At most 20 of them' }),
  })
  .meta({ id: 'SimulationObstacle' });

const LimitSchema = z
  .object({
    ca: z.string().meta({ description: 'A CA ID from GET /cas' }),
    name: z.string().meta({ description: 'Name of the rate limit' }),
    count: count.meta({ description: 'Number allowed within `hours`' }),
    hours: count.meta({ description: 'Length of the window, in hours' }),
    subject: z
      .string()
      .nullable()
      .meta({ description: 'The registered domain with the highest use; null for all together' }),
    peak: rate.meta({ description: 'Highest expected use within `hours`' }),
    subjects: count.meta({ description: 'Number of subjects above the limit' }),
    exempt: z.boolean().meta({
      description:
        'Whether renewals of the same names are exempt, so that the limit matters only after names or accounts change',
    }),
  })
  .meta({ id: 'SimulationLimit' });
export type SimulationLimit = z.infer<typeof LimitSchema>;

const WaitSchema = z
  .object({
    deploymentId: z.string(),
    name: z.string(),
    longestWaitHours: rate.meta({ description: 'Longest time between two windows of the deployment' }),
    canWaitHours: rate.meta({
      description:
        'How long a renewed certificate can wait: from its renewal until a tenth of the lifetime remains, when runs no longer wait',
    }),
  })
  .meta({ id: 'SimulationWait' });
export type SimulationWait = z.infer<typeof WaitSchema>;

export const SimulationSchema = z
  .object({
    lifetimeDays: count,
    renewAfterHours: rate.meta({ description: 'Age at which a certificate of this lifetime is renewed' }),
    certificates: count.meta({ description: 'Active certificates that are not revoked' }),
    firstDay: z.iso.date().meta({ description: 'First day of `weeks`, in UTC' }),
    today: FiguresSchema.meta({ description: 'With the lifetimes that the certificates have' }),
    simulated: FiguresSchema.meta({ description: 'With the simulated lifetime for each new certificate' }),
    dns: z
      .array(z.object({ provider: z.string(), today: rate, simulated: rate }))
      .meta({ description: 'Changes of TXT records a day by DNS provider, the most first' }),
    limits: z.array(LimitSchema).meta({ description: "Use of the CAs' published rate limits" }),
    obstacles: z.array(ObstacleSchema).meta({ description: 'Certificates that are not fully automated' }),
    windows: z
      .array(WaitSchema)
      .meta({ description: 'Deployments that may wait longer than a renewed certificate leaves time for' }),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof SimulationSchema>;
