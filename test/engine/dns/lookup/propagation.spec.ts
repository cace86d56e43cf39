import { describe, expect, test } from 'vitest';
import { type Respond, toAnswer } from '../../../support/dns/name-server.ts';
import { later, NAME, RECORD, right, usePropagation } from '../../../support/dns/propagation-rig.ts';
import { mute, showing } from '../../../support/dns/world.ts';

const { reports, startWorld, wait, abortInPause } = usePropagation();

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
