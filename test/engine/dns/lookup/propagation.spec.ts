import type { Answer } from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';
import type { Json } from '../../../../src/main/engine/core/model.ts';
import type { Timing } from '../../../../src/main/engine/core/timing.ts';
import { waitForPropagation } from '../../../../src/main/engine/dns/lookup/propagation.ts';
import type {
  AwaitedRecord,
  PropagationSettings,
} from '../../../../src/main/engine/dns/lookup/propagation-rounds.ts';
import {
  type NameServer,
  type Respond,
  startNameServer,
  toAnswer,
} from '../../../support/dns/name-server.ts';
import {
  type DnsWorld,
  type DnsWorldOptions,
  mute,
  showing,
  startDnsWorld,
} from '../../../support/dns/world.ts';
import { unusedPort } from '../../../support/tools/ports.ts';

const NAME = '_acme-challenge.example.com';
const RECORD: AwaitedRecord = { name: NAME, challenge: NAME, zone: 'example.com', values: ['one'] };
const right = showing('one');
const reports: { message: string; data: Json }[] = [];
const report = (_step: string, message: string, data: Json = null) => void reports.push({ message, data });
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

const wait = (
  world: DnsWorld,
  more: {
    record?: AwaitedRecord;
    settings?: Partial<PropagationSettings>;
    signal?: AbortSignal;
    timing?: Timing;
  } = {},
) =>
  waitForPropagation(more.record ?? RECORD, {
    resolver: world.resolver,
    settings: { timeout: 0.8, interval: 0.2, ...more.settings },
    signal: more.signal ?? new AbortController().signal,
    report,
    timing: more.timing ?? world.timing,
    staleResolverMs: 400,
    publicResolverMs: 600,
  });

/** Aborts as soon as the wait of that number has started; resolves with its result. */
const abortInPause = async (world: DnsWorld, number: number, settings: Partial<PropagationSettings> = {}) => {
  const abort = new AbortController();
  const reason = new Error('stop');
  let begun = 0;
  const pause: Timing['pause'] = (ms, signal) => {
    const paused = world.timing.pause(ms, signal);
    begun += 1;
    if (begun === number) {
      void world.timing.track(new Promise(() => undefined)); // no wait ends on its own any more
      abort.abort(reason);
    }
    return paused;
  };
  const timing = { now: world.timing.now, pause };
  const failure = await wait(world, { signal: abort.signal, settings, timing }).catch(
    (error: unknown) => error,
  );
  return { reason, failure };
};

/** Answers `before` to the first `count` queries, `after` from then on. */
const later = (count: number, before: Respond, after: Respond): Respond => {
  let asked = 0;
  return (question) => {
    asked += 1;
    return (asked > count ? after : before)(question);
  };
};

/** A resolver that has these answers in its cache for that many seconds, and the right one from then on. */
const cached =
  (world: DnsWorld, ttl: number, answers: readonly Answer[], authorities: readonly Answer[] = []): Respond =>
  (question) => {
    const left = Math.ceil(ttl - world.timing.now() / 1000);
    const aged = (records: readonly Answer[]) =>
      records.map((record) => ({ ...record, ttl: left }) as Answer);
    return left <= 0 ? right(question) : { answers: aged(answers), authorities: aged(authorities) };
  };

describe('waitForPropagation', () => {
  test('queries each server twice, a moment apart, and shows each answer', async () => {
    const world = await startWorld({ authorities: [right, right, right] });
    await wait(world);
    expect(world.timing.now()).toBe(100);
    for (const server of world.authorities) {
      expect(server.questions).toHaveLength(2);
      expect(server.questions[0]).toMatchObject({ name: NAME, type: 'TXT', recursive: false });
    }
    expect(reports).toHaveLength(2);
    expect(reports[0]).toEqual({
      message: `3 of 3 name server addresses return the TXT record ${NAME}`,
      data: {
        name: NAME,
        zone: 'example.com',
        expected: ['one'],
        servers: [1, 2, 3].map((n) => ({
          host: `ns${n}.example.com`,
          server: `127.0.0.${n + 1}:${world.port}`,
          state: 'right',
          answer: 'right',
          values: ['one'],
        })),
      },
    });
  });

  test('waits for one stale server of three', async () => {
    const world = await startWorld({ authorities: [right, later(3, showing('old'), right), right] });
    await wait(world);
    expect(reports.map(({ message }) => message[0])).toEqual(['2', '2', '2', '3', '3']);
  });

  test('starts again if a correct answer is not confirmed', async () => {
    let asked = 0;
    const flapping: Respond = (question) => {
      asked += 1;
      return (asked === 2 ? showing('old') : right)(question);
    };
    const world = await startWorld({ authorities: [flapping] });
    await wait(world);
    expect(asked).toBe(4);
  });

  test('needs all values, beside foreign ones', async () => {
    const world = await startWorld({
      authorities: [later(1, showing('one', 'foreign'), showing('two', 'foreign', 'one'))],
    });
    await wait(world, { record: { ...RECORD, values: ['one', 'two'] } });
    expect(reports[0]?.data).toMatchObject({
      servers: [{ state: 'other', answer: '1 of 2 values missing' }],
    });
  });

  test('reads a truncated answer by TCP', async () => {
    const world = await startWorld({
      authorities: [
        (question) => (question.tcp ? right(question) : { truncated: true, authoritative: true }),
      ],
    });
    await wait(world);
  });

  test('gives up after the timeout, and reports what each server answered', async () => {
    const nxdomain: Respond = () => ({ rcode: 'NXDOMAIN', authoritative: true });
    const world = await startWorld({
      authorities: [right, showing('old'), nxdomain, () => ({ rcode: 'SERVFAIL' }), null],
    });
    const failure = wait(world, { settings: { timeout: 0.5 } });
    await expect(failure).rejects.toMatchObject({
      code: 'DNS_PROPAGATION_TIMEOUT',
      message: expect.stringMatching(
        /within 0\.5 s .*ns3.*no such name \(NXDOMAIN\).*ns4.*SERVFAIL.*ns5.*connection refused/,
      ),
      details: {
        record: NAME,
        expected: ['one'],
        servers: [
          { state: 'right' },
          { state: 'other', values: ['old'] },
          { state: 'missing' },
          { state: 'failed', answer: 'SERVFAIL' },
          { state: 'silent', answer: 'connection refused' },
        ],
      },
    });
    expect(world.timing.now()).toBe(450); // the next poll would come after 0.5 s
  });

  test.each<[string, Respond | null]>([
    ['never answers', mute],
    ['refuses the zone', () => ({ rcode: 'REFUSED' })],
    ['is down', null],
  ])('names the one server that %s, and the setting that helps', async (_, respond) => {
    const world = await startWorld({ authorities: [right, respond] });
    await expect(wait(world, { settings: { timeout: 0.4 } })).rejects.toMatchObject({
      message: expect.stringMatching(
        /All other name servers show it\. Repair ns2\.example\.com, .*set dns\.propagationCheck to "resolvers"/,
      ),
      details: {
        servers: [{ state: 'right' }, { host: 'ns2.example.com' }],
        suggestedSetting: { section: 'dns', propagationCheck: 'resolvers' },
      },
    });
  });

  test('names a server that has only IPv6 and is not reachable by it', async () => {
    const records = { 'ns2.example.com A': [], 'ns2.example.com AAAA': ['::1'] };
    const world = await startWorld({ authorities: [right, null], records });
    await expect(wait(world, { settings: { timeout: 0.4 } })).rejects.toMatchObject({
      message: expect.stringContaining('Repair ns2.example.com'),
      details: { suggestedSetting: { propagationCheck: 'resolvers' } },
    });
  });

  test.each(['"one"', ' one', '**one**', '“one”'])(
    'says that the value %s differs from the right one only in its quotation marks',
    async (value) => {
      const world = await startWorld({ authorities: [showing(value)] });
      await expect(wait(world, { settings: { timeout: 0.4 } })).rejects.toThrow(
        /1 of 1 values missing, one has quotation marks, spaces or other characters around it/,
      );
    },
  );

  test('says that a provider has appended the zone to the name (acme.sh #1165, ACMESharp #345)', async () => {
    const doubled: Respond = ({ name, type }) => ({
      authoritative: true,
      answers:
        type === 'TXT' && name === '_acme-challenge.www.example.com.example.com'
          ? [toAnswer(name, 'TXT', 'one')]
          : [],
    });
    const name = '_acme-challenge.www.example.com';
    const world = await startWorld({ authorities: [mute, doubled] });
    const record = { ...RECORD, name, challenge: name };
    await expect(wait(world, { record, settings: { timeout: 0.4 } })).rejects.toThrow(
      /is at _acme-challenge\.www\.example\.com\.example\.com: .* Enter _acme-challenge\.www as the name/,
    );
  });

  test.each<[string, Respond]>([
    [
      'strings that a provider has split (RFC 7208 section 3.3)',
      ({ name, type }) => ({
        authoritative: true,
        answers: type === 'TXT' ? [{ name, type: 'TXT', ttl: 1, data: ['o', 'ne'] }] : [],
      }),
    ],
    [
      'a name in capitals (0x20)',
      ({ name, type }) => ({
        authoritative: true,
        answers: type === 'TXT' ? [toAnswer(name.toUpperCase(), 'TXT', 'one')] : [],
      }),
    ],
  ])('accepts %s', async (_form, respond) => {
    const world = await startWorld({ authorities: [respond] });
    await wait(world);
  });

  test('does not suggest to ask only resolvers while a reachable server shows an older answer', async () => {
    const world = await startWorld({ authorities: [right, null, showing('old')] });
    const failure = await wait(world, { settings: { timeout: 0.4 } }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('or allow more time') });
    expect(failure).not.toHaveProperty('details.suggestedSetting');
  });

  test('suggests that a firewall blocks DNS if no server answers', async () => {
    const world = await startWorld({ authorities: [null, null] });
    await expect(wait(world, { settings: { timeout: 0.2 } })).rejects.toThrow(
      /may send DNS queries \(port 53/,
    );
  });

  test('ignores an unreachable address of a server that answers at another, and does not wait for it twice', async () => {
    const world = await startWorld({ authorities: [right], moreAddresses: ['2001:db8::1', '127.0.0.9'] });
    const dead = await world.add('127.0.0.9', mute);
    await wait(world);
    // One query, which UDP sends several times under one id.
    expect(new Set(dead.questions.map(({ id }) => id)).size).toBe(1);
    expect(reports[1]?.data).toMatchObject({
      servers: [
        { state: 'right' },
        { state: 'silent' },
        { server: `[2001:db8::1]:${world.port}`, state: 'silent' },
      ],
    });
  });

  test('asks a name server that has only IPv6, and waits for it', async () => {
    const records = { 'ns2.example.com A': [], 'ns2.example.com AAAA': ['::1'] };
    const world = await startWorld({ authorities: [right, null], records });
    await world.add('::1', later(2, showing('old'), right));
    await wait(world);
    expect(reports[0]?.message).toMatch(/^1 of 2 name server addresses/);
    expect(reports.at(-1)?.data).toMatchObject({
      servers: [
        { state: 'right' },
        { host: 'ns2.example.com', server: `[::1]:${world.port}`, state: 'right' },
      ],
    });
  });

  test('does not ignore a second address that is stale', async () => {
    const world = await startWorld({ authorities: [right], moreAddresses: ['::1'] });
    await world.add('::1', showing('old'));
    await expect(wait(world, { settings: { timeout: 0.3 } })).rejects.toMatchObject({
      details: { servers: [{ state: 'right' }, { server: `[::1]:${world.port}`, state: 'other' }] },
    });
  });

  test('asks the resolvers if DNS names no servers, or if configured', async () => {
    const world = await startWorld({ authorities: [showing('old')] });
    world.recursor.respond = (
      (known) => (question) =>
        question.type === 'TXT' ? right(question) : known(question)
    )(world.recursor.respond);
    await wait(world, { record: { ...RECORD, zone: null } });
    await wait(world, { settings: { ask: 'resolvers' } });
    expect(reports[0]?.message).toMatch(/^1 of 1 resolvers return/);
    expect(world.authorities[0]?.questions).toEqual([]);
  });

  test('ends on abort with its reason', async () => {
    const world = await startWorld({ authorities: [showing('old')] });
    const { reason, failure } = await abortInPause(world, 1);
    expect(failure).toBe(reason);
    expect(world.timing.waiting).toBe(0); // no further poll is planned
  });
});

describe('the final check with the configured resolvers', () => {
  const resolving = (world: DnsWorld, txt: Respond): void => {
    const known = world.recursor.respond;
    world.recursor.respond = (question) => (question.type === 'TXT' ? txt(question) : known(question));
  };

  test("asks them for the CA's own name, after the name servers", async () => {
    const world = await startWorld({ authorities: [later(2, showing(), right)], configured: true });
    resolving(world, later(1, showing('cached'), right));
    const record = { ...RECORD, challenge: '_acme-challenge.alias.example' };
    await wait(world, { record });
    const asked = world.recursor.questions.filter(({ type }) => type === 'TXT');
    expect(asked.map(({ name }) => name)).toEqual(Array(3).fill(record.challenge));
    expect(asked[0]?.recursive).toBe(true);
  });

  test('fails if they fail, because the CA would fail too', async () => {
    const world = await startWorld({ authorities: [right], configured: true });
    resolving(world, () => ({ rcode: 'SERVFAIL' }));
    await expect(wait(world)).rejects.toMatchObject({
      code: 'DNS_PROPAGATION_TIMEOUT',
      details: { servers: [{ state: 'failed', answer: 'SERVFAIL' }] },
    });
  });

  test("does not use the system's resolvers", async () => {
    const world = await startWorld({ authorities: [right] });
    resolving(world, () => ({ rcode: 'SERVFAIL' }));
    await wait(world);
  });

  test('accepts an old answer after a while', async () => {
    const world = await startWorld({ authorities: [right], configured: true });
    resolving(world, ({ name }) => ({ answers: [toAnswer(name, 'TXT', 'of an hour ago')] }));
    await wait(world, { settings: { timeout: 60 } });
    // Queried at 100, 2100 and 4100 ms: its TTL of 1 s, which never counts down, has passed by then; that is confirmed.
    expect(world.timing.now()).toBe(4200);
    expect(reports.at(-1)?.message).toMatch(/^0 of 1 resolvers/);
    await wait(world, { settings: { timeout: 0.3 } });
  });

  test('waits for an older value as long as its TTL says, whatever the timeout is', async () => {
    const world = await startWorld({ authorities: [right], configured: true });
    resolving(world, cached(world, 97, [toAnswer(NAME, 'TXT', 'of the last renewal')]));
    await wait(world, { settings: { timeout: 60 } });
    expect(world.timing.now()).toBeGreaterThanOrEqual(97_000);
    expect(world.timing.now()).toBeLessThan(101_000);
    expect(reports.at(-1)?.message).toMatch(/^1 of 1 resolvers return/);
    expect(reports.length).toBeLessThan(12);
    expect(reports.map(({ message }) => message)).toContain(
      `A resolver caches an older TXT record ${NAME} for 97 s; waiting until it expires`,
    );
  });

  test('waits for a cached "no such record" as long as the TTL of its SOA says, within the timeout', async () => {
    const soa = toAnswer('example.com', 'SOA', 'ns1.example.com');
    const ofTtl = async (ttl: number): Promise<number> => {
      const world = await startWorld({ authorities: [right], configured: true });
      resolving(world, cached(world, ttl, [], [soa]));
      await wait(world, { settings: { timeout: 60 } });
      return world.timing.now();
    };
    expect(await ofTtl(30)).toBeGreaterThanOrEqual(30_000);
    expect(await ofTtl(3600)).toBeLessThanOrEqual(61_000);
  });

  test('waits at most an hour for a TTL', async () => {
    const world = await startWorld({ authorities: [right], configured: true });
    resolving(world, cached(world, 86_400, [toAnswer(NAME, 'TXT', 'old')]));
    await wait(world, { settings: { timeout: 60 } });
    expect(world.timing.now()).toBeGreaterThan(3_500_000);
    expect(world.timing.now()).toBeLessThan(3_700_000);
  });

  test('waits for the TTL too if only resolvers are asked', async () => {
    const world = await startWorld({ authorities: [showing('old')] });
    resolving(world, cached(world, 97, [toAnswer(NAME, 'TXT', 'old')]));
    await wait(world, { settings: { timeout: 10, ask: 'resolvers' } });
    expect(world.timing.now()).toBeGreaterThanOrEqual(97_000);
  });
});

describe('the final check with public resolvers, if none is configured', () => {
  const servers: NameServer[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
  const startResolver = async (respond: Respond): Promise<string> => {
    const server = await startNameServer(respond);
    servers.push(server);
    return server.server;
  };
  const record = { ...RECORD, challenge: '_acme-challenge.alias.example' };
  test("asks each for the CA's own name, after the name servers, and passes at once if they show it", async () => {
    const publicResolvers = [await startResolver(right), await startResolver(right)];
    const order: string[] = [];
    const world = await startWorld({ authorities: [later(2, showing(), right)] });
    await wait(world, { record, settings: { publicResolvers } });
    expect(world.timing.now()).toBe(350); // polls of the name servers at 0, 100, 250 and 350 ms, and no wait after them
    for (const { questions } of servers) {
      expect(questions).toEqual([
        expect.objectContaining({ name: record.challenge, type: 'TXT', recursive: true }),
      ]);
    }
    order.push(...reports.map(({ message }) => message));
    expect(order.at(-1)).toBe(`2 of 2 public resolvers return the TXT record ${record.challenge}`);
    expect(order.slice(0, -1).every((message) => message.includes('name server addresses'))).toBe(true);
  });

  test('waits for one that has an older answer, and continues when it shows the new one', async () => {
    const publicResolvers = [
      await startResolver(right),
      await startResolver(later(1, showing('old'), right)),
    ];
    const world = await startWorld({ authorities: [right] });
    await wait(world, { settings: { publicResolvers } });
    expect(servers[1]?.questions).toHaveLength(2);
    expect(reports.at(-1)?.message).toMatch(/^2 of 2 public resolvers/);
  });

  test('never starts before every name server shows the record', async () => {
    const publicResolvers = [await startResolver(right)];
    const world = await startWorld({ authorities: [right, showing('old')] });
    await expect(wait(world, { settings: { timeout: 0.3, publicResolvers } })).rejects.toMatchObject({
      code: 'DNS_PROPAGATION_TIMEOUT',
    });
    expect(servers[0]?.questions).toEqual([]);
  });

  test('waits for one with an older value as long as its TTL says', async () => {
    const world = await startWorld({ authorities: [right] });
    const old = cached(world, 97, [toAnswer(NAME, 'TXT', 'of the last renewal')]);
    const publicResolvers = [await startResolver(right), await startResolver(old)];
    await wait(world, { settings: { publicResolvers } });
    expect(world.timing.now()).toBeGreaterThanOrEqual(97_000);
    expect(world.timing.now()).toBeLessThan(100_000);
    expect(reports.at(-1)?.message).toMatch(/^2 of 2 public resolvers/);
  });

  test.each([
    ['sees another side of a split DNS', () => ({ rcode: 'NXDOMAIN' as const })],
    ['fails', () => ({ rcode: 'SERVFAIL' as const })],
  ])('shows a resolver that %s, and delays the order only briefly', async (_, respond) => {
    const publicResolvers = [await startResolver(respond)];
    const world = await startWorld({ authorities: [right] });
    await wait(world, { settings: { timeout: 60, publicResolvers } });
    expect(world.timing.now()).toBe(100 + 600); // both polls of the name servers, then publicResolverMs
    expect(reports.at(-2)?.message).toMatch(/^0 of 1 public resolvers/);
    expect(reports.at(-1)?.message).toMatch(/^Not every public resolver returns .*the order continues$/);
  });

  test('does not wait for unreachable resolvers', async () => {
    const closed = `127.0.0.1:${await unusedPort({ udp: true })}`;
    const world = await startWorld({ authorities: [right] });
    await wait(world, { settings: { publicResolvers: [closed] } });
    expect(world.timing.now()).toBe(100);
    expect(reports.at(-1)?.data).toMatchObject({
      servers: [{ state: 'silent', answer: 'connection refused' }],
    });
  });

  test('ends on abort with its reason', async () => {
    const publicResolvers = [await startResolver(showing('old'))];
    const world = await startWorld({ authorities: [right] });
    // The waits: before the name servers confirm, for the public resolvers in total, before they are queried again.
    const { reason, failure } = await abortInPause(world, 3, { publicResolvers });
    expect(failure).toBe(reason);
    expect(world.timing.waiting).toBe(0);
  });

  test('uses a configured resolver in their place', async () => {
    const publicResolvers = [await startResolver(right)];
    const world = await startWorld({ authorities: [right], configured: true });
    const known = world.recursor.respond;
    world.recursor.respond = (question) => (question.type === 'TXT' ? right(question) : known(question));
    await wait(world, { settings: { publicResolvers } });
    expect(servers[0]?.questions).toEqual([]);
  });
});
