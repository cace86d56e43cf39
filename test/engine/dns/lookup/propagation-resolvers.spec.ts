// The last check before a challenge is announced: the resolvers must show the record too.
import { afterEach, describe, expect, test } from 'vitest';
import {
  type NameServer,
  type Respond,
  startNameServer,
  toAnswer,
} from '../../../support/dns/name-server.ts';
import { cached, later, NAME, RECORD, right, usePropagation } from '../../../support/dns/propagation-rig.ts';
import { type DnsWorld, showing } from '../../../support/dns/world.ts';
import { unusedPort } from '../../../support/tools/ports.ts';

const { reports, startWorld, wait, abortInPause } = usePropagation();

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
