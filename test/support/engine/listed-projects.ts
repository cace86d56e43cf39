// Random projects with certificates, and the expected list, counts and search results by a linear scan: the reference
// for the indexes of `listing`.
import fc from 'fast-check';
import { attemptAt } from '../../../src/main/engine/certificates/renewal-plan.ts';
import type { CertificateRecord, ProjectRecord } from '../../../src/main/engine/core/model.ts';
import type { ProjectFilter, ProjectQuery } from '../../../src/main/engine/core/stores/projects.ts';
import { CERTIFICATE, PROJECT, SPEC } from './records.ts';

export const AT = { now: '2026-02-01T00:00:00Z', soon: '2026-03-03T00:00:00Z' };

export interface Listed {
  readonly project: ProjectRecord;
  readonly certificate: CertificateRecord | null;
}

/** Few letters and few names, so that sorting has ties, and a word occurs in many projects, in some or in none. */
const word = fc.oneof(
  fc.constantFrom(
    'shop',
    'Shop',
    'SHOP',
    'mail',
    'host-1',
    'host-11',
    'a',
    'é',
    'É',
    'K',
    '100%',
    'a_b',
    'x"y',
    '[]',
  ),
  fc.string({
    unit: fc.constantFrom('a', 'B', 'b', '-', '.', 'ß', '😀', '\\', ','),
    minLength: 1,
    maxLength: 5,
  }),
);
const name = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
const host = fc.tuple(
  fc.constantFrom('shop', 'mail', 'www', 'b-a', '*'),
  fc.constantFrom('example.com', 'example.com', 'example.com', 'example.com', 'b.test'),
);
const dnsName = host.map((labels) => labels.join('.'));
const time = fc.constantFrom(
  '2026-01-02T00:00:00Z',
  AT.now,
  '2026-02-01T00:00:01Z',
  '2026-02-20T12:00:00Z',
  AT.soon,
  '2026-03-03T00:00:01Z',
  '2026-05-01T00:00:00Z',
);

const spec = fc.option(
  fc.record({
    ca: fc.constantFrom('letsencrypt', 'zerossl', 'https://ca.example/dir'),
    dnsProvider: fc.constantFrom(null, null, 'aws', 'cloudflare'),
  }),
);

/** Most projects have the tag `common`. */
const tags = fc
  .tuple(fc.subarray(['eu', 'rare']), fc.nat(9))
  .map(([others, n]) => (n < 8 ? ['common', ...others] : others));

export const PROJECT_VALUES = fc.record({
  name,
  domain: fc.option(dnsName, { freq: 4 }),
  altNames: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(dnsName, { maxLength: 3 })),
  tags,
  sameName: fc.boolean(),
});

export const CERTIFICATE_VALUES = fc.record({
  expiresAt: time,
  revokedAt: fc.constantFrom(null, null, null, AT.now),
  failures: fc.constantFrom(0, 0, 0, 1, 7),
  autoRenew: fc.boolean(),
  nextAttemptAt: fc.option(time),
  waitsFor: fc.constantFrom(null, null, 'Waits for a person.'),
  spec,
});

export function projectOf(id: string, values: Values<typeof PROJECT_VALUES>): ProjectRecord {
  const { domain, altNames, tags, sameName } = values;
  const ownName = sameName && domain !== null ? domain : values.name.slice(0, 200);
  return { ...PROJECT, id, name: ownName, domain, altNames, tags };
}

type Values<T> = T extends fc.Arbitrary<infer V> ? V : never;

export function certificateOf(
  id: string,
  projectId: string,
  { failures, nextAttemptAt, waitsFor, spec: by, ...values }: Values<typeof CERTIFICATE_VALUES>,
): CertificateRecord {
  const challengeType = by?.dnsProvider == null ? 'http-01' : 'dns-01';
  return {
    ...CERTIFICATE,
    ...values,
    id,
    projectId,
    type: by === null ? 'custom' : by.ca === 'letsencrypt' ? 'letsencrypt' : 'acme',
    spec: by === null ? null : { ...SPEC, ...by, challengeType },
    renewal: { ...CERTIFICATE.renewal, failures, nextAttemptAt, waitsFor },
  };
}

const option = <T>(...values: readonly T[]) => fc.constantFrom(undefined, undefined, ...values);

/** Generates filters of every kind. @param ids Projects, some of which a token may be limited to. */
export const filtersOf = (ids: readonly string[]): fc.Arbitrary<ProjectFilter> =>
  fc
    .record({
      status: option('valid', 'expiring_soon', 'expired', 'revoked', 'none'),
      failing: option(true, false),
      provider: option('http-01', 'cloudflare', 'nobody'),
      ca: option('letsencrypt', 'zerossl'),
      type: option('custom', 'letsencrypt', 'acme'),
      tags: option(['common'], ['eu'], ['common', 'eu'], ['of-nobody']),
      q: fc.oneof(
        { weight: 3, arbitrary: fc.constant(undefined) },
        word,
        dnsName,
        fc.constantFrom(
          '',
          'a',
          'b',
          '.',
          'ex',
          'example',
          'EXAMPLE.com',
          'www.example',
          'nowhere',
          '","',
          'é',
          '%',
          '\\',
        ),
      ),
      ids: fc.oneof(
        { weight: 3, arbitrary: fc.constant(null) },
        fc.subarray([...ids.slice(0, 40), 'of-nobody'], { maxLength: 20 }),
      ),
    })
    .map((filter) => ({ ...AT, ...filter }) as ProjectFilter);

const SORTS = ['created', 'name', 'domain', 'expiry', 'next_renewal'] as const;
export const ORDERINGS = fc.record({
  sort: fc.constantFrom(...SORTS),
  order: fc.constantFrom('asc' as const, 'desc' as const),
});

/** LIKE and NOCASE of SQLite fold the case of ASCII only. */
const lower = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

export function stateOf({ certificate }: Listed): NonNullable<ProjectFilter['status']> {
  if (certificate === null) return 'none';
  if (certificate.revokedAt !== null) return 'revoked';
  if (certificate.expiresAt <= AT.now) return 'expired';
  return certificate.expiresAt <= AT.soon ? 'expiring_soon' : 'valid';
}

const isFailing = ({ certificate }: Listed): boolean => (certificate?.renewal.failures ?? 0) > 0;

/** Whether a project matches the filter, apart from its state. */
function fits(
  { project, certificate }: Listed,
  { q = '', ids, type, ca, provider, tags = [] }: ProjectFilter,
): boolean {
  const by = certificate?.spec ?? null;
  const words = [project.name, project.domain ?? '', ...(/^[\w.*-]+$/.test(q) ? project.altNames : [])];
  return (
    (ids === null || ids.includes(project.id)) &&
    (q === '' || words.some((text) => lower(text).includes(lower(q)))) &&
    tags.every((tag) => project.tags.includes(tag)) &&
    (type === undefined || certificate?.type === type) &&
    (ca === undefined || by?.ca === ca) &&
    (provider === undefined || (by !== null && (by.dnsProvider ?? by.challengeType) === provider))
  );
}

function keyOf({ project, certificate }: Listed, sort: ProjectQuery['sort']): string | null {
  if (sort === 'name') return lower(project.name);
  if (sort === 'domain') return project.domain;
  if (certificate === null) return null;
  return sort === 'expiry' ? certificate.expiresAt : sort === 'next_renewal' ? attemptAt(certificate) : null;
}

/** @param all In the order of their creation. @returns ids, all pages in one. */
export function listOf(all: readonly Listed[], query: ProjectFilter & Pick<ProjectQuery, 'sort' | 'order'>) {
  const { status, failing, sort } = query;
  const sign = query.order === 'desc' ? -1 : 1;
  return all
    .filter((each) => fits(each, query))
    .filter((each) => status === undefined || stateOf(each) === status)
    .filter((each) => failing === undefined || isFailing(each) === failing)
    .map((each, n) => ({ id: each.project.id, key: keyOf(each, sort), n }))
    .toSorted((a, b) => {
      if ((a.key === null) !== (b.key === null)) return a.key === null ? 1 : -1;
      return sign * (Buffer.compare(Buffer.from(a.key ?? ''), Buffer.from(b.key ?? '')) || a.n - b.n);
    })
    .map(({ id }) => id);
}

export function countOf(all: readonly Listed[], filter: ProjectFilter) {
  const alike = all.filter((each) => fits(each, filter));
  const of = (state: string): number => alike.filter((each) => stateOf(each) === state).length;
  return {
    matching: listOf(all, filter).length,
    counts: {
      total: alike.length,
      valid: of('valid'),
      expiring_soon: of('expiring_soon'),
      expired: of('expired'),
      revoked: of('revoked'),
      none: of('none'),
      failing: alike.filter(isFailing).length,
    },
  };
}
