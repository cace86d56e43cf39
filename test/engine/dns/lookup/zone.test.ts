import { afterEach, describe, expect, test } from 'vitest';
import { findZone, locateRecord } from '../../../../src/main/engine/dns/lookup/zone.ts';
import { answersFrom, type Respond, toAnswer } from '../../../support/dns/name-server.ts';
import { type DnsWorld, type DnsWorldOptions, mute, startDnsWorld } from '../../../support/dns/world.ts';

const signal = new AbortController().signal;
const reports: string[] = [];
const context = { signal, report: (_step: string, message: string) => void reports.push(message) };
const NAME = '_acme-challenge.www.example.com';
const worlds: DnsWorld[] = [];
const startWorld = async (options: DnsWorldOptions): Promise<DnsWorld> => {
  const world = await startDnsWorld(options);
  worlds.push(world);
  return world;
};
afterEach(async () => {
  reports.length = 0;
  await Promise.all(worlds.splice(0).map((world) => world.close()));
});

/** Answers like the authority of example.com without such a record: NXDOMAIN with the SOA. */
const nothing: Respond = () => ({
  rcode: 'NXDOMAIN',
  authoritative: true,
  authorities: [toAnswer('example.com', 'SOA', 'ns1.example.com')],
});

describe('findZone', () => {
  test('climbs over NXDOMAIN, empty answers and CNAMEs to the SOA', async () => {
    const world = await startWorld({
      authorities: [],
      records: { 'b.example.com CNAME': ['elsewhere.example'] },
    });
    world.recursor.respond = ((known) => (question) => {
      if (question.type === 'SOA' && question.name === 'b.example.com') {
        // A resolver's answer for a CNAME: the alias and its target's SOA.
        return {
          answers: [
            toAnswer('b.example.com', 'CNAME', 'elsewhere.example'),
            toAnswer('elsewhere.example', 'SOA', 'ns.elsewhere.example'),
          ],
        };
      }
      return known(question);
    })(world.recursor.respond);
    expect(await findZone(world.resolver, 'a.b.example.com', signal)).toBe('example.com');
  });

  test('fails on SERVFAIL, and if no name above has an SOA', async () => {
    const world = await startWorld({ authorities: [] });
    await expect(findZone(world.resolver, 'www.example.org', signal)).rejects.toMatchObject({
      code: 'DNS_LOOKUP_FAILED',
      message: expect.stringContaining('DNS has no zone for www.example.org'),
    });
    world.recursor.respond = () => ({ rcode: 'SERVFAIL' });
    await expect(findZone(world.resolver, 'www.example.com', signal)).rejects.toMatchObject({
      code: 'DNS_LOOKUP_FAILED',
      message: expect.stringContaining('SERVFAIL'),
    });
  });
});

describe('locateRecord', () => {
  test('finds the zone, and never asks a resolver for the name itself', async () => {
    const world = await startWorld({ authorities: [nothing] });
    expect(await locateRecord(world.resolver, NAME, context)).toEqual({
      name: NAME,
      aliases: [],
      zone: 'example.com',
      nameServers: ['ns1.example.com'],
      problem: null,
    });
    expect(world.recursor.questions.map(({ name }) => name)).not.toContain(NAME);
    expect(world.authorities[0]?.questions).toMatchObject([{ name: NAME, recursive: false }]);
  });

  test('follows CNAMEs into another zone', async () => {
    const world = await startWorld({
      authorities: [
        answersFrom({
          [`${NAME} CNAME`]: ['one.example.com'],
          'one.example.com CNAME': ['acme.delegated.net'],
        }),
      ],
      records: { 'delegated.net SOA': ['ns1.example.com'], 'delegated.net NS': ['ns1.example.com'] },
    });
    expect(await locateRecord(world.resolver, NAME, context)).toMatchObject({
      name: 'acme.delegated.net',
      aliases: [NAME, 'one.example.com'],
      zone: 'delegated.net',
    });
    expect(reports).toContain(`${NAME} is a CNAME to one.example.com`);
  });

  test('sees a delegation of the exact name, by referral and by the SOA of a server that has both', async () => {
    const below = { [`${NAME} NS`]: ['ns1.example.com'] };
    const referral: Respond = () => ({ authorities: [toAnswer(NAME, 'NS', 'ns1.example.com')] });
    const both: Respond = () => ({
      authoritative: true,
      authorities: [toAnswer(NAME, 'SOA', 'ns1.example.com')],
    });
    for (const respond of [referral, both]) {
      const world = await startWorld({ authorities: [respond], records: below });
      expect(await locateRecord(world.resolver, NAME, context)).toMatchObject({ name: NAME, zone: NAME });
      await worlds.pop()?.close();
    }
  });

  test('refuses a CNAME of the root', async () => {
    const world = await startWorld({ authorities: [answersFrom({ [`${NAME} CNAME`]: ['.'] })] });
    await expect(locateRecord(world.resolver, NAME, context)).rejects.toThrow(/is a CNAME to the root/);
  });

  test.each(['SERVFAIL', 'REFUSED', 'NOTIMP', 'NXDOMAIN'] as const)(
    'uses the parent’s zone if its server answers %s for the name (lego #2633, acme-dns #373)',
    async (rcode) => {
      const world = await startWorld({ authorities: [() => ({ rcode, authoritative: true })] });
      expect(await locateRecord(world.resolver, NAME, context)).toMatchObject({
        name: NAME,
        zone: 'example.com',
      });
    },
  );

  test('never asks a resolver for the target of a CNAME either (acme-dns #257)', async () => {
    const target = 'd8659307.auth.example.com';
    const world = await startWorld({
      authorities: [answersFrom({ [`${NAME} CNAME`]: [target] })],
      records: { 'auth.example.com SOA': ['ns1.example.com'], 'auth.example.com NS': ['ns1.example.com'] },
    });
    expect(await locateRecord(world.resolver, NAME, context)).toMatchObject({ name: target });
    expect(world.recursor.questions.map(({ name }) => name)).not.toContain(target);
  });

  test('refuses a CNAME loop', async () => {
    const world = await startWorld({
      authorities: [answersFrom({ [`${NAME} CNAME`]: ['a.example.com'], 'a.example.com CNAME': [NAME] })],
    });
    await expect(locateRecord(world.resolver, NAME, context)).rejects.toMatchObject({
      code: 'DNS_LOOKUP_FAILED',
      message: expect.stringContaining(`loop (${NAME} -> a.example.com -> ${NAME})`),
    });
  });

  test('follows at most 16 CNAMEs', async () => {
    const chain = (count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `${i === 0 ? NAME : `c${i}.example.com`} CNAME`,
          [`c${i + 1}.example.com`],
        ]),
      );
    const short = await startWorld({ authorities: [answersFrom(chain(16))] });
    expect(await locateRecord(short.resolver, NAME, context)).toMatchObject({ name: 'c16.example.com' });
    await worlds.pop()?.close();
    const long = await startWorld({ authorities: [answersFrom(chain(17))] });
    await expect(locateRecord(long.resolver, NAME, context)).rejects.toThrow(/more than 16 CNAMEs/);
  });

  test('asks the next name server, then the resolver, if the first ones do not answer', async () => {
    const alias = answersFrom({ [`${NAME} CNAME`]: ['target.example.com'] });
    const world = await startWorld({ authorities: [() => ({ rcode: 'REFUSED' }), null, alias] });
    expect(await locateRecord(world.resolver, NAME, context)).toMatchObject({ name: 'target.example.com' });
    await worlds.pop()?.close();
    const dark = await startWorld({
      authorities: [null, mute],
      records: { [`${NAME} CNAME`]: ['target.example.com'] },
    });
    expect(await locateRecord(dark.resolver, NAME, context)).toMatchObject({
      name: 'target.example.com',
      zone: 'example.com',
    });
    expect(reports).toContain('No name server of example.com answers; asking the resolver instead');
  });

  test('follows CNAMEs even if DNS does not say the zone, and keeps the reason', async () => {
    const world = await startWorld({ authorities: [] });
    world.recursor.respond = ({ name, type }) => {
      if (type === 'SOA') return { rcode: 'SERVFAIL' };
      return { answers: name === NAME ? [toAnswer(NAME, 'CNAME', 'acme.internal.example.com')] : [] };
    };
    const place = await locateRecord(world.resolver, NAME, context);
    expect(place).toMatchObject({ name: 'acme.internal.example.com', aliases: [NAME], zone: null });
    expect(place.problem?.code).toBe('DNS_LOOKUP_FAILED');
  });

  test('does not follow the CNAME of a wildcard, whether name servers or only a resolver answers', async () => {
    const wildcard: Respond = ({ name, type }) =>
      type === 'CNAME' ? { authoritative: true, answers: [toAnswer(name, 'CNAME', 'host.foreign.org')] } : {};
    for (const authorities of [[wildcard], [null]]) {
      const world = await startWorld({ authorities });
      const known = world.recursor.respond;
      world.recursor.respond = (question) =>
        question.type === 'CNAME' ? wildcard(question) : known(question);
      expect(await locateRecord(world.resolver, NAME, context)).toMatchObject({
        name: NAME,
        aliases: [],
        zone: 'example.com',
      });
      await worlds.pop()?.close();
    }
  });

  test('refuses a name that is too long with the prefix', async () => {
    const world = await startWorld({ authorities: [] });
    const name = `_acme-challenge.${`${'a'.repeat(60)}.`.repeat(4)}example.com`;
    await expect(locateRecord(world.resolver, name, context)).rejects.toThrow(/longer than DNS allows/);
  });

  test('ends on abort with its reason', async () => {
    const abort = new AbortController();
    const reason = new Error('stop');
    const abortWhenAsked: Respond = () => {
      abort.abort(reason);
      return null;
    };
    const world = await startWorld({ authorities: [abortWhenAsked] });
    await expect(locateRecord(world.resolver, NAME, { ...context, signal: abort.signal })).rejects.toBe(
      reason,
    );
  });
});
